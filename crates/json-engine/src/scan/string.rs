//! Strings: eight bytes at a time to the next byte that means something.

use super::{Scanner, Sink, Step, stop};
use crate::{Code, Severity};

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// A mark in the high bit of each byte that is a quote, a backslash or a control character. Bytes above a marked one can
/// be marked wrongly, never those below, and only the lowest is used.
#[inline(always)]
fn special(word: u64) -> u64 {
    let zero = |x: u64| x.wrapping_sub(ONES) & !x & HIGHS;
    let quote = zero(word ^ (ONES * 0x22));
    let backslash = zero(word ^ (ONES * 0x5c));
    let control = word.wrapping_sub(ONES * 0x20) & !word & HIGHS;
    quote | backslash | control
}

impl<S: Sink> Scanner<'_, S> {
    /// Reads the string at `at`, quotes included; says whether it holds escapes.
    #[inline]
    pub(super) fn string(&mut self) -> Step<bool> {
        let start = self.at;
        self.at += 1;
        let mut escaped = false;
        loop {
            self.skip_plain();
            match self.text.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(escaped);
                }
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                Some(b'\n' | b'\r') => return stop(Code::UnterminatedString, start, self.at),
                Some(_) => return stop(Code::ControlCharacter, self.at, self.at + 1),
                None => return stop(Code::UnterminatedString, start, self.at),
            }
        }
    }

    #[inline(always)]
    fn skip_plain(&mut self) {
        while let Some(chunk) = self.text[self.at..].first_chunk::<8>() {
            let mask = special(u64::from_le_bytes(*chunk));
            if mask != 0 {
                self.at += mask.trailing_zeros() as usize / 8;
                return;
            }
            self.at += 8;
        }
        while let Some(byte) = self.text.get(self.at) {
            if matches!(byte, b'"' | b'\\' | 0..=0x1f) {
                return;
            }
            self.at += 1;
        }
    }

    /// One escape; a surrogate that stands alone is reported, since readers disagree about it.
    fn escape(&mut self) -> Step {
        let start = self.at;
        match self.text.get(start + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 2,
            Some(b'u') => {
                let unit = self.unit(start)?;
                self.at += 6;
                if (0xd800..0xdc00).contains(&unit) && self.low_surrogate_follows()? {
                    self.at += 6;
                } else if (0xd800..0xe000).contains(&unit) {
                    self.report(Severity::Warning, Code::LoneSurrogate, start, start + 6);
                }
            }
            Some(_) => return stop(Code::InvalidEscape, start, self.char_end(start + 1)),
            None => return stop(Code::UnexpectedEnd, start + 1, start + 1),
        }
        Ok(())
    }

    fn low_surrogate_follows(&self) -> Step<bool> {
        if !self.text[self.at..].starts_with(b"\\u") {
            return Ok(false);
        }
        Ok((0xdc00..0xe000).contains(&self.unit(self.at)?))
    }

    /// The four digits of the `\u` at `start`.
    fn unit(&self, start: usize) -> Step<u32> {
        let mut unit = 0;
        for offset in 2..6 {
            let Some(&byte) = self.text.get(start + offset) else {
                return stop(Code::UnexpectedEnd, self.text.len(), self.text.len());
            };
            let Some(digit) = char::from(byte).to_digit(16) else {
                return stop(Code::InvalidEscape, start, start + offset);
            };
            unit = unit * 16 + digit;
        }
        Ok(unit)
    }
}
