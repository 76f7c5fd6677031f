//! Strings and documents as text, and strings back from it.

use crate::document::{Document, Key};
use crate::scan::plain_end;

/// The bytes that the inside of a string stands for. `raw` has passed the scanner. A lone surrogate becomes its three
/// bytes of generalised UTF-8 (WTF-8), so that different strings stay different.
pub(crate) fn unescape(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    unescape_into(raw, &mut out);
    out
}

/// Appends what [`unescape`] gives.
pub(crate) fn unescape_into(raw: &[u8], out: &mut Vec<u8>) {
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        let Some((&kind, after)) = rest.split_first() else {
            break;
        };
        rest = after;
        match kind {
            b'b' => out.push(0x08),
            b'f' => out.push(0x0c),
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'u' => rest = unescape_unicode(after, out),
            other => out.push(other),
        }
    }
    out.extend_from_slice(rest);
}

/// Appends the inside of a string with the fewest escapes; `raw` is the inside of one that has passed the scanner, and
/// halves of surrogate pairs in it become what [`unescape`] makes of them.
pub(crate) fn respell(raw: &[u8], out: &mut Vec<u8>) {
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        let (escape, after) = rest[at..].split_at(rest.len().min(at + 2) - at);
        rest = after;
        match escape {
            b"\\/" => out.push(b'/'),
            b"\\u" => {
                let from = out.len();
                rest = unescape_unicode(after, out);
                if let [byte] = out[from..] {
                    out.truncate(from);
                    escape_byte(byte, out);
                }
            }
            short => out.extend_from_slice(short),
        }
    }
    out.extend_from_slice(rest);
}

fn unescape_unicode<'r>(after: &'r [u8], out: &mut Vec<u8>) -> &'r [u8] {
    let (high, rest) = unit(after);
    if (0xd800..0xdc00).contains(&high) && rest.starts_with(b"\\u") {
        let (low, rest_of_pair) = unit(&rest[2..]);
        if (0xdc00..0xe000).contains(&low) {
            push_scalar(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00), out);
            return rest_of_pair;
        }
    }
    push_scalar(high, out);
    rest
}

/// The one escaped literal, without quotes, of a string in WTF-8: strings that are equal have equal literals, however
/// they were spelled.
pub(crate) fn surrogate_literal(wtf8: &[u8]) -> String {
    let mut literal = Vec::with_capacity(wtf8.len() + 8);
    let mut rest = wtf8;
    while let Some(at) = rest.windows(2).position(|pair| pair[0] == 0xed && pair[1] >= 0xa0) {
        let unit = 0xd000 | (u32::from(rest[at + 1] & 0x3f) << 6) | u32::from(rest[at + 2] & 0x3f);
        escape(&String::from_utf8_lossy(&rest[..at]), &mut literal);
        literal.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
        rest = &rest[at + 3..];
    }
    escape(&String::from_utf8_lossy(rest), &mut literal);
    String::from_utf8_lossy(&literal).into_owned()
}

/// Four hex digits and what follows.
fn unit(text: &[u8]) -> (u32, &[u8]) {
    let (digits, rest) = text.split_at(text.len().min(4));
    let unit = digits.iter().fold(0, |unit, &digit| unit * 16 + char::from(digit).to_digit(16).unwrap_or(0));
    (unit, rest)
}

/// Appends a scalar value, or the three bytes of WTF-8 for a surrogate.
pub(crate) fn push_scalar(scalar: u32, out: &mut Vec<u8>) {
    match char::from_u32(scalar) {
        Some(character) => out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        // A surrogate: the three-byte form that UTF-8 forbids.
        None => out.extend_from_slice(&[
            0xe0 | (scalar >> 12) as u8,
            0x80 | ((scalar >> 6) & 0x3f) as u8,
            0x80 | (scalar & 0x3f) as u8,
        ]),
    }
}

/// Appends `text` as a JSON string with the fewest escapes.
pub(crate) fn string(text: &str, out: &mut Vec<u8>) {
    let plain = plain_end(text.as_bytes(), 0);
    out.reserve(text.len() + 2);
    out.push(b'"');
    if plain == text.len() {
        out.extend_from_slice(text.as_bytes());
    } else {
        escape_from(text.as_bytes(), plain, out);
    }
    out.push(b'"');
}

/// Appends the inside of a JSON string with the fewest escapes.
fn escape(text: &str, out: &mut Vec<u8>) {
    escape_from(text.as_bytes(), plain_end(text.as_bytes(), 0), out);
}

/// As [`escape`], of a text that is plain up to `at`.
#[inline(never)]
fn escape_from(text: &[u8], mut at: usize, out: &mut Vec<u8>) {
    let mut from = 0;
    loop {
        out.extend_from_slice(&text[from..at]);
        let Some(&byte) = text.get(at) else {
            return;
        };
        escape_byte(byte, out);
        from = at + 1;
        at = plain_end(text, from);
    }
}

/// Appends a byte below 0x80 as it stands in a string.
fn escape_byte(byte: u8, out: &mut Vec<u8>) {
    match byte {
        b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'\t' => out.extend_from_slice(b"\\t"),
        0x08 => out.extend_from_slice(b"\\b"),
        0x0c => out.extend_from_slice(b"\\f"),
        control @ 0..=0x1f => out.extend_from_slice(format!("\\u{control:04x}").as_bytes()),
        plain => out.push(plain),
    }
}

/// Appends `document` without white space. Recurses by the depth of the document, at most 512.
pub(crate) fn document(document: &Document, out: &mut Vec<u8>) {
    match document {
        Document::Null => out.extend_from_slice(b"null"),
        Document::Bool(true) => out.extend_from_slice(b"true"),
        Document::Bool(false) => out.extend_from_slice(b"false"),
        Document::Number(number) => number.write(out),
        Document::Str(text) => string(text, out),
        Document::Surrogates(literal) => quoted(literal, out),
        Document::Arr(elements) => {
            out.push(b'[');
            for (index, element) in elements.iter().enumerate() {
                separate(index, out);
                self::document(element, out);
            }
            out.push(b']');
        }
        Document::Obj(members) => {
            out.push(b'{');
            for (index, (key, value)) in members.iter().enumerate() {
                separate(index, out);
                self::key(key, out);
                out.push(b':');
                self::document(value, out);
            }
            out.push(b'}');
        }
    }
}

/// Appends a key as the string that it is.
pub(crate) fn key(key: &Key, out: &mut Vec<u8>) {
    match key {
        Key::Text(text) => string(text, out),
        Key::Surrogates(literal) => quoted(literal, out),
    }
}

/// Appends an escaped literal as the string that it is.
fn quoted(literal: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    out.extend_from_slice(literal.as_bytes());
    out.push(b'"');
}

fn separate(index: usize, out: &mut Vec<u8>) {
    if index > 0 {
        out.push(b',');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(raw: &str, expected: &[u8]) {
        assert_eq!(unescape(raw.as_bytes()), expected, "{raw}");
    }

    #[test]
    fn escapes() {
        check(r#"a\n\t\"\\\/\u0041"#, b"a\n\t\"\\/A");
        check(r"\ud83d\ude00", "😀".as_bytes());
        check(r"\ud800x", b"\xed\xa0\x80x");
        check(r"\ud800\u0041", b"\xed\xa0\x80A");
        check("plain", b"plain");
    }

    #[test]
    fn strings_are_respelled() {
        for (raw, expected) in [
            (r"plain", r"plain"),
            (r#"\/\"\\\b\f\n\r\t"#, r#"/\"\\\b\f\n\r\t"#),
            (r"\u0041\u00e9\u20ac\ud83d\ude00x", "Aé€😀x"),
            (r"\u0000\u001F\u007f\u0022\u005C\u000A\u002f", "\\u0000\\u001f\u{7f}\\\"\\\\\\n/"),
        ] {
            let mut out = Vec::new();
            respell(raw.as_bytes(), &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), expected, "{raw}");
        }
    }

    #[test]
    fn strings_are_written_with_the_fewest_escapes() {
        let mut out = Vec::new();
        string("a\"\\\n\u{1}é/", &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), r#""a\"\\\n\u0001é/""#);
    }
}
