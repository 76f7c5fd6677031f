//! Strings: eight bytes at a time to the next byte that means something.

use super::fault::{Step, stop};
use super::{Kind, Scanner, Sink, Spelling};

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

/// The first place from `at` on that is a quote, a backslash or a control character; else the end.
#[inline(always)]
pub(crate) fn plain_end(text: &[u8], mut at: usize) -> usize {
    while let Some(chunk) = text[at..].first_chunk::<8>() {
        let mask = special(u64::from_le_bytes(*chunk));
        if mask != 0 {
            return at + mask.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    end_of_tail(text, at)
}

/// As [`plain_end`], for the last bytes, fewer than eight: together with what stands before them they are a word too, which
/// saves the short strings of which documents are full a branch a byte.
#[inline]
fn end_of_tail(text: &[u8], at: usize) -> usize {
    let rest = text.len() - at;
    if rest == 0 {
        return at;
    }
    let tail = if let Some(last) = text.last_chunk::<8>() {
        u64::from_le_bytes(*last) >> (64 - 8 * rest)
    } else if let (Some(first), Some(last)) = (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        let low = u64::from(u32::from_le_bytes(*first));
        let high = u64::from(u32::from_le_bytes(*last));
        (low | high << (8 * (text.len() - 4))) >> (8 * at)
    } else {
        text[at..].iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
    };
    let mask = special(tail | (ONES * 0x20) << (8 * rest));
    if mask == 0 { text.len() } else { at + mask.trailing_zeros() as usize / 8 }
}

impl<S: Sink> Scanner<'_, S> {
    /// Reads the string at `at`, quotes included.
    #[inline]
    pub(super) fn string(&mut self) -> Step<Spelling> {
        let end = plain_end(self.text, self.at + 1);
        if self.text.get(end) == Some(&b'"') {
            self.at = end + 1;
            return Ok(Spelling::Plain);
        }
        self.rest_of_string(end)
    }

    /// The rest of a string that is not plain up to its end.
    #[inline(never)]
    pub(super) fn rest_of_string(&mut self, end: usize) -> Step<Spelling> {
        let start = self.at;
        self.notes.string_start = start;
        self.at = end;
        loop {
            let step = match self.text.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Spelling::Escaped);
                }
                Some(b'\\') => self.escape(),
                Some(b'\n' | b'\r') | None => stop(Kind::UnterminatedString, start, self.at),
                Some(_) => stop(Kind::ControlCharacter, self.at, self.at + 1),
            };
            if let Err(halt) = step {
                return self.in_string(start, halt);
            }
            self.at = plain_end(self.text, self.at);
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
                    self.report(S::LONE_SURROGATE, Kind::LoneSurrogate, start, start + 6);
                }
            }
            Some(_) => return stop(Kind::InvalidEscape, start, self.char_end(start + 1)),
            None => return stop(Kind::UnexpectedEnd, start + 1, start + 1),
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
                return stop(Kind::UnexpectedEnd, self.text.len(), self.text.len());
            };
            let Some(digit) = char::from(byte).to_digit(16) else {
                return stop(Kind::InvalidEscape, start, start + offset);
            };
            unit = unit * 16 + digit;
        }
        Ok(unit)
    }
}

#[cfg(test)]
mod tests {
    use super::plain_end;

    /// Against a search byte by byte: texts of all lengths around a word, from every place, with each kind of byte at each place.
    #[test]
    fn the_first_byte_that_means_something_is_found() {
        for length in 0..20 {
            let plain: Vec<u8> =
                (0..length as u8).map(|at| if at % 3 == 0 { 0xd0 + at } else { b'a' + at }).collect();
            for (place, byte) in (0..=length)
                .flat_map(|place| [b'"', b'\\', 0, 0x1f, b' ', 0x7f, 0x80, 0xff].map(|byte| (place, byte)))
            {
                let mut text = plain.clone();
                if let Some(at) = text.get_mut(place) {
                    *at = byte;
                }
                for from in 0..=length {
                    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
                    let expected = text[from..].iter().position(is_special).map_or(length, |at| from + at);
                    assert_eq!(plain_end(&text, from), expected, "{text:?} from {from}");
                }
            }
        }
    }
}
