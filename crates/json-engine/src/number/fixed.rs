//! Fixed: a number of few digits without an exponent, as most are, so that comparing costs neither rounding nor memory.

use std::cmp::Ordering;

use super::Number;

/// Most digits, those before the point and zeros included: any two fit into 128 bits at one scale.
const DIGITS: usize = 18;

/// `digits / 10^scale`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fixed {
    digits: i64,
    scale: u8,
}

impl Fixed {
    /// `None` where there are too many digits, or an exponent. Costs a look at each byte.
    #[inline]
    pub(crate) fn of(number: &Number) -> Option<Fixed> {
        match number {
            Number::I64(integer) => Some(Fixed { digits: *integer, scale: 0 }),
            Number::Literal(literal) => Fixed::read(literal.as_bytes()),
        }
    }

    fn read(literal: &[u8]) -> Option<Fixed> {
        let unsigned = literal.strip_prefix(b"-").unwrap_or(literal);
        // One more for the point.
        if unsigned.len() > DIGITS + 1 {
            return None;
        }
        let (mut digits, mut point) = (0_i64, None);
        for (at, byte) in unsigned.iter().enumerate() {
            match byte {
                b'0'..=b'9' => digits = digits.wrapping_mul(10).wrapping_add(i64::from(byte - b'0')),
                b'.' => point = Some(at),
                _ => return None,
            }
        }
        if point.is_none() && unsigned.len() > DIGITS {
            return None;
        }
        let scale = point.map_or(0, |at| unsigned.len() - 1 - at) as u8;
        Some(Fixed { digits: if unsigned.len() < literal.len() { -digits } else { digits }, scale })
    }

    /// The order by value.
    #[inline]
    pub(crate) fn compare(self, other: Fixed) -> Ordering {
        if self.scale == other.scale {
            return self.digits.cmp(&other.digits);
        }
        // 10^18 x 2^63 is less than 2^127.
        let scale = self.scale.max(other.scale);
        let scaled =
            |one: Fixed| i128::from(one.digits) * i128::from(10_i64.pow(u32::from(scale - one.scale)));
        scaled(self).cmp(&scaled(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(left: &str, right: &str, expected: Option<Ordering>) {
        let fixed = |text: &str| Fixed::of(&Number::from_literal(text));
        let found = fixed(left).zip(fixed(right)).map(|(left, right)| left.compare(right));
        assert_eq!(found, expected, "{left} {right}");
    }

    #[test]
    fn order_is_by_value() {
        check("0.5", "1", Some(Ordering::Less));
        check("1.50", "1.5", Some(Ordering::Equal));
        check("-0", "0.00", Some(Ordering::Equal));
        check("-1.5", "-1.25", Some(Ordering::Less));
        check("-9223372036854775808", "0.00000000000000001", Some(Ordering::Less));
        check("9223372036854775807", "9.22337203685477580", Some(Ordering::Greater));
        check("-0.5", "-9223372036854775808", Some(Ordering::Greater));
    }

    #[test]
    fn what_is_long_is_none() {
        check("1e0", "1", None);
        check("9223372036854775808", "1", None);
        check("0.123456789012345678", "1", None);
        check("12345678901234567.8", "12345678901234567.9", Some(Ordering::Less));
    }
}
