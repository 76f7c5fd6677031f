//! Place: failures as diagnostics with line and column. One pass over the source for all of them.

use super::{Failure, Failures};
use crate::pointer::cut_pointer;
use crate::position::Positions;
use crate::scan::snippet;
use crate::{Code, Diagnostic, Position, Report, Severity, Stats};

/// The failures in the order of the source, and so the causes of each.
pub(super) fn report(source: &[u8], is_text: bool, failures: Failures<'_>, stats: Stats) -> Report {
    let mut offsets = Vec::new();
    // Binary formats have bytes and no lines.
    if is_text {
        add_offsets(&failures.kept, &mut offsets);
    }
    let placed = Placed { source, is_text, positions: Positions::of(source, offsets) };
    Report { diagnostics: placed.all(failures.kept), diagnostics_total: failures.total, stats }
}

/// Recurses as deep as causes are.
fn add_offsets(failures: &[Failure], offsets: &mut Vec<usize>) {
    for failure in failures {
        offsets.extend([failure.place.start, failure.place.end]);
        add_offsets(&failure.causes, offsets);
    }
}

/// A source whose places are known.
struct Placed<'s> {
    source: &'s [u8],
    is_text: bool,
    positions: Positions,
}

impl Placed<'_> {
    fn all(&self, mut failures: Vec<Failure>) -> Vec<Diagnostic> {
        failures.sort_by_key(|failure| failure.place.start);
        failures.into_iter().map(|failure| self.finding(failure)).collect()
    }

    /// Recurses as deep as causes are.
    fn finding(&self, failure: Failure) -> Diagnostic {
        let at = |offset: usize| Position {
            json_pointer: cut_pointer(failure.pointer.clone()),
            record: failure.record,
            ..self.positions.at(offset)
        };
        let start = failure.place.start;
        Diagnostic {
            severity: Severity::Error,
            code: Code::SchemaViolation,
            start: at(start),
            end: at(failure.place.end),
            snippet: if self.is_text { snippet(self.source, start) } else { String::new() },
            message: failure.message,
            fix: None,
            schema_pointer: cut_pointer(failure.schema_pointer),
            keyword: failure.keyword,
            causes: self.all(failure.causes),
        }
    }
}
