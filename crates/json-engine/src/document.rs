//! Document: a JSON value in memory. Copies are cheap; nothing of the text is lost but white space, the spelling of
//! escapes and earlier members of a duplicate key.

mod members;

use std::sync::Arc;

use crate::answer::counted;
use crate::budget::{Budget, Meter};
use crate::error::Error;

pub use crate::number::{Literal, Number};
pub use crate::parse::parse;
pub use members::{Iter, Members, Name};

/// What [`write()`] gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The document without white space.
    pub text: Vec<u8>,
    /// How many values it has, with itself; what it shares counts as often as it is written.
    pub nodes: u64,
}

/// Writes `document`. Fails with [`OUTPUT_TOO_LARGE`](crate::LimitKind::Output) when that is longer than `max_bytes`, and over
/// the budget.
pub fn write(document: &Document, max_bytes: u64, budget: &Budget) -> Result<Written, Error> {
    let (text, nodes) = counted(document, max_bytes, &Meter::open(budget)?)?;
    Ok(Written { text, nodes })
}

/// What a value is charged, in bytes, besides its text.
///
/// It takes 24, a member with its key 48; a string, an array or an object has a head of 16 to 56 elsewhere, and what is
/// allocated is rounded up. Counted so, without white space, twitter, citm_catalog, canada and synthea_fhir take 46 to 73 a
/// value beyond the length of their text, and are charged 0.9 to 1.25 times what they take; with 24 it would be 0.5 to 0.7
/// times. The ends: numbers in one array are charged 2.7 times as much, empty objects in objects two thirds.
pub(crate) const VALUE_BYTES: u64 = 64;

/// About how many bytes of memory a document takes that has so many values and so long a text: what budgets count.
pub fn held_bytes(nodes: u64, text_bytes: u64) -> u64 {
    nodes.saturating_mul(VALUE_BYTES).saturating_add(text_bytes)
}

/// A JSON value of 24 bytes, and what it points to. Cloning costs one reference count.
#[derive(Debug, Clone)]
pub enum Document {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number; keeps its literal where it matters.
    Number(Number),
    /// A string.
    Str(Arc<str>),
    /// A string with a surrogate that stands alone: no Unicode text, so it keeps its escaped literal without quotes.
    Surrogates(Arc<str>),
    /// An array.
    Arr(Arc<Vec<Document>>),
    /// An object.
    Obj(Arc<Members>),
}

/// A key: text, or the escaped literal of a key with a lone surrogate.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// Text.
    Text(Arc<str>),
    /// An escaped literal without quotes.
    Surrogates(Arc<str>),
}

impl Key {
    /// The text of the key, if it is text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Key::Text(text) => Some(text),
            Key::Surrogates(_) => None,
        }
    }
}

impl Key {
    /// The text, or the escaped literal where it is no text; for messages and pointers.
    pub(crate) fn literal(&self) -> &str {
        match self {
            Key::Text(text) | Key::Surrogates(text) => text,
        }
    }
}

impl From<Key> for Document {
    fn from(key: Key) -> Document {
        match key {
            Key::Text(text) => Document::Str(text),
            Key::Surrogates(literal) => Document::Surrogates(literal),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a value is charged, and what a parse may hold, rest on it.
    #[test]
    fn a_value_has_24_bytes_and_a_member_48() {
        assert_eq!(size_of::<Document>(), 24);
        assert_eq!(size_of::<(Key, Document)>(), 48);
    }
}
