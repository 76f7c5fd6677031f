//! Values as text, as jq writes them.
//!
//! Promise: nothing here recurses by the depth of a value. Cost: a visit a value; what is written is reserved before.

use super::account::{Held, ask, charge};
use super::decimal::spelled;
use super::fault::Fault;
use super::val::{INFINITY, MINUS_INFINITY, NAN, Val};
use crate::document::{Document, Iter, Key, Literal, Number};
use crate::write;

/// How many times as long as copying a string takes writing it with its escapes.
pub(super) const WRITING: usize = 2;
/// Most levels around a value that jq writes; in the place of what lies deeper it says so, which is no JSON.
const WRITTEN_LEVELS: usize = 10_000;
const TOO_DEEP: &[u8] = b"<skipped: too deep>";
/// Bytes of a value that an error message shows; jq 1.8 has a buffer of 30.
const SHOWN: usize = 29;

/// The text of a finite double: its shortest digits, laid out as jq does (David Gay's `g_fmt` with jq's bounds).
pub(super) fn literal_of(double: f64) -> Literal {
    let mut buffer = zmij::Buffer::new();
    let shortest = buffer.format_finite(double);
    let plain = shortest.strip_suffix(".0").unwrap_or(shortest);
    if let Some((mantissa, exponent)) = plain.split_once('e') {
        return laid_out(mantissa, exponent.parse().unwrap_or(0)).into();
    }
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain), |digits| ("-", digits));
    let Some(digits) = digits.strip_prefix("0.0000") else { return plain.into() };
    let significant = digits.trim_start_matches('0');
    let zeros = digits.len() - significant.len();
    let (first, rest) = significant.split_at(1.min(significant.len()));
    laid_out(&format!("{sign}{first}.{rest}"), -5 - zeros as i32).into()
}

fn laid_out(mantissa: &str, exponent: i32) -> String {
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits = mantissa.strip_suffix(".0").unwrap_or(mantissa).replace('.', "");
    // The decimal point stands behind this many digits.
    let (count, point) = (digits.len() as i32, exponent + 1);
    if point <= -4 || point > count + 15 {
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

/// A container that is being written.
enum Open<'d> {
    Elements(std::slice::Iter<'d, Document>),
    Members(Iter<'d>),
}

/// A value that is written step by step.
struct Writer<'d, 'o> {
    out: &'o mut Vec<u8>,
    open: Vec<Open<'d>>,
    /// Most bytes of a string that are written; more are cut off.
    string_bytes: usize,
}

impl<'d> Writer<'d, '_> {
    fn write(&mut self, document: &'d Document) -> Result<(), Fault> {
        if self.open.len() > WRITTEN_LEVELS {
            self.out.extend_from_slice(TOO_DEEP);
            return Ok(());
        }
        if let Document::Str(text) | Document::Surrogates(text) = document {
            ask(text.len().min(self.string_bytes).saturating_mul(WRITING))?;
        }
        match document {
            Document::Number(Number::Literal(literal)) => {
                self.out.extend_from_slice(spelled(spelled_as_read(literal)).as_bytes());
            }
            Document::Arr(elements) => {
                self.out.push(b'[');
                self.open.push(Open::Elements(elements.iter()));
            }
            Document::Obj(members) => {
                self.out.push(b'{');
                self.open.push(Open::Members(members.iter()));
            }
            Document::Str(text) if text.len() > self.string_bytes => {
                let end = (0..=self.string_bytes).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
                write::document(&Document::Str(text[..end].into()), self.out);
            }
            Document::Null
            | Document::Bool(_)
            | Document::Number(Number::I64(_))
            | Document::Str(_)
            | Document::Surrogates(_) => write::document(document, self.out),
        }
        Ok(())
    }

    /// Writes the next child, or the end of a container; false when all is written.
    fn step(&mut self) -> Result<bool, Fault> {
        let Some(container) = self.open.last_mut() else { return Ok(false) };
        let (next, end) = match container {
            Open::Elements(elements) => (elements.next().map(|element| (None, element)), b']'),
            Open::Members(members) => (members.next().map(|(key, value)| (Some(key), value)), b'}'),
        };
        let Some((key, value)) = next else {
            self.out.push(end);
            self.open.pop();
            return Ok(true);
        };
        // No value ends in an opening bracket, so one there is that of this container.
        if !matches!(self.out.last(), Some(b'[' | b'{')) {
            self.out.push(b',');
        }
        if let Some(key) = key {
            write::document(&Document::from(Key::clone(key)), self.out);
            self.out.push(b':');
        }
        self.write(value)?;
        Ok(true)
    }
}

/// Appends a value without white space, its members in their order, with numbers as jq spells them in strings.
pub(super) fn json(document: &Document, out: &mut Vec<u8>) -> Result<(), Fault> {
    let from = out.len();
    let mut held = Held::nothing();
    let mut writer = Writer { out, open: Vec::new(), string_bytes: usize::MAX };
    let before = writer.out.len();
    writer.write(document)?;
    charge((writer.out.len() - before) / 64)?;
    loop {
        let before = writer.out.len();
        if !writer.step()? {
            break;
        }
        charge(1 + (writer.out.len() - before) / 64)?;
        held.grow_with_text(writer.out.capacity())?;
    }
    escape_delete(out, from);
    Ok(())
}

/// Escapes the character DEL in the text from `from` on, as jq does. In JSON it stands in strings alone.
pub(super) fn escape_delete(text: &mut Vec<u8>, from: usize) {
    const DELETE: u8 = 0x7f;
    if memchr::memchr(DELETE, &text[from..]).is_none() {
        return;
    }
    let mut escaped = Vec::with_capacity(text.len() - from + 5);
    for byte in text.drain(from..) {
        match byte {
            DELETE => escaped.extend_from_slice(b"\\u007f"),
            other => escaped.push(other),
        }
    }
    text.append(&mut escaped);
}

/// The text of a literal, as JSON.
pub(super) fn spelled_as_read(literal: &Literal) -> &str {
    match literal.as_str() {
        NAN => "null",
        INFINITY => "1.7976931348623157e+308",
        MINUS_INFINITY => "-1.7976931348623157e+308",
        literal => literal,
    }
}

/// A value as text, without white space.
pub(super) fn to_json(val: &Val) -> Result<String, Fault> {
    let mut out = Vec::new();
    json(val.document(), &mut out)?;
    // The text is checked, and copied to the value.
    ask(out.len().saturating_mul(2))?;
    Ok(String::from_utf8(out).unwrap_or_else(|lossy| String::from_utf8_lossy(lossy.as_bytes()).into_owned()))
}

/// A value as `tostring` gives it: a string is itself.
pub(super) fn to_text(val: &Val) -> Result<Val, Fault> {
    match val.document() {
        Document::Str(_) | Document::Surrogates(_) => Ok(val.clone()),
        _ => Ok(Val::text(&to_json(val)?)),
    }
}

/// A value for an error message, cut where jq cuts it. Costs as much as it shows.
pub(super) fn shown(val: &Val) -> String {
    let mut out = Vec::new();
    let mut writer = Writer { out: &mut out, open: Vec::new(), string_bytes: SHOWN + 4 };
    // What is shown is too short to be asked about.
    let mut goes_on = writer.write(val.document()).is_ok();
    while goes_on && writer.out.len() <= SHOWN {
        goes_on = writer.step().unwrap_or(false);
    }
    escape_delete(&mut out, 0);
    let text = String::from_utf8(out).unwrap_or_default();
    if text.len() <= SHOWN {
        return text;
    }
    // What is opened is closed behind the dots.
    let closing = match text.as_bytes()[0] {
        b'"' => "\"",
        b'[' => "]",
        b'{' => "}",
        _ => "",
    };
    let most = SHOWN - "...".len() - closing.len();
    let end = (0..=most).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    format!("{}...{closing}", &text[..end])
}

/// A value with its kind for an error message: `number (1)`.
pub(super) fn described(val: &Val) -> String {
    format!("{} ({})", val.kind(), shown(val))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers of jq 1.8.2.
    #[test]
    fn layouts_of_doubles() {
        for (double, expected) in [
            (1e17, "1e+17"),
            (1.5e300, "1.5e+300"),
            (1e-5, "1e-05"),
            (1e-4, "0.0001"),
            (0.00001234, "1.234e-05"),
            (123456.789, "123456.789"),
            (123456789012345680000.0, "123456789012345680000"),
            (f64::MAX, "1.7976931348623157e+308"),
            (5e-324, "5e-324"),
            (-1.5e-7, "-1.5e-07"),
            (0.30000000000000004, "0.30000000000000004"),
        ] {
            assert_eq!(literal_of(double).as_str(), expected);
        }
    }

    #[test]
    fn values_in_messages_are_cut() {
        let numbers = Val::collect((0..100).map(Val::integer).collect());
        for (val, expected) in [
            (Val::text(&"x".repeat(27)), format!("\"{}\"", "x".repeat(27))),
            (Val::text(&"x".repeat(28)), format!("\"{}...\"", "x".repeat(24))),
            (Val::text(&"aa😀".repeat(30)), "\"aa😀aa😀aa😀aa😀...\"".to_owned()),
            (Val::text(&"a😀".repeat(30)), "\"a😀a😀a😀a😀a...\"".to_owned()),
            (Val::text(&"\u{1}".repeat(30)), r#""\u0001\u0001\u0001\u0001...""#.to_owned()),
            (numbers, "[0,1,2,3,4,5,6,7,8,9,10,1...]".to_owned()),
        ] {
            assert_eq!(shown(&val), expected);
        }
        assert_eq!(described(&Val::integer(1)), "number (1)");
    }

    /// As jq 1.8.2, also of a value a million levels deep.
    #[test]
    fn what_lies_too_deep_is_skipped() {
        let mut deep = Val::NULL;
        for levels in 1..=1_000_000_usize {
            deep = Val::collect(vec![deep]);
            if let 10_000 | 10_001 | 1_000_000 = levels {
                let written = levels.min(10_001);
                let inner =
                    if levels == written && levels == 10_000 { "null" } else { "<skipped: too deep>" };
                let expected = format!("{}{inner}{}", "[".repeat(written), "]".repeat(written));
                assert!(to_json(&deep).unwrap() == expected, "{levels}");
            }
        }
    }
}
