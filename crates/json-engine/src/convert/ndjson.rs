//! NDJSON: one JSON text a line, LF or CR LF; blank lines mean nothing.
//!
//! Promise: a finding names its record and its line in the whole source. Always a stream, also with one record or none, so
//! that the shape of an answer does not hang on how many there are. Cost: a parse of each line.

use super::json;
use super::losses::Losses;
use super::{Content, Read, Reading, Writing};
use crate::answer::Writer;
use crate::budget::Meter;
use crate::document::Document;
use crate::error::{Error, LimitKind};
use crate::{Position, Report, scan};

pub(super) fn read(source: &[u8], reading: &Reading<'_>) -> Result<Read, Error> {
    let meter = Meter::open(reading.budget)?;
    let mut losses = Losses::new(reading.limits.max_diagnostics);
    let (mut documents, mut nodes) = (Vec::new(), 0);
    for (start, line) in lines(source) {
        let record = documents.len() as u64 + 1;
        let text = json::read_text(line, start, reading, &mut losses)
            .map_err(|error| in_source(error, source, start, record))?;
        nodes += text.stats.nodes;
        if nodes > reading.limits.max_nodes {
            return Err(too_many(source, start, record, (reading.limits.max_nodes, nodes)));
        }
        meter.hold_values(&text.stats)?;
        meter.charge(1 + line.len() as u64 / 64)?;
        documents.push((text.document, text.spans));
    }
    meter.check()?;
    Ok(Read { content: Content::Many(documents), losses, stats: None })
}

/// Lines that are not blank, without their ends, each with its offset.
pub(super) fn lines(source: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let ends = memchr::memchr_iter(b'\n', source).chain([source.len()]);
    let cut = ends.scan(0, |from, end| {
        let start = std::mem::replace(from, end + 1);
        Some((start, source.get(start..end).unwrap_or_default()))
    });
    let bare = cut.map(|(start, line)| (start, line.strip_suffix(b"\r").unwrap_or(line)));
    bare.filter(|(_, line)| !line.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r')))
}

fn too_many(source: &[u8], start: usize, record: u64, (allowed, actual): (u64, u64)) -> Error {
    let position = Position { record, ..scan::position(source, start, String::new()) };
    Error::Limit { limit: LimitKind::Nodes, allowed, actual, position: Some(position) }
}

/// An error of the record that begins at `start`, with its places in the whole source.
fn in_source(error: Error, source: &[u8], start: usize, record: u64) -> Error {
    let base = scan::position(source, start, String::new());
    let moved = |place: Position| Position {
        byte_offset: place.byte_offset + base.byte_offset,
        line: place.line + base.line - 1,
        record,
        ..place
    };
    match error {
        Error::Invalid(report) => {
            let Report { mut diagnostics, diagnostics_total, stats } = *report;
            for found in &mut diagnostics {
                found.start = moved(std::mem::take(&mut found.start));
                found.end = moved(std::mem::take(&mut found.end));
                if let Some(fix) = &mut found.fix {
                    (fix.start, fix.end) = (fix.start + base.byte_offset, fix.end + base.byte_offset);
                }
            }
            Error::Invalid(Box::new(Report { diagnostics, diagnostics_total, stats }))
        }
        Error::Limit { limit, allowed, actual, position } => {
            Error::Limit { limit, allowed, actual, position: position.map(moved) }
        }
        other @ (Error::Query { .. }
        | Error::Program { .. }
        | Error::PointerNotFound { .. }
        | Error::Option { .. }
        | Error::Fidelity(_)
        | Error::Patch { .. }
        | Error::MergePatch { .. }
        | Error::Part { .. }
        | Error::Budget { .. }) => other,
    }
}

/// An array as a line an element; anything else as one line.
pub(super) fn write(document: &Document, writing: &Writing<'_>) -> Result<Vec<u8>, Error> {
    match document {
        Document::Arr(elements) => write_stream(elements, writing),
        one @ (Document::Null
        | Document::Bool(_)
        | Document::Number(_)
        | Document::Str(_)
        | Document::Surrogates(_)
        | Document::Obj(_)) => write_stream(std::slice::from_ref(one), writing),
    }
}

/// A line a document.
pub(super) fn write_stream(documents: &[Document], writing: &Writing<'_>) -> Result<Vec<u8>, Error> {
    let meter = Meter::open(writing.budget)?;
    let mut out = Writer::new(writing.max_output_bytes, &meter);
    for document in documents {
        out.value(document)?;
        out.byte(b'\n');
    }
    let lines = out.finish()?;
    meter.check()?;
    Ok(lines)
}
