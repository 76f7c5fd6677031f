//! Numbers as IEEE 754 doubles, in the shortest text that gives the double back, laid out as ECMAScript does it (RFC 8785
//! section 3.2.2.3; ECMA-262 `Number::toString`).
//!
//! Promise: rounding is to nearest, ties to even; whether the value survived is decided on the exact decimal values of
//! what was read and what is written. Cost: the length of the literal; one of up to 15 digits that says nothing
//! superfluous is its own shortest text and is copied.

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
    let is_normal = is_normal(literal);
    if is_normal && has_few_digits(literal) {
        out.extend_from_slice(literal);
        return Fit::Exact;
    }
    let Some(value) = nearest(literal) else {
        return Fit::Overflow;
    };
    let mut buffer = zmij::Buffer::new();
    let shortest = buffer.format_finite(value).as_bytes();
    let shortest = shortest.strip_suffix(b".0").unwrap_or(shortest);
    if value != 0.0 && !has_exponent(shortest) {
        out.extend_from_slice(shortest);
        if is_normal {
            return fit(shortest == literal);
        }
    } else {
        lay_out(Significand::of(shortest), out);
    }
    fit(Significand::of(shortest) == Significand::of(literal))
}

fn fit(is_same: bool) -> Fit {
    if is_same { Fit::Exact } else { Fit::Rounded }
}

fn nearest(literal: &[u8]) -> Option<f64> {
    let value: f64 = std::str::from_utf8(literal).ok()?.parse().ok()?;
    value.is_finite().then_some(value)
}

/// Letters have this bit, digits, signs and the point do not.
fn has_exponent(literal: &[u8]) -> bool {
    literal.iter().fold(0, |bits, byte| bits | byte) & 0x40 != 0
}

/// Whether nothing in a literal is superfluous: no exponent, no zero behind a fraction, no sign of a zero. Two such
/// literals have one value only if they are equal.
#[inline]
fn is_normal(literal: &[u8]) -> bool {
    let ends_well = literal.last() != Some(&b'0') || !literal.contains(&b'.');
    ends_well && literal != b"-0" && !has_exponent(literal)
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
        _ if unsigned.contains(&b'.') => 16,
        _ => 15,
    };
    unsigned.len() <= most
}

/// `digits x 10^exponent`, without a zero at the end of the digits; zero is `0 x 10^0`. `None` has more than 17 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Significand {
    negative: bool,
    digits: Option<u64>,
    exponent: i64,
}

impl Significand {
    fn of(literal: &[u8]) -> Significand {
        let (negative, unsigned) = match literal.strip_prefix(b"-") {
            Some(rest) => (true, rest),
            None => (false, literal),
        };
        Significand::of_few(negative, unsigned).unwrap_or_else(|| Significand::of_many(negative, unsigned))
    }

    /// Up to 19 digits, which 64 bits hold, without an exponent.
    #[inline]
    fn of_few(negative: bool, unsigned: &[u8]) -> Option<Significand> {
        if unsigned.len() > 19 {
            return None;
        }
        let (mut digits, mut point) = (0_u64, unsigned.len() - 1);
        for (at, byte) in unsigned.iter().enumerate() {
            match byte {
                b'0'..=b'9' => digits = digits * 10 + u64::from(byte - b'0'),
                b'.' => point = at,
                _ => return None,
            }
        }
        if digits == 0 {
            return Some(ZERO);
        }
        let mut exponent = point as i64 + 1 - unsigned.len() as i64;
        while digits.is_multiple_of(10) {
            (digits, exponent) = (digits / 10, exponent + 1);
        }
        Some(Significand { negative, digits: (digits < 10_u64.pow(MOST)).then_some(digits), exponent })
    }

    fn of_many(negative: bool, unsigned: &[u8]) -> Significand {
        let (mut digits, mut count, mut zeros) = (0_u64, 0_u32, 0_u32);
        let (mut places, mut step, mut power) = (0_i64, 0_i64, 0_i64);
        for (at, byte) in unsigned.iter().enumerate() {
            match byte {
                b'0' => zeros += 1,
                b'.' => {
                    step = 1;
                    continue;
                }
                b'1'..=b'9' => {
                    // Zeros count once a digit follows them, those before the first never.
                    let before = if count == 0 { 0 } else { zeros };
                    count = (count + before + 1).min(MOST + 1);
                    if count <= MOST {
                        digits = digits * 10_u64.pow(before + 1) + u64::from(byte - b'0');
                    }
                    zeros = 0;
                }
                _ => {
                    power = exponent(&unsigned[at + 1..]);
                    break;
                }
            }
            places += step;
        }
        if count == 0 {
            return ZERO;
        }
        let exponent = power.saturating_sub(places).saturating_add(i64::from(zeros));
        Significand { negative, digits: (count <= MOST).then_some(digits), exponent }
    }
}

const ZERO: Significand = Significand { negative: false, digits: Some(0), exponent: 0 };

/// Digits that the shortest text of a double has at most.
const MOST: u32 = 17;

/// The exponent that `text` writes; one that no integer holds is as good as the largest.
fn exponent(text: &[u8]) -> i64 {
    let digits = text.strip_prefix(b"-").or(text.strip_prefix(b"+")).unwrap_or(text);
    let size = digits
        .iter()
        .fold(0_i64, |size, digit| size.saturating_mul(10).saturating_add(i64::from(digit - b'0')));
    if text.starts_with(b"-") { -size } else { size }
}

/// ECMA-262 `Number::toString` of the shortest digits of a double.
fn lay_out(number: Significand, out: &mut Vec<u8>) {
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(number.digits.unwrap_or_default()).as_bytes();
    let count = digits.len() as i64;
    // The decimal point stands behind this many digits.
    let point = number.exponent + count;
    if number.negative {
        out.push(b'-');
    }
    match point {
        _ if count <= point && point <= 21 => {
            out.extend_from_slice(digits);
            pad(point - count, out);
        }
        1..=21 => {
            let (whole, fraction) = digits.split_at(point as usize);
            out.extend_from_slice(whole);
            out.push(b'.');
            out.extend_from_slice(fraction);
        }
        -5..=0 => {
            out.extend_from_slice(b"0.");
            pad(-point, out);
            out.extend_from_slice(digits);
        }
        _ => scientific(digits, point - 1, out),
    }
}

fn pad(zeros: i64, out: &mut Vec<u8>) {
    out.resize(out.len() + zeros as usize, b'0');
}

fn scientific(digits: &[u8], exponent: i64, out: &mut Vec<u8>) {
    let (first, rest) = digits.split_at(1);
    out.extend_from_slice(first);
    if !rest.is_empty() {
        out.push(b'.');
        out.extend_from_slice(rest);
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

        /// Short decimals are copied, and the long way round says the same.
        #[test]
        fn short_decimals_are_their_own_text(literal in "-?(0|[1-9][0-9]{0,14})(\\.[0-9]{1,10})?") {
            let (mut fast, mut slow) = (Vec::new(), Vec::new());
            let fit = write(literal.as_bytes(), &mut fast);
            write(format!("{literal}e0").as_bytes(), &mut slow);
            prop_assert_eq!(String::from_utf8(fast), String::from_utf8(slow));
            let (negative, unsigned) = (literal.starts_with('-'), literal.trim_start_matches('-').as_bytes());
            if let Some(few) = Significand::of_few(negative, unsigned) {
                prop_assert_eq!(few, Significand::of_many(negative, unsigned));
            }
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
