//! The fidelity report: losses and warnings with their places in the source.
//!
//! A reader knows the bytes of what it lost; a writer knows the JSON Pointer, and the spans of the document tell where that
//! value stood. Cost: one pass over the source for all places together, and nothing when nothing is to be said.

use std::ops::Range;

use super::Content;
use super::losses::{Loss, Losses};
use crate::document::Document;
use crate::error::Error;
use crate::pointer::cut_pointer;
use crate::scan::{Cursor, position, snippet};
use crate::{Diagnostic, Limits, Position, Report, Stats};

/// How a writer's pointers begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pointers {
    /// At the root of the only document.
    Root,
    /// At an array of all documents, so with an index.
    Index,
}

/// A source and what it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin<'s> {
    pub(super) source: &'s [u8],
    pub(super) is_text: bool,
}

/// One loss with its place.
struct Placed {
    loss: Loss,
    place: Range<usize>,
    /// 1-based; 0 when the source is not a stream.
    record: u64,
}

/// What is to be said about a conversion; `content` has spans if there is a loss of the writer without its
/// place, or any in a stream.
pub(super) fn report(
    origin: Origin<'_>,
    content: &Content,
    (read, written): (&Losses, (&Losses, Pointers)),
    (stats, limits): (Stats, &Limits),
) -> Report {
    let (written, pointers) = written;
    let mut placed: Vec<Placed> = Vec::with_capacity(read.kept().len() + written.kept().len());
    placed.extend(read.kept().iter().map(|loss| of_reader(loss, content)));
    placed.extend(written.kept().iter().map(|loss| of_writer(loss, content, pointers)));
    placed.sort_by_key(|one| one.place.start);
    placed.truncate(limits.max_diagnostics as usize);
    let diagnostics = diagnostics(origin, placed);
    Report { diagnostics, diagnostics_total: read.total() + written.total(), stats }
}

fn of_reader(loss: &Loss, content: &Content) -> Placed {
    let place = loss.place.clone().unwrap_or(0..0);
    let record = match content {
        Content::One(..) => 0,
        Content::Many(documents) => {
            let begins_before = |spans: &crate::Spans| spans.value().start <= place.start;
            let before =
                documents.partition_point(|(_, spans)| spans.as_ref().is_some_and(begins_before)) as u64;
            before.max(1)
        }
    };
    Placed { loss: loss.clone(), place, record }
}

fn of_writer(loss: &Loss, content: &Content, pointers: Pointers) -> Placed {
    let (record, pointer) = match (content, pointers) {
        (Content::One(..), _) => (0, loss.pointer.as_str()),
        (Content::Many(_), Pointers::Root) => (1, loss.pointer.as_str()),
        (Content::Many(_), Pointers::Index) => split_index(&loss.pointer),
    };
    let document = match content {
        Content::One(document, spans) => Some((document, spans)),
        Content::Many(documents) => {
            let index = usize::try_from(record.max(1) - 1).unwrap_or(usize::MAX);
            documents.get(index).map(|(document, spans)| (document, spans))
        }
    };
    let place = match (&loss.place, document) {
        (Some(known), _) => known.clone(),
        (None, Some((document, Some(spans)))) => spans.nearest(document, pointer).value(),
        (None, Some((_, None)) | None) => 0..0,
    };
    Placed { loss: Loss { pointer: pointer.to_owned(), ..loss.clone() }, place, record }
}

/// `/3/a` as record 4 and `/a`; what has no index is about the stream as a whole.
fn split_index(pointer: &str) -> (u64, &str) {
    let rest = pointer.strip_prefix('/').unwrap_or_default();
    let (index, below) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    (index.parse::<u64>().map_or(0, |index| index.saturating_add(1)), below)
}

fn diagnostics(origin: Origin<'_>, placed: Vec<Placed>) -> Vec<Diagnostic> {
    let mut offsets: Vec<usize> = placed.iter().flat_map(|one| [one.place.start, one.place.end]).collect();
    offsets.sort_unstable();
    offsets.dedup();
    let mut cursor = Cursor::default();
    let places: Vec<Position> = offsets.iter().map(|offset| origin.place(&mut cursor, *offset)).collect();
    let at = |offset: usize, one: &Placed| Position {
        json_pointer: cut_pointer(one.loss.pointer.clone()),
        record: one.record,
        ..offsets.binary_search(&offset).map(|index| places[index].clone()).unwrap_or_default()
    };
    let finding = |one: Placed| {
        let place = at(one.place.start, &one)..at(one.place.end, &one);
        let snippet = if origin.is_text { snippet(origin.source, one.place.start) } else { String::new() };
        Diagnostic::found((Loss::SEVERITY, one.loss.code), one.loss.message, place, snippet)
    };
    placed.into_iter().map(finding).collect()
}

impl Origin<'_> {
    /// Text has lines and columns, everything else bytes only.
    fn place(self, cursor: &mut Cursor, offset: usize) -> Position {
        if !self.is_text {
            return Position { byte_offset: offset as u64, ..Position::default() };
        }
        cursor.advance(self.source, offset);
        cursor.position(String::new())
    }

    /// Line and column of a limit of which a reader told the byte only.
    pub(super) fn complete(self, error: Error) -> Error {
        match error {
            Error::Limit { limit, allowed, actual, position: Some(bare) }
                if bare.line == 0 && self.is_text =>
            {
                let at = usize::try_from(bare.byte_offset).unwrap_or(usize::MAX).min(self.source.len());
                let full = Position { record: bare.record, ..position(self.source, at, bare.json_pointer) };
                Error::Limit { limit, allowed, actual, position: Some(full) }
            }
            other => other,
        }
    }
}

/// What the documents hold, as the scanner counts it. One pass over them.
pub(super) fn stats(content: &Content, bytes: usize) -> Stats {
    let bytes = bytes as u64;
    match content {
        Content::One(document, _) => stats_of(document, bytes),
        Content::Many(documents) => {
            let mut stats = Stats { bytes, ..Stats::default() };
            documents.iter().for_each(|(one, _)| count(one, 0, &mut stats));
            stats
        }
    }
}

/// What a document holds that was read from so many bytes.
pub(super) fn stats_of(document: &Document, bytes: u64) -> Stats {
    let mut stats = Stats { bytes, ..Stats::default() };
    count(document, 0, &mut stats);
    stats
}

fn count(document: &Document, depth: u32, stats: &mut Stats) {
    stats.count(document, depth);
    match document {
        Document::Arr(elements) => elements.iter().for_each(|element| count(element, depth + 1, stats)),
        Document::Obj(members) => members.values().for_each(|value| count(value, depth + 1, stats)),
        Document::Null
        | Document::Bool(_)
        | Document::Number(_)
        | Document::Str(_)
        | Document::Surrogates(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::super::build::Keep;
    use super::super::{Foreign, Reading, json, ndjson};
    use super::*;
    use crate::input::Input;
    use crate::{Budget, Code, DuplicateKeys};

    fn read(source: &[u8], reader: fn(&[u8], &Reading<'_>) -> Result<super::super::Read, Error>) -> Content {
        let limits = Limits::default();
        let budget = Budget::new(Arc::new(|| Duration::ZERO), Duration::from_secs(1), 1 << 20);
        let (duplicate_keys, foreign, keep) = (DuplicateKeys::Report, Foreign::Plain, Keep::Spans);
        let reading = Reading { limits: &limits, duplicate_keys, foreign, keep, budget: &budget };
        reader(source, &reading).unwrap().content
    }

    fn loss(pointer: &str, place: Option<Range<usize>>) -> Loss {
        Loss { code: Code::NullDropped, message: "gone".to_owned(), pointer: pointer.to_owned(), place }
    }

    /// Losses of a writer come out as `line:column-line:column pointer record`, in the order of the source.
    fn check(source: &str, content: &Content, pointers: Pointers, lost: &[&str], expected: &[&str]) {
        let (none, mut written) = (Losses::new(10), Losses::new(10));
        lost.iter().for_each(|pointer| written.add(|| loss(pointer, None)));
        let origin = Origin { source: source.as_bytes(), is_text: true };
        let stats = stats(content, source.len());
        let report = report(origin, content, (&none, (&written, pointers)), (stats, &Limits::default()));
        let shown = |found: &Diagnostic| {
            let (start, end) = (&found.start, &found.end);
            let (from, to) =
                (format!("{}:{}", start.line, start.column), format!("{}:{}", end.line, end.column));
            format!("{from}-{to} {} {}", start.json_pointer, start.record)
        };
        assert_eq!(report.diagnostics.iter().map(shown).collect::<Vec<_>>(), expected);
        assert_eq!(report.diagnostics_total, lost.len() as u64);
    }

    #[test]
    fn what_a_writer_lost_stands_where_its_value_stood() {
        let source = "{\"a\": [1,\n null],\r\n \"b/c\": {\"\\u00e9\": null},\"a\":[0,[\n]]}";
        let content = read(source.as_bytes(), |source, reading| json::read(&mut Input::of(source), reading));
        check(
            source,
            &content,
            Pointers::Root,
            &["/b~1c/é", "/a/1", "", "/a/1/7/x", "/none"],
            &[
                "1:1-4:4  0",
                "1:1-4:4 /none 0",
                "3:20-3:24 /b~1c/é 0",
                "3:33-4:2 /a/1 0",
                "3:33-4:2 /a/1/7/x 0",
            ],
        );
    }

    #[test]
    fn what_a_writer_lost_of_a_stream_names_the_record() {
        let source = "[1]\n\n{\"a\":null}\n";
        let content = read(source.as_bytes(), ndjson::read);
        let lost = ["/1/a", "/0/0", "/1"];
        check(source, &content, Pointers::Index, &lost, &["1:2-1:3 /0 1", "3:1-3:11  2", "3:6-3:10 /a 2"]);
        check(source, &content, Pointers::Root, &["/0"], &["1:2-1:3 /0 1"]);
    }

    #[test]
    fn what_is_no_text_has_bytes_only() {
        let content = Content::One(Document::Null, None);
        let (mut read, written) = (Losses::new(1), Losses::new(1));
        (0..3).for_each(|at| read.add(|| loss("/x", Some(at..at + 2))));
        let origin = Origin { source: b"\xf6\xf6\xf6\xf6", is_text: false };
        let losses = (&read, (&written, Pointers::Root));
        let report = report(origin, &content, losses, (Stats::default(), &Limits::default()));
        let [found] = &report.diagnostics[..] else { panic!("{report:?}") };
        assert_eq!((found.start.line, found.start.byte_offset, found.end.byte_offset), (0, 0, 2));
        assert_eq!((report.diagnostics_total, found.snippet.as_str()), (3, ""));
    }

    #[test]
    fn losses_of_a_stream_begin_with_the_index_that_was_entered() {
        let mut losses = Losses::new(2);
        losses.add(|| loss("/a", None));
        losses.enter(7);
        losses.add(|| loss("/a", None));
        assert_eq!(losses.kept().iter().map(|one| one.pointer.as_str()).collect::<Vec<_>>(), ["/a", "/7/a"]);
    }
}
