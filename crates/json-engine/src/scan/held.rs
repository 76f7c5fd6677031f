//! What is held of a text that comes in pieces: the keys of the open objects, the last bytes that were read, and the rest.
//!
//! They lie in one buffer, keys first, so that the machine finds all of them in one text. Promise: pieces may be cut anywhere,
//! also within a character. Cost: a copy of each piece; when it is read, a copy of its keys and of the rest.

use super::carried::Carried;
use super::part::{Follows, Part};
use super::{Cursor, valid_utf8};
use crate::Position;

/// Bytes that are kept of what was read, and looked at behind bytes that are not UTF-8: more than a snippet shows
/// or a fix looks back.
pub(super) const CONTEXT: usize = 64;

/// The buffer.
#[derive(Default)]
pub(crate) struct Held {
    bytes: Vec<u8>,
    /// Where the keys end and the text begins.
    origin: usize,
    /// The place of the origin in the whole text.
    cursor: Cursor,
    /// Where the machine goes on.
    at: usize,
    /// Up to here it is UTF-8.
    valid: usize,
    /// What lies there is not.
    is_broken: bool,
    is_closed: bool,
}

impl Held {
    /// Adds a piece.
    pub(crate) fn push(&mut self, piece: &[u8]) {
        self.bytes.extend_from_slice(piece);
        self.validate();
    }

    /// There are no more pieces.
    pub(crate) fn close(&mut self) {
        self.is_closed = true;
        self.is_broken |= self.valid < self.bytes.len();
    }

    fn validate(&mut self) {
        if self.is_broken {
            return;
        }
        let end = whole_characters(&self.bytes[self.valid..]);
        let valid = valid_utf8(&self.bytes[self.valid..self.valid + end]).len();
        self.is_broken = valid < end;
        self.valid += valid;
    }

    /// Whether nothing that may come changes what the machine makes of it.
    pub(crate) fn is_last(&self) -> bool {
        self.follows() != Follows::More
    }

    fn follows(&self) -> Follows {
        let is_context_there = self.is_closed || self.bytes.len() >= self.valid + CONTEXT;
        match (self.is_broken, self.is_closed) {
            (true, _) if is_context_there => Follows::Garbage,
            (false, true) => Follows::Nothing,
            (true | false, _) => Follows::More,
        }
    }

    /// Bytes that are not read.
    pub(crate) fn unread(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// Memory that it takes, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// What the machine is to read.
    pub(crate) fn part(&self) -> Part<'_> {
        Part {
            text: &self.bytes[..self.valid],
            all: &self.bytes,
            origin: self.origin,
            cursor: &self.cursor,
            at: self.at,
            follows: self.follows(),
        }
    }

    /// The place of what the machine reads next.
    pub(crate) fn place(&self, carried: &Carried) -> Position {
        let mut cursor = self.cursor.clone();
        cursor.advance(&self.bytes[self.origin..], carried.needs_from(self.at) - self.origin);
        cursor.position(carried.pointer(&self.bytes))
    }

    /// The machine goes on at `at`.
    pub(crate) fn go_on(&mut self, at: usize) {
        self.at = at;
    }

    /// Forgets what is not needed any more; gives the length of the text that the machine needs whole to go on.
    pub(crate) fn forget(&mut self, carried: &mut Carried) -> usize {
        let needed = carried.needs_from(self.at);
        let from = carried.keys().outside(needed.saturating_sub(CONTEXT).max(self.origin)).max(self.origin);
        self.cursor.advance(&self.bytes[self.origin..], from - self.origin);
        self.cursor.rebase();
        let origin = carried.keys().gather(&mut self.bytes, self.origin, from);
        self.bytes.drain(origin..from);
        let gone = from - origin;
        carried.moved(gone);
        self.at -= gone;
        self.valid -= gone;
        self.origin = origin;
        self.bytes.len() - carried.needs_from(self.at)
    }
}

/// How much of `bytes` is there without a character that is only begun.
fn whole_characters(bytes: &[u8]) -> usize {
    let begins = |byte: &u8| (*byte & 0xc0) != 0x80;
    let tail = &bytes[bytes.len().saturating_sub(3)..];
    let Some(last) = tail.iter().rposition(begins) else {
        return bytes.len();
    };
    let length = match tail[last] {
        0xc0..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0.. => 4,
        _ => 1,
    };
    if length > tail.len() - last { bytes.len() - (tail.len() - last) } else { bytes.len() }
}
