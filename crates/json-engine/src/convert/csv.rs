//! Comma separated values by RFC 4180, read strictly and written exactly.
//!
//! The rows are read by our own machine: the crate `csv` takes a quote in the middle of a cell or an open quote at the end
//! for text, and both are how a damaged file is noticed.
//!
//! Promise: every text comes back as it was; what cannot come back is listed as a loss. Cost: one pass over the text.

mod column;
mod layout;
mod path;
mod plan;
mod read;
mod rows;
mod write;

#[cfg(test)]
mod tests;

pub(super) use read::read;
pub(super) use write::write;

use crate::Error;

/// How a table is spelled. Reader and writer must be told the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CsvOptions {
    /// Between cells; an ASCII character, `,` by default. No letter, digit, quote, minus, dot or line end.
    pub delimiter: u8,
    /// Whether the first row names the columns.
    pub header: Header,
    /// What cells stand for.
    pub cells: Cells,
    /// What the names of columns stand for.
    pub paths: Paths,
}

/// Whether the first row names the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Header {
    /// It does: rows are objects.
    #[default]
    Present,
    /// It is a row like any other: rows are arrays.
    Absent,
}

/// What cells stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cells {
    /// Text, whatever they hold.
    #[default]
    Text,
    /// Without quotes: a number of JSON, `true`, `false`, nothing for null, else text. In quotes: always text.
    Typed,
}

/// What the names of columns stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Paths {
    /// Keys.
    #[default]
    Flat,
    /// Paths such as `a.b.0`; `\` before a dot, a backslash or a number takes its meaning away.
    Nested,
}

impl Default for CsvOptions {
    fn default() -> Self {
        let (header, cells, paths) = (Header::default(), Cells::default(), Paths::default());
        CsvOptions { delimiter: b',', header, cells, paths }
    }
}

impl CsvOptions {
    /// Fails when the delimiter could be taken for something else.
    fn check(&self) -> Result<(), Error> {
        let is_taken = |byte: u8| byte.is_ascii_alphanumeric() || b"\"\r\n-+.\\\0".contains(&byte);
        if self.delimiter.is_ascii() && !is_taken(self.delimiter) {
            return Ok(());
        }
        Err(Error::Option {
            name: "delimiter",
            message: format!("the byte 0x{:02x} cannot stand between cells", self.delimiter),
            allowed: "one ASCII character, no letter, digit, quote, sign, dot, backslash or line end",
        })
    }
}

/// The mark that may stand before a text.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Whether a bare cell would be taken for something else than text.
fn is_typed(text: &str) -> bool {
    matches!(text, "" | "true" | "false") || super::literal::is_number(text)
}
