//! Sniffing: what a source is written in, for callers that do not know.
//!
//! Cheap rules choose the candidates; a candidate whose grammar decides is tried on the whole source. The order, and where
//! it can go wrong, stands in `docs/convert.md`. Promise: the answer depends on the bytes and the options alone. Cost: a
//! scan where the source is JSON; else rules over a bounded beginning, and the readers that are tried.

mod csv;
mod toml;

use super::build::Keep;
use super::{ConvertOptions, Format, Reading, ndjson, table};
use crate::input::Input;
use crate::scan::first_error;
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
        if toml::is_toml(beginning) {
            return Ok(Format::Toml);
        }
        if matches!(first, b'{' | b'[') {
            // Flow style of YAML, or JSON with a mistake, about which the reader of JSON has most to say.
            return Ok(if self.reads(Format::Yaml)? { Format::Yaml } else { Format::Json });
        }
        let is_whole = beginning.len() == text.len();
        Ok(if csv::is_csv(beginning, is_whole, self.how.csv.delimiter) { Format::Csv } else { Format::Yaml })
    }

    /// JSON if it is valid, or stopped at a limit; NDJSON if there are more such lines.
    fn json(&self, text: &[u8]) -> Option<Format> {
        let Ok(report) = first_error(text, &self.lenient()) else {
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
        first_error(line, &self.lenient()).is_ok_and(|report| report.is_valid())
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
        match table::read(format, &mut Input::of(self.source), &reading, &self.how.csv) {
            Ok(_) => Ok(true),
            Err(Error::Limit { .. }) => Ok(format.is_text()),
            Err(budget @ Error::Budget { .. }) => Err(budget),
            Err(
                Error::Invalid(_)
                | Error::Query { .. }
                | Error::Program { .. }
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
