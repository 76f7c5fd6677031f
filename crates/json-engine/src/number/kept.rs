//! Whether a double keeps the value of a number.

use std::cmp::Ordering;

use super::Decimal;
use super::double::nearest;
use super::exponent::Exponent;

/// Largest integer below which every integer is a double: 2^53 - 1 (RFC 7493 section 2.2).
const MAX_SAFE: u64 = (1 << 53) - 1;

/// How the nearest double keeps the value of a literal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// The shortest decimal that names the double has the value.
    Named,
    /// All the digits of the double have it, of which the shortest decimal has not all.
    Exactly,
    /// No decimal that one would write for the double has it.
    Rounded,
}

/// How the nearest double keeps the value of a literal, which is a number by RFC 8259.
pub(crate) fn kept(literal: &str) -> Kept {
    let nearest = nearest(literal.as_bytes());
    if nearest.is_named {
        return Kept::Named;
    }
    let is_odd = nearest.double.is_infinite() || nearest.double == 0.0;
    if !is_odd && is_exactly(&Decimal::parse(literal), nearest.double) {
        Kept::Exactly
    } else {
        Kept::Rounded
    }
}

/// Whether the number that `literal` writes, which must be one by RFC 8259, survives a reader that uses doubles: it is
/// kept, and an integer in digits alone also lies within 2^53 - 1, where its neighbours survive too. Exact; costs the
/// length of the literal.
pub(crate) fn survives_double(literal: &str) -> bool {
    let digits = literal.strip_prefix('-').unwrap_or(literal);
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return digits.parse::<u64>().is_ok_and(|integer| integer <= MAX_SAFE);
    }
    kept(literal) != Kept::Rounded
}

/// Whether `decimal` is all the digits of `double`. A double has up to 767; they are written only where the last of the
/// decimal stands where the last of the double must.
fn is_exactly(decimal: &Decimal, double: f64) -> bool {
    let digits = decimal.digits.len();
    let Exponent::Near(point) = decimal.point else {
        return false;
    };
    point - digits as i128 == i128::from(last_place(double.abs()))
        && decimal.compare(&Decimal::parse(&format!("{:.*e}", digits - 1, double))) == Ordering::Equal
}

/// The power of ten of the last digit of a positive double that is not 0.
fn last_place(double: f64) -> i64 {
    let bits = double.to_bits();
    let (field, fraction) = ((bits >> 52) as i64, bits & ((1 << 52) - 1));
    let (mantissa, power) = if field == 0 { (fraction, -1074) } else { (fraction | 1 << 52, field - 1075) };
    let power = power + i64::from(mantissa.trailing_zeros());
    let mut odd = mantissa >> mantissa.trailing_zeros();
    // Halving an odd number adds a digit; doubling it makes a zero of each five in it.
    let mut zeros = 0;
    while zeros < power && odd % 5 == 0 {
        odd /= 5;
        zeros += 1;
    }
    power.min(zeros)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(literals: &[&str], expected: bool) {
        for literal in literals {
            assert_eq!(survives_double(literal), expected, "{literal}");
            assert_eq!(survives_double(&format!("-{literal}")), expected, "-{literal}");
        }
    }

    #[test]
    fn exactly_where_the_double_is_another_number() {
        check(&["0", "9007199254740991", "0.1", "1e22", "1E4", "5e-324", "0.0e99999"], true);
        check(&["9007199254740992", "9007199254740993", "12345678901234567890123", "1e309", "1e-324"], false);
        check(&["0.1000000000000000055511151231257827021181583404541015625", "72057594037927936.0"], true);
        check(&["0.1000000000000000055511151231257827021181583404541015624", "72057594037927937.0"], false);
        check(&["1.7976931348623157e308", "2.2250738585072014e-308"], true);
        check(
            &[
                "0.1000000000000000055",
                "9007199254740993e0",
                "1.00000000000000000001",
                "1e999999999999999999999999999",
            ],
            false,
        );
        check(&["100000000000000000000000.0", "1234567890123456.5"], true);
    }

    #[test]
    fn the_last_place_is_that_of_all_digits() {
        let doubles =
            [1.0, 3.0, 10.0, 1000.0, 0.5, 0.1, 1e22, 1e23, 5e-324, 1.5e300, f64::MAX, 123_456_789.125];
        for double in doubles {
            let all = format!("{double:.1074}");
            let decimal = Decimal::parse(&all);
            assert!(is_exactly(&decimal, double), "{double:e}");
        }
    }
}
