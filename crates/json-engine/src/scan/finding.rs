//! Findings: kept cheaply while scanning, turned into diagnostics in one ordered pass at the end.

use super::{Container, Frame};
use crate::write::unescape;
use crate::{Code, Diagnostic, Position, Report, Severity, Stats};

/// Longest pointer of a position, in bytes.
const MAX_POINTER: usize = 16 << 10;
/// Bytes of the line that a snippet shows on each side of the place.
const WINDOW: usize = 32;

pub(super) struct Finding {
    pub(super) severity: Severity,
    pub(super) code: Code,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) pointer: String,
}

pub(super) struct Findings {
    kept: Vec<Finding>,
    total: u64,
    most: usize,
}

impl Findings {
    pub(super) fn new(most: u32) -> Self {
        Self { kept: Vec::new(), total: 0, most: most as usize }
    }

    /// Counts a finding; says whether there is room to keep it.
    pub(super) fn count_one(&mut self) -> bool {
        self.total += 1;
        self.kept.len() < self.most
    }

    pub(super) fn keep(&mut self, finding: Finding) {
        self.kept.push(finding);
    }

    /// The error that ended the scan is always kept, in place of the last warning if need be.
    pub(super) fn keep_error(&mut self, finding: Finding) {
        self.total += 1;
        self.kept.retain(|kept| kept.start <= finding.start);
        self.kept.truncate(self.most.max(1) - 1);
        self.kept.push(finding);
    }

    pub(super) fn into_report(mut self, text: &[u8], stats: Stats) -> Report {
        self.kept.sort_by_key(|finding| finding.start);
        let mut cursor = Cursor::default();
        let diagnostics =
            self.kept.into_iter().map(|finding| diagnostic(text, &mut cursor, finding)).collect();
        Report { diagnostics, diagnostics_total: self.total, stats }
    }
}

/// A place that only moves forward, so that all findings together cost one pass over the text.
#[derive(Clone, Default)]
struct Cursor {
    offset: usize,
    line: u64,
    column: u64,
    column_utf16: u64,
}

impl Cursor {
    fn advance(&mut self, text: &[u8], to: usize) {
        for at in self.offset..to.min(text.len()) {
            let byte = text[at];
            let ends_line = byte == b'\n' || (byte == b'\r' && text.get(at + 1) != Some(&b'\n'));
            if ends_line {
                (self.line, self.column, self.column_utf16) = (self.line + 1, 0, 0);
            } else if (byte & 0xc0) != 0x80 {
                self.column += 1;
                self.column_utf16 += if byte >= 0xf0 { 2 } else { 1 };
            }
        }
        self.offset = self.offset.max(to);
    }

    fn position(&self, json_pointer: String) -> Position {
        Position {
            byte_offset: self.offset as u64,
            line: self.line + 1,
            column: self.column + 1,
            column_utf16: self.column_utf16 + 1,
            json_pointer,
            record: 0,
        }
    }
}

/// The position of one offset.
pub(super) fn position(text: &[u8], at: usize, pointer: String) -> Position {
    let mut cursor = Cursor::default();
    cursor.advance(text, at);
    cursor.position(pointer)
}

fn diagnostic(text: &[u8], cursor: &mut Cursor, finding: Finding) -> Diagnostic {
    cursor.advance(text, finding.start);
    let start = cursor.position(finding.pointer.clone());
    let mut end = cursor.clone();
    end.advance(text, finding.end);
    Diagnostic {
        severity: finding.severity,
        code: finding.code,
        message: message(text, finding.code, finding.start, finding.end),
        start,
        end: end.position(finding.pointer),
        snippet: snippet(text, finding.start),
    }
}

/// JSON Pointer of the innermost open value.
pub(super) fn pointer(text: &[u8], stack: &[Frame]) -> String {
    let mut pointer = String::new();
    // The innermost frame counts only for a member or element that has begun.
    for frame in stack {
        match frame.kind {
            Container::Array => pointer.push_str(&format!("/{}", frame.index)),
            Container::Object if frame.key == (0, 0) => break,
            Container::Object => {
                let raw = &text[frame.key.0 as usize..frame.key.1 as usize];
                let key = String::from_utf8_lossy(&unescape(raw)).replace('~', "~0").replace('/', "~1");
                pointer.push('/');
                pointer.push_str(&key);
            }
        }
        if pointer.len() > MAX_POINTER {
            let cut = (0..=MAX_POINTER).rev().find(|at| pointer.is_char_boundary(*at)).unwrap_or(0);
            pointer.truncate(cut);
            pointer.push('…');
            break;
        }
    }
    pointer
}

/// The line around `at`, and below it a caret. Control characters show as a dot, so that the caret stands right.
fn snippet(text: &[u8], at: usize) -> String {
    let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let at = at.min(text.len());
    let line_start = text[..at].iter().rposition(&is_end).map_or(0, |end| end + 1);
    let line_end = text[at..].iter().position(is_end).map_or(text.len(), |end| at + end);
    let from = boundary(text, line_start.max(at.saturating_sub(WINDOW)));
    let to = boundary(text, line_end.min(at + WINDOW));
    let shown = |bytes: &[u8]| -> String {
        String::from_utf8_lossy(bytes).chars().map(|c| if c.is_control() { '·' } else { c }).collect()
    };
    let before = format!("{}{}", if from > line_start { "…" } else { "" }, shown(&text[from..at.max(from)]));
    let after = format!("{}{}", shown(&text[at.min(to)..to]), if to < line_end { "…" } else { "" });
    format!("{before}{after}\n{}^", " ".repeat(before.chars().count()))
}

/// The next place at or after `at` where a character begins.
fn boundary(text: &[u8], mut at: usize) -> usize {
    while at < text.len() && (text[at] & 0xc0) == 0x80 {
        at += 1;
    }
    at
}

/// At most 64 bytes of the text, for a message.
fn excerpt(text: &[u8], start: usize, end: usize) -> String {
    let end = end.min(text.len());
    let cut = boundary(text, end.min(start + 60)).min(end);
    let shown: String =
        String::from_utf8_lossy(&text[start..cut]).chars().filter(|c| !c.is_control()).collect();
    if cut < end { format!("{shown}…") } else { shown }
}

fn message(text: &[u8], code: Code, start: usize, end: usize) -> String {
    let found = excerpt(text, start, end);
    match code {
        Code::ByteOrderMark => {
            "the text begins with a byte order mark; JSON begins with its value".to_owned()
        }
        Code::Comment => "comments are not part of JSON; remove it".to_owned(),
        Code::ControlCharacter => {
            let byte = text.get(start).copied().unwrap_or_default();
            format!("the control character U+{byte:04X} stands bare in a string; write it as \\u{byte:04x}")
        }
        Code::DuplicateKey => format!("the key {found} stands in this object already; the last one counts"),
        Code::EmptyInput => "there is no value; a JSON text is one value".to_owned(),
        Code::InvalidEscape => {
            format!(
                "{found} is not an escape; allowed: \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u and four hex digits"
            )
        }
        Code::InvalidLiteral => format!("{found} is not a value; allowed words: true, false, null"),
        Code::InvalidNumber => format!("{found} is not a decimal number; JSON knows no other base"),
        Code::InvalidUtf8 => "the bytes are not valid UTF-8; JSON is UTF-8".to_owned(),
        Code::LeadingZero => "a number has no leading zero".to_owned(),
        Code::LoneSurrogate => format!("{found} is half of a surrogate pair; readers disagree about it"),
        Code::MismatchedBracket => format!("{found} closes a bracket of the other kind"),
        Code::MissingColon => format!("found {found} where ':' must follow the key"),
        Code::MissingComma => "a ',' is missing before this".to_owned(),
        Code::MissingValue => format!("found {found} where a value must stand"),
        Code::NanOrInfinity => format!("{found} is not a JSON number; allowed: decimal digits"),
        Code::NumberIncomplete => format!("the number {found} is incomplete; a digit must follow"),
        Code::NumberPlusSign => "a number has no plus sign".to_owned(),
        Code::SingleQuoted => "strings stand in double quotes".to_owned(),
        Code::TrailingComma => {
            "trailing comma: a value must follow ',' or the bracket must close without it".to_owned()
        }
        Code::TrailingContent => {
            "there is more after the end of the value; a JSON text is one value".to_owned()
        }
        Code::UnexpectedCharacter => format!("found {found} where a value, a key or a separator must stand"),
        Code::UnexpectedEnd => "the text ends before the value is complete".to_owned(),
        Code::UnquotedKey => format!("the key {found} stands without quotes; write \"{found}\""),
        Code::UnterminatedString => "the string has no closing quote on its line".to_owned(),
    }
}
