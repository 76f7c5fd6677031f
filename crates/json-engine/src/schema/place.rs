//! Place: failures as diagnostics with line and column. One pass over the source for all of them.

use super::{Failure, Failures};
use crate::position::Positions;
use crate::scan::{cut_pointer, snippet};
use crate::{Code, Diagnostic, Position, Report, Severity, Stats};

/// The failures in the order of the source.
pub(super) fn report(source: &[u8], is_text: bool, failures: Failures<'_>, stats: Stats) -> Report {
    let mut kept = failures.kept;
    kept.sort_by_key(|failure| failure.place.start);
    let offsets = kept.iter().flat_map(|one| [one.place.start, one.place.end]);
    // Binary formats have bytes and no lines.
    let offsets = if is_text { offsets.collect() } else { Vec::new() };
    let positions = Positions::of(source, offsets);
    let at = |offset: usize, one: &Failure| Position {
        json_pointer: cut_pointer(one.pointer.clone()),
        record: one.record,
        ..positions.at(offset)
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
