//! A part of a text, what follows it, and how the machine leaves it.

use super::Cursor;
use crate::Error;

/// What follows a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Follows {
    /// More text, perhaps.
    More,
    /// Nothing.
    Nothing,
    /// Bytes that are not UTF-8.
    Garbage,
}

/// A part of a text, behind the keys of the open objects.
pub(crate) struct Part<'t> {
    /// As far as it is UTF-8.
    pub(super) text: &'t [u8],
    /// With what is not, or not yet.
    pub(super) all: &'t [u8],
    /// Where the keys end and the text begins.
    pub(super) origin: usize,
    /// The place of the origin.
    pub(super) cursor: &'t Cursor,
    /// Where the machine goes on.
    pub(super) at: usize,
    pub(super) follows: Follows,
}

impl<'t> Part<'t> {
    /// The text, as sinks want it.
    pub(crate) fn text(&self) -> &'t [u8] {
        self.text
    }

    /// Where the machine goes on in [`Part::text`].
    pub(crate) fn at(&self) -> usize {
        self.at
    }
}

/// How the machine left a part.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It needs more text.
    Starved,
    /// Its sink is full.
    Full,
    /// The text is complete.
    Complete,
    /// The text is invalid; the report says why.
    Invalid,
    /// A limit was reached.
    Breach(Error),
}
