//! Division without a rest, exactly: what `multipleOf` and `integer` of JSON Schema ask.
//!
//! Cost: the length of the literal, whatever its exponent.

use super::exponent::{Exponent, Sign};
use super::{Decimal, Number};

/// Digits of a divisor; ten times its square fits 128 bits.
const DIGITS: usize = 18;
/// A power of ten from here on holds every 2 and 5 that a divisor has.
const ALL_TWOS_AND_FIVES: i128 = 64;

/// A positive number to divide by: `digits` times a power of ten.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Divisor {
    digits: u128,
    exponent: i128,
}

impl Divisor {
    /// `None` for what is not positive, has over 18 digits without zeros at either end, or an exponent past `i128`.
    pub(crate) fn of(number: &Number) -> Option<Divisor> {
        let decimal = number.decimal();
        if decimal.negative || decimal.digits.is_empty() || decimal.digits.len() > DIGITS {
            return None;
        }
        let digits = decimal.digits.iter().fold(0, |sum, digit| sum * 10 + u128::from(digit - b'0'));
        Some(Divisor { digits, exponent: decimal.point.near()? - decimal.digits.len() as i128 })
    }

    /// Whether `number` is an integer times this.
    pub(crate) fn divides(&self, number: &Number) -> bool {
        let decimal = number.decimal();
        if decimal.digits.is_empty() {
            return true;
        }
        let tens = match &decimal.point {
            Exponent::Near(point) => point - decimal.digits.len() as i128 - self.exponent,
            Exponent::Far(Sign::Positive, _) => ALL_TWOS_AND_FIVES,
            Exponent::Far(Sign::Negative, _) => -1,
        };
        // The digits do not end in a zero, so no ten can be taken from them.
        if tens < 0 {
            return false;
        }
        if tens >= ALL_TWOS_AND_FIVES {
            return rest(&decimal, without(without(self.digits, 2), 5)) == 0;
        }
        (0..tens).fold(rest(&decimal, self.digits), |rest, _| rest * 10 % self.digits) == 0
    }
}

impl Number {
    /// Whether it has no fraction: `1`, `1.0` and `1e400` have none.
    pub(crate) fn is_integer(&self) -> bool {
        let Number::Literal(_) = self else {
            return true;
        };
        let decimal = self.decimal();
        match &decimal.point {
            _ if decimal.digits.is_empty() => true,
            Exponent::Near(point) => *point >= decimal.digits.len() as i128,
            Exponent::Far(sign, _) => *sign == Sign::Positive,
        }
    }
}

fn rest(decimal: &Decimal, divisor: u128) -> u128 {
    decimal.digits.iter().fold(0, |rest, digit| (rest * 10 + u128::from(digit - b'0')) % divisor)
}

fn without(mut number: u128, factor: u128) -> u128 {
    while number.is_multiple_of(factor) {
        number /= factor;
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(number: &str, divisor: &str, expected: bool) {
        let divisor = Divisor::of(&Number::from_literal(divisor)).unwrap();
        assert_eq!(divisor.divides(&Number::from_literal(number)), expected, "{number}");
    }

    #[test]
    fn multiples_are_exact() {
        check("0.3", "0.1", true);
        check("0.30000000000000004", "0.1", false);
        check("1070468.14", "0.01", true);
        check("9007199254740993", "2", false);
        check("18446744073709551616", "4294967296", true);
        check("1e400", "3", false);
        check("3e400", "3", true);
        check("1e999999999999999999999999999999999999999999", "1024", true);
        check("7e-999999999999999999999999999999999999999999", "7", false);
        check("-4.5", "1.5", true);
        check("0e5", "123", true);
        check("1e18", "999999999999999999", false);
        check("5", "10", false);
    }

    #[test]
    fn integers_by_value() {
        for (literal, expected) in [
            ("1.0", true),
            ("1.5", false),
            ("1e400", true),
            ("15e-1", false),
            ("0e-9", true),
            ("150e-1", true),
        ] {
            assert_eq!(Number::from_literal(literal).is_integer(), expected, "{literal}");
        }
    }
}
