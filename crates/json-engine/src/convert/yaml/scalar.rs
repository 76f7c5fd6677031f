//! What a plain scalar means by the core schema (YAML 1.2.2 section 10.3.2), and its number as JSON writes it.
//!
//! Promise: the value is exact whatever its length; nothing of YAML 1.1 (`yes`, `1_000`, `1:30`) has a meaning.
//! Cost: the first byte decides for most texts; a hexadecimal or octal number costs the square of its length.

use std::borrow::Cow;

use crate::Error;
use crate::budget::Meter;
use crate::convert::foreign::NonFinite;

/// What a plain scalar means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Resolved {
    Null,
    Bool(bool),
    /// A decimal integer.
    Integer,
    /// Digits behind `0o` or `0x`; holds the bits of a digit.
    Radix(u32),
    Float,
    NonFinite(NonFinite),
    Text,
}

/// What the plain scalar `text` means.
pub(super) fn resolve(text: &str) -> Resolved {
    let bytes = text.as_bytes();
    match bytes.first() {
        None => Resolved::Null,
        Some(b'~' | b'n' | b'N' | b't' | b'T' | b'f' | b'F') => word(text),
        Some(b'0'..=b'9' | b'.' | b'+' | b'-') => number(text),
        Some(_) => Resolved::Text,
    }
}

fn word(text: &str) -> Resolved {
    match text {
        "~" | "null" | "Null" | "NULL" => Resolved::Null,
        "true" | "True" | "TRUE" => Resolved::Bool(true),
        "false" | "False" | "FALSE" => Resolved::Bool(false),
        _ => Resolved::Text,
    }
}

fn number(text: &str) -> Resolved {
    match text {
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Resolved::NonFinite(NonFinite::Infinity),
        "-.inf" | "-.Inf" | "-.INF" => Resolved::NonFinite(NonFinite::NegativeInfinity),
        ".nan" | ".NaN" | ".NAN" => Resolved::NonFinite(NonFinite::Nan),
        _ => digits(text),
    }
}

fn digits(text: &str) -> Resolved {
    match text.as_bytes() {
        [b'0', b'o', octal @ ..] if all(octal, |digit| matches!(digit, b'0'..=b'7')) => Resolved::Radix(3),
        [b'0', b'x', hex @ ..] if all(hex, u8::is_ascii_hexdigit) => Resolved::Radix(4),
        bytes => decimal(bytes.strip_prefix(b"-").or(bytes.strip_prefix(b"+")).unwrap_or(bytes)),
    }
}

fn all(digits: &[u8], is_digit: impl Fn(&u8) -> bool) -> bool {
    !digits.is_empty() && digits.iter().all(is_digit)
}

/// An unsigned decimal number: `[0-9]+`, or `( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`.
fn decimal(bytes: &[u8]) -> Resolved {
    let run = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let whole = run(0);
    if whole == bytes.len() && whole > 0 {
        return Resolved::Integer;
    }
    let (mut at, mut fraction) = (whole, 0);
    if bytes.get(at) == Some(&b'.') {
        fraction = run(at + 1);
        at += 1 + fraction;
    }
    if whole + fraction == 0 {
        return Resolved::Text;
    }
    if let Some(b'e' | b'E') = bytes.get(at) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let exponent = bytes.get(at + 1 + sign..).map_or(0, |_| run(at + 1 + sign));
        if exponent == 0 {
            return Resolved::Text;
        }
        at += 1 + sign + exponent;
    }
    if at == bytes.len() { Resolved::Float } else { Resolved::Text }
}

/// The literal by RFC 8259 of the decimal number `text`; it has the same value and digits.
pub(super) fn decimal_literal(text: &str) -> Cow<'_, str> {
    let (sign, unsigned) = match text.as_bytes().first() {
        Some(b'-') => ("-", &text[1..]),
        Some(b'+') => ("", &text[1..]),
        _ => ("", text),
    };
    let mantissa_end = unsigned.find(['e', 'E']).unwrap_or(unsigned.len());
    let (mantissa, exponent) = unsigned.split_at(mantissa_end);
    let (whole, fraction) = mantissa.split_once('.').map_or((mantissa, None), |(w, f)| (w, Some(f)));
    let is_json = !text.starts_with('+')
        && (whole == "0" || matches!(whole.as_bytes().first(), Some(b'1'..=b'9')))
        && fraction != Some("");
    if is_json {
        return Cow::Borrowed(text);
    }
    let trimmed = whole.trim_start_matches('0');
    let whole = if trimmed.is_empty() { "0" } else { trimmed };
    match fraction {
        None => Cow::Owned(format!("{sign}{whole}{exponent}")),
        Some("") => Cow::Owned(format!("{sign}{whole}.0{exponent}")),
        Some(fraction) => Cow::Owned(format!("{sign}{whole}.{fraction}{exponent}")),
    }
}

/// Decimal digits of one limb.
const LIMB_DIGITS: usize = 18;
const LIMB: u128 = 1_000_000_000_000_000_000;

/// The decimal literal of `0o…` or `0x…` with `bits` bits a digit.
pub(super) fn radix_literal(text: &str, bits: u32, meter: &Meter<'_>) -> Result<String, Error> {
    let digits = &text.as_bytes()[2..];
    // Little-endian. A chunk has at most 60 bits.
    let mut limbs: Vec<u64> = vec![0];
    for chunk in digits.chunks((60 / bits) as usize) {
        meter.charge(limbs.len() as u64 / 16 + 1)?;
        let value = chunk.iter().fold(0, |value: u64, digit| {
            value << bits | u64::from(char::from(*digit).to_digit(1 << bits).unwrap_or(0))
        });
        let mut carry = u128::from(value);
        for limb in &mut limbs {
            carry += u128::from(*limb) << (bits as usize * chunk.len());
            *limb = (carry % LIMB) as u64;
            carry /= LIMB;
        }
        if carry > 0 {
            limbs.push(carry as u64);
        }
    }
    let mut literal = String::with_capacity(limbs.len() * LIMB_DIGITS);
    for limb in limbs.iter().rev() {
        literal.push_str(&format!("{limb:0LIMB_DIGITS$}"));
    }
    let significant = literal.trim_start_matches('0').len().max(1);
    Ok(literal.split_off(literal.len() - significant))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::convert::yaml::tests::budget;

    fn check(text: &str, expected: Resolved, literal: &str) {
        assert_eq!(resolve(text), expected, "{text}");
        let budget = budget();
        let meter = Meter::open(&budget).unwrap();
        match expected {
            Resolved::Integer | Resolved::Float => assert_eq!(decimal_literal(text), literal, "{text}"),
            Resolved::Radix(bits) => assert_eq!(radix_literal(text, bits, &meter).unwrap(), literal),
            Resolved::Null | Resolved::Bool(_) | Resolved::NonFinite(_) | Resolved::Text => {}
        }
    }

    #[test]
    fn words() {
        for null in ["", "~", "null", "Null", "NULL"] {
            check(null, Resolved::Null, "");
        }
        for (text, value) in [("true", true), ("True", true), ("TRUE", true), ("False", false)] {
            check(text, Resolved::Bool(value), "");
        }
        for text in ["no", "yes", "on", "off", "y", "tRue", "nUll", "nulls", "~~", "None", "n", "-", "+", "."]
        {
            check(text, Resolved::Text, "");
        }
        check(".inf", Resolved::NonFinite(NonFinite::Infinity), "");
        check("+.INF", Resolved::NonFinite(NonFinite::Infinity), "");
        check("-.Inf", Resolved::NonFinite(NonFinite::NegativeInfinity), "");
        check(".NaN", Resolved::NonFinite(NonFinite::Nan), "");
        for text in [".Nan", "-.nan", "inf", ".iNF", "NaN"] {
            check(text, Resolved::Text, "");
        }
    }

    #[test]
    fn numbers_keep_their_value() {
        for (text, literal) in
            [("0", "0"), ("014", "14"), ("+1", "1"), ("-007", "-7"), ("000", "0"), ("-0", "-0"), ("+00", "0")]
        {
            check(text, Resolved::Integer, literal);
        }
        check("12345678901234567890123", Resolved::Integer, "12345678901234567890123");
        for (text, literal) in [
            ("0.1000000000000000055", "0.1000000000000000055"),
            (".5", "0.5"),
            ("-.5e3", "-0.5e3"),
            ("1.", "1.0"),
            ("+1.e5", "1.0e5"),
            ("00.50", "0.50"),
            ("1E2", "1E2"),
            ("01e+2", "1e+2"),
            ("1e400", "1e400"),
        ] {
            check(text, Resolved::Float, literal);
        }
        for text in
            ["1_000", "1:30", "0b1", "0o8", "0o", "0x", "0xg", "-0x1", "1e", "1e+", "1.2.3", "+-1", ".e1"]
        {
            check(text, Resolved::Text, "");
        }
    }

    #[test]
    fn other_bases_become_exact_decimals() {
        check("0o14", Resolved::Radix(3), "12");
        check("0x0", Resolved::Radix(4), "0");
        check("0x1F", Resolved::Radix(4), "31");
        check("0xffffffffffffffff", Resolved::Radix(4), "18446744073709551615");
        let two_to_200 = format!("0x1{}", "0".repeat(50));
        let decimal = "1606938044258990275541962092341162602522202993782792835301376";
        check(&two_to_200, Resolved::Radix(4), decimal);
        check(&format!("0o4{}", "0".repeat(66)), Resolved::Radix(3), decimal);
    }
}
