//! The formats of `@name`, on values and on the parts of interpolated strings.
//!
//! Promise: error texts are those of jq 1.8. Cost: the length of the text, which is reserved.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::account::{ask, charge, reserve};
use super::fault::{Answer, Fault};
use super::text::{described, json, to_text};
use super::val::Val;
use crate::document::Document;

/// Bytes that are written between two charges.
const STRETCH: usize = 64 << 10;

/// A value in the format of a name without `@`.
pub(super) fn format(name: &str, val: &Val) -> Answer {
    match name {
        "text" => to_text(val),
        "json" => Ok(Val::text(&super::text::to_json(val)?)),
        "csv" => row(val, "csv", ",", csv_field),
        "tsv" => row(val, "tsv", "\t", tsv_field),
        "sh" => shell(val),
        "html" => mapped(val, html),
        "uri" => mapped(val, uri),
        "urid" => decoded_uri(&to_text(val)?),
        "base64" => of_text(val, |bytes| base64::engine::general_purpose::STANDARD.encode(bytes)),
        "base64d" => decoded_base64(&to_text(val)?),
        "base32" => of_text(val, base32),
        "base32d" => decoded_base32(&to_text(val)?),
        _ => Err(Fault::raise(&format!("{name} is not a valid format"))),
    }
}

/// The text of a value; its work is charged and room for what becomes of it reserved.
fn prepared(val: &Val) -> Answer {
    const GROWTH: usize = 6;
    let text = to_text(val)?;
    let length = text.as_text().map_or(0, str::len);
    charge(1 + length / 16)?;
    reserve(length.saturating_mul(GROWTH))?;
    ask(length.saturating_mul(3))?;
    Ok(text)
}

fn of_text(val: &Val, encode: impl Fn(&[u8]) -> String) -> Answer {
    let text = prepared(val)?;
    Ok(Val::text(&encode(text.as_text().unwrap_or_default().as_bytes())))
}

/// Each byte as it is written: itself, or some others.
fn mapped(val: &Val, write: impl Fn(u8, &mut Vec<u8>)) -> Answer {
    let text = prepared(val)?;
    let text = text.as_text().unwrap_or_default();
    let mut out = Vec::with_capacity(text.len());
    for stretch in text.as_bytes().chunks(STRETCH) {
        charge(stretch.len() / 16)?;
        stretch.iter().for_each(|byte| write(*byte, &mut out));
    }
    Ok(Val::text(&String::from_utf8_lossy(&out)))
}

fn html(byte: u8, out: &mut Vec<u8>) {
    match byte {
        b'<' => out.extend_from_slice(b"&lt;"),
        b'>' => out.extend_from_slice(b"&gt;"),
        b'&' => out.extend_from_slice(b"&amp;"),
        b'\'' => out.extend_from_slice(b"&apos;"),
        b'"' => out.extend_from_slice(b"&quot;"),
        0 => out.extend_from_slice(b"\\0"),
        byte => out.push(byte),
    }
}

fn uri(byte: u8, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
        return out.push(byte);
    }
    out.extend_from_slice(&[b'%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
}

fn decoded_uri(text: &Val) -> Answer {
    let failed = || Fault::raise(&format!("{} is not a valid uri encoding", described(text)));
    let bytes = text.as_text().unwrap_or_default().as_bytes();
    charge(1 + bytes.len() / 16)?;
    reserve(bytes.len())?;
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let (digits, after) = rest.split_at_checked(2).ok_or_else(failed)?;
        let digit = |at: usize| char::from(digits[at]).to_digit(16).ok_or_else(failed);
        out.push((digit(0)? * 16 + digit(1)?) as u8);
        rest = after;
    }
    String::from_utf8(out).map(|text| Val::text(&text)).map_err(|_| failed())
}

/// The fields of an array, joined.
fn row(val: &Val, name: &str, separator: &str, write: impl Fn(&str, &mut Vec<u8>)) -> Answer {
    let Some(elements) = val.as_elements() else {
        let message = format!("{} cannot be {name}-formatted, only array", described(val));
        return Err(Fault::raise(&message));
    };
    let mut out = Vec::new();
    for (at, element) in elements.iter().enumerate() {
        charge(1)?;
        reserve(out.capacity())?;
        if at > 0 {
            out.extend_from_slice(separator.as_bytes());
        }
        match element {
            Document::Null => {}
            Document::Number(_) if Val::of(element.clone()).is_nan() => {}
            Document::Bool(_) | Document::Number(_) => json(element, &mut out)?,
            Document::Str(text) | Document::Surrogates(text) => {
                charge(text.len() / 16)?;
                reserve(out.capacity() + text.len() * 2)?;
                ask(text.len() * 2)?;
                write(text, &mut out);
            }
            Document::Arr(_) | Document::Obj(_) => {
                let field = described(&Val::of(element.clone()));
                return Err(Fault::raise(&format!("{field} is not valid in a csv row")));
            }
        }
    }
    Ok(Val::text(&String::from_utf8_lossy(&out)))
}

fn csv_field(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    out.extend_from_slice(text.replace('"', "\"\"").as_bytes());
    out.push(b'"');
}

fn tsv_field(text: &str, out: &mut Vec<u8>) {
    for byte in text.bytes() {
        match byte {
            b'\0' => out.extend_from_slice(b"\\0"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\\' => out.extend_from_slice(b"\\\\"),
            byte => out.push(byte),
        }
    }
}

/// Words for a shell, strings in single quotes.
fn shell(val: &Val) -> Answer {
    let elements = match val.document() {
        Document::Arr(elements) => elements.as_slice(),
        other => std::slice::from_ref(other),
    };
    let mut out = Vec::new();
    for (at, element) in elements.iter().enumerate() {
        charge(1)?;
        reserve(out.capacity())?;
        if at > 0 {
            out.push(b' ');
        }
        match element {
            Document::Str(text) | Document::Surrogates(text) => {
                charge(text.len() / 16)?;
                reserve(out.capacity() + text.len() * 4)?;
                out.push(b'\'');
                out.extend_from_slice(text.replace('\'', r"'\''").replace('\0', "\\0").as_bytes());
                out.push(b'\'');
            }
            Document::Arr(_) | Document::Obj(_) => {
                let word = described(&Val::of(element.clone()));
                return Err(Fault::raise(&format!("{word} can not be escaped for shell")));
            }
            Document::Null | Document::Bool(_) | Document::Number(_) => json(element, &mut out)?,
        }
    }
    Ok(Val::text(&String::from_utf8_lossy(&out)))
}

/// As jq decodes: what follows a `=` is dropped, a single character at the end is an error.
fn decoded_base64(text: &Val) -> Answer {
    const CODE: GeneralPurpose = GeneralPurpose::new(
        &STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_padding_mode(DecodePaddingMode::RequireNone)
            .with_decode_allow_trailing_bits(true),
    );
    let whole = text.as_text().unwrap_or_default();
    charge(1 + whole.len() / 16)?;
    reserve(whole.len() * 2)?;
    let digits = whole.split('=').next().unwrap_or_default();
    if !digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/') {
        return Err(Fault::raise(&format!("{} is not valid base64 data", described(text))));
    }
    match CODE.decode(digits) {
        Ok(bytes) => Ok(Val::text(&String::from_utf8_lossy(&bytes))),
        Err(_) => Err(Fault::raise(&format!("{} trailing base64 byte found", described(text)))),
    }
}

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// RFC 4648 section 6.
fn base32(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(5) * 8);
    for chunk in bytes.chunks(5) {
        let bits =
            chunk.iter().enumerate().fold(0_u64, |bits, (at, byte)| bits | u64::from(*byte) << (32 - 8 * at));
        let digits = (chunk.len() * 8).div_ceil(5);
        for digit in 0..8 {
            let value = (bits >> (35 - 5 * digit)) & 31;
            out.push(if digit < digits { char::from(BASE32[value as usize]) } else { '=' });
        }
    }
    out
}

fn decoded_base32(text: &Val) -> Answer {
    let whole = text.as_text().unwrap_or_default();
    charge(1 + whole.len() / 16)?;
    reserve(whole.len() * 2)?;
    let (mut out, mut bits, mut count) = (Vec::with_capacity(whole.len()), 0_u32, 0);
    for byte in whole.trim_end_matches('=').bytes() {
        let Some(value) = BASE32.iter().position(|digit| *digit == byte) else {
            return Err(Fault::raise(&format!("{} is not valid base32 data", described(text))));
        };
        bits = (bits << 5 | value as u32) & 0xfff;
        count += 5;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    Ok(Val::text(&String::from_utf8_lossy(&out)))
}

#[cfg(test)]
mod tests {
    use super::super::natives::tests::{check, shown_answer, value};

    fn check_format(name: &str, input: &str, expected: &str) {
        assert_eq!(shown_answer(super::format(name, &value(input))), expected, "@{name} {input}");
    }

    /// Answers of jq 1.8.2.
    #[test]
    fn formats() {
        for (name, input, expected) in [
            ("text", "[1,\"a\"]", r#""[1,\"a\"]""#),
            ("json", "\"a\"", r#""\"a\"""#),
            ("csv", r#"[1,"a\"b",null,true,1.50]"#, r#""1,\"a\"\"b\",,true,1.50""#),
            ("csv", "[[1]]", "array ([1]) is not valid in a csv row"),
            ("csv", "1", "number (1) cannot be csv-formatted, only array"),
            ("tsv", r#"[1,"a\tb\\c\nd\re",null,false]"#, r#""1\ta\\tb\\\\c\\nd\\re\t\tfalse""#),
            ("tsv", r#"["a\u0000b"]"#, r#""a\\0b""#),
            ("sh", r#"[1,"a'b",null]"#, r#""1 'a'\\''b' null""#),
            ("sh", "{}", "object ({}) can not be escaped for shell"),
            ("html", r#""<&'\">""#, r#""&lt;&amp;&apos;&quot;&gt;""#),
            ("uri", r#""a b-_.~!é""#, r#""a%20b-_.~%21%C3%A9""#),
            ("urid", r#""%41%e2%82%ac+""#, r#""A€+""#),
            ("urid", r#""%4""#, r#"string ("%4") is not a valid uri encoding"#),
            ("urid", r#""%ff""#, r#"string ("%ff") is not a valid uri encoding"#),
            ("base64", r#""aé""#, r#""YcOp""#),
            ("base64d", r#""YWI""#, r#""ab""#),
            ("base64d", r#""YQ==YQ==""#, r#""a""#),
            ("base64d", r#""=""#, r#""""#),
            ("base64d", r#""Y""#, r#"string ("Y") trailing base64 byte found"#),
            ("base64d", r#""!!!""#, r#"string ("!!!") is not valid base64 data"#),
            ("foo", "1", "foo is not a valid format"),
            // Of the manual; the reference binary has none.
            ("base32", r#""This is a message""#, r#""KRUGS4ZANFZSAYJANVSXG43BM5SQ====""#),
            ("base32d", r#""KRUGS4ZANFZSAYJANVSXG43BM5SQ====""#, r#""This is a message""#),
        ] {
            check_format(name, input, expected);
        }
        check("format", "1", &["1"], "number (1) is not a valid format");
        check("format", "[1]", &["\"text\""], r#""[1]""#);
    }
}
