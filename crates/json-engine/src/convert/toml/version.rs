//! What TOML 1.1 allows and 1.0 does not.
//!
//! Promise: a text that passes under 1.0 is valid by the specification of 2021-01-11, and reads as it does under 1.1.
//! Cost: a search for `\` in each basic string, under 1.0 only.

use std::ops::Range;

use toml_parser::lexer::TokenKind;

use super::fault::{Halt, syntax};

/// Which TOML a text is held to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::convert) enum Version {
    /// 1.0.0.
    V1_0,
    /// 1.1.0.
    V1_1,
}

impl Version {
    /// An inline table ends on the line where it begins, but for what stands in an array or a string in it.
    pub(super) fn check_line(self, kind: TokenKind, place: Range<usize>) -> Result<(), Halt> {
        match kind {
            TokenKind::Newline | TokenKind::Comment => {
                self.refuse("an inline table stands on one line", place.start..place.start + 1)
            }
            _ => Ok(()),
        }
    }

    /// No comma behind the last member of an inline table; `place` is that of its `}`.
    pub(super) fn check_last_comma(self, place: Range<usize>) -> Result<(), Halt> {
        self.refuse("a member stands behind each comma of an inline table", place)
    }

    /// `\e` and `\xHH` in a basic string at `place`; `raw` is the string as it stands there.
    pub(super) fn check_escapes(self, kind: TokenKind, raw: &str, place: &Range<usize>) -> Result<(), Halt> {
        if self == Version::V1_1 || !matches!(kind, TokenKind::BasicString | TokenKind::MlBasicString) {
            return Ok(());
        }
        let (bytes, mut from) = (raw.as_bytes(), 0);
        while let Some(at) = memchr::memchr(b'\\', &bytes[from..]).map(|at| from + at) {
            if let Some(b'e' | b'x') = bytes.get(at + 1) {
                let at = place.start + at;
                return self
                    .refuse("the escapes are \\b, \\t, \\n, \\f, \\r, \\\", \\\\, \\u and \\U", at..at + 2);
            }
            from = at + 2;
        }
        Ok(())
    }

    /// A time has seconds.
    pub(super) fn check_seconds(self, text: &str, place: &Range<usize>) -> Result<(), Halt> {
        match has_minutes_only(text) {
            true => self.refuse("a time has seconds", place.clone()),
            false => Ok(()),
        }
    }

    /// Fails under 1.0.
    fn refuse(self, allowed: &str, place: Range<usize>) -> Result<(), Halt> {
        match self {
            Version::V1_0 => Err(syntax(format!("only TOML 1.1 allows this; in 1.0 {allowed}"), place)),
            Version::V1_1 => Ok(()),
        }
    }
}

/// Whether a date or time that is valid ends its time with the minutes.
fn has_minutes_only(text: &str) -> bool {
    let time = text.find(['T', 't', ' ']).map_or(0, |at| at + 1);
    text.get(time + 2..time + 3) == Some(":") && text.get(time + 5..time + 6) != Some(":")
}
