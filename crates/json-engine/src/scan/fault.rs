//! What is wrong: the cold side of the scanner, which names a fault and its place once the machine cannot go on.
//!
//! Promise: the kind and the place depend on the text alone. Cost: a look ahead to the end of the string, word or comments
//! at the place; each is looked at once, however many faults it holds.

use super::kind::Kind;
use super::{Frame, Scanner, Sink};
use crate::error::LimitKind;

/// Where a scan stopped, and why.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stop {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) expected: Expected,
}

/// What must stand at the place of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Expected {
    /// A value; or the fault lies in one.
    Value,
    /// A key; or the fault lies in one.
    Key,
    /// The colon after a key.
    Colon,
    /// A comma, a closing bracket, or the end of the text.
    Separator,
}

/// How the machine leaves early.
#[derive(Debug)]
pub(super) enum Halt {
    Invalid(Stop),
    Limit {
        limit: LimitKind,
        allowed: u64,
        actual: u64,
        at: usize,
    },
    /// All that can be said is said.
    Told,
}

/// Boxed, so that the way without a halt passes its results in registers.
pub(super) type Step<T = ()> = Result<T, Box<Halt>>;

/// A fault in a value or key.
#[cold]
pub(super) fn stop<T>(kind: Kind, start: usize, end: usize) -> Step<T> {
    instead_of(Expected::Value, kind, start, end)
}

/// Something stands where `expected` must.
#[cold]
pub(super) fn instead_of<T>(expected: Expected, kind: Kind, start: usize, end: usize) -> Step<T> {
    Err(Box::new(Halt::Invalid(Stop { kind, start, end, expected })))
}

#[cold]
pub(super) fn breach<T>(limit: LimitKind, allowed: u64, actual: u64, at: usize) -> Step<T> {
    Err(Box::new(Halt::Limit { limit, allowed, actual, at }))
}

impl<S: Sink> Scanner<'_, S> {
    #[cold]
    pub(super) fn no_value<T>(&mut self, byte: u8) -> Step<T> {
        let start = self.at;
        let one = start + 1;
        if comment_end(self.text, start).is_some() {
            // It was counted as a value.
            self.stats.nodes -= 1;
            return self.comment(Expected::Value);
        }
        match byte {
            b',' | b']' | b'}' | b':' => stop(Kind::MissingValue, start, one),
            b'\'' => stop(Kind::SingleQuoted, start, one),
            b'+' => stop(Kind::NumberPlusSign, start, one),
            b'.' => stop(Kind::NumberIncomplete, start, one),
            b'A'..=b'Z' | b'a'..=b'z' | b'_' => stop(self.bad_word(start), start, self.word_end(start)),
            _ => stop(Kind::UnexpectedCharacter, start, self.char_end(start)),
        }
    }

    pub(super) fn bad_word(&self, start: usize) -> Kind {
        match &self.text[start..self.word_end(start)] {
            b"NaN" | b"nan" | b"Infinity" | b"inf" | b"Inf" => Kind::NanOrInfinity,
            _ => Kind::InvalidLiteral,
        }
    }

    #[cold]
    pub(super) fn no_key<T>(&self, start: usize) -> Step<T> {
        let (kind, end) = match self.text.get(start) {
            None => (Kind::UnexpectedEnd, start),
            Some(b'\'') => (Kind::SingleQuoted, start + 1),
            Some(_) if comment_end(self.text, start).is_some() => return self.comment(Expected::Key),
            Some(b'A'..=b'Z' | b'a'..=b'z' | b'_' | b'$' | b'0'..=b'9' | b'-') => {
                (Kind::UnquotedKey, self.word_end(start))
            }
            Some(_) => (Kind::UnexpectedCharacter, self.char_end(start)),
        };
        instead_of(Expected::Key, kind, start, end)
    }

    #[cold]
    pub(super) fn no_colon<T>(&self) -> Step<T> {
        let at = self.at;
        match self.text.get(at) {
            None => instead_of(Expected::Colon, Kind::UnexpectedEnd, at, at),
            Some(_) if comment_end(self.text, at).is_some() => self.comment(Expected::Colon),
            Some(_) => instead_of(Expected::Colon, Kind::MissingColon, at, self.char_end(at)),
        }
    }

    #[cold]
    pub(super) fn no_separator<T>(&self, found: Option<u8>) -> Step<T> {
        let at = self.at;
        let (kind, end) = match found {
            None => (Kind::UnexpectedEnd, at),
            Some(b']' | b'}') => (Kind::MismatchedBracket, at + 1),
            Some(b'"' | b'{' | b'[' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => {
                (Kind::MissingComma, at + 1)
            }
            Some(_) if comment_end(self.text, at).is_some() => return self.comment(Expected::Separator),
            Some(_) if self.next_follows() => (Kind::MissingComma, at + 1),
            Some(_) => (Kind::UnexpectedCharacter, self.char_end(at)),
        };
        instead_of(Expected::Separator, kind, at, end)
    }

    /// Whether the next member, or element in single quotes, stands here, in spellings that JSON lacks.
    fn next_follows(&self) -> bool {
        match self.stack.last() {
            Some(Frame::Array(_)) => self.text[self.at] == b'\'',
            Some(Frame::Object(_)) => self.member_follows(self.at),
            None => false,
        }
    }

    /// Whether a key in any quotes and a colon stand at `at`.
    pub(super) fn member_follows(&self, at: usize) -> bool {
        let end = match self.text.get(at) {
            Some(quote @ (b'"' | b'\'')) => closing_quote(self.text, at, *quote).map(|quote| quote + 1),
            Some(byte) if is_word(*byte) => Some(long_word_end(self.text, at)),
            Some(_) | None => None,
        };
        end.is_some_and(|end| self.text.get(gap_end(self.text, end)) == Some(&b':'))
    }

    /// Something stands behind the value of the whole text.
    #[cold]
    pub(super) fn trailing(&self) -> Step {
        if comment_end(self.text, self.at).is_some() {
            return self.comment(Expected::Separator);
        }
        instead_of(Expected::Separator, Kind::TrailingContent, self.at, self.at + 1)
    }

    /// The comment at `at`; a comma before it that a closing bracket follows comes first.
    fn comment<T>(&self, expected: Expected) -> Step<T> {
        let start = self.at;
        let before = self.text[..start].trim_ascii_end();
        let close = match self.stack.last() {
            Some(Frame::Array(_)) => Some(&b']'),
            Some(Frame::Object(_)) => Some(&b'}'),
            None => None,
        };
        let may_trail = matches!(expected, Expected::Value | Expected::Key) && before.last() == Some(&b',');
        if may_trail && close.is_some() && self.text.get(gap_end(self.text, start)) == close {
            return trailing_comma(before.len() - 1);
        }
        let end = comment_end(self.text, start).map_or(start + 1, |end| end.unwrap_or(self.text.len()));
        instead_of(expected, Kind::Comment, start, end)
    }

    /// A fault in the string that began at `start`: when the string does not end on its line, that is what is wrong.
    #[cold]
    pub(super) fn in_string<T>(&mut self, start: usize, halt: Box<Halt>) -> Step<T> {
        let Halt::Invalid(stop @ Stop { kind: Kind::ControlCharacter | Kind::InvalidEscape, .. }) = *halt
        else {
            return Err(halt);
        };
        if stop.start < self.notes.closed_until {
            return Err(halt);
        }
        match line_or_quote(self.text, stop.start, b'"') {
            Ok(quote) => self.notes.closed_until = quote,
            // What lies behind the part that is UTF-8 is not known.
            Err(end) if end == self.text.len() && self.is_cut => self.notes.closed_until = end,
            Err(end) => return self::stop(Kind::UnterminatedString, start, end),
        }
        Err(halt)
    }

    /// The end of the word at `start`, at least one byte and at most 64 on.
    pub(super) fn word_end(&self, start: usize) -> usize {
        let length = self.text[start..].iter().take(64).take_while(|byte| is_word(**byte)).count();
        start + length.max(1)
    }

    /// The end of the character at `start`.
    pub(super) fn char_end(&self, start: usize) -> usize {
        let continuation = |byte: &&u8| (**byte & 0xc0) == 0x80;
        start + 1 + self.text[start + 1..].iter().take(3).take_while(continuation).count()
    }
}

/// A closing bracket follows the comma.
#[cold]
pub(super) fn trailing_comma<T>(comma: usize) -> Step<T> {
    instead_of(Expected::Separator, Kind::TrailingComma, comma, comma + 1)
}

pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'-')
}

/// The end of the word at `start`, however long.
pub(super) fn long_word_end(text: &[u8], start: usize) -> usize {
    start + text[start..].iter().take_while(|byte| is_word(**byte)).count()
}

/// The end of the comment at `at`, if one begins there; `Some(None)` when it has none.
pub(super) fn comment_end(text: &[u8], at: usize) -> Option<Option<usize>> {
    let rest = text.get(at..)?;
    if rest.starts_with(b"/*") {
        let mut slashes = memchr::memchr_iter(b'/', &rest[3.min(rest.len())..]).map(|length| at + 3 + length);
        return Some(slashes.find(|slash| text[slash - 1] == b'*').map(|slash| slash + 1));
    }
    let to_line_end = rest.starts_with(b"#") || rest.starts_with(b"//");
    to_line_end.then(|| Some(at + memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len())))
}

/// The end of white space from `at` on.
pub(super) fn blank_end(text: &[u8], at: usize) -> usize {
    at + text[at..].iter().take_while(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t')).count()
}

/// The end of white space and comments from `at` on.
pub(super) fn gap_end(text: &[u8], at: usize) -> usize {
    let mut end = blank_end(text, at);
    while let Some(Some(comment)) = comment_end(text, end) {
        end = blank_end(text, comment);
    }
    end
}

/// The quote that closes, on its line, the string that `quote` opens at `start`.
pub(super) fn closing_quote(text: &[u8], start: usize, quote: u8) -> Option<usize> {
    line_or_quote(text, start + 1, quote).ok()
}

/// The first `quote` from `at` on that no backslash escapes; else where the line or the text ends.
pub(super) fn line_or_quote(text: &[u8], mut at: usize, quote: u8) -> Result<usize, usize> {
    loop {
        match text.get(at) {
            Some(b'\\') if !matches!(text.get(at + 1), None | Some(b'\n' | b'\r')) => at += 2,
            Some(b'\n' | b'\r') | None => return Err(at),
            Some(byte) if *byte == quote => return Ok(at),
            Some(_) => at += 1,
        }
    }
}
