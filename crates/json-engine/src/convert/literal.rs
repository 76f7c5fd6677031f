//! Literals of JSON: whether a text is a number, and a string's literal as text.

use crate::write::unescape;

/// Whether `text` is exactly one number by RFC 8259 section 6. Costs its length.
pub(super) fn is_number(text: &str) -> bool {
    let bytes = text.as_bytes();
    let unsigned = bytes.strip_prefix(b"-").unwrap_or(bytes);
    let (whole, rest) = digits(unsigned);
    let whole_is_good = match whole {
        [] => false,
        [b'0', more @ ..] => more.is_empty(),
        _ => true,
    };
    if !whole_is_good {
        return false;
    }
    let rest = match rest {
        [b'.', after @ ..] => match digits(after) {
            ([], _) => return false,
            (_, rest) => rest,
        },
        _ => rest,
    };
    match rest {
        [] => true,
        [b'e' | b'E', b'+' | b'-', exponent @ ..] | [b'e' | b'E', exponent @ ..] => {
            matches!(digits(exponent), ([_, ..], []))
        }
        _ => false,
    }
}

/// How many digits `text` has; what `Limits::max_number_digits` bounds.
pub(super) fn count_digits(text: &str) -> u64 {
    text.bytes().filter(u8::is_ascii_digit).count() as u64
}

/// The text of a string's escaped literal, with U+FFFD for each half of a surrogate pair that stands alone.
pub(super) fn with_replacements(literal: &str) -> String {
    let mut bytes = unescape(literal.as_bytes());
    // Such a half is three bytes of WTF-8, as is U+FFFD; no other text has ED before A0 or above.
    for at in 0..bytes.len().saturating_sub(2) {
        if bytes[at] == 0xed && bytes[at + 1] >= 0xa0 {
            bytes[at..at + 3].copy_from_slice("\u{fffd}".as_bytes());
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn digits(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at(text.iter().take_while(|byte| byte.is_ascii_digit()).count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_surrogates_are_replaced_one_by_one() {
        assert_eq!(with_replacements(r"a\ud800\udbff\n\ud83d\ude00"), "a\u{fffd}\u{fffd}\n😀");
    }

    #[test]
    fn numbers_of_json() {
        for number in ["0", "-0", "1", "10", "1.5", "-1.50", "1e5", "1E+05", "0.0e-0", "1e999999999"] {
            assert!(is_number(number), "{number}");
        }
        for other in
            ["", "-", "+1", "01", "-01", "1.", ".5", "1e", "1e+", "1.e5", " 1", "1 ", "0x1", "NaN", "1_0"]
        {
            assert!(!is_number(other), "{other}");
        }
    }
}
