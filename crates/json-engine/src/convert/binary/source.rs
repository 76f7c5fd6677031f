//! The bytes of a binary format as a reader walks over them.
//!
//! Promise: a length that announces more than is there is an error at once and costs no memory. Cost: a comparison a
//! read; places are offsets in bytes, since such a source has no lines.

use std::fmt::Write as _;
use std::ops::Range;

use super::Step;
use crate::convert::allowance::check_length;
use crate::error::Error;
use crate::{Code, Diagnostic, Limits, Position, Severity};

/// Bytes that a snippet shows on each side of the place, each as two digits and a space.
const WINDOW: usize = 10;

/// A cursor over the source.
pub(crate) struct Source<'s> {
    bytes: &'s [u8],
    at: usize,
    malformed: Code,
}

impl<'s> Source<'s> {
    /// Begins at the first byte; `malformed` is the code of every error of the format. Fails with `LimitKind::Bytes`.
    pub(crate) fn new(bytes: &'s [u8], limits: &Limits, malformed: Code) -> Result<Source<'s>, Error> {
        check_length(bytes, limits)?;
        Ok(Source { bytes, at: 0, malformed })
    }

    /// Offset of the next byte.
    #[inline]
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// Goes back to an offset that was read before.
    pub(crate) fn back_to(&mut self, at: usize) {
        self.at = at.min(self.at);
    }

    /// Bytes that are left.
    #[inline]
    pub(crate) fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// The next byte, which stays the next.
    pub(crate) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// One byte.
    #[inline]
    pub(crate) fn byte(&mut self) -> Step<u8> {
        let Some(&byte) = self.bytes.get(self.at) else {
            return Err(self.ends(1));
        };
        self.at += 1;
        Ok(byte)
    }

    /// `N` bytes.
    #[inline]
    pub(crate) fn array<const N: usize>(&mut self) -> Step<[u8; N]> {
        let Some(&chunk) = self.bytes[self.at..].first_chunk::<N>() else {
            return Err(self.ends(N as u64));
        };
        self.at += N;
        Ok(chunk)
    }

    /// The next `length` bytes.
    #[inline]
    pub(crate) fn take(&mut self, length: u64) -> Step<&'s [u8]> {
        if length > self.left() as u64 {
            return Err(self.ends(length));
        }
        // Not longer than what is left, which is a `usize`.
        let end = self.at + length as usize;
        let taken = &self.bytes[self.at..end];
        self.at = end;
        Ok(taken)
    }

    /// The next `length` bytes, which must be UTF-8.
    #[inline]
    pub(crate) fn text(&mut self, length: u64) -> Step<&'s str> {
        let from = self.at;
        let bytes = self.take(length)?;
        match utf8(bytes) {
            Some(text) => Ok(text),
            None => Err(self.not_utf8(from, bytes)),
        }
    }

    /// Fails unless every one of `count` items can still come, each of `least` bytes or more.
    #[inline]
    pub(crate) fn announce(&self, start: usize, count: u64, least: u64) -> Step {
        let left = self.left() as u64;
        if count <= left / least {
            return Ok(());
        }
        let message = format!("{count} items are announced where {left} bytes are left");
        Err(self.error(start..self.at, message))
    }

    /// Fails unless the source is at its end.
    pub(crate) fn end(&self) -> Step {
        if self.left() == 0 {
            return Ok(());
        }
        let message = format!("{} bytes follow the item; a document is one item", self.left());
        Err(self.error(self.at..self.at + 1, message))
    }

    /// The error that the bytes at `place` are.
    #[cold]
    pub(crate) fn error(&self, place: Range<usize>, message: String) -> Box<Error> {
        Box::new(self.invalid(self.malformed, place, message))
    }

    /// The document is not valid because of the bytes at `place`.
    #[cold]
    pub(crate) fn invalid(&self, code: Code, place: Range<usize>, message: String) -> Error {
        invalid(self.bytes, code, place, message)
    }

    #[cold]
    fn ends(&self, needed: u64) -> Box<Error> {
        let message = format!("the source ends where {needed} bytes must follow, {} are left", self.left());
        self.error(self.at..self.bytes.len(), message)
    }

    #[cold]
    fn not_utf8(&self, from: usize, bytes: &[u8]) -> Box<Error> {
        let valid = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
        let at = from + valid;
        self.error(at..at + 1, "the bytes of a text are not UTF-8".to_owned())
    }
}

/// Long texts gain from vectors, short ones from a plain loop.
#[inline]
fn utf8(bytes: &[u8]) -> Option<&str> {
    match bytes.len() {
        0..64 => std::str::from_utf8(bytes).ok(),
        _ => simdutf8::basic::from_utf8(bytes).ok(),
    }
}

/// The error of a document with one finding.
#[cold]
pub(crate) fn invalid(bytes: &[u8], code: Code, place: Range<usize>, message: String) -> Error {
    let position = |at: usize| Position { byte_offset: at as u64, ..Position::default() };
    let snippet = snippet(bytes, place.start);
    let place = position(place.start)..position(place.end);
    Error::invalid(Diagnostic::found((Severity::Error, code), message, place, snippet), bytes.len())
}

/// The same error, told where in the document it was met.
#[cold]
pub(crate) fn inside(mut error: Error, pointer: &str) -> Error {
    if let Error::Invalid(report) = &mut error {
        for diagnostic in &mut report.diagnostics {
            pointer.clone_into(&mut diagnostic.start.json_pointer);
            pointer.clone_into(&mut diagnostic.end.json_pointer);
        }
    }
    if let Error::Limit { position: Some(position), .. } = &mut error {
        pointer.clone_into(&mut position.json_pointer);
    }
    error
}

/// The bytes around `at` in hexadecimal, and below them a caret.
fn snippet(bytes: &[u8], at: usize) -> String {
    let (from, to) = (at.saturating_sub(WINDOW), bytes.len().min(at + WINDOW));
    let mut line = String::new();
    for byte in &bytes[from.min(to)..to] {
        let gap = if line.is_empty() { "" } else { " " };
        // Writing to a `String` cannot fail.
        let _ = write!(line, "{gap}{byte:02x}");
    }
    format!("{line}\n{}^", " ".repeat(3 * (at - from)))
}
