//! Sniffing: what a source is written in, for callers that do not know.
//!
//! Cheap rules choose the candidates; a candidate whose grammar decides is tried on the whole source. The order, and where
//! it can go wrong, stands in `docs/convert.md`. Promise: the answer depends on the bytes and the options alone. Cost: a
//! scan where the source is JSON; else rules over a bounded beginning, and the readers that are tried.

use std::ops::Range;

use super::build::Keep;
use super::{ConvertOptions, Format, Reading, ndjson, table};
use crate::scan::{Nobody, scan};
use crate::{Budget, Code, DuplicateKeys, Error, ScanOptions, Severity};

/// How far the rules look, in bytes; readers that are tried see everything.
const BEGINNING: usize = 64 << 10;
/// How far control characters are looked for, in bytes.
const CONTROLS: usize = 1 << 10;
/// CBOR that says so: tag 55799 (RFC 8949 section 3.4.6).
const SELF_DESCRIBED_CBOR: &[u8] = b"\xd9\xd9\xf7";

/// The format of `source`. Fails only when the budget is used up while readers are tried.
pub(super) fn sniff(
    source: &[u8],
    how: &ConvertOptions,
    options: &ScanOptions,
    budget: &Budget,
) -> Result<Format, Error> {
    let sniffer = Sniffer { source, how, options, budget };
    if source.starts_with(SELF_DESCRIBED_CBOR) {
        return Ok(Format::Cbor);
    }
    match sniffer.binary()? {
        Some(format) => Ok(format),
        None => sniffer.text(),
    }
}

struct Sniffer<'s> {
    source: &'s [u8],
    how: &'s ConvertOptions,
    options: &'s ScanOptions,
    budget: &'s Budget,
}

impl Sniffer<'_> {
    /// Bytes that are no text are what reads whole: CBOR, then MessagePack. What neither reads is text with a wrong byte if
    /// it begins like text; its reader says where.
    fn binary(&self) -> Result<Option<Format>, Error> {
        let is_control = |byte: &u8| *byte < b' ' && !b"\t\n\x0b\x0c\r".contains(byte);
        let beginning = &self.source[..self.source.len().min(CONTROLS)];
        let is_text = simdutf8::basic::from_utf8(self.source).is_ok() && !beginning.iter().any(is_control);
        if is_text {
            return Ok(None);
        }
        for format in [Format::Cbor, Format::Msgpack] {
            if self.reads(format)? {
                return Ok(Some(format));
            }
        }
        let begins_as_text = self.source.first().is_some_and(|byte| byte.is_ascii() && !is_control(byte));
        Ok((!begins_as_text).then_some(Format::Cbor))
    }

    fn text(&self) -> Result<Format, Error> {
        let text = self.source.strip_prefix(b"\xef\xbb\xbf").unwrap_or(self.source);
        let Some(first) = text.iter().copied().find(|byte| !byte.is_ascii_whitespace()) else {
            return Ok(Format::Json);
        };
        if let Some(format) = self.json(text) {
            return Ok(format);
        }
        let may_be_json5 = matches!(first, b'{' | b'[' | b'/' | b'\'' | b'"' | b'+' | b'.' | 0x80..);
        if may_be_json5 && self.reads(Format::Json5)? {
            return Ok(Format::Json5);
        }
        let beginning = &text[..text.len().min(BEGINNING)];
        if is_toml(beginning) {
            return Ok(Format::Toml);
        }
        if matches!(first, b'{' | b'[') {
            // Flow style of YAML, or JSON with a mistake, about which the reader of JSON has most to say.
            return Ok(if self.reads(Format::Yaml)? { Format::Yaml } else { Format::Json });
        }
        let is_whole = beginning.len() == text.len();
        Ok(if is_csv(beginning, is_whole, self.how.csv.delimiter) { Format::Csv } else { Format::Yaml })
    }

    /// JSON if it is valid, or stopped at a limit; NDJSON if there are more such lines.
    fn json(&self, text: &[u8]) -> Option<Format> {
        let Ok((Nobody, report)) = scan(text, &self.lenient(), Nobody) else {
            return Some(Format::Json);
        };
        let Some(error) = report.diagnostics.iter().find(|found| found.severity == Severity::Error) else {
            return Some(Format::Json);
        };
        if error.code != Code::TrailingContent {
            return None;
        }
        let mut lines = ndjson::lines(text).map(|(_, line)| line);
        let (first, second) = (lines.next()?, lines.next()?);
        let both_are_containers = self.is_container(first) && self.is_container(second);
        let all_are_json = || {
            let mut all = [first, second].into_iter().chain(lines);
            all.all(|line| self.is_json(line))
        };
        (both_are_containers || all_are_json()).then_some(Format::Ndjson)
    }

    fn is_container(&self, line: &[u8]) -> bool {
        matches!(line.trim_ascii_start().first(), Some(b'{' | b'[')) && self.is_json(line)
    }

    fn is_json(&self, line: &[u8]) -> bool {
        scan(line, &self.lenient(), Nobody).is_ok_and(|(Nobody, report)| report.is_valid())
    }

    /// A duplicate key makes no other format of a text.
    fn lenient(&self) -> ScanOptions {
        ScanOptions { duplicate_keys: DuplicateKeys::Report, ..*self.options }
    }

    /// Whether the reader of `format` takes the whole source, or stops at a limit that the source breaks.
    fn reads(&self, format: Format) -> Result<bool, Error> {
        let reading = Reading {
            limits: &self.options.limits,
            duplicate_keys: DuplicateKeys::Report,
            foreign: self.how.foreign,
            keep: Keep::Nothing,
            budget: self.budget,
        };
        match table::read(format, self.source, &reading, &self.how.csv) {
            Ok(_) => Ok(true),
            Err(Error::Limit { .. }) => Ok(format.is_text()),
            Err(budget @ Error::Budget { .. }) => Err(budget),
            Err(
                Error::Invalid(_)
                | Error::Query { .. }
                | Error::PointerNotFound { .. }
                | Error::Fidelity(_)
                | Error::Patch { .. }
                | Error::MergePatch { .. }
                | Error::Part { .. }
                | Error::Option { .. },
            ) => Ok(false),
        }
    }
}

/// Whether the first line that says something is `key = …`, or is `[table]` and the next is one of both.
fn is_toml(beginning: &[u8]) -> bool {
    let says = |line: &&[u8]| !line.is_empty() && !line.starts_with(b"#");
    let mut lines = beginning.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(says);
    let (first, second) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    is_assignment(first) || (is_table(first) && (is_table(second) || is_assignment(second)))
}

fn is_assignment(line: &[u8]) -> bool {
    let Some(equals) = memchr::memchr(b'=', line) else {
        return false;
    };
    is_key(line[..equals].trim_ascii())
}

fn is_table(line: &[u8]) -> bool {
    let line = line.split(|byte| *byte == b'#').next().unwrap_or_default().trim_ascii();
    let array = line.strip_prefix(b"[[").and_then(|rest| rest.strip_suffix(b"]]"));
    let name = array.or_else(|| line.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]")));
    name.is_some_and(is_key)
}

/// A dotted key, of words or in quotes.
fn is_key(key: &[u8]) -> bool {
    let quoted = matches!(key.first(), Some(b'"' | b'\'')) && key.len() > 1 && key.last() == key.first();
    let is_bare = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-. \t\"'".contains(byte);
    let words = key.split(|byte| *byte == b'.').map(<[u8]>::trim_ascii);
    let is_word = |word: &[u8]| {
        !word.is_empty() && (matches!(word[0], b'"' | b'\'') || !word.iter().any(u8::is_ascii_whitespace))
    };
    quoted || (key.iter().all(is_bare) && words.into_iter().all(is_word))
}

/// Whether there are two rows or more, each with the same number of cells, two at the least, and none begins as YAML does.
fn is_csv(beginning: &[u8], is_whole: bool, delimiter: u8) -> bool {
    let (mut cells, mut count) = (0, 0);
    for row in (Rows { text: beginning, at: 0, delimiter }) {
        // The last row of a beginning is cut.
        if !is_whole && row.place.end >= beginning.len() {
            break;
        }
        let line = &beginning[row.place];
        if line.trim_ascii().is_empty() {
            continue;
        }
        let differs = count > 0 && row.cells != cells;
        if row.cells < 2 || differs || is_yaml(&line[..row.first_cell]) {
            return false;
        }
        (cells, count) = (row.cells, count + 1);
    }
    count > 1
}

/// Whether a row's first cell is the beginning of an item, a marker, or a key of YAML.
fn is_yaml(cell: &[u8]) -> bool {
    let is_quoted = cell.starts_with(b"\"");
    let begins = [b"- ".as_slice(), b"---", b"%", b"? ", b"#", b"{", b"["];
    let is_key = memchr::memmem::find(cell, b": ").is_some() || cell.trim_ascii_end().ends_with(b":");
    !is_quoted && (begins.iter().any(|begin| cell.trim_ascii_start().starts_with(begin)) || is_key)
}

struct Row {
    place: Range<usize>,
    cells: usize,
    /// Length of the first cell in bytes, quotes included.
    first_cell: usize,
}

/// Rows of text in cells, quotes understood as RFC 4180 has them.
struct Rows<'t> {
    text: &'t [u8],
    at: usize,
    delimiter: u8,
}

impl Iterator for Rows<'_> {
    type Item = Row;

    fn next(&mut self) -> Option<Row> {
        let start = self.at;
        let rest = self.text.get(start..).filter(|rest| !rest.is_empty())?;
        let (mut inside, mut cells, mut first_cell) = (false, 1, None);
        let mut length = rest.len();
        for (at, &byte) in rest.iter().enumerate() {
            if byte == b'"' {
                inside = !inside;
            } else if byte == b'\n' && !inside {
                length = at;
                break;
            } else if byte == self.delimiter && !inside {
                cells += 1;
                first_cell = first_cell.or(Some(at));
            }
        }
        self.at = start + length + 1;
        Some(Row { place: start..start + length, cells, first_cell: first_cell.unwrap_or(length) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_as_toml() {
        let check = |text: &str, expected| assert_eq!(is_toml(text.as_bytes()), expected, "{text}");
        check("a = 1", true);
        check("# c\n\n  a.b . 'c d' = [1]\n", true);
        check("\"a b\" = {}", true);
        check("[table]\nkey = 1", true);
        check("[[array.of.tables]] # c\r\nkey = 1", true);
        check("[a]\n[b]\n", true);
        // One bracket alone is a sequence of YAML, or JSON5.
        check("[a]", false);
        check("[1,\n2]", false);
        check("a: b = c", false);
        check("some words = 1", false);
        check("= 1", false);
        check("", false);
        check("a..b = 1", false);
    }

    #[test]
    fn what_looks_like_csv() {
        let check =
            |text: &str, expected| assert_eq!(is_csv(text.as_bytes(), true, b','), expected, "{text}");
        check("a,b\n1,2\n", true);
        check("a,b\r\n\"1,\n2\",\"\"\"\"\r\n", true);
        check("\"a: b\",c\n1,2", true);
        check("a,b\n1,2\n\n", true);
        check("a,b", false);
        check("a\nb\n", false);
        check("a,b\n1,2,3\n", false);
        check("- a, b\n- c, d", false);
        check("a: b, c\nd: e, f", false);
        check("---,\n1,", false);
        check("", false);
    }

    /// A row that the end of the beginning cuts says nothing.
    #[test]
    fn a_cut_row_is_not_judged() {
        let cut = |text: &str| is_csv(text.as_bytes(), false, b';');
        assert!(cut("a;b\n1;2\n3"));
        assert!(!cut("a;b\n1;2;3\n3"));
    }
}
