//! Numbers: the grammar only; they keep their text.

use super::fault::{Step, breach, stop};
use super::{Kind, Notation, Scanner, Sink};
use crate::error::LimitKind;
use crate::number::not_digits;

impl<S: Sink> Scanner<'_, S> {
    /// Reads the number at `at`.
    #[inline]
    pub(super) fn number(&mut self) -> Step<Notation> {
        let (start, mut notation) = (self.at, Notation::Integer);
        if self.text[start] == b'-' {
            self.at += 1;
        }
        match self.text.get(self.at) {
            Some(b'0') => self.zero(start)?,
            Some(b'1'..=b'9') => self.digits(),
            Some(b'I' | b'N' | b'i' | b'n') => {
                return stop(Kind::NanOrInfinity, start, self.word_end(self.at));
            }
            _ => return stop(Kind::NumberIncomplete, start, self.at),
        }
        if self.text.get(self.at) == Some(&b'.') {
            notation = Notation::Other;
            self.at += 1;
            self.some_digits(start)?;
        }
        if let Some(b'e' | b'E') = self.text.get(self.at) {
            notation = Notation::Other;
            self.at += 1;
            if let Some(b'+' | b'-') = self.text.get(self.at) {
                self.at += 1;
            }
            self.some_digits(start)?;
        }
        self.check_length(start)?;
        Ok(notation)
    }

    fn zero(&mut self, start: usize) -> Step {
        self.at += 1;
        match self.text.get(self.at) {
            Some(b'0'..=b'9') => stop(Kind::LeadingZero, start, self.at),
            Some(b'x' | b'X' | b'o' | b'b') => stop(Kind::InvalidNumber, start, self.word_end(self.at)),
            _ => Ok(()),
        }
    }

    /// Digits, eight at a time.
    #[inline(always)]
    fn digits(&mut self) {
        let mut at = self.at;
        while let Some(chunk) = self.text[at..].first_chunk::<8>() {
            let others = not_digits(u64::from_le_bytes(*chunk));
            if others != 0 {
                self.at = at + others.trailing_zeros() as usize / 8;
                return;
            }
            at += 8;
        }
        while let Some(b'0'..=b'9') = self.text.get(at) {
            at += 1;
        }
        self.at = at;
    }

    #[inline(always)]
    fn some_digits(&mut self, start: usize) -> Step {
        let before = self.at;
        self.digits();
        if self.at == before {
            return stop(Kind::NumberIncomplete, start, self.at);
        }
        Ok(())
    }

    #[inline(always)]
    pub(super) fn check_length(&self, start: usize) -> Step {
        let (length, allowed) = (self.at - start, u64::from(self.options.limits.max_number_digits));
        if length as u64 <= allowed {
            return Ok(());
        }
        let actual = self.text[start..self.at].iter().filter(|byte| byte.is_ascii_digit()).count() as u64;
        if actual <= allowed {
            return Ok(());
        }
        breach(LimitKind::NumberDigits, allowed, actual, start)
    }
}
