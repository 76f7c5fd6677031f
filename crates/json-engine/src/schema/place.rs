//! Place: failures as diagnostics with line and column. One pass over the source for all of them.

use super::{Failure, Failures};
use crate::scan::{Cursor, cut_pointer, snippet};
use crate::{Code, Diagnostic, Position, Report, Severity, Stats};

/// The failures in the order of the source.
pub(super) fn report(source: &[u8], is_text: bool, failures: Failures<'_>, stats: Stats) -> Report {
    let mut kept = failures.kept;
    kept.sort_by_key(|failure| failure.place.start);
    let mut offsets: Vec<usize> = kept.iter().flat_map(|one| [one.place.start, one.place.end]).collect();
    offsets.sort_unstable();
    offsets.dedup();
    let mut cursor = Cursor::default();
    let mut place = |offset: usize| {
        if !is_text {
            return Position { byte_offset: offset as u64, ..Position::default() };
        }
        cursor.advance(source, offset);
        cursor.position(String::new())
    };
    let places: Vec<Position> = offsets.iter().map(|offset| place(*offset)).collect();
    let at = |offset: usize, one: &Failure| Position {
        json_pointer: cut_pointer(one.pointer.clone()),
        record: one.record,
        ..offsets.binary_search(&offset).map(|index| places[index].clone()).unwrap_or_default()
    };
    let finding = |one: Failure| Diagnostic {
        severity: Severity::Error,
        code: Code::SchemaViolation,
        start: at(one.place.start, &one),
        end: at(one.place.end, &one),
        snippet: if is_text { snippet(source, one.place.start) } else { String::new() },
        message: one.message,
        fix: None,
        schema_pointer: cut_pointer(one.schema_pointer),
        keyword: one.keyword,
    };
    let diagnostics = kept.into_iter().map(finding).collect();
    Report { diagnostics, diagnostics_total: failures.total, stats }
}
