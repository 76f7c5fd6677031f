//! `fromjson` and `tonumber`: texts as jq's own reader takes them, with its leniencies and in its words.
//!
//! Promise: what RFC 8259 allows is read by the parser of this crate; the rest goes through a reader that follows jq's
//! states, so that it accepts the same (`nan`, `+1`, `.5`, `01`) and says the same of errors. Cost: the length of the text.

mod escape;

use super::account::{ask, charge, reserve};
use super::fault::{Answer, Fault};
use super::val::Val;
use crate::document::{Document, Key, Members, Number};
use crate::{ScanOptions, parse};

/// Most levels that are open at once, as in jq.
const LEVELS: usize = 10_000;
/// What a value costs while it is read, in bytes a byte of its text.
const GROWTH: usize = 12;
/// How many times as long as copying a text takes reading it.
const READING: usize = 4;

/// The value of a JSON text.
pub(super) fn from_json(text: &str) -> Answer {
    charge(1 + text.len() / 16)?;
    reserve(text.len().saturating_mul(GROWTH))?;
    ask(text.len().saturating_mul(READING))?;
    let options = ScanOptions::default();
    if let Ok((document, report)) = parse::parse(text.as_bytes(), &options) {
        // What the value will give back when it is dropped.
        super::account::hold_values(report.stats.nodes, text.len() as u64);
        return Ok(Val::of(document));
    }
    let failed = |message: &str| Fault::raise(&format!("{message} (while parsing '{text}')"));
    let mut reader = Reader::of(text.strip_prefix('\u{feff}').unwrap_or(text));
    let first = reader.next_value()?.map_err(|message| failed(&message))?;
    let Some(first) = first else { return Err(failed("Expected JSON value")) };
    match reader.next_value()?.map_err(|message| failed(&message))? {
        Some(_) => Err(failed("Unexpected extra JSON values")),
        None => Ok(first),
    }
}

/// The number that a text writes, as decNumber reads it; `None` when it writes none.
pub(super) fn number_of(text: &str) -> Option<Val> {
    let (sign, unsigned) = match text.as_bytes().first() {
        Some(b'-') => ("-", &text[1..]),
        Some(b'+') => ("", &text[1..]),
        _ => ("", text),
    };
    if ["inf", "infinity"].iter().any(|name| unsigned.eq_ignore_ascii_case(name)) {
        return Some(Val::double(if sign.is_empty() { f64::INFINITY } else { f64::NEG_INFINITY }));
    }
    if unsigned.eq_ignore_ascii_case("nan") {
        return Some(Val::double(f64::NAN));
    }
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], Some(&unsigned[at + 1..])),
        None => (unsigned, None),
    };
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let power = exponent.map(|exponent| exponent.strip_prefix(['+', '-']).unwrap_or(exponent));
    let is_number = is_digits(whole)
        && is_digits(fraction)
        && whole.len() + fraction.len() > 0
        && power.is_none_or(|power| !power.is_empty() && is_digits(power));
    if !is_number {
        return None;
    }
    Some(literal(sign, whole, fraction, exponent))
}

/// The number of its parts, spelled as JSON wants it.
fn literal(sign: &str, whole: &str, fraction: &str, exponent: Option<&str>) -> Val {
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if fraction.is_empty() { "" } else { "." };
    let (letter, exponent) = exponent.map_or(("", ""), |exponent| ("e", exponent));
    let text = format!("{sign}{whole}{point}{fraction}{letter}{exponent}");
    Val::of(Document::Number(Number::from_literal(&text)))
}

/// What the reader is within.
enum Open {
    Array(Val),
    Object(Val),
    /// A key, until its value is there.
    Member(Key),
}

#[derive(PartialEq)]
enum State {
    Normal,
    String,
    Escape,
}

/// The states of jq's parser (`jv_parse.c`).
struct Reader<'t> {
    text: &'t [u8],
    at: usize,
    line: usize,
    column: usize,
    state: State,
    token: Vec<u8>,
    open: Vec<Open>,
    next: Option<Val>,
}

/// What a step of the reader gives, or why the text is no JSON, in jq's words.
type Step<T> = Result<T, &'static str>;

impl<'t> Reader<'t> {
    fn of(text: &'t str) -> Reader<'t> {
        Reader {
            text: text.as_bytes(),
            at: 0,
            line: 1,
            column: 0,
            state: State::Normal,
            token: Vec::new(),
            open: Vec::new(),
            next: None,
        }
    }

    /// The next value of the text, if there is one, or the error and its place in jq's words.
    fn next_value(&mut self) -> Result<Result<Option<Val>, String>, Fault> {
        while let Some(&byte) = self.text.get(self.at) {
            charge(1)?;
            self.count(byte);
            match self.scan(byte) {
                Err(message) => {
                    let (line, column) = (self.line, self.column);
                    return Ok(Err(format!("{message} at line {line}, column {column}")));
                }
                Ok(Some(done)) => return Ok(Ok(Some(done))),
                Ok(None) => {}
            }
        }
        Ok(self
            .end()
            .map_err(|message| format!("{message} at EOF at line {}, column {}", self.line, self.column)))
    }

    fn count(&mut self, byte: u8) {
        self.at += 1;
        self.column += 1;
        if byte == b'\n' {
            self.line += 1;
            self.column = 0;
        }
    }

    /// Takes a byte; a value at the top that ends before it is given, and the byte taken again.
    fn scan(&mut self, byte: u8) -> Step<Option<Val>> {
        if self.state != State::Normal {
            return self.scan_string(byte);
        }
        if !matches!(byte, b'[' | b']' | b'{' | b'}' | b',' | b':' | b'"' | b' ' | b'\t' | b'\r' | b'\n') {
            self.token.push(byte);
            return Ok(None);
        }
        self.check_literal()?;
        if let Some(done) = self.done() {
            self.at -= 1;
            self.column = self.column.saturating_sub(1);
            return Ok(Some(done));
        }
        match byte {
            b'"' => self.state = State::String,
            b' ' | b'\t' | b'\r' | b'\n' => {}
            structure => self.structure(structure)?,
        }
        Ok(self.done())
    }

    fn scan_string(&mut self, byte: u8) -> Step<Option<Val>> {
        if byte == b'"' && self.state == State::String {
            self.state = State::Normal;
            let text = escape::unescaped(&std::mem::take(&mut self.token))?;
            self.value(Val::text(&text))?;
            return Ok(self.done());
        }
        self.token.push(byte);
        let is_escape = byte == b'\\' && self.state == State::String;
        self.state = if is_escape { State::Escape } else { State::String };
        Ok(None)
    }

    fn end(&mut self) -> Step<Option<Val>> {
        if self.state != State::Normal {
            return Err("Unfinished string");
        }
        self.check_literal()?;
        if !self.open.is_empty() {
            return Err("Unfinished JSON term");
        }
        Ok(self.next.take())
    }

    fn done(&mut self) -> Option<Val> {
        if self.open.is_empty() { self.next.take() } else { None }
    }

    fn value(&mut self, value: Val) -> Step<()> {
        if self.next.is_some() {
            return Err("Expected separator between values");
        }
        self.next = Some(value);
        Ok(())
    }

    fn check_literal(&mut self) -> Step<()> {
        if self.token.is_empty() {
            return Ok(());
        }
        let token = std::mem::take(&mut self.token);
        let (name, value) = match token.as_slice() {
            [b't', ..] => ("true", Val::TRUE),
            [b'f', ..] => ("false", Val::FALSE),
            [b'n', b'u', ..] => ("null", Val::NULL),
            [b'\'', ..] => return Err("Invalid string literal; expected \", but got '"),
            number => {
                let number = std::str::from_utf8(number).ok().and_then(number_of);
                return self.value(number.ok_or("Invalid numeric literal")?);
            }
        };
        if token != name.as_bytes() {
            return Err("Invalid literal");
        }
        self.value(value)
    }

    fn structure(&mut self, byte: u8) -> Step<()> {
        match byte {
            b'[' => self.open(Open::Array(Val::array(Vec::new()))),
            b'{' => self.open(Open::Object(Val::object(Members::default()))),
            b':' => self.colon(),
            b',' => self.comma(),
            b']' => self.close_array(),
            _ => self.close_object(),
        }
    }

    fn open(&mut self, container: Open) -> Step<()> {
        if self.open.len() >= LEVELS {
            return Err("Exceeds depth limit for parsing");
        }
        if self.next.is_some() {
            return Err("Expected separator between values");
        }
        self.open.push(container);
        Ok(())
    }

    fn colon(&mut self) -> Step<()> {
        let Some(key) = self.next.take() else { return Err("Expected string key before ':'") };
        if !matches!(self.open.last(), Some(Open::Object(_))) {
            return Err("':' not as part of an object");
        }
        let key = key.as_key().ok_or("Object keys must be strings")?;
        self.open.push(Open::Member(key));
        Ok(())
    }

    fn comma(&mut self) -> Step<()> {
        let Some(value) = self.next.take() else { return Err("Expected value before ','") };
        match self.open.last_mut() {
            None => Err("',' not as part of an object"),
            Some(Open::Array(array)) => {
                array.push(value);
                Ok(())
            }
            Some(Open::Object(_)) => Err("Objects must consist of key:value pairs"),
            Some(Open::Member(_)) => {
                self.set_member(value);
                Ok(())
            }
        }
    }

    /// Gives the key that waits its value.
    fn set_member(&mut self, value: Val) {
        if let Some(Open::Member(key)) = self.open.pop()
            && let Some(Open::Object(object)) = self.open.last_mut()
        {
            object.insert_key(key, value);
        }
    }

    fn close_array(&mut self) -> Step<()> {
        let Some(Open::Array(array)) = self.open.last_mut() else { return Err("Unmatched ']'") };
        match self.next.take() {
            Some(last) => array.push(last),
            None if array.as_elements().is_some_and(|elements| !elements.is_empty()) => {
                return Err("Expected another array element");
            }
            None => {}
        }
        self.next = Some(array.take());
        self.open.pop();
        Ok(())
    }

    fn close_object(&mut self) -> Step<()> {
        let is_member = matches!(self.open.last(), Some(Open::Member(_)));
        match (self.next.take(), is_member) {
            (Some(value), true) => self.set_member(value),
            (Some(_), false) if self.open.is_empty() => return Err("Unmatched '}'"),
            (Some(_), false) => return Err("Objects must consist of key:value pairs"),
            (None, true) => return Err("Unmatched '}'"),
            (None, false) => {
                if let Some(Open::Object(object)) = self.open.last()
                    && object.as_members().is_some_and(|members| !members.is_empty())
                {
                    return Err("Expected another key-value pair");
                }
            }
        }
        let Some(Open::Object(object)) = self.open.last_mut() else { return Err("Unmatched '}'") };
        self.next = Some(object.take());
        self.open.pop();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::natives::tests::check;

    /// Texts and what jq 1.8.2 says of them.
    #[test]
    fn errors() {
        for (text, expected) in [
            ("nan1", "Invalid numeric literal at EOF at line 1, column 4"),
            ("[1,2", "Unfinished JSON term at EOF at line 1, column 4"),
            ("{\"a\":1,}", "Expected another key-value pair at line 1, column 8"),
            ("[1,]", "Expected another array element at line 1, column 4"),
            ("{,}", "Expected value before ',' at line 1, column 2"),
            ("{1:2}", "Object keys must be strings at line 1, column 3"),
            ("{\"a\"}", "Objects must consist of key:value pairs at line 1, column 5"),
            ("{\"a\":}", "Unmatched '}' at line 1, column 6"),
            ("}", "Unmatched '}' at line 1, column 1"),
            (":", "Expected string key before ':' at line 1, column 1"),
            ("[1:2]", "':' not as part of an object at line 1, column 3"),
            ("{]", "Unmatched ']' at line 1, column 2"),
            ("truee", "Invalid literal at EOF at line 1, column 5"),
            ("1 2", "Unexpected extra JSON values"),
            ("\"a", "Unfinished string at EOF at line 1, column 2"),
            ("\"\\x\"", "Invalid escape at line 1, column 4"),
            ("\"\\u12\"", "Invalid \\uXXXX escape at line 1, column 6"),
            ("\"\\u12zz\"", "Invalid characters in \\uXXXX escape at line 1, column 8"),
            (" ", "Expected JSON value"),
            ("\n\n[1,\nx]", "Invalid numeric literal at line 4, column 2"),
            ("{\"a\":1 \"b\":2}", "Expected separator between values at line 1, column 10"),
            ("{'a':1}", "Invalid string literal; expected \", but got ' at line 1, column 5"),
            ("é", "Invalid numeric literal at EOF at line 1, column 2"),
            ("[1]x", "Invalid numeric literal at EOF at line 1, column 4"),
            ("{\"a\":1}}", "Unmatched '}' at line 1, column 8"),
            ("1,2", "Expected value before ',' at line 1, column 2"),
            ("tr ue", "Invalid literal at line 1, column 3"),
        ] {
            check(
                "fromjson",
                &serde_json::to_string(text).unwrap(),
                &[],
                &format!("{expected} (while parsing '{text}')"),
            );
        }
    }

    #[test]
    fn leniencies() {
        for (text, expected) in [
            ("nan", "null"),
            ("[NaN,-Infinity]", "[null,-1.7976931348623157e+308]"),
            ("01", "1"),
            ("+1", "1"),
            (".5", "0.5"),
            ("[5.]", "[5]"),
            ("\u{feff}1", "1"),
            ("1.50", "1.50"),
            ("{\"a\":+1,\"b\":[{},[]]}", "{\"a\":1,\"b\":[{},[]]}"),
        ] {
            check("fromjson", &serde_json::to_string(text).unwrap(), &[], expected);
        }
        check("fromjson", "1", &[], "number (1) only strings can be parsed");
        check("tonumber", "\" 1\"", &[], "string (\" 1\") cannot be parsed as a number");
        check("tonumber", "\"1e3\"", &[], "1E+3");
    }
}
