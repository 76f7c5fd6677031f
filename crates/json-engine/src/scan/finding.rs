//! Findings: kept cheaply while scanning, turned into diagnostics in one ordered pass at the end.

use super::Frame;
use super::keys::Keys;
use super::kind::Kind;
use crate::pointer::Written;
use crate::write::unescape;
use crate::{Code, Diagnostic, Error, Fix, Position, Report, Severity, Stats};

/// Bytes of the line that a snippet shows on each side of the place.
const WINDOW: usize = 32;

pub(super) struct Finding {
    pub(super) severity: Severity,
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) pointer: String,
    pub(super) fix: Option<Fix>,
}

/// The first findings in the order of the text, though they come out of it, and all counted.
pub(super) struct Findings {
    kept: Vec<Finding>,
    total: u64,
    most: usize,
    /// Where the first error is: it is kept whatever else there is, since it is the verdict.
    first_error: usize,
    /// With `most` kept: where the last of them begins.
    last_kept: usize,
}

impl Findings {
    pub(super) fn new(most: u32) -> Self {
        Self {
            kept: Vec::new(),
            total: 0,
            most: most as usize,
            first_error: usize::MAX,
            last_kept: usize::MAX,
        }
    }

    /// Counts a finding at `start`; says whether it is to be kept.
    pub(super) fn count(&mut self, severity: Severity, start: usize) -> bool {
        self.total += 1;
        let is_first_error = severity == Severity::Error && start < self.first_error;
        if is_first_error {
            self.first_error = start;
        }
        is_first_error || self.kept.len() < self.most || start < self.last_kept
    }

    /// Keeps what [`Findings::count`] said so of.
    pub(super) fn keep(&mut self, finding: Finding) {
        self.kept.push(finding);
        // Sorting once a doubling keeps the cost of each finding small.
        if self.kept.len() > 2 * self.most + 16 {
            self.shorten();
        }
    }

    fn shorten(&mut self) {
        self.kept.sort_by_key(|finding| finding.start);
        if self.kept.len() <= self.most {
            return;
        }
        let is_error = |finding: &Finding| finding.severity == Severity::Error;
        let error = self.kept.iter().position(is_error).filter(|at| *at >= self.most);
        let error = error.map(|at| self.kept.swap_remove(at));
        self.kept.truncate(if error.is_some() { self.most.max(1) - 1 } else { self.most });
        self.kept.extend(error);
        self.last_kept = self.kept.last().map_or(usize::MAX, |finding| finding.start);
    }

    pub(super) fn into_report(self, text: &[u8], stats: Stats) -> Report {
        let diagnostics_total = self.total;
        let diagnostics = self.diagnostics(text, 0, Cursor::default());
        Report { diagnostics, diagnostics_total, stats }
    }

    pub(super) fn total(&self) -> u64 {
        self.total
    }

    /// The findings, whose places count from `origin` bytes before `text`, where `cursor` stands.
    pub(super) fn diagnostics(mut self, text: &[u8], origin: usize, mut cursor: Cursor) -> Vec<Diagnostic> {
        self.shorten();
        let base = cursor.base;
        let moved = |place: u64| place - origin as u64 + base;
        let placed = |found: Finding| Finding {
            start: found.start - origin,
            end: found.end - origin,
            fix: found.fix.map(|fix| Fix { start: moved(fix.start), end: moved(fix.end), ..fix }),
            ..found
        };
        self.kept.into_iter().map(|found| diagnostic(text, &mut cursor, placed(found))).collect()
    }
}

/// A place that only moves forward, so that all findings together cost one pass over the text.
#[derive(Clone, Default)]
pub(crate) struct Cursor {
    /// Bytes before the text.
    base: u64,
    offset: usize,
    line: u64,
    column: u64,
    column_utf16: u64,
}

impl Cursor {
    pub(crate) fn advance(&mut self, text: &[u8], to: usize) {
        self.skip_lines(text, to.min(text.len()));
        let ahead = text.get(self.offset..to.min(text.len())).unwrap_or_default();
        let scalars = ahead.iter().filter(|byte| (**byte & 0xc0) != 0x80).count() as u64;
        let pairs = ahead.iter().filter(|byte| **byte >= 0xf0).count() as u64;
        self.column += scalars;
        self.column_utf16 += scalars + pairs;
        self.offset = self.offset.max(to);
    }

    /// The text begins at the present place from now on.
    pub(super) fn rebase(&mut self) {
        self.base += self.offset as u64;
        self.offset = 0;
    }

    /// Goes to the beginning of the line that holds `to`, as far as it lies ahead.
    fn skip_lines(&mut self, text: &[u8], to: usize) {
        let Some(ahead) = text.get(self.offset..to) else {
            return;
        };
        // A CR LF that `to` splits ends the line behind `to`.
        let ends = memchr::memchr2_iter(b'\n', b'\r', ahead)
            .map(|at| self.offset + at)
            .filter(|at| text[*at] == b'\n' || text.get(at + 1) != Some(&b'\n'));
        let (count, last) = ends.fold((0, None), |(count, _), at| (count + 1, Some(at)));
        if let Some(last) = last {
            (self.offset, self.line, self.column, self.column_utf16) = (last + 1, self.line + count, 0, 0);
        }
    }

    pub(crate) fn position(&self, json_pointer: String) -> Position {
        Position {
            byte_offset: self.base + self.offset as u64,
            line: self.line + 1,
            column: self.column + 1,
            column_utf16: self.column_utf16 + 1,
            json_pointer,
            record: 0,
        }
    }
}

/// The position of one offset.
pub(crate) fn position(text: &[u8], at: usize, pointer: String) -> Position {
    let mut cursor = Cursor::default();
    cursor.advance(text, at);
    cursor.position(pointer)
}

fn diagnostic(text: &[u8], cursor: &mut Cursor, finding: Finding) -> Diagnostic {
    cursor.advance(text, finding.start);
    let start = cursor.position(finding.pointer.clone());
    let mut end = cursor.clone();
    end.advance(text, finding.end);
    let message = finding.kind.message(text, finding.start, finding.end);
    let place = start..end.position(finding.pointer);
    let snippet = snippet(text, finding.start);
    let found = Diagnostic::found((finding.severity, finding.kind.code()), message, place, snippet);
    Diagnostic { fix: finding.fix, ..found }
}

/// A finding of a reader of another format, in its own words, at `start..end` of `text`.
pub(crate) fn diagnostic_at(
    text: &[u8],
    kind: (Severity, Code),
    message: String,
    place: std::ops::Range<usize>,
    pointer: &str,
) -> Diagnostic {
    let end = position(text, place.end, pointer.to_owned());
    let start = position(text, place.start, pointer.to_owned());
    Diagnostic::found(kind, message, start..end, snippet(text, place.start))
}

/// The error of a text in another format in which this was found first.
#[cold]
pub(crate) fn invalid_at(
    text: &[u8],
    code: Code,
    message: String,
    place: std::ops::Range<usize>,
    pointer: &str,
) -> Error {
    Error::invalid(diagnostic_at(text, (Severity::Error, code), message, place, pointer), text.len())
}

/// JSON Pointer of the innermost value that is open on `stack`, whose keys end at `keys_end`.
pub(super) fn pointer(text: &[u8], stack: &[Frame], keys: &Keys, keys_end: usize) -> String {
    let mut end = keys_end;
    let mut tokens = Vec::with_capacity(stack.len());
    for frame in stack.iter().rev() {
        match frame {
            Frame::Array(index) => tokens.push(Err(index)),
            // The present key is the last before those of the next object inside.
            Frame::Object(first) => {
                tokens.extend((end > *first).then(|| Ok(keys.place(end - 1))));
                end = *first;
            }
        }
    }
    let mut pointer = Written::default();
    for token in tokens.into_iter().rev() {
        match token {
            Ok(place) => pointer.key(&named(&text[place])),
            Err(index) => pointer.index(usize::try_from(*index).unwrap_or(usize::MAX)),
        }
    }
    pointer.finish()
}

/// The pointer of the member `key` of the object at `parent`.
pub(super) fn join(parent: &str, key: &[u8]) -> String {
    let mut pointer = Written::at(parent);
    pointer.key(&named(key));
    pointer.finish()
}

/// As much of a key, whose escapes are those of the text, as a pointer can show.
fn named(key: &[u8]) -> String {
    // An escape of six bytes stands for one at the least.
    let enough = &key[..key.len().min(6 * (Written::LONGEST + 1))];
    String::from_utf8_lossy(&unescape(enough)).into_owned()
}

/// At most 64 bytes of the line around `at`, and below them a caret. Looks no further, however long the line is.
pub(crate) fn snippet(text: &[u8], at: usize) -> String {
    let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
    let at = at.min(text.len());
    let (low, high) = (at.saturating_sub(WINDOW), text.len().min(at + WINDOW));
    let line_start = text[low..at].iter().rposition(is_end).map(|end| low + end + 1);
    let line_end = text[at..high].iter().position(is_end).map(|end| at + end);
    let from = boundary(text, line_start.unwrap_or(low)).min(at);
    let to = boundary(text, line_end.unwrap_or(high)).max(at);
    let cut_before = from > 0 && !is_end(&text[from - 1]);
    let cut_after = text.get(to).is_some_and(|byte| !is_end(byte));
    let before = format!("{}{}", if cut_before { "…" } else { "" }, shown(&text[from..at]));
    let after = format!("{}{}", shown(&text[at..to]), if cut_after { "…" } else { "" });
    format!("{before}{after}\n{}^", " ".repeat(before.chars().count()))
}

/// Bytes as they can be shown: what is not UTF-8, and what moves or hides text on a screen, is replaced.
pub(super) fn shown(bytes: &[u8]) -> String {
    let hides = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    String::from_utf8_lossy(bytes).chars().map(|c| if hides(c) { '·' } else { c }).collect()
}

/// The next place at or after `at` where a character begins.
pub(super) fn boundary(text: &[u8], mut at: usize) -> usize {
    while at < text.len() && (text[at] & 0xc0) == 0x80 {
        at += 1;
    }
    at
}
