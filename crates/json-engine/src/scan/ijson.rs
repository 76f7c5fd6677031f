//! I-JSON (RFC 7493): what its section 2 restricts and the grammar does not, as warnings.
//!
//! Cost: the length of each number and string, only where it is asked for.

use super::{Kind, Scanner, Sink};
use crate::number::survives_double;

impl<S: Sink> Scanner<'_, S> {
    /// Section 2.2: the number from `start` to the present place as readers that use doubles get it.
    #[inline(never)]
    pub(super) fn check_number(&mut self, start: usize) {
        let literal = std::str::from_utf8(&self.text[start..self.at]).unwrap_or("0");
        if !survives_double(literal) {
            self.warn(Kind::NumberUnsafe, start, self.at);
        }
    }

    /// Section 2.1: noncharacters in the string or key at `start..end`, quotes included. Surrogates are reported anyway.
    #[inline(never)]
    pub(super) fn check_text(&mut self, start: usize, end: usize) {
        let text = self.text;
        let mut at = start + 1;
        while at + 1 < end {
            let (scalar, length) = scalar(&text[at..end - 1]);
            if is_noncharacter(scalar) {
                self.warn(Kind::Noncharacter, at, at + length);
            }
            at += length;
        }
    }
}

/// Section 23.7 of the Unicode standard.
fn is_noncharacter(scalar: u32) -> bool {
    matches!(scalar, 0xfdd0..=0xfdef) || scalar & 0xfffe == 0xfffe
}

/// The scalar value that `rest` begins with, as it stands or escaped, and its length; 0 for what cannot be one.
fn scalar(rest: &[u8]) -> (u32, usize) {
    let byte = u32::from(rest[0]);
    let tail = |at: usize| u32::from(rest.get(at).copied().unwrap_or(0) & 0x3f);
    match rest[0] {
        b'\\' => escaped(rest),
        0xe0..=0xef => ((byte & 0x0f) << 12 | tail(1) << 6 | tail(2), 3),
        0xf0.. => ((byte & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), 4),
        // Below U+0800 there are none.
        _ => (0, 1),
    }
}

fn escaped(rest: &[u8]) -> (u32, usize) {
    let unit = |at: usize| {
        let digits = rest.get(at..at + 6).filter(|digits| digits.starts_with(b"\\u"))?;
        u32::from_str_radix(std::str::from_utf8(&digits[2..]).ok()?, 16).ok()
    };
    match (unit(0), unit(6)) {
        (Some(high @ 0xd800..=0xdbff), Some(low @ 0xdc00..=0xdfff)) => {
            (0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00), 12)
        }
        (Some(unit), _) => (unit, 6),
        (None, _) => (0, 2),
    }
}
