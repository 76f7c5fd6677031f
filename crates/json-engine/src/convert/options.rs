//! What the caller of a conversion chooses.

use super::{Foreign, Format};
use crate::Style;

/// What the source is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Source {
    /// Found out from the bytes; `docs/convert.md` gives the rules.
    #[default]
    Auto,
    /// This format.
    Is(Format),
}

/// What is done about values that the target cannot hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fidelity {
    /// The nearest value is written, and each loss is listed.
    #[default]
    Report,
    /// Any loss fails the conversion with [`Error::Fidelity`](crate::Error::Fidelity).
    Strict,
}

/// What a stream of documents becomes where the target holds one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Documents {
    /// An array with an element a document, also when there is one or none.
    #[default]
    Array,
    /// A stream of one document becomes that document; any other fails.
    Refuse,
}

/// Whether the first row of CSV names the columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Header {
    /// It does; a row is an object.
    #[default]
    Present,
    /// It does not; a row is an array.
    Absent,
}

/// What the cells of CSV hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cells {
    /// Text, whatever it looks like.
    #[default]
    Text,
    /// JSON's scalars where they look like them, else text.
    Typed,
}

/// What the names of CSV columns are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Paths {
    /// Keys.
    #[default]
    Flat,
    /// Paths into nested objects and arrays.
    Nested,
}

/// How CSV is read and written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CsvOptions {
    /// What stands between cells: one byte of ASCII that is no quote and ends no line. Default `,`.
    pub delimiter: u8,
    /// Whether the first row names the columns.
    pub header: Header,
    /// What the cells hold.
    pub cells: Cells,
    /// What the names of columns are.
    pub paths: Paths,
}

impl Default for CsvOptions {
    fn default() -> Self {
        CsvOptions {
            delimiter: b',',
            header: Header::default(),
            cells: Cells::default(),
            paths: Paths::default(),
        }
    }
}

/// How a document is converted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConvertOptions {
    /// What the source is written in.
    pub from: Source,
    /// What is written.
    pub to: Format,
    /// What is done about losses.
    pub fidelity: Fidelity,
    /// The JSON form of values that JSON does not have.
    pub foreign: Foreign,
    /// How CSV is read and written.
    pub csv: CsvOptions,
    /// White space of JSON; other formats have their own.
    pub layout: Style,
    /// What a stream becomes where the target holds one document.
    pub documents: Documents,
}

impl ConvertOptions {
    /// To `to`, from whatever the source is, with the default of each choice and JSON without white space.
    pub fn to(to: Format) -> ConvertOptions {
        ConvertOptions {
            from: Source::default(),
            to,
            fidelity: Fidelity::default(),
            foreign: Foreign::default(),
            csv: CsvOptions::default(),
            layout: Style::Minify,
            documents: Documents::default(),
        }
    }
}
