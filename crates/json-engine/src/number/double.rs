//! Doubles and decimal literals: which double a literal is, and how it keeps the value.
//!
//! A double is written as the shortest decimal that reads back as it (by the exact algorithm of `zmij`, or of
//! [`rounding`](super::rounding)), so a value is kept for people and for programs if that decimal has it.
//!
//! Promise: exact; rounding is to nearest, ties to even. Cost: linear in the literal; a few operations for up to 15 digits
//! and up to 22 places or zeros, twice that for up to 19 digits and as many places.

use super::Significand;
use super::digits::POWERS;
use super::rounding::{Near, TENS};

/// Decimals below this, so of up to 15 digits, are farther apart than doubles are (`f64::DIGITS`): each is the shortest
/// that names its double.
const SAFE_DIGITS: u64 = POWERS[15];
/// Exponents of ten with which decimals of up to 15 digits have a double of full precision.
const SAFE_EXPONENTS: std::ops::Range<i64> = -280..280;

/// The double nearest to a literal.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Nearest {
    /// It; an infinity where the literal is beyond the doubles.
    pub(crate) double: f64,
    /// Whether the shortest decimal that names it has the value of the literal.
    pub(crate) is_named: bool,
}

/// The double of a literal, which is a number by RFC 8259.
#[inline]
pub(crate) fn nearest(literal: &[u8]) -> Nearest {
    let read = Significand::of(literal);
    match read.and_then(of_few_digits) {
        Some(double) => Nearest { double, is_named: true },
        None => nearest_of_many(literal, read),
    }
}

/// The double of a literal, and the shortest decimal that names it; that of an infinity means nothing.
#[inline]
pub(crate) fn shortest(literal: &[u8]) -> (Nearest, Significand) {
    let read = Significand::of(literal);
    match read.and_then(|read| of_few_digits(read).zip(Some(read))) {
        Some((double, read)) => (Nearest { double, is_named: true }, read),
        None => shortest_of_many(literal, read),
    }
}

/// The shortest literal of a finite double; one that would look like an integer ends in `.0`.
#[inline]
pub(crate) fn literal(double: f64, buffer: &mut zmij::Buffer) -> &str {
    buffer.format_finite(double)
}

/// One operation on two exact doubles rounds as it must.
#[inline]
fn of_few_digits(read: Significand) -> Option<f64> {
    let power = TENS.get(usize::try_from(read.exponent.unsigned_abs()).ok()?)?;
    if read.digits >= SAFE_DIGITS {
        return None;
    }
    let digits = read.digits as f64;
    Some(signed(if read.exponent < 0 { digits / power } else { digits * power }, read))
}

/// Apart from the few, whose way through registers it would block.
#[inline(never)]
fn nearest_of_many(literal: &[u8], read: Option<Significand>) -> Nearest {
    let Some((read, near)) = read.and_then(near) else {
        return parsed(literal, read).0;
    };
    // Its digits end in no zero, so a shorter decimal has another value.
    let is_named = match near.cut() {
        Some(cut) => cut.fewer == 0,
        None => near.shortest() == (read.digits, 0),
    };
    Nearest { double: signed(near.double(), read), is_named }
}

/// As [`nearest_of_many`].
#[inline(never)]
fn shortest_of_many(literal: &[u8], read: Option<Significand>) -> (Nearest, Significand) {
    let Some((read, near)) = read.and_then(near) else {
        return parsed(literal, read);
    };
    let (digits, fewer) = near.shortest();
    let shortest = Significand { digits, exponent: read.exponent + fewer as i64, ..read };
    (Nearest { double: signed(near.double(), read), is_named: shortest == read }, shortest)
}

fn near(read: Significand) -> Option<(Significand, Near)> {
    if read.digits == 0 || read.exponent > 0 {
        return None;
    }
    Near::to(read.digits, read.exponent.unsigned_abs()).map(|near| (read, near))
}

fn signed(size: f64, read: Significand) -> f64 {
    if read.is_negative { -size } else { size }
}

/// Any literal, by the standard library and `zmij`.
#[cold]
fn parsed(literal: &[u8], read: Option<Significand>) -> (Nearest, Significand) {
    let text = std::str::from_utf8(literal).unwrap_or("0");
    let double: f64 = text.parse().expect("RFC 8259 numbers are a part of what `f64` reads");
    let zero = Significand { is_negative: double.is_sign_negative(), digits: 0, exponent: 0 };
    if double.is_infinite() {
        return (Nearest { double, is_named: false }, zero);
    }
    if let Some(read) = read.filter(|read| read.digits < SAFE_DIGITS)
        && SAFE_EXPONENTS.contains(&read.exponent)
    {
        return (Nearest { double, is_named: true }, read);
    }
    let mut buffer = zmij::Buffer::new();
    let shortest = Significand::of(self::literal(double, &mut buffer).as_bytes()).unwrap_or(zero);
    (Nearest { double, is_named: Some(shortest) == read }, shortest)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::number::Number;

    proptest! {
        /// By the exact values of both texts, which is another way.
        #[test]
        fn named_is_what_the_shortest_literal_has_the_value_of(
            double in any::<f64>().prop_filter("finite", |double| double.is_finite()),
            near in -1e9_f64..1e9,
            literal in "-?(0|[1-9][0-9]{0,20})\\.[0-9]{1,22}",
        ) {
            for literal in [
                literal,
                format!("{near:?}0"),
                format!("{near:.13}"),
                format!("{near:.1}000000000000000"),
                format!("{double:.17e}"),
                format!("{double:e}"),
            ] {
                let mut buffer = zmij::Buffer::new();
                let shortest = super::literal(literal.parse().unwrap(), &mut buffer);
                let is_held = Number::from_literal(&literal) == Number::from_literal(shortest);
                let (nearest, decimal) = super::shortest(literal.as_bytes());
                prop_assert_eq!(nearest.double, literal.parse::<f64>().unwrap());
                prop_assert_eq!(nearest.is_named, is_held, "{}", literal);
                prop_assert_eq!(Significand::of(shortest.as_bytes()), Some(decimal));
            }
        }
    }

    fn check(literal: &str, double: f64, is_named: bool) {
        let nearest = nearest(literal.as_bytes());
        assert_eq!((nearest.double, nearest.is_named), (double, is_named), "{literal}");
    }

    #[test]
    fn doubles_of_literals() {
        check("0.1", 0.1, true);
        check("1E2", 100.0, true);
        check("1.50", 1.5, true);
        check("-0.0", 0.0, true);
        check("0e999999999999999999999999", 0.0, true);
        check("1e23", 1e23, true);
        check("100000000000000000000000.0", 1e23, true);
        check("5e-324", 5e-324, true);
        check("1.7976931348623157e308", f64::MAX, true);
        check("0.00012300", 0.000123, true);
        check("9007199254740993e0", 9007199254740992.0, false);
        // Seventeen digits, where sixteen name the double.
        check("-65.613616999999977", -65.61361699999998, false);
        check("0.1000000000000000055", 0.1, false);
        check("1e400", f64::INFINITY, false);
        check("-1e999999999999999999999", f64::NEG_INFINITY, false);
        check("1e-999999999999999999999", 0.0, false);
        check("12345678901234567890123.5", 12345678901234567890123.5, false);
        check(&format!("0.{}1", "0".repeat(1_000_000)), 0.0, false);
        check(&"7".repeat(1_000_000), f64::INFINITY, false);
        assert!(nearest(b"-0").double.is_sign_negative());
    }
}
