//! Numbers as IEEE 754 doubles, in the shortest text that gives the double back, laid out as ECMAScript does it (RFC 8785
//! section 3.2.2.3; ECMA-262 `Number::toString`).
//!
//! Promise: rounding is to nearest, ties to even; whether the value survived is decided on the exact decimal values of
//! what was read and what is written. Cost: the length of the literal; one of up to 15 digits that says nothing
//! superfluous is its own shortest text and is copied.

use super::Significand;
use super::digits::{POWERS, text};
use super::double::shortest;
use super::rounding::{Cut, Near};
use super::significand::fraction;

/// What became of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    /// The text of the double has the value that was read.
    Exact,
    /// It has another: the value lies between doubles, or below the smallest.
    Rounded,
    /// No double is so large.
    Overflow,
}

/// Appends the double of `literal`, a number by RFC 8259; one that overflows appends nothing.
pub(crate) fn write(literal: &[u8], out: &mut Vec<u8>) -> Fit {
    if has_few_digits(literal) && is_normal(literal) {
        out.extend_from_slice(literal);
        return Fit::Exact;
    }
    if let Some(fit) = write_fraction(literal, out) {
        return fit;
    }
    let (nearest, shortest) = shortest(literal);
    if nearest.double.is_infinite() {
        return Fit::Overflow;
    }
    lay_out(shortest, out);
    if nearest.is_named { Fit::Exact } else { Fit::Rounded }
}

/// Appends the double of a literal of more than 15 digits, most of which stay where they are.
#[inline]
fn write_fraction(literal: &[u8], out: &mut Vec<u8>) -> Option<Fit> {
    let (digits, places) = fraction(literal)?;
    if digits < POWERS[15] {
        return None;
    }
    let near = Near::to(digits, places as u64)?;
    if let Some(fit) = near.cut().and_then(|cut| write_cut(literal, cut, out)) {
        return Some(fit);
    }
    let (shortest, fewer) = near.shortest();
    let (is_negative, exponent) = (literal.first() == Some(&b'-'), fewer as i64 - places as i64);
    lay_out(Significand { is_negative, digits: shortest, exponent }, out);
    Some(if shortest * POWERS[fewer] == digits { Fit::Exact } else { Fit::Rounded })
}

/// Appends a literal that becomes shorter, where no more than one digit of it is another.
#[inline]
fn write_cut(literal: &[u8], cut: Cut, out: &mut Vec<u8>) -> Option<Fit> {
    let (block, last) = (literal.first_chunk::<16>()?, 8 * (7 - cut.fewer));
    let end = u64::from_le_bytes(*literal.last_chunk::<8>()?) + (u64::from(cut.up) << last);
    // Of a zero or a ten more digits change.
    if !(b'1'..=b'9').contains(&((end >> last) as u8)) {
        return None;
    }
    let (from, until) = (out.len() + literal.len() - 8, out.len() + literal.len() - cut.fewer);
    // Sixteen digits and a point are longer than the block, which with the end is all of it.
    out.extend_from_slice(block);
    out.truncate(from);
    out.extend_from_slice(&end.to_le_bytes());
    out.truncate(until);
    Some(if cut.is_exact { Fit::Exact } else { Fit::Rounded })
}

/// Whether nothing in a literal is superfluous: no exponent, no zero behind a fraction, no sign of a zero.
#[inline]
fn is_normal(literal: &[u8]) -> bool {
    let ends_well = literal.last() != Some(&b'0') || !literal.contains(&b'.');
    // Letters have this bit, digits, signs and the point do not.
    let has_exponent = literal.iter().fold(0, |bits, byte| bits | byte) & 0x40 != 0;
    ends_well && literal != b"-0" && !has_exponent
}

/// Whether a normal literal is the text of its double already. Decimals of up to 15 digits are farther apart than doubles
/// are (`f64::DIGITS`), so no other of them, and no shorter one, stands for the same double.
#[inline]
fn has_few_digits(literal: &[u8]) -> bool {
    let unsigned = literal.strip_prefix(b"-").unwrap_or(literal);
    let most = match unsigned {
        // From 1e-7 down there is an exponent.
        [b'0', b'.', b'0', b'0', b'0', b'0', b'0', b'0', ..] => return false,
        [b'0', b'.', ..] => 17,
        // The longest with a point, which most numbers of over 15 bytes have.
        _ if unsigned.len() > 16 => return false,
        _ if unsigned.contains(&b'.') => 16,
        _ => 15,
    };
    unsigned.len() <= most
}

/// The text of a number of up to 17 digits, with zeros up to the 17th. Made and written in whole words: bytes that are put
/// together in memory and moved at once wait for one another.
struct Digits {
    first: u8,
    /// The other 16, little-endian.
    rest: u128,
    count: usize,
}

/// Digits of any shortest text of a double.
const MOST: usize = 17;

impl Digits {
    #[inline]
    fn of(number: u64) -> Digits {
        const HALF: u64 = POWERS[8];
        let count = number.checked_ilog10().map_or(1, |tens| tens as usize + 1);
        let scaled = number * POWERS[MOST.saturating_sub(count)];
        let halves = [scaled / HALF % HALF, scaled % HALF].map(|half| u128::from(text(half)));
        // One digit is left of 17.
        let first = b'0' + (scaled / HALF / HALF) as u8;
        Digits { first, rest: halves[0] | halves[1] << 64, count }
    }

    #[inline]
    fn write(&self, out: &mut Vec<u8>) {
        let until = out.len() + self.count;
        out.push(self.first);
        out.extend_from_slice(&self.rest.to_le_bytes());
        out.truncate(until);
    }

    /// Appends the digits with a point behind the first `whole`, from one to all but one.
    #[inline]
    fn write_with_point(&self, whole: usize, out: &mut Vec<u8>) {
        let until = out.len() + self.count + 1;
        let point = 8 * (whole - 1);
        let before = (1 << point) - 1;
        let line = self.rest & before | u128::from(b'.') << point | (self.rest & !before) << 8;
        out.push(self.first);
        out.extend_from_slice(&line.to_le_bytes());
        out.push((self.rest >> 120) as u8);
        out.truncate(until);
    }
}

/// ECMA-262 `Number::toString` of the shortest digits of a double.
#[inline]
fn lay_out(number: Significand, out: &mut Vec<u8>) {
    let digits = Digits::of(number.digits);
    let count = digits.count as i64;
    // The decimal point stands behind this many digits.
    let point = number.exponent + count;
    if number.is_negative && number.digits > 0 {
        out.push(b'-');
    }
    match point {
        _ if count <= point && point <= 21 => {
            digits.write(out);
            pad(point - count, out);
        }
        1..=21 => digits.write_with_point(point as usize, out),
        -5..=0 => {
            out.extend_from_slice(b"0.");
            pad(-point, out);
            digits.write(out);
        }
        _ => scientific(&digits, point - 1, out),
    }
}

fn pad(zeros: i64, out: &mut Vec<u8>) {
    out.resize(out.len() + zeros as usize, b'0');
}

fn scientific(digits: &Digits, exponent: i64, out: &mut Vec<u8>) {
    match digits.count {
        1 => digits.write(out),
        _ => digits.write_with_point(1, out),
    }
    out.extend_from_slice(if exponent < 0 { b"e" } else { b"e+" });
    out.extend_from_slice(itoa::Buffer::new().format(exponent).as_bytes());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(literal: &str, expected: &str, fits: Fit) {
        let mut out = Vec::new();
        assert_eq!(write(literal.as_bytes(), &mut out), fits, "{literal}");
        assert_eq!(String::from_utf8(out).unwrap(), expected, "{literal}");
    }

    #[test]
    fn layouts() {
        for (literal, expected) in [
            ("0", "0"),
            ("-0", "0"),
            ("-0.0e5", "0"),
            ("0e999999999999999999999", "0"),
            ("1.0", "1"),
            ("1E2", "100"),
            ("-1.50", "-1.5"),
            ("1e21", "1e+21"),
            ("1e20", "100000000000000000000"),
            ("123e18", "123000000000000000000"),
            ("1.5e300", "1.5e+300"),
            ("0.000001", "0.000001"),
            ("1e-6", "0.000001"),
            ("0.0000001", "1e-7"),
            ("1.25e-7", "1.25e-7"),
            ("0.00001234", "0.00001234"),
            ("9007199254740992", "9007199254740992"),
            ("123456789012345678", "123456789012345680"),
        ] {
            let fits = if literal == "123456789012345678" { Fit::Rounded } else { Fit::Exact };
            check(literal, expected, fits);
        }
    }

    /// ECMA-262 `Number::toString`, note 2.
    #[test]
    fn of_two_nearest_texts_the_even_one_is_written() {
        check("180722545888608.125", "180722545888608.12", Fit::Rounded);
        check("180722545888608.375", "180722545888608.38", Fit::Rounded);
    }

    #[test]
    fn what_a_double_cannot_hold() {
        check("9007199254740993", "9007199254740992", Fit::Rounded);
        check("0.1000000000000000055", "0.1", Fit::Rounded);
        check("12345678901234567890123", "1.2345678901234568e+22", Fit::Rounded);
        check("1e-999999999999999999999", "0", Fit::Rounded);
        check("-1e-400", "0", Fit::Rounded);
        check("1e309", "", Fit::Overflow);
        check("-1e999999999999999999999", "", Fit::Overflow);
        check(&"7".repeat(1_000), "", Fit::Overflow);
        check(&format!("0.{}1e1000", "0".repeat(999)), "1", Fit::Exact);
        check(&format!("1{}e-300", "0".repeat(300)), "1", Fit::Exact);
        check(&format!("1{}1", "0".repeat(200)), "1e+201", Fit::Rounded);
    }

    proptest! {
        /// Against the standard library, which has another algorithm and no layout of ECMAScript.
        #[test]
        fn the_text_gives_the_double_back(bits in any::<u64>()) {
            let value = f64::from_bits(bits);
            prop_assume!(value.is_finite());
            for literal in [format!("{value:e}"), format!("{value:.17e}"), format!("{value}")] {
                let mut out = Vec::new();
                write(literal.as_bytes(), &mut out);
                let text = String::from_utf8(out).unwrap();
                prop_assert_eq!(text.parse::<f64>().unwrap(), value);
                let expected = laid_out(value);
                if text != expected {
                    // Of two texts that are as short and as near, ECMAScript recommends the even one, and so do we; the standard
                    // library rounds up.
                    let last_digit = text.trim_end_matches(|c: char| !c.is_ascii_digit()).bytes().last();
                    prop_assert!(text.len() == expected.len() && last_digit.is_some_and(|digit| digit % 2 == 0));
                }
            }
        }

        /// Decimals whose last digits change in place, and the long way round says the same.
        #[test]
        fn long_decimals_are_written_as_any(literal in "-?(0|[1-9][0-9]{0,2})\\.([0-9]{9,16}|[0-9]{1,8}(0{8}|9{7,8}))") {
            let (mut fast, mut slow) = (Vec::new(), Vec::new());
            let fit = write(literal.as_bytes(), &mut fast);
            prop_assert_eq!(fit, write(format!("{literal}e0").as_bytes(), &mut slow), "{}", literal);
            prop_assert_eq!(String::from_utf8(fast), String::from_utf8(slow));
        }

        /// Short decimals are copied, and the long way round says the same.
        #[test]
        fn short_decimals_are_their_own_text(literal in "-?(0|[1-9][0-9]{0,14})(\\.[0-9]{1,10})?") {
            let (mut fast, mut slow) = (Vec::new(), Vec::new());
            let fit = write(literal.as_bytes(), &mut fast);
            write(format!("{literal}e0").as_bytes(), &mut slow);
            prop_assert_eq!(String::from_utf8(fast), String::from_utf8(slow));
            prop_assert!(fit == Fit::Exact || literal.len() > 15);
        }
    }

    /// ECMA-262 from the digits of the standard library.
    fn laid_out(value: f64) -> String {
        let scientific = format!("{value:e}");
        let (mantissa, exponent) = scientific.split_once('e').unwrap();
        let (sign, mantissa) = match mantissa.strip_prefix('-') {
            Some(rest) if value != 0.0 => ("-", rest),
            Some(rest) => ("", rest),
            None => ("", mantissa),
        };
        let digits = mantissa.replace('.', "");
        let (k, n) = (digits.len() as i64, exponent.parse::<i64>().unwrap() + 1);
        let zeros = |count: i64| "0".repeat(count as usize);
        if k <= n && n <= 21 {
            return format!("{sign}{digits}{}", zeros(n - k));
        }
        if 0 < n && n <= 21 {
            return format!("{sign}{}.{}", &digits[..n as usize], &digits[n as usize..]);
        }
        if -6 < n && n <= 0 {
            return format!("{sign}0.{}{digits}", zeros(-n));
        }
        let point = if k == 1 { "" } else { "." };
        format!("{sign}{}{point}{}e{}{}", &digits[..1], &digits[1..], if n > 0 { "+" } else { "" }, n - 1)
    }
}
