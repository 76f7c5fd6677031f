//! What the caller of a conversion chooses.

use super::{CsvOptions, Foreign, Format};
use crate::Indent;

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

/// White space of JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    /// None.
    #[default]
    Minify,
    /// A member or element a line.
    Pretty(Indent),
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
    pub layout: Layout,
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
            layout: Layout::default(),
            documents: Documents::default(),
        }
    }
}
