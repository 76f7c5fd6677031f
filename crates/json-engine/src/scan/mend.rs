//! What is meant by what JSON lacks: the text that would stand there in JSON.
//!
//! Promise: a replacement is JSON where it stands, and means what readers of JavaScript or Python take it for; where they
//! differ, what people see. Cost: the length of what is replaced.

use std::ops::Range;

use crate::Fix;

/// Longest replacement, in bytes; a longer one is not proposed.
const MAX_REPLACEMENT: usize = 1 << 10;

pub(super) fn replace(range: Range<usize>, replacement: String) -> Option<Fix> {
    let (start, end) = (range.start as u64, range.end as u64);
    (replacement.len() <= MAX_REPLACEMENT).then_some(Fix { start, end, replacement })
}

pub(super) fn insert(at: usize, replacement: &str) -> Option<Fix> {
    replace(at..at, replacement.to_owned())
}

/// The control character at `at`, escaped.
pub(super) fn control(text: &[u8], at: usize) -> Option<Fix> {
    replace(at..at + 1, escaped(text[at]))
}

fn escaped(byte: u8) -> String {
    match byte {
        b'\t' => "\\t".to_owned(),
        0x08 => "\\b".to_owned(),
        0x0c => "\\f".to_owned(),
        other => format!("\\u{other:04x}"),
    }
}

/// The escape at `at` as JSON has it, and where the string goes on.
pub(super) fn escape(text: &[u8], at: usize) -> (Option<Fix>, usize) {
    let (length, replacement) = meant_escape(&text[at..]);
    (replace(at..at + length, replacement), at + length)
}

/// How many bytes the escape that `rest` begins with has, and what it means; a backslash that begins none is one.
fn meant_escape(rest: &[u8]) -> (usize, String) {
    match rest {
        [_, b'\'', ..] => (2, "'".to_owned()),
        [_, b'x', high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
            (4, format!("\\u00{}{}", char::from(*high), char::from(*low)))
        }
        _ => (1, "\\\\".to_owned()),
    }
}

/// Whether `rest` begins with an escape of JSON, and how long it is.
fn escape_length(rest: &[u8]) -> Option<usize> {
    match rest.get(1)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(2),
        b'u' => rest.get(2..6)?.iter().all(u8::is_ascii_hexdigit).then_some(6),
        _ => None,
    }
}

/// The inside of a string in single quotes as a JSON string.
pub(super) fn requoted(raw: &[u8]) -> String {
    let mut out = vec![b'"'];
    let mut rest = raw;
    while let Some(&byte) = rest.first() {
        let length = match byte {
            b'\\' => match escape_length(rest) {
                Some(length) => {
                    out.extend_from_slice(&rest[..length]);
                    length
                }
                None => {
                    let (length, meant) = meant_escape(rest);
                    out.extend_from_slice(meant.as_bytes());
                    length
                }
            },
            b'"' => {
                out.extend_from_slice(b"\\\"");
                1
            }
            0..=0x1f => {
                out.extend_from_slice(escaped(byte).as_bytes());
                1
            }
            _ => {
                out.push(byte);
                1
            }
        };
        rest = &rest[length..];
    }
    out.push(b'"');
    String::from_utf8_lossy(&out).into_owned()
}

/// The scalar that a word or number means; `None` where that is not clear.
pub(super) fn scalar(token: &str) -> Option<String> {
    let unsigned = token.strip_prefix(['+', '-']).unwrap_or(token);
    let word = unsigned.to_ascii_lowercase();
    match word.as_str() {
        "true" | "false" | "null" if word.len() == token.len() => return Some(word),
        "nan" | "infinity" | "inf" => return Some("null".to_owned()),
        _ => {}
    }
    if token == "None" {
        return Some("null".to_owned());
    }
    number(unsigned, if token.starts_with('-') { "-" } else { "" })
}

fn number(unsigned: &str, sign: &str) -> Option<String> {
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at..])),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let all_digits = digits(whole) && digits(fraction.unwrap_or(""));
    if !all_digits || (whole.is_empty() && fraction.unwrap_or("").is_empty()) {
        return None;
    }
    let or_zero = |text: &str| if text.is_empty() { "0" } else { text }.to_owned();
    let mut meant = sign.to_owned() + &or_zero(whole.trim_start_matches('0'));
    if let Some(fraction) = fraction {
        meant += &format!(".{}", or_zero(fraction));
    }
    if let Some(exponent) = exponent {
        let power = exponent[1..].trim_start_matches(['+', '-']);
        let signs = exponent.len() - 1 - power.len();
        if signs > 1 || !digits(power) {
            return None;
        }
        meant += &exponent[..=signs];
        meant += &or_zero(power);
    }
    Some(meant)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(token: &str, expected: Option<&str>) {
        assert_eq!(scalar(token).as_deref(), expected, "{token}");
    }

    #[test]
    fn numbers_and_words() {
        for (token, meant) in [("+1", "1"), ("012", "12"), ("-00.5", "-0.5"), ("000", "0"), (".5", "0.5")] {
            check(token, Some(meant));
        }
        for (token, meant) in [("1.", "1.0"), ("+.5e", "0.5e0"), ("1E+", "1E+0"), ("-01e-2", "-1e-2")] {
            check(token, Some(meant));
        }
        for (token, meant) in [("True", "true"), ("FALSE", "false"), ("None", "null"), ("-Infinity", "null")]
        {
            check(token, Some(meant));
        }
        for token in ["-", "+", ".", "1.2.3", "+-1", "01-02", "0x1F", "+true", "nope", "none", "1e+-2", "e5"]
        {
            check(token, None);
        }
    }

    #[test]
    fn strings() {
        let check = |raw: &str, expected: &str| assert_eq!(requoted(raw.as_bytes()), expected, "{raw}");
        check(r#"say "hi""#, r#""say \"hi\"""#);
        check(r"it\'s \x41\u0042\n", r#""it's \u0041\u0042\n""#);
        check("C:\\dir\t\\u12", r#""C:\\dir\t\\u12""#);
        check("é\\", r#""é\\""#);
    }
}
