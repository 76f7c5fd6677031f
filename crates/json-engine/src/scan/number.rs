//! Numbers: the grammar only; they keep their text.

use super::{Halt, Scanner, Sink, Step, stop};
use crate::Code;
use crate::error::LimitKind;

impl<S: Sink> Scanner<'_, S> {
    /// Reads the number at `at`.
    #[inline]
    pub(super) fn number(&mut self) -> Step {
        let start = self.at;
        if self.text[start] == b'-' {
            self.at += 1;
        }
        match self.text.get(self.at) {
            Some(b'0') => self.zero(start)?,
            Some(b'1'..=b'9') => self.digits(),
            Some(b'I' | b'N' | b'i' | b'n') => {
                return stop(Code::NanOrInfinity, start, self.word_end(self.at));
            }
            _ => return stop(Code::NumberIncomplete, start, self.at),
        }
        if self.text.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.some_digits(start)?;
        }
        if let Some(b'e' | b'E') = self.text.get(self.at) {
            self.at += 1;
            if let Some(b'+' | b'-') = self.text.get(self.at) {
                self.at += 1;
            }
            self.some_digits(start)?;
        }
        self.check_length(start)
    }

    fn zero(&mut self, start: usize) -> Step {
        self.at += 1;
        match self.text.get(self.at) {
            Some(b'0'..=b'9') => stop(Code::LeadingZero, start, self.at),
            Some(b'x' | b'X' | b'o' | b'b') => stop(Code::InvalidNumber, start, self.word_end(self.at)),
            _ => Ok(()),
        }
    }

    #[inline(always)]
    fn digits(&mut self) {
        while let Some(b'0'..=b'9') = self.text.get(self.at) {
            self.at += 1;
        }
    }

    #[inline(always)]
    fn some_digits(&mut self, start: usize) -> Step {
        let before = self.at;
        self.digits();
        if self.at == before {
            return stop(Code::NumberIncomplete, start, self.at);
        }
        Ok(())
    }

    #[inline(always)]
    fn check_length(&self, start: usize) -> Step {
        let (length, allowed) = (self.at - start, u64::from(self.options.limits.max_number_digits));
        if length as u64 <= allowed {
            return Ok(());
        }
        let actual = self.text[start..self.at].iter().filter(|byte| byte.is_ascii_digit()).count() as u64;
        if actual <= allowed {
            return Ok(());
        }
        Err(Halt::Limit { limit: LimitKind::NumberDigits, allowed, actual, at: start })
    }
}
