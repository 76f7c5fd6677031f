//! Strings and their escapes. JSON5 section 5.
//!
//! They are decoded as WTF-8, so that halves of surrogate pairs join where they meet and keep their value where they stand
//! alone. Cost: plain runs are copied whole; a string without escapes is copied once.

use std::ops::Range;

use super::Reader;
use crate::convert::json;
use crate::convert::losses::Loss;
use crate::document::Key;
use crate::write::push_scalar;
use crate::{Code, Error};

impl Reader<'_> {
    /// Reads the string at the present place, which begins with `quote`.
    pub(super) fn string(&mut self, quote: u8) -> Result<Key, Error> {
        let start = self.at;
        let mut from = start + 1;
        let mut decoded = Vec::new();
        loop {
            let end = self.run(start, from, quote)?;
            let run = &self.text[from..end];
            if self.text.as_bytes()[end] == quote {
                self.at = end + 1;
                if decoded.is_empty() {
                    return Ok(Key::Text(run.into()));
                }
                decoded.extend_from_slice(run.as_bytes());
                return Ok(self.finish(decoded, start));
            }
            decoded.extend_from_slice(run.as_bytes());
            from = self.escape(start, end, &mut decoded)?;
        }
    }

    /// The end of what stands for itself from `from` on: the closing quote or a backslash.
    fn run(&self, start: usize, from: usize, quote: u8) -> Result<usize, Error> {
        let rest = &self.text.as_bytes()[from..];
        let end = memchr::memchr3(quote, b'\\', b'\n', rest).unwrap_or(rest.len());
        let line = memchr::memchr(b'\r', &rest[..end]).unwrap_or(end);
        match rest.get(line) {
            None | Some(b'\n' | b'\r') => Err(self.unterminated(start, from + line)),
            Some(_) => Ok(from + line),
        }
    }

    /// Decodes the escape whose backslash stands at `at`; gives the offset behind it.
    fn escape(&self, start: usize, at: usize, out: &mut Vec<u8>) -> Result<usize, Error> {
        let bytes = self.text.as_bytes();
        let Some(&kind) = bytes.get(at + 1) else {
            return Err(self.unterminated(start, bytes.len()));
        };
        let next = bytes.get(at + 2);
        match kind {
            b'b' => out.push(0x08),
            b'f' => out.push(0x0c),
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'v' => out.push(0x0b),
            b'0' if !next.is_some_and(u8::is_ascii_digit) => out.push(0),
            b'0'..=b'9' => return Err(self.no_escape(at..at + 2)),
            b'x' => return self.digits(start, at, 2).map(|unit| push_unit(unit, out, at + 4)),
            b'u' => return self.digits(start, at, 4).map(|unit| push_unit(unit, out, at + 6)),
            // A line goes on behind a backslash.
            b'\r' if next == Some(&b'\n') => return Ok(at + 3),
            b'\n' | b'\r' => {}
            _ => return Ok(self.itself(at + 1, out)),
        }
        Ok(at + 2)
    }

    /// Any other character stands for itself, but for those that end a line: they stand for nothing.
    fn itself(&self, at: usize, out: &mut Vec<u8>) -> usize {
        let end = at + self.text[at..].chars().next().map_or(0, char::len_utf8);
        let character = &self.text[at..end];
        if !matches!(character, "\u{2028}" | "\u{2029}") {
            out.extend_from_slice(character.as_bytes());
        }
        end
    }

    /// The value of `count` hex digits behind the two bytes at `at`.
    pub(super) fn digits(&self, start: usize, at: usize, count: usize) -> Result<u32, Error> {
        let mut unit = 0;
        for offset in at + 2..at + 2 + count {
            let Some(&byte) = self.text.as_bytes().get(offset) else {
                return Err(self.unterminated(start, offset));
            };
            let Some(digit) = char::from(byte).to_digit(16) else {
                let end = offset + self.text[offset..].chars().next().map_or(0, char::len_utf8);
                return Err(self.no_escape(at..end));
            };
            unit = unit * 16 + digit;
        }
        Ok(unit)
    }

    fn finish(&mut self, decoded: Vec<u8>, start: usize) -> Key {
        let key = json::key(decoded);
        if let Key::Surrogates(_) = key {
            self.losses.warn(|| Loss {
                code: Code::LoneSurrogate,
                message: "the string holds half of a surrogate pair; readers disagree about it".to_owned(),
                pointer: self.builder.pointer(),
                place: Some(start..self.at),
            });
        }
        key
    }

    #[cold]
    fn unterminated(&self, start: usize, end: usize) -> Error {
        let message = "the string has no closing quote on its line";
        self.fail(Code::UnterminatedString, message, start..end)
    }

    #[cold]
    fn no_escape(&self, place: Range<usize>) -> Error {
        let found = self.shown(place.clone());
        let message = format!(
            "{found} is not an escape; digits after a backslash: \\0 alone, \\x and two, \\u and four hex digits"
        );
        self.fail(Code::InvalidEscape, message, place)
    }
}

/// Appends a unit of UTF-16; the second half of a pair joins the first. Gives `end` back.
fn push_unit(unit: u32, out: &mut Vec<u8>, end: usize) -> usize {
    if let (0xdc00..0xe000, &[.., 0xed, middle @ 0xa0..0xb0, last]) = (unit, out.as_slice()) {
        let high = (u32::from(middle & 0x0f) << 6) | u32::from(last & 0x3f);
        out.truncate(out.len() - 3);
        push_scalar(0x10000 + (high << 10) + (unit - 0xdc00), out);
        return end;
    }
    push_scalar(unit, out);
    end
}
