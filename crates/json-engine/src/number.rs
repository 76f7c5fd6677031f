//! Numbers by exact value, whatever their text.

mod bound;
mod digits;
mod divisor;
pub(crate) mod double;
pub(crate) mod ecmascript;
mod exponent;
mod kept;
mod literal;
mod plain;
mod prefix;
mod rounding;
mod significand;

use std::cmp::Ordering;

pub(crate) use bound::{Bound, Gap, Seen, near};
pub(crate) use digits::not_digits;
pub(crate) use divisor::Divisor;
use exponent::Exponent;
pub(crate) use kept::survives_double;
pub use literal::Literal;
pub(crate) use significand::Significand;

/// A number. One whose text is a plain integer of 64 bits is kept as that; any other keeps its literal, so that it is
/// written as it was read.
#[derive(Debug, Clone)]
pub enum Number {
    /// An integer that prints back as it was read.
    I64(i64),
    /// Any other number, as it was read.
    Literal(Literal),
}

impl Number {
    /// The number that `literal` writes; it must be one by RFC 8259.
    pub(crate) fn from_literal(literal: &str) -> Number {
        match integer(literal) {
            Some(integer) => Number::I64(integer),
            None => Number::Literal(literal.into()),
        }
    }

    /// The number at `start..end` of `text`, as [`Number::from_literal`] reads it.
    pub(crate) fn at(text: &str, start: usize, end: usize) -> Number {
        match integer_at(text, start, end) {
            Some(integer) => Number::I64(integer),
            None => Number::Literal(Literal::at(text, start, end)),
        }
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Number::I64(integer) => out.extend_from_slice(itoa::Buffer::new().format(*integer).as_bytes()),
            Number::Literal(literal) => out.extend_from_slice(literal.as_bytes()),
        }
    }

    /// The form that all texts of one value share: equal numbers have equal canonical forms, and equal hashes.
    pub(crate) fn canonical(&self) -> Canonical {
        match self {
            Number::I64(integer) => Canonical::Integer(*integer),
            Number::Literal(literal) => Canonical::of(literal),
        }
    }

    /// The nearest double; infinite beyond the largest.
    fn nearest_double(&self) -> f64 {
        match self {
            Number::I64(integer) => *integer as f64,
            Number::Literal(literal) => literal.parse().unwrap_or(0.0),
        }
    }

    fn decimal(&self) -> Decimal {
        match self {
            Number::I64(integer) => Decimal::parse(itoa::Buffer::new().format(*integer)),
            Number::Literal(literal) => Decimal::parse(literal),
        }
    }
}

/// The number at `start..end` of `text`, if it is an integer of 64 bits that prints back as it was read.
#[inline(always)]
pub(crate) fn integer_at(text: &str, start: usize, end: usize) -> Option<i64> {
    let length = end - start;
    if let Some(chunk) = text.as_bytes()[start..].first_chunk::<8>()
        && (1..=8).contains(&length)
    {
        let (word, count) = (u64::from_le_bytes(*chunk), length as u32);
        if not_digits(word) << (8 * (8 - count)) == 0 {
            // Below 10^8.
            return Some(digits::number(word, count) as i64);
        }
    }
    integer(&text[start..end])
}

/// What [`integer_at`] gives, for all of a literal.
#[inline(never)]
pub(crate) fn integer(literal: &str) -> Option<i64> {
    literal.parse().ok().filter(|_| literal != "-0")
}

impl PartialEq for Number {
    fn eq(&self, other: &Number) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Number) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    /// By exact value; costs the length of the literals, whatever their exponents.
    fn cmp(&self, other: &Number) -> Ordering {
        match (self, other) {
            (Number::I64(left), Number::I64(right)) => return left.cmp(right),
            (Number::Literal(left), Number::Literal(right)) if left == right => return Ordering::Equal,
            (Number::I64(_) | Number::Literal(_), _) => {}
        }
        if let (Some(left), Some(right)) = (near(self), near(other)) {
            match bound::apart(left, right) {
                Some(decided) => return decided,
                None if is_same(self, other) => return Ordering::Equal,
                None => {}
            }
        }
        // Rounding keeps the order, so only what rounds to the same double needs a closer look.
        match self.nearest_double().partial_cmp(&other.nearest_double()) {
            Some(decided @ (Ordering::Less | Ordering::Greater)) => decided,
            Some(Ordering::Equal) | None => self.decimal().compare(&other.decimal()),
        }
    }
}

/// Whether both have the same few digits at the same place.
fn is_same(left: &Number, right: &Number) -> bool {
    let read = |number: &Number| match number {
        Number::I64(integer) => Significand::of(itoa::Buffer::new().format(*integer).as_bytes()),
        Number::Literal(literal) => Significand::of(literal.as_bytes()),
    };
    match (read(left), read(right)) {
        // A zero has a sign.
        (Some(left), Some(right)) => left == right || left.digits == 0 && right.digits == 0,
        (None, _) | (_, None) => false,
    }
}

/// A number without its text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Canonical {
    /// An integer of 64 bits.
    Integer(i64),
    /// Another number of at most [`SMALL_DIGITS`] digits: the integer of these digits, times a power of ten.
    Small(i64, i32),
    /// Any other number.
    Decimal(Box<Decimal>),
}

/// Below this the digits of [`Canonical::Small`] lie, so that an `i64` surely holds them.
const SMALL: u64 = digits::POWERS[SMALL_DIGITS];
const SMALL_DIGITS: usize = 18;

impl Canonical {
    /// The variant is decided by the value alone, whichever way it was found.
    fn of(literal: &str) -> Canonical {
        if let Some(read) = Significand::of(literal.as_bytes()).filter(|read| read.digits < SMALL)
            && let Ok(exponent) = i32::try_from(read.exponent)
        {
            let size = read.digits as i64;
            return Canonical::of_small(if read.is_negative { -size } else { size }, exponent);
        }
        let decimal = Decimal::parse(literal);
        if let Some(integer) = decimal.integer() {
            return Canonical::Integer(integer);
        }
        match decimal.small() {
            Some((digits, exponent)) => Canonical::of_small(digits, exponent),
            None => Canonical::Decimal(Box::new(decimal)),
        }
    }

    fn of_small(digits: i64, exponent: i32) -> Canonical {
        let power = u32::try_from(exponent).ok().and_then(|exponent| 10_i64.checked_pow(exponent));
        match power.and_then(|power| digits.checked_mul(power)) {
            Some(integer) => Canonical::Integer(integer),
            None => Canonical::Small(digits, exponent),
        }
    }
}

/// `0.d1 d2 d3 … x 10^point`, without zeros at either end; no digits is zero.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    point: Exponent,
}

impl Decimal {
    fn parse(literal: &str) -> Decimal {
        let (negative, unsigned) = match literal.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, literal),
        };
        let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        let zeros = all.iter().take_while(|digit| **digit == b'0').count();
        let end = all.iter().rposition(|digit| *digit != b'0').map_or(zeros, |last| last + 1);
        // Literals are far shorter than 2^63.
        let shift = whole.len() as i64 - zeros as i64;
        Decimal { negative, digits: all[zeros..end].to_vec(), point: Exponent::parse(exponent, shift) }
    }

    /// Its value, if it is an integer of 64 bits.
    fn integer(&self) -> Option<i64> {
        if self.digits.is_empty() {
            return Some(0);
        }
        let point = usize::try_from(self.point.near()?).ok().filter(|point| *point <= 19)?;
        let zeros = u32::try_from(point.checked_sub(self.digits.len())?).ok()?;
        let size = self.digits.iter().fold(0_i128, |size, digit| size * 10 + i128::from(digit - b'0'));
        let size = size * 10_i128.pow(zeros);
        i64::try_from(if self.negative { -size } else { size }).ok()
    }

    /// Its digits as an integer, and the power of ten, if both are small.
    fn small(&self) -> Option<(i64, i32)> {
        if self.digits.len() > SMALL_DIGITS {
            return None;
        }
        let exponent = self.point.near()?.checked_sub(self.digits.len() as i128)?;
        let size = self.digits.iter().fold(0_i64, |size, digit| size * 10 + i64::from(digit - b'0'));
        Some((if self.negative { -size } else { size }, i32::try_from(exponent).ok()?))
    }

    fn compare(&self, other: &Decimal) -> Ordering {
        let sign = |decimal: &Decimal| match (decimal.digits.is_empty(), decimal.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let by_sign = sign(self).cmp(&sign(other));
        if by_sign != Ordering::Equal || sign(self) == 0 {
            return by_sign;
        }
        let by_size = self.point.cmp(&other.point).then_with(|| self.digits.cmp(&other.digits));
        if self.negative { by_size.reverse() } else { by_size }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(left: &str, expected: Ordering, right: &str) {
        let (left, right) = (Number::from_literal(left), Number::from_literal(right));
        assert_eq!(left.cmp(&right), expected, "{left:?} {right:?}");
        assert_eq!(right.cmp(&left), expected.reverse(), "{right:?} {left:?}");
        assert_eq!(left.canonical() == right.canonical(), expected == Ordering::Equal, "{right:?} {left:?}");
    }

    #[test]
    fn exact_order() {
        check("1", Ordering::Equal, "1.0");
        check("100", Ordering::Equal, "1E2");
        check("-0", Ordering::Equal, "0.000e99");
        check("0.1000000000000000055", Ordering::Greater, "0.1");
        check("12345678901234567890123", Ordering::Greater, "12345678901234567890122");
        check("9007199254740993", Ordering::Greater, "9007199254740992.0");
        check("-2", Ordering::Less, "1");
        check("-2", Ordering::Less, "-1.5");
        check("1e999999999999999999999", Ordering::Greater, "1e999");
        check("1e-999999999999999999999", Ordering::Less, "1e-999");
        check("0.00123", Ordering::Equal, "1.23e-3");
        check("-9223372036854775808", Ordering::Equal, "-9223372036854775808.0");
        check("1.5000000000000000000000", Ordering::Equal, "0.15e+000000000001");
        check("0.00000000000000000000015", Ordering::Equal, "1500000000000000000000e-43");
        check("1e18", Ordering::Equal, "1000000000000000000");
        check("1e19", Ordering::Equal, "10000000000000000000");
        check("0.5", Ordering::Greater, "-0.5");
        check("9223372036854775808", Ordering::Equal, "9.223372036854775808e18");
    }

    /// Exponents beyond any machine integer, where neighbours differ by one.
    #[test]
    fn exact_order_of_huge_exponents() {
        for digits in [17, 18, 19, 36, 37, 38, 39, 40, 60, 900] {
            let (nines, power) = ("9".repeat(digits), format!("1{}", "0".repeat(digits)));
            check(&format!("1e{nines}"), Ordering::Less, &format!("1e{power}"));
            check(&format!("10e{nines}"), Ordering::Equal, &format!("1e{power}"));
            check(&format!("0.1e{power}"), Ordering::Equal, &format!("1e{nines}"));
            check(&format!("1e-{nines}"), Ordering::Greater, &format!("1e-{power}"));
            check(&format!("0.1e-{nines}"), Ordering::Equal, &format!("1e-{power}"));
            check(&format!("-1e{power}"), Ordering::Less, &format!("-1e{nines}"));
            check(&format!("1e-{power}"), Ordering::Less, "1");
            check(&format!("1e{power}"), Ordering::Greater, "1e400");
        }
    }

    #[test]
    fn a_number_in_a_text_is_the_number_of_its_literal() {
        for literal in [
            "0",
            "-0",
            "7",
            "42",
            "1234567",
            "12345678",
            "90000009",
            "123456789",
            "-5",
            "1.5",
            "1e5",
            "1E2",
            "-12345678",
            "99999999",
            "9223372036854775807",
            "9223372036854775808",
            "0.12345678901234567890123",
        ] {
            for (before, after) in [("[", "]"), ("", ""), ("[1,", ",222222222222222222222222]")] {
                let text = format!("{before}{literal}{after}");
                let number = Number::at(&text, before.len(), before.len() + literal.len());
                let expected = Number::from_literal(literal);
                assert_eq!(format!("{number:?}"), format!("{expected:?}"), "{text}");
            }
        }
    }

    #[test]
    fn a_number_is_written_as_it_was_read() {
        for literal in ["0", "-0", "1E2", "1.50", "12345678901234567890123", "-9223372036854775808", "1e+05"]
        {
            let mut out = Vec::new();
            Number::from_literal(literal).write(&mut out);
            assert_eq!(out, literal.as_bytes());
        }
    }
}
