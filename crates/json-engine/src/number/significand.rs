//! The digits of a literal in one word, and their power of ten.
//!
//! Promise: two literals have one value exactly if they have equal significands, the sign of a zero apart. Cost: eight
//! digits at a time; a digit at a time where there are more than 19.

use super::digits::{POWERS, not_digits, number};

/// Digits that a word surely holds.
const MOST: u32 = 19;

/// `digits x 10^exponent`, where the digits end in no zero; zero is `0 x 10^0`, and has its sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Significand {
    pub(crate) is_negative: bool,
    pub(crate) digits: u64,
    /// One beyond 2^61 is as good as that.
    pub(crate) exponent: i64,
}

impl Significand {
    /// The value of a literal, which is a number by RFC 8259; `None` has more than 19 digits.
    #[inline]
    pub(crate) fn of(literal: &[u8]) -> Option<Significand> {
        let is_negative = literal.first() == Some(&b'-');
        match fraction(literal) {
            Some((digits, places)) => Some(Significand::new(is_negative, digits, -(places as i64))),
            None => Significand::of_any(is_negative, literal),
        }
    }

    #[inline(never)]
    fn of_any(is_negative: bool, literal: &[u8]) -> Option<Significand> {
        let mut reader = Reader { literal, at: usize::from(is_negative), digits: 0 };
        // A zero before the point is no digit; nothing else begins with one.
        let is_fraction = literal.get(reader.at) == Some(&b'0');
        let count = reader.run() * usize::from(!is_fraction);
        let mut places = 0;
        if literal.get(reader.at) == Some(&b'.') {
            reader.at += 1;
            places = reader.run();
        }
        if count + places > MOST as usize {
            return Significand::of_many(is_negative, literal);
        }
        let power = literal.get(reader.at + 1..).map_or(0, power);
        Some(Significand::new(is_negative, reader.digits, power - places as i64))
    }

    #[inline]
    fn new(is_negative: bool, mut digits: u64, mut exponent: i64) -> Significand {
        if digits == 0 {
            return Significand { is_negative, digits, exponent: 0 };
        }
        while digits.is_multiple_of(10) {
            (digits, exponent) = (digits / 10, exponent + 1);
        }
        Significand { is_negative, digits, exponent }
    }

    #[cold]
    fn of_many(is_negative: bool, literal: &[u8]) -> Option<Significand> {
        let unsigned = &literal[usize::from(is_negative)..];
        let (mut digits, mut count) = (0_u64, 0_u32);
        // Zeros count once a digit follows them, those before the first never.
        let (mut zeros, mut places, mut step, mut exponent) = (0_u32, 0_i64, 0_i64, 0_i64);
        for (at, byte) in unsigned.iter().enumerate() {
            match byte {
                b'.' => step = 1,
                b'0' => (zeros, places) = (zeros + 1, places + step),
                b'1'..=b'9' => {
                    let before = if count == 0 { 0 } else { zeros };
                    count = (count + before + 1).min(MOST + 1);
                    if count > MOST {
                        return None;
                    }
                    digits = digits * POWERS[before as usize + 1] + u64::from(byte - b'0');
                    (zeros, places) = (0, places + step);
                }
                _ => {
                    exponent = power(&unsigned[at + 1..]);
                    break;
                }
            }
        }
        let exponent = if count == 0 { 0 } else { exponent - places + i64::from(zeros) };
        Some(Significand { is_negative, digits, exponent })
    }
}

/// The digits of a literal, and how many follow the point, where it has what most decimals have: from one to three digits
/// before the point, from nine to 16 behind it, no exponent. All at once.
#[inline]
pub(super) fn fraction(literal: &[u8]) -> Option<(u64, usize)> {
    let start = usize::from(literal.first() == Some(&b'-'));
    let first = u64::from_le_bytes(*literal[start..].first_chunk::<8>()?);
    let whole = not_digits(first).trailing_zeros() / 8;
    let point = start + whole as usize;
    let places = literal.len().checked_sub(point + 1)?;
    if !(1..=3).contains(&whole) || !(9..=16).contains(&places) || literal[point] != b'.' {
        return None;
    }
    let high = u64::from_le_bytes(*literal[point + 1..].first_chunk::<8>()?);
    let low = u64::from_le_bytes(*literal.last_chunk::<8>()?);
    // Those before the last eight.
    let count = places as u32 - 8;
    if not_digits(low) | not_digits(high) << (8 * (8 - count)) != 0 {
        return None;
    }
    let digits = number(high, count) * POWERS[8] + number(low, 8);
    Some((number(first, whole) * POWERS[places] + digits, places))
}

/// Reads runs of digits into one number.
struct Reader<'l> {
    literal: &'l [u8],
    at: usize,
    digits: u64,
}

impl Reader<'_> {
    /// Reads digits up to the first other byte; says how many. From 19 digits in all on the number means nothing.
    #[inline(always)]
    fn run(&mut self) -> usize {
        let start = self.at;
        loop {
            let word = word(self.literal, self.at);
            let count = not_digits(word).trailing_zeros() / 8;
            if count > 0 {
                let shifted = self.digits.wrapping_mul(POWERS[count as usize]);
                self.digits = shifted.wrapping_add(number(word, count));
            }
            self.at += count as usize;
            if count < 8 {
                return self.at - start;
            }
        }
    }
}

/// The eight bytes of `literal` from `at` on, little-endian; behind its end there are zeros, which are no digits.
#[inline(always)]
fn word(literal: &[u8], at: usize) -> u64 {
    let rest = &literal[at..];
    if let Some(chunk) = rest.first_chunk::<8>() {
        return u64::from_le_bytes(*chunk);
    }
    match literal.last_chunk::<8>() {
        Some(chunk) => u64::from_le_bytes(*chunk).checked_shr(8 * (8 - rest.len() as u32)).unwrap_or(0),
        None => rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

/// The number behind `e`.
fn power(text: &[u8]) -> i64 {
    const ENDLESS: i64 = 1 << 61;
    let digits = text.strip_prefix(b"-").or(text.strip_prefix(b"+")).unwrap_or(text);
    let push = |size, digit: &u8| {
        if size > ENDLESS / 16 { ENDLESS } else { size * 10 + i64::from(digit - b'0') }
    };
    let size = digits.iter().fold(0, push);
    if text.starts_with(b"-") { -size } else { size }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(literal: &str, expected: Option<(u64, i64)>) {
        for (is_negative, literal) in [(false, literal.to_owned()), (true, format!("-{literal}"))] {
            let expected = expected.map(|(digits, exponent)| Significand { is_negative, digits, exponent });
            assert_eq!(Significand::of(literal.as_bytes()), expected, "{literal}");
        }
    }

    #[test]
    fn of_literals() {
        check("0", Some((0, 0)));
        check("0.000e99999999999999999999", Some((0, 0)));
        check("1", Some((1, 0)));
        check("1200", Some((12, 2)));
        check("0.0012300", Some((123, -5)));
        check("12.50E+3", Some((125, 2)));
        check("1234567.1234567", Some((12_345_671_234_567, -7)));
        check("9999999999999999999", Some((9_999_999_999_999_999_999, 0)));
        check("0.9999999999999999999", Some((9_999_999_999_999_999_999, -19)));
        check("99999999999999999991", None);
        check("1e-99999999999999999999", Some((1, -(1 << 61))));
        check("1.5e12345", Some((15, 12_344)));
        check(&format!("0.{}1e1000", "0".repeat(999)), Some((1, 0)));
        check(&format!("1{}.0e-300", "0".repeat(300)), Some((1, 0)));
        check(&format!("1{}1", "0".repeat(18)), None);
    }

    proptest! {
        #[test]
        fn both_ways_agree(literal in "-?(0|[1-9][0-9]{0,9})(\\.[0-9]{1,10})?([eE][+-]?[0-9]{1,3})?") {
            let (text, is_negative) = (literal.as_bytes(), literal.starts_with('-'));
            prop_assert_eq!(Significand::of(text), Significand::of_many(is_negative, text));
        }

        #[test]
        fn most_decimals_are_read_as_any(literal in "-?(0|[1-9][0-9]{0,3})\\.[0-9]{6,18}(e-?0{0,9}[0-9])?") {
            let (text, is_negative) = (literal.as_bytes(), literal.starts_with('-'));
            prop_assert_eq!(Significand::of(text), Significand::of_any(is_negative, text));
            prop_assert_eq!(Significand::of(text), Significand::of_many(is_negative, text));
        }
    }
}
