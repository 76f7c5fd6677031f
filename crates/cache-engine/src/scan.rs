//! Scans: all entries of a namespace, or those of a prefix or a tag, page by page.

use std::fmt;

use crate::{Entry, Error, Key, Tag, Timestamp};

/// Most bytes of a cursor; those of our stores are far shorter.
pub const MAX_CURSOR_BYTES: usize = 2_048;

/// Places at which one page looks at most, so that its time is bounded however few of them are wanted.
pub const SCAN_LOOKS: u32 = 2_048;

/// What to list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Scan {
    /// Only keys that begin with this; empty: all.
    pub prefix: String,
    /// Only entries that have this tag.
    pub tag: Option<Tag>,
    /// Most entries of the page; above zero.
    pub page_size: usize,
    /// Where to go on, from the page before; the rest must be as it was then.
    pub cursor: Option<Cursor>,
}

/// Where a scan goes on. Opaque; it belongs to one store, one namespace and one choice of entries.
#[derive(Clone, PartialEq, Eq)]
pub struct Cursor(Box<str>);

impl Cursor {
    /// Copies a cursor that a caller gave.
    ///
    /// # Errors
    /// [`Error::CursorInvalid`] if it is empty or longer than [`MAX_CURSOR_BYTES`]; whether it is one of the scan is
    /// seen by the store.
    pub fn new(text: &str) -> Result<Self, Error> {
        if text.is_empty() || text.len() > MAX_CURSOR_BYTES {
            return Err(Error::CursorInvalid);
        }
        Ok(Self(text.into()))
    }

    /// The cursor as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Shows the length only: it may hold a key.
impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cursor({} bytes)", self.0.len())
    }
}

/// One entry of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its key.
    pub key: Key,
    /// The entry.
    pub entry: Entry,
}

/// A part of what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// The entries, in no order. May be fewer than the page size, or none, also when there is more.
    pub found: Vec<Found>,
    /// Where to go on; `None`: this was the last page.
    pub next: Option<Cursor>,
}

/// Which entries a page wants, at one moment.
pub(crate) struct Filter<'a> {
    scan: &'a Scan,
    pub(crate) now: Timestamp,
}

impl<'a> Filter<'a> {
    pub(crate) fn new(scan: &'a Scan, now: Timestamp) -> Self {
        Self { scan, now }
    }

    pub(crate) fn wants_key(&self, key: &Key) -> bool {
        key.as_str().starts_with(&self.scan.prefix)
    }

    /// Whether an entry of a key that is wanted is wanted.
    pub(crate) fn wants(&self, entry: &Entry) -> bool {
        self.scan.tag.as_ref().is_none_or(|tag| entry.tags().any(|own| own == tag))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_has_1_to_2048_bytes() {
        let check = |bytes: usize, expected| {
            assert_eq!(Cursor::new(&"c".repeat(bytes)).map(|_| ()), expected);
        };
        check(0, Err(Error::CursorInvalid));
        check(1, Ok(()));
        check(2_048, Ok(()));
        check(2_049, Err(Error::CursorInvalid));
    }
}
