//! Scalars that end with their line or with the `:` of a key.

use std::borrow::Cow;
use std::ops::Range;

use granit_parser::ScalarStyle;

use super::super::quote::{CLASS, Class, is_escaped};
use super::super::tag::Tagging;
use super::{Lines, Next};

/// What a scalar on one line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A `:` follows, and then a space or the end of the line.
    Key,
    /// Any other.
    Value,
}

/// A scalar on one line.
pub(super) struct Word<'r> {
    pub(super) text: Cow<'r, str>,
    pub(super) style: ScalarStyle,
    pub(super) place: Range<usize>,
    pub(super) role: Role,
}

impl<'r> Lines<'r> {
    /// Hands a scalar to the composer that ends its line.
    #[inline]
    pub(super) fn value(&mut self, word: &Word<'_>) -> Option<Next> {
        self.scalar(word)?;
        self.end_line()
    }

    /// Hands a scalar to the composer.
    #[inline]
    pub(super) fn scalar(&mut self, word: &Word<'_>) -> Option<()> {
        self.composer.meter.charge(1).ok()?;
        let node =
            self.composer.construct(&word.text, word.style, Tagging::Untagged, word.place.clone()).ok()?;
        self.composer.scalar(node, 0).ok()
    }

    /// The scalar that begins here; goes behind it, and behind the `:` of a key.
    #[inline]
    pub(super) fn word(&mut self) -> Option<Word<'r>> {
        match self.byte(0)? {
            b'"' => self.double_quoted(),
            b'\'' => self.single_quoted(),
            first if is_indicator(first) || self.bytes[self.at..].starts_with(b"...") => None,
            b'-' if matches!(self.byte(1), None | Some(b' ' | b'\n' | b'-')) => None,
            _ => self.plain(),
        }
    }

    #[inline]
    fn plain(&mut self) -> Option<Word<'r>> {
        let start = self.at;
        let mut at = start;
        let role = loop {
            let byte = *self.bytes.get(at)?;
            match CLASS[usize::from(byte)] {
                Class::Safe => {}
                Class::Break => break Role::Value,
                Class::Colon if matches!(self.bytes.get(at + 1), Some(b' ' | b'\n')) => break Role::Key,
                Class::Hash if self.bytes[at - 1] == b' ' => break Role::Value,
                Class::Lead if is_escaped(&self.bytes[at..]) => return None,
                Class::Colon | Class::Hash | Class::Lead => {}
                Class::Escaped => return None,
            }
            at += 1;
        };
        // Blanks behind it are none of it.
        let text = self.text[start..at].trim_end_matches(' ');
        let place = start..start + text.len();
        self.at = if role == Role::Key { at + 1 } else { place.end };
        Some(Word { text: Cow::Borrowed(text), style: ScalarStyle::Plain, place, role })
    }

    fn single_quoted(&mut self) -> Option<Word<'r>> {
        let start = self.at;
        let mut end = self.quote(start + 1, b'\'')?;
        let mut text = Cow::Borrowed(&self.text[start + 1..end]);
        while self.bytes.get(end + 1) == Some(&b'\'') {
            let from = end + 1;
            end = self.quote(from + 1, b'\'')?;
            text.to_mut().push_str(&self.text[from..end]);
        }
        self.quoted(text, ScalarStyle::SingleQuoted, start..end + 1)
    }

    fn double_quoted(&mut self) -> Option<Word<'r>> {
        let start = self.at;
        let mut end = self.quote(start + 1, b'"')?;
        let mut text = Cow::Borrowed(&self.text[start + 1..end]);
        while self.bytes[end] == b'\\' {
            let (character, behind) = self.escape(end + 1)?;
            end = self.quote(behind, b'"')?;
            text.to_mut().push(character);
            text.to_mut().push_str(&self.text[behind..end]);
        }
        self.quoted(text, ScalarStyle::DoubleQuoted, start..end + 1)
    }

    /// Where the next `quote` or, in double quotes, backslash stands on the line.
    fn quote(&self, from: usize, quote: u8) -> Option<usize> {
        let mut at = from;
        loop {
            let byte = *self.bytes.get(at)?;
            if byte == quote || (byte == b'\\' && quote == b'"') {
                return Some(at);
            }
            match CLASS[usize::from(byte)] {
                Class::Safe | Class::Colon | Class::Hash => {}
                Class::Lead if !is_escaped(&self.bytes[at..]) => {}
                Class::Lead | Class::Break | Class::Escaped => return None,
            }
            at += 1;
        }
    }

    /// The character of the escape whose backslash lies before `at`, and where it ends.
    fn escape(&self, at: usize) -> Option<(char, usize)> {
        let character = match self.bytes.get(at)? {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => {
                let digits = self.bytes.get(at + 1..at + 5)?;
                let digit = |value: u32, digit: &u8| Some(value << 4 | char::from(*digit).to_digit(16)?);
                return Some((char::from_u32(digits.iter().try_fold(0, digit)?)?, at + 5));
            }
            _ => return None,
        };
        Some((character, at + 1))
    }

    fn quoted(&mut self, text: Cow<'r, str>, style: ScalarStyle, place: Range<usize>) -> Option<Word<'r>> {
        let role = match self.bytes.get(place.end..place.end + 2) {
            Some([b':', b' ' | b'\n']) => Role::Key,
            Some(_) | None => Role::Value,
        };
        self.at = place.end + usize::from(role == Role::Key);
        Some(Word { text, style, place, role })
    }

    /// Where the line ends, if nothing is on it that has to be escaped.
    pub(super) fn line_end(&self, from: usize) -> Option<usize> {
        let mut at = from;
        loop {
            match CLASS[usize::from(*self.bytes.get(at)?)] {
                Class::Safe | Class::Colon | Class::Hash => {}
                Class::Lead if !is_escaped(&self.bytes[at..]) => {}
                Class::Break => return Some(at),
                Class::Lead | Class::Escaped => return None,
            }
            at += 1;
        }
    }
}

/// Whether a plain scalar may not begin so, or is rare.
fn is_indicator(first: u8) -> bool {
    b" \n,[]{}#&*!|>%@`?:".contains(&first)
}
