//! Document: a JSON value in memory. Copies are cheap; nothing of the text is lost but white space, the spelling of
//! escapes and earlier members of a duplicate key.

use std::sync::Arc;

use indexmap::IndexMap;

pub use crate::number::Number;

/// Members in the order of their first appearance.
pub type Members = IndexMap<Key, Document, foldhash::fast::RandomState>;

/// A JSON value. Cloning costs one reference count.
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
#[derive(Debug, Clone, PartialEq, Eq)]
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

impl std::hash::Hash for Key {
    /// As its text alone, so that a `&str` finds it.
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        match self {
            Key::Text(text) => text.hash(state),
            Key::Surrogates(literal) => literal.hash(state),
        }
    }
}

impl indexmap::Equivalent<Key> for str {
    fn equivalent(&self, key: &Key) -> bool {
        key.as_text() == Some(self)
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
