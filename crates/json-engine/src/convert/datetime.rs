//! Dates and times: what a text is taken for, and the one spelling that every reader gives and every writer gets.
//!
//! The spelling is RFC 3339's, as far as there is something to spell: `1979-05-27T07:32:00Z`, and of its parts a date, a
//! time, or both without an offset, as TOML has them.
//!
//! Cost: a look at each byte.

mod instant;

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::RangeInclusive;

pub(crate) use instant::{Instant, Spelling, instant, is_date, text};

/// The one spelling of the date, the time or both that `text` is by RFC 3339, TOML 1.1 or the timestamp type of YAML 1.1;
/// `text` as it stands if it is none, or there is no such day or hour.
///
/// So `T` stands before the time, `Z` is in upper case, months, hours and offsets have two digits, and seconds are always
/// there. Fractions keep all digits. YAML takes what has no offset for UTC; it gets none here, since to TOML it is local.
pub(crate) fn spelled(text: &str) -> Cow<'_, str> {
    known(text).map_or(Cow::Borrowed(text), Cow::Owned)
}

fn known(text: &str) -> Option<String> {
    if is_date(text) {
        return Some(text.to_owned());
    }
    let mut rest = Rest(text.as_bytes());
    let mut spelled = String::with_capacity(text.len() + 6);
    if matches!(rest.0, [_, _, b':', ..]) {
        rest.time(&mut spelled)?;
        return rest.0.is_empty().then_some(spelled);
    }
    rest.date(&mut spelled)?;
    is_date(&spelled).then_some(())?;
    (rest.one(b"Tt").is_some() || rest.blanks() > 0).then_some(())?;
    spelled.push('T');
    rest.time(&mut spelled)?;
    rest.offset(&mut spelled)?;
    rest.0.is_empty().then_some(spelled)
}

/// What of a text is not read yet. Each method reads one part and adds its spelling; `None` where something else stands.
struct Rest<'t>(&'t [u8]);

impl Rest<'_> {
    /// A date before a time; whether there is such a day is not looked at.
    fn date(&mut self, spelled: &mut String) -> Option<()> {
        let year = self.number(4..=4, 9_999)?;
        self.one(b"-")?;
        let month = self.number(1..=2, 12)?;
        self.one(b"-")?;
        let day = self.number(1..=2, 31)?;
        write!(spelled, "{year:04}-{month:02}-{day:02}").ok()
    }

    fn time(&mut self, spelled: &mut String) -> Option<()> {
        let hour = self.number(1..=2, 23)?;
        self.one(b":")?;
        let minute = self.number(2..=2, 59)?;
        write!(spelled, "{hour:02}:{minute:02}:").ok()?;
        if self.one(b":").is_none() {
            spelled.push_str("00");
            return Some(());
        }
        write!(spelled, "{:02}", self.number(2..=2, 60)?).ok()?;
        if self.one(b".").is_some() {
            self.fraction(spelled);
        }
        Some(())
    }

    /// YAML allows a point without digits.
    fn fraction(&mut self, spelled: &mut String) {
        let length = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, rest) = self.0.split_at(length);
        if length > 0 {
            spelled.push('.');
            spelled.extend(digits.iter().map(|digit| char::from(*digit)));
        }
        self.0 = rest;
    }

    /// An offset from UTC, if there is one.
    fn offset(&mut self, spelled: &mut String) -> Option<()> {
        if self.0.is_empty() {
            return Some(());
        }
        self.blanks();
        let sign = char::from(self.one(b"Zz+-")?);
        if matches!(sign, 'Z' | 'z') {
            spelled.push('Z');
            return Some(());
        }
        let hours = self.number(1..=2, 23)?;
        let minutes = if self.one(b":").is_some() { self.number(2..=2, 59)? } else { 0 };
        write!(spelled, "{sign}{hours:02}:{minutes:02}").ok()
    }

    /// A number of so many digits that is not above `most`.
    fn number(&mut self, digits: RangeInclusive<usize>, most: u32) -> Option<u32> {
        let length = self.0.iter().take(*digits.end()).take_while(|byte| byte.is_ascii_digit()).count();
        let (number, rest) = self.0.split_at(length);
        self.0 = rest;
        let number = str::from_utf8(number).ok()?.parse().ok()?;
        (length >= *digits.start() && number <= most).then_some(number)
    }

    fn one(&mut self, allowed: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        allowed.contains(first).then(|| {
            self.0 = rest;
            *first
        })
    }

    fn blanks(&mut self) -> usize {
        let length = self.0.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        self.0 = &self.0[length..];
        length
    }
}

#[cfg(test)]
mod tests;
