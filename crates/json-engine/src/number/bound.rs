//! Order of numbers that lie apart, by their first digits or by doubles near them, so that comparing most numbers costs neither
//! rounding nor memory.
//!
//! Promise: what is decided is the order by exact value; what lies too close together is left to an exact comparison. Cost: a
//! look at the bytes of each literal, at most a few operations on words.

use std::cmp::Ordering;

use super::rounding::TENS;
use super::{Number, Significand};

/// How far doubles must lie apart to decide, in parts of their size: 2^-50. Each is rounded at most twice, by 2^-53.
const CLOSE: f64 = 1.0 / (1_u64 << 50) as f64;

/// A number that many are compared with: it is read once.
#[derive(Debug, Clone)]
pub(crate) struct Bound {
    number: Number,
    near: Option<f64>,
    plain: Option<Plain>,
}

/// A number other than zero without an exponent, as its digits stand.
#[derive(Debug, Clone)]
struct Plain {
    is_negative: bool,
    /// Digits before the point.
    whole: usize,
    /// All without the sign.
    digits: Box<[u8]>,
}

impl Bound {
    /// A look at each digit of `number`.
    pub(crate) fn of(number: Number) -> Bound {
        Bound { near: near(&number), plain: Plain::of(&number), number }
    }

    /// The number itself.
    pub(crate) fn number(&self) -> &Number {
        &self.number
    }

    /// The order of `number` and this, by exact value.
    #[inline]
    pub(crate) fn order(&self, number: &Number) -> Ordering {
        if let (Number::Literal(literal), Some(plain)) = (number, &self.plain)
            && let Some(order) = plain.order(literal.as_bytes())
        {
            return order;
        }
        match (near(number), self.near) {
            (Some(left), Some(right)) => apart(left, right).unwrap_or_else(|| number.cmp(&self.number)),
            (None, _) | (_, None) => number.cmp(&self.number),
        }
    }
}

impl Plain {
    fn of(number: &Number) -> Option<Plain> {
        let mut text = Vec::new();
        number.write(&mut text);
        let (is_negative, digits) = unsigned(&text);
        let is_zero = digits.iter().all(|byte| matches!(byte, b'0' | b'.'));
        let whole = whole(digits).filter(|_| !is_zero)?;
        Some(Plain { is_negative, whole, digits: digits.into() })
    }

    /// The order of a literal and this where the sign, the length or the first digits that differ tell it.
    #[inline]
    fn order(&self, literal: &[u8]) -> Option<Ordering> {
        let (is_negative, digits) = unsigned(literal);
        if is_negative != self.is_negative {
            let is_number = digits.first().is_some_and(u8::is_ascii_digit);
            return is_number.then_some(if is_negative { Ordering::Less } else { Ordering::Greater });
        }
        let both = digits.len().min(self.digits.len());
        let size = whole(digits)?.cmp(&self.whole).then_with(|| digits[..both].cmp(&self.digits[..both]));
        match size {
            Ordering::Equal => None,
            size => Some(if is_negative { size.reverse() } else { size }),
        }
    }
}

fn unsigned(literal: &[u8]) -> (bool, &[u8]) {
    match literal {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    }
}

/// Digits before the point; `None` where there is an exponent, or no digit.
#[inline]
fn whole(digits: &[u8]) -> Option<usize> {
    // Without an early end, which would keep it from going over many bytes at once.
    let has_exponent = digits.iter().fold(false, |found, byte| found | (byte | 0x20 == b'e'));
    let whole = digits.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(digits.len());
    (whole > 0 && !has_exponent).then_some(whole)
}

/// A double that differs from the number by at most one part in 2^51; `None` for one of over 19 digits, or of digits times a
/// power of ten beyond 10^22 or 10^-22.
#[inline]
pub(crate) fn near(number: &Number) -> Option<f64> {
    let literal = match number {
        Number::I64(integer) => return Some(*integer as f64),
        Number::Literal(literal) => literal.as_bytes(),
    };
    // jq keeps NaN and the infinities as literals.
    let read = Significand::of(literal).filter(|_| literal.last().is_some_and(u8::is_ascii_digit))?;
    let power = TENS.get(usize::try_from(read.exponent.unsigned_abs()).ok()?)?;
    let digits = read.digits as f64;
    let size = if read.exponent < 0 { digits / power } else { digits * power };
    Some(if read.is_negative { -size } else { size })
}

/// The order of two numbers by doubles that are [`near`] them; `None` where these do not tell.
#[inline]
pub(super) fn apart(left: f64, right: f64) -> Option<Ordering> {
    let (difference, size) = (left - right, left.abs() + right.abs());
    if difference.abs() <= size * CLOSE {
        return None;
    }
    Some(if difference < 0.0 { Ordering::Less } else { Ordering::Greater })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(left: &str, right: &str, expected: Option<Ordering>) {
        let [left, right] = [left, right].map(Number::from_literal);
        let found = near(&left).zip(near(&right)).and_then(|(left, right)| apart(left, right));
        assert_eq!(found, expected, "{left:?} {right:?}");
        if let Some(expected) = expected {
            assert_eq!(Bound::of(right).order(&left), expected, "{left:?}");
        }
    }

    #[test]
    fn what_lies_apart_is_ordered() {
        check("0.5", "1", Some(Ordering::Less));
        check("-1.5", "-1.25", Some(Ordering::Less));
        check("-65.613616999999977", "-60.5", Some(Ordering::Less));
        check("0", "1e-22", Some(Ordering::Less));
        check("-9223372036854775808", "9999999999999999999e22", Some(Ordering::Less));
        check("0.1", "0.10000000000001", Some(Ordering::Less));
    }

    #[test]
    fn what_lies_close_is_left_open() {
        check("1.50", "1.5", None);
        check("-0", "0.00", None);
        check("0.1", "0.1000000000000000055", None);
        check("9007199254740993", "9007199254740992.0", None);
        check("NaN", "0", None);
        check("1e23", "1", None);
        check("1e-23", "1", None);
        check("12345678901234567890.5", "1", None);
    }

    proptest! {
        /// Numbers of which many lie close together, against a comparison digit by digit.
        #[test]
        fn the_order_is_exact(
            left in "-?(0|[1-9][0-9]{0,3})(\\.[0-9]{1,18})?(e-?[0-9])?",
            (at, digit) in (any::<prop::sample::Index>(), 0..10_u8),
        ) {
            let mut right = left.clone().into_bytes();
            let at = at.index(right.len());
            if right[at].is_ascii_digit() && at > 1 {
                right[at] = b'0' + digit;
            }
            let right = String::from_utf8(right).expect("digits are text");
            let [left, right] = [left.as_str(), right.as_str()].map(Number::from_literal);
            let expected = left.decimal().compare(&right.decimal());
            prop_assert_eq!(left.cmp(&right), expected);
            prop_assert_eq!(Bound::of(right).order(&left), expected);
        }
    }
}
