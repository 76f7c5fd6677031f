//! Values as text, as jq writes them.

use super::account::{charge, hold, release};
use super::val::{INFINITY, MINUS_INFINITY, NAN, Val};
use crate::document::{Document, Key, Number};
use crate::write;

/// Bytes of a value that an error message shows; jq 1.8 has a buffer of 30.
const SHOWN: usize = 29;

/// A finite double: 17 digits at most, as jq lays them out.
pub(super) fn double(double: f64) -> String {
    let scientific = format!("{double:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits = mantissa.replace('.', "");
    let (count, point) = (digits.len() as i32, exponent + 1);
    if digits == "0" {
        return format!("{sign}0");
    }
    if point <= -5 || point > count.max(1) + 15 && point > 17 {
        let exponent_sign = if exponent < 0 { '-' } else { '+' };
        let fraction = if count > 1 { format!(".{}", &digits[1..]) } else { String::new() };
        return format!("{sign}{}{fraction}e{exponent_sign}{:02}", &digits[..1], exponent.abs());
    }
    if point <= 0 {
        return format!("{sign}0.{}{digits}", "0".repeat(point.unsigned_abs() as usize));
    }
    if point >= count {
        return format!("{sign}{digits}{}", "0".repeat((point - count) as usize));
    }
    format!("{sign}{}.{}", &digits[..point as usize], &digits[point as usize..])
}

/// Appends a value without white space; the untouched numbers as they were read. Recursion is charged.
pub(super) fn json(document: &Document, out: &mut Vec<u8>) {
    charge(1);
    let before = out.capacity();
    match document {
        Document::Number(Number::Literal(literal)) => out.extend_from_slice(match literal.as_str() {
            NAN => b"null",
            INFINITY => b"1.7976931348623157e+308",
            MINUS_INFINITY => b"-1.7976931348623157e+308",
            literal => literal.as_bytes(),
        }),
        Document::Arr(elements) => {
            out.push(b'[');
            for (index, element) in elements.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                json(element, out);
            }
            out.push(b']');
        }
        Document::Obj(members) => {
            out.push(b'{');
            for (index, (key, value)) in members.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write::document(&Document::from(Key::clone(key)), out);
                out.push(b':');
                json(value, out);
            }
            out.push(b'}');
        }
        Document::Null
        | Document::Bool(_)
        | Document::Number(Number::I64(_))
        | Document::Str(_)
        | Document::Surrogates(_) => write::document(document, out),
    }
    hold(out.capacity() - before);
}

/// A value as text, without white space.
pub(super) fn to_json(val: &Val) -> String {
    let mut out = Vec::new();
    json(val.document(), &mut out);
    release(out.capacity());
    String::from_utf8_lossy(&out).into_owned()
}

/// A value for an error message, cut where jq cuts it.
pub(super) fn shown(val: &Val) -> String {
    let text = to_json(val);
    if text.len() <= SHOWN {
        return text;
    }
    let end = (0..=SHOWN - 3).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    format!("{}...", &text[..end])
}

/// A value with its kind for an error message: `number (1)`.
pub(super) fn described(val: &Val) -> String {
    format!("{} ({})", val.kind(), shown(val))
}

impl std::fmt::Display for Val {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&to_json(self))
    }
}
