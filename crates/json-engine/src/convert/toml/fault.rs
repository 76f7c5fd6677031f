//! What stops the reader: a fault of the text, or a limit.

use std::ops::Range;

use toml_parser::{Expected, ParseError};

use crate::scan::invalid_at;
use crate::{Code, Error};

/// Why reading stopped.
pub(super) enum Halt {
    /// The text is not TOML.
    Fault(Box<Fault>),
    /// A limit or a budget.
    Error(Error),
}

/// What is wrong with the text, and where.
pub(super) struct Fault {
    code: Code,
    message: String,
    place: Range<usize>,
}

impl From<Error> for Halt {
    fn from(error: Error) -> Halt {
        Halt::Error(error)
    }
}

/// Stops at `place`, where the grammar is broken.
pub(super) fn syntax(message: String, place: Range<usize>) -> Halt {
    Halt::Fault(Box::new(Fault { code: Code::TomlSyntax, message, place }))
}

/// Stops at `place`, where a key stands that is taken.
pub(super) fn taken(message: &str, place: &Range<usize>) -> Halt {
    Halt::Fault(Box::new(Fault {
        code: Code::DuplicateKey,
        message: message.to_owned(),
        place: place.clone(),
    }))
}

/// Stops at the first of what a decoder of `toml_parser` found, if it found something.
pub(super) fn decoded(error: Option<ParseError>, token: &Range<usize>) -> Result<(), Halt> {
    let Some(error) = error else {
        return Ok(());
    };
    let place = error.unexpected().or(error.context()).map_or(token.clone(), |span| span.start()..span.end());
    let allowed: Vec<String> = error.expected().unwrap_or_default().iter().filter_map(name).collect();
    let message = match allowed.is_empty() {
        true => error.description().to_owned(),
        false => format!("{}; allowed: {}", error.description(), allowed.join(", ")),
    };
    Err(syntax(message, place))
}

fn name(expected: &Expected) -> Option<String> {
    match expected {
        Expected::Literal("\n") => Some("a line feed".to_owned()),
        Expected::Literal(literal) => Some(format!("`{literal}`")),
        Expected::Description(description) => Some((*description).to_owned()),
        // The enum is open: what it may hold one day has no words yet.
        _ => None,
    }
}

impl Halt {
    /// The error for the caller; `pointer` names the innermost value that was open.
    pub(super) fn into_error(self, source: &[u8], pointer: &str) -> Error {
        let fault = match self {
            Halt::Error(error) => return error,
            Halt::Fault(fault) => fault,
        };
        invalid_at(source, fault.code, fault.message, fault.place, pointer)
    }
}

/// The error for a text whose bytes are not UTF-8 from `at` on.
pub(super) fn not_utf8(source: &[u8], at: usize) -> Error {
    let message = "the bytes are not UTF-8; TOML is UTF-8".to_owned();
    Halt::Fault(Box::new(Fault { code: Code::InvalidUtf8, message, place: at..at + 1 }))
        .into_error(source, "")
}
