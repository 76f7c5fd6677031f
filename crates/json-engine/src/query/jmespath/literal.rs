//! Literals of a program: JSON between backticks, raw strings, quoted names.

use crate::document::{Document, Key};
use crate::error::Error;
use crate::{Limits, ScanOptions, parse};

/// Deepest nesting of a literal, in levels.
const MAX_LITERAL_DEPTH: u32 = 64;

/// JSON between backticks, where `` \` `` is a backtick. What is no JSON is a string without quotes, which older programs
/// have (JEP-12); `None` where it is not even that.
pub(super) fn json(inside: &str) -> Option<Document> {
    let json = inside.replace("\\`", "`");
    match read(&json) {
        Err(Error::Invalid(_)) => read(&format!("\"{}\"", json.trim_start())).ok(),
        other => other.ok(),
    }
}

/// A raw string: `\'` is a quote, every other backslash is itself.
pub(super) fn raw(inside: &str) -> Document {
    Document::Str(inside.replace("\\'", "'").into())
}

/// A name in quotes, a JSON string; `quoted` includes the quotes.
pub(super) fn name(quoted: &str) -> Option<Key> {
    match read(quoted).ok()? {
        Document::Str(text) => Some(Key::Text(text)),
        Document::Surrogates(literal) => Some(Key::Surrogates(literal)),
        Document::Null | Document::Bool(_) | Document::Number(_) | Document::Arr(_) | Document::Obj(_) => {
            None
        }
    }
}

fn read(json: &str) -> Result<Document, Error> {
    let limits = Limits { max_depth: MAX_LITERAL_DEPTH, ..Limits::default() };
    let options = ScanOptions { limits, ..ScanOptions::default() };
    parse::parse(json.as_bytes(), &options).map(|(document, _)| document)
}
