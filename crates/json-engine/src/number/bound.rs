//! Order of numbers that lie apart, by their first digits or by doubles near them, so that comparing most numbers costs neither
//! rounding nor memory.
//!
//! Promise: what is decided is the order by exact value; what lies too close together is left to an exact comparison. Cost: a
//! look at the bytes of each literal, at most a few operations on words.

use std::cmp::Ordering;

use super::plain::{self, Plain};
use super::prefix;
use super::rounding::TENS;
use super::{Literal, Number, Significand};

/// How far doubles must lie apart to decide, in parts of their size: 2^-50. Each is rounded at most twice, by 2^-53.
const CLOSE: f64 = 1.0 / (1_u64 << 50) as f64;

/// A number that many are compared with: it is read once.
#[derive(Debug, Clone)]
pub(crate) struct Bound {
    number: Number,
    prefix: Option<i64>,
    near: Option<f64>,
    look: Look,
}

/// A number that is compared with several bounds: what its first bytes tell is seen once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen<'n> {
    number: &'n Number,
    prefix: Option<i64>,
}

impl<'n> Seen<'n> {
    /// A look at the first bytes.
    #[inline]
    pub(crate) fn of(number: &'n Number) -> Seen<'n> {
        Seen { number, prefix: prefix::of(number) }
    }

    /// Whether its first bytes tell that it lies in `gap`.
    #[inline]
    pub(crate) fn is_in(self, gap: Gap) -> bool {
        self.prefix.is_some_and(|prefix| gap.above < prefix && prefix < gap.below)
    }
}

/// What lies between bounds by its first bytes alone, whatever the others are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gap {
    above: i64,
    below: i64,
}

impl Gap {
    /// Between no bounds, and no integer: of those more is known at once.
    pub(crate) const ALL: Gap = Gap { above: i64::MIN, below: i64::MAX };

    /// What of it is greater than `bound`.
    pub(crate) fn above(self, bound: &Bound) -> Gap {
        // By what has no prefix nothing is told.
        Gap { above: self.above.max(bound.prefix.unwrap_or(i64::MAX)), ..self }
    }

    /// What of it is less than `bound`.
    pub(crate) fn below(self, bound: &Bound) -> Gap {
        Gap { below: self.below.min(bound.prefix.unwrap_or(i64::MIN)), ..self }
    }
}

/// What a look at the bytes of a literal can be compared with.
#[derive(Debug, Clone)]
enum Look {
    Zero,
    Plain(Plain),
    /// Nothing; it has an exponent.
    Nowhere,
}

impl Bound {
    /// A look at each digit of `number`.
    pub(crate) fn of(number: Number) -> Bound {
        let prefix = match &number {
            Number::I64(integer) => prefix::of(&Number::Literal(format!("{integer}.0").into())),
            Number::Literal(_) => prefix::of(&number),
        };
        Bound { prefix, near: near(&number), look: Look::of(&number), number }
    }

    /// The number itself.
    pub(crate) fn number(&self) -> &Number {
        &self.number
    }

    /// The order of `number` and this, by exact value.
    #[inline]
    pub(crate) fn order(&self, number: &Number) -> Ordering {
        self.order_seen(Seen::of(number))
    }

    /// As [`Bound::order`].
    #[inline]
    pub(crate) fn order_seen(&self, seen: Seen<'_>) -> Ordering {
        match (seen.prefix, self.prefix) {
            (Some(left), Some(right)) if left != right => left.cmp(&right),
            _ => self.order_by_all(seen.number),
        }
    }

    #[inline]
    fn order_by_all(&self, number: &Number) -> Ordering {
        if let (Number::I64(left), Number::I64(right)) = (number, &self.number) {
            return left.cmp(right);
        }
        if let Number::Literal(literal) = number {
            // The least and the greatest of what a schema was inferred from are met again.
            if matches!(&self.number, Number::Literal(own) if own == literal) {
                return Ordering::Equal;
            }
            if let Some(order) = self.look.order(literal) {
                return order;
            }
        }
        match (near(number), self.near) {
            (Some(left), Some(right)) => apart(left, right).unwrap_or_else(|| number.cmp(&self.number)),
            (None, _) | (_, None) => number.cmp(&self.number),
        }
    }
}

impl Look {
    fn of(number: &Number) -> Look {
        let mut text = Vec::new();
        number.write(&mut text);
        let (_, digits) = plain::unsigned(&text);
        if digits.iter().all(|byte| matches!(byte, b'0' | b'.')) {
            return Look::Zero;
        }
        Plain::of(&text).map_or(Look::Nowhere, Look::Plain)
    }

    /// The order of a literal and this, where that is seen at once.
    #[inline]
    fn order(&self, literal: &Literal) -> Option<Ordering> {
        match self {
            Look::Zero => plain::order_to_zero(literal.as_bytes()),
            Look::Plain(plain) => plain.order(literal.as_bytes()),
            Look::Nowhere => None,
        }
    }
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
            left in "-?(0|[1-9][0-9]{0,9})(\\.[0-9]{1,18})?(e-?[0-9])?",
            (at, digit) in (any::<prop::sample::Index>(), 0..10_u8),
        ) {
            let mut right = left.clone().into_bytes();
            let at = at.index(right.len());
            if right[at].is_ascii_digit() && at > 1 {
                right[at] = b'0' + digit;
            }
            let right = String::from_utf8(right).expect("digits are text");
            // With other bytes behind it than zeros.
            let text = format!("[{left}Ee9.9,1234567890123456789012]");
            let in_text = Number::at(&text, 1, 1 + left.len());
            let [left, right] = [left.as_str(), right.as_str()].map(Number::from_literal);
            let expected = left.decimal().compare(&right.decimal());
            prop_assert_eq!(left.cmp(&right), expected);
            prop_assert_eq!(Bound::of(right.clone()).order(&left), expected);
            prop_assert_eq!(Bound::of(right).order(&in_text), expected);
            prop_assert_eq!(Bound::of(Number::I64(0)).order(&left), left.cmp(&Number::I64(0)));
        }
    }
}
