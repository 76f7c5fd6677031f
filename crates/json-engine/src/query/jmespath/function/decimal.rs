//! Decimals of up to 38 digits, exactly.
//!
//! Promise: what does not fit is `None`, never rounded. Cost: a look at each digit.

use crate::document::Number;
use crate::number::ecmascript;

/// `digits x 10^exponent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decimal {
    digits: i128,
    exponent: i32,
}

/// Zeros that are written rather than counted by an exponent.
const MOST_ZEROS: i32 = 40;
const MOST_PLACES: i32 = -MOST_ZEROS;

impl Decimal {
    pub(super) const ZERO: Decimal = Decimal { digits: 0, exponent: 0 };

    /// The number, if its digits fit.
    pub(super) fn of(number: &Number) -> Option<Decimal> {
        match number {
            Number::I64(integer) => Some(Decimal { digits: i128::from(*integer), exponent: 0 }),
            Number::Literal(literal) => Decimal::read(literal),
        }
    }

    fn read(literal: &str) -> Option<Decimal> {
        let (mantissa, exponent) = literal.split_once(['e', 'E']).unwrap_or((literal, "0"));
        let (mut digits, mut places, mut is_fraction) = (0_i128, 0_i64, false);
        for byte in mantissa.bytes() {
            match byte {
                b'.' => is_fraction = true,
                b'0'..=b'9' => {
                    digits = digits.checked_mul(10)?.checked_add(i128::from(byte - b'0'))?;
                    places += i64::from(is_fraction);
                }
                _ => {}
            }
        }
        if digits == 0 {
            return Some(Decimal::ZERO);
        }
        let exponent = exponent.parse::<i32>().ok()?;
        let exponent = i32::try_from(i64::from(exponent) - places).ok()?;
        Some(Decimal { digits: if literal.starts_with('-') { -digits } else { digits }, exponent })
    }

    /// The sum, if its digits fit.
    pub(super) fn plus(self, other: Decimal) -> Option<Decimal> {
        if self.digits == 0 {
            return Some(other);
        }
        if other.digits == 0 {
            return Some(self);
        }
        let exponent = self.exponent.min(other.exponent);
        let digits = self.at(exponent)?.checked_add(other.at(exponent)?)?;
        Some(Decimal { digits, exponent })
    }

    /// Its digits under a smaller exponent.
    fn at(self, exponent: i32) -> Option<i128> {
        let zeros = u32::try_from(i64::from(self.exponent) - i64::from(exponent)).ok()?;
        self.digits.checked_mul(10_i128.checked_pow(zeros)?)
    }

    /// The quotient, if it has an end and its digits fit.
    pub(super) fn divided(self, count: usize) -> Option<Decimal> {
        let count = i128::try_from(count).ok()?;
        let mut decimal = self;
        while decimal.digits % count != 0 {
            let exponent = decimal.exponent.checked_sub(1)?;
            decimal = Decimal { digits: decimal.digits.checked_mul(10)?, exponent };
        }
        Some(Decimal { digits: decimal.digits / count, ..decimal })
    }

    /// The largest integer that is not larger.
    pub(super) fn floor(self) -> Decimal {
        if self.exponent >= 0 {
            return self;
        }
        let places = self.exponent.unsigned_abs();
        // A power that does not fit is larger than any digits.
        let digits = match 10_i128.checked_pow(places) {
            Some(power) => self.digits.div_euclid(power),
            None if self.digits < 0 => -1,
            None => 0,
        };
        Decimal { digits, exponent: 0 }
    }

    /// The smallest integer that is not smaller.
    pub(super) fn ceil(self) -> Decimal {
        let floor = Decimal { digits: -self.digits, ..self }.floor();
        Decimal { digits: -floor.digits, ..floor }
    }

    /// As a number: plain digits where few zeros have to be put in, else with an exponent.
    pub(super) fn number(self) -> Number {
        let Decimal { mut digits, mut exponent } = self;
        if digits == 0 {
            exponent = 0;
        }
        while exponent < 0 && digits % 10 == 0 {
            (digits, exponent) = (digits / 10, exponent + 1);
        }
        let sign = if digits < 0 { "-" } else { "" };
        let size = digits.unsigned_abs().to_string();
        let literal = match exponent {
            0 => format!("{sign}{size}"),
            1..=MOST_ZEROS => format!("{sign}{size}{}", "0".repeat(exponent as usize)),
            MOST_PLACES..0 => {
                let places = exponent.unsigned_abs() as usize;
                let padded = format!("{size:0>width$}", width = places + 1);
                let (whole, fraction) = padded.split_at(padded.len() - places);
                format!("{sign}{whole}.{fraction}")
            }
            _ => format!("{sign}{size}e{exponent}"),
        };
        Number::from_literal(&literal)
    }

    /// A double in its shortest text; `None` where it is not finite.
    pub(super) fn nearest(value: f64) -> Option<Number> {
        let mut text = Vec::new();
        if !value.is_finite() {
            return None;
        }
        ecmascript::write(format!("{value:e}").as_bytes(), &mut text);
        String::from_utf8(text).ok().map(|literal| Number::from_literal(&literal))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(literal: &str) -> Decimal {
        Decimal::of(&Number::from_literal(literal)).unwrap()
    }

    fn check(decimal: Decimal, expected: &str) {
        let mut out = Vec::new();
        decimal.number().write(&mut out);
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn sums_are_exact() {
        for (left, right, expected) in [
            ("0.1", "0.2", "0.3"),
            ("1e20", "1", "100000000000000000001"),
            ("9223372036854775807", "1", "9223372036854775808"),
            ("-0.5", "0.5", "0"),
            ("1e-30", "1", "1.000000000000000000000000000001"),
            ("1e999", "0", "1e999"),
            ("1.50", "1.50", "3"),
        ] {
            check(decimal(left).plus(decimal(right)).unwrap(), expected);
        }
        assert_eq!(decimal("1e40").plus(decimal("1")), None);
    }

    #[test]
    fn floors_and_ceilings_are_exact() {
        for (literal, floor, ceil) in [
            ("1.5", "1", "2"),
            ("-1.5", "-2", "-1"),
            ("1e2", "100", "100"),
            ("1e-400", "0", "1"),
            ("-1e-400", "-1", "0"),
            ("1234567890123456789012.5", "1234567890123456789012", "1234567890123456789013"),
            ("0.0", "0", "0"),
        ] {
            check(decimal(literal).floor(), floor);
            check(decimal(literal).ceil(), ceil);
        }
    }

    #[test]
    fn quotients_with_an_end_are_exact() {
        check(decimal("1").divided(8).unwrap(), "0.125");
        check(decimal("0.3").divided(2).unwrap(), "0.15");
        check(decimal("9e30").divided(3).unwrap(), "3000000000000000000000000000000");
        assert_eq!(decimal("1").divided(3), None);
    }
}
