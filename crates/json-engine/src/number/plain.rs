//! Order of literals without exponents, by their sign, their length and the first digits that differ.
//!
//! Promise: what is decided is the order by exact value; what is not seen so is left open. Cost: a look
//! at each byte of the literal.

use std::cmp::Ordering;

/// A number other than zero without an exponent, as its digits stand.
#[derive(Debug, Clone)]
pub(super) struct Plain {
    is_negative: bool,
    /// Digits before the point.
    whole: usize,
    /// All without the sign.
    digits: Box<[u8]>,
}

impl Plain {
    /// Of a literal that is not zero; `None` with an exponent.
    pub(super) fn of(literal: &[u8]) -> Option<Plain> {
        let (is_negative, digits) = unsigned(literal);
        Some(Plain { is_negative, whole: whole(digits)?, digits: digits.into() })
    }

    /// The order of a literal and this where the sign, the length or the first digits that differ tell it.
    #[inline(never)]
    pub(super) fn order(&self, literal: &[u8]) -> Option<Ordering> {
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
