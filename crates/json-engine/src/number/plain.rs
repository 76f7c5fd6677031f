//! Order of literals without exponents, by their sign, their length and the first digits that differ.
//!
//! Promise: what is decided is the order by exact value; what is not seen so is left open. Cost: a few operations on words where
//! the first eight bytes of a short literal tell, else a look at each of its bytes.

use std::cmp::Ordering;

use super::Literal;
use super::digits::not_digits;
use super::literal::SHORT;

/// Bytes that are looked at in one go.
const HEAD: usize = 8;

/// A number other than zero without an exponent, as its digits stand.
#[derive(Debug, Clone)]
pub(super) struct Plain {
    is_negative: bool,
    /// Digits before the point.
    whole: usize,
    /// All without the sign.
    digits: Box<[u8]>,
    /// The first of these, the first byte highest, zeros behind their end.
    head: u64,
}

impl Plain {
    /// Of a literal that is not zero; `None` with an exponent.
    pub(super) fn of(literal: &[u8]) -> Option<Plain> {
        let (is_negative, digits) = unsigned(literal);
        let mut head = [0; HEAD];
        let count = digits.len().min(HEAD);
        head[..count].copy_from_slice(&digits[..count]);
        let head = u64::from_be_bytes(head);
        Some(Plain { is_negative, whole: whole(digits)?, digits: digits.into(), head })
    }

    /// The order of a literal and this where the sign, the length or the first digits that differ tell it.
    #[inline]
    pub(super) fn order(&self, literal: &Literal) -> Option<Ordering> {
        match self.order_by_head(literal) {
            Some(order) => Some(order),
            None => self.order_by_all(literal.as_bytes()),
        }
    }

    /// By the first bytes of a short literal.
    #[inline]
    fn order_by_head(&self, literal: &Literal) -> Option<Ordering> {
        let (block, length) = literal.block()?;
        if has_letters(block, length) {
            return None;
        }
        let is_negative = block[0] == b'-';
        if is_negative != self.is_negative {
            return Some(if is_negative { Ordering::Less } else { Ordering::Greater });
        }
        let from = usize::from(is_negative);
        let head = u64::from_be_bytes(*block[from..].first_chunk::<HEAD>()?) & first_bytes(length - from);
        let others = not_digits(head);
        // Where all are digits, there may be more.
        if others == 0 {
            return None;
        }
        let whole = (others.leading_zeros() / 8) as usize;
        let differ = ((head ^ self.head).leading_zeros() / 8) as usize;
        // What ends before the other may have its value: `1.5` and `1.50`.
        let end = self.digits.len().min(length - from);
        let size = match whole.cmp(&self.whole) {
            Ordering::Equal if differ < end.min(HEAD) => head.cmp(&self.head),
            Ordering::Equal => return None,
            unlike @ (Ordering::Less | Ordering::Greater) => unlike,
        };
        Some(signed(size, is_negative))
    }

    #[inline(never)]
    fn order_by_all(&self, literal: &[u8]) -> Option<Ordering> {
        let (is_negative, digits) = unsigned(literal);
        if is_negative != self.is_negative {
            let is_number = digits.first().is_some_and(u8::is_ascii_digit);
            return is_number.then_some(if is_negative { Ordering::Less } else { Ordering::Greater });
        }
        let both = digits.len().min(self.digits.len());
        let size = whole(digits)?.cmp(&self.whole).then_with(|| digits[..both].cmp(&self.digits[..both]));
        if size.is_eq() { None } else { Some(signed(size, is_negative)) }
    }
}

/// The order of a literal and zero; `None` where no digit before the exponent is another than `0`.
#[inline]
pub(super) fn order_to_zero(literal: &[u8]) -> Option<Ordering> {
    let (is_negative, digits) = unsigned(literal);
    let mut significant = digits.iter().take_while(|byte| matches!(byte, b'0'..=b'9' | b'.'));
    let is_other = significant.any(|byte| matches!(byte, b'1'..=b'9'));
    is_other.then_some(if is_negative { Ordering::Less } else { Ordering::Greater })
}

pub(super) fn unsigned(literal: &[u8]) -> (bool, &[u8]) {
    match literal {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    }
}

fn signed(size: Ordering, is_negative: bool) -> Ordering {
    if is_negative { size.reverse() } else { size }
}

/// Digits before the point; `None` where there is an exponent, or no digit.
#[inline]
fn whole(digits: &[u8]) -> Option<usize> {
    // Without an early end, which would keep it from going over many bytes at once.
    let has_exponent = digits.iter().fold(false, |found, byte| found | (byte | 0x20 == b'e'));
    let whole = digits.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
    (whole > 0 && !has_exponent).then_some(whole)
}

/// Whether an exponent stands in the first `length` bytes, or the name of what is no number.
#[inline]
fn has_letters(block: &[u8; SHORT], length: usize) -> bool {
    /// Of all that a number is made of only `e` and `E` have this bit.
    const LETTER: u128 = u128::from_ne_bytes([0x40; 16]);
    const REST: usize = SHORT - 16;
    let (first, rest) =
        block.split_first_chunk::<16>().map_or(([0; 16], &block[..]), |(first, rest)| (*first, rest));
    let mut last = [0; 8];
    last[..REST].copy_from_slice(&rest[..REST]);
    let (first, last) = (u128::from_le_bytes(first) & LETTER, u64::from_le_bytes(last) & LETTER as u64);
    let before = |count: usize| 8 * count as u32;
    let in_first = if length < 16 { first & !(u128::MAX << before(length)) } else { first };
    let in_last = if length > 16 { last & !(u64::MAX << before(length - 16)) } else { 0 };
    in_first != 0 || in_last != 0
}

/// A mask of the first bytes of a word, the first highest.
#[inline]
fn first_bytes(count: usize) -> u64 {
    if count >= HEAD { u64::MAX } else { !(u64::MAX >> (8 * count as u32)) }
}
