//! Conflicts of a three-way merge as findings about the document that won them.

use crate::patch::{Conflict, ConflictKind, Merged};
use crate::pointer::{Pointer, locate};
use crate::scan::diagnostic_at;
use crate::{Code, Diagnostic, Report, ScanOptions, Severity};

/// A warning for each conflict, in the order of the merge.
pub(super) fn report(text: &[u8], merged: &Merged, options: &ScanOptions) -> Report {
    let finding = |conflict: &Conflict| finding(text, conflict, options);
    Report {
        diagnostics: merged.conflicts.iter().map(finding).collect(),
        diagnostics_total: merged.conflicts_total,
        ..Report::default()
    }
}

fn finding(text: &[u8], conflict: &Conflict, options: &ScanOptions) -> Diagnostic {
    let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
    let what = match conflict.kind {
        ConflictKind::BothChanged => "both sides changed the value",
        ConflictKind::BothAdded => "both sides added the value",
        ConflictKind::WeRemoved => "the document removed what the other version changed",
        ConflictKind::TheyRemoved => "the other version removed what the document changed",
        ConflictKind::BothReordered => "both sides changed the order of the array",
    };
    let (base, ours, theirs) = (shown(&conflict.base), shown(&conflict.ours), shown(&conflict.theirs));
    let message = format!("{what}: from {base} to {ours}, which stays, and to {theirs}");
    // What the document removed has no place in it.
    let place = Pointer::parse(&conflict.pointer).and_then(|pointer| locate(text, &pointer, options));
    let place = place.unwrap_or(0..0);
    diagnostic_at(text, (Severity::Warning, Code::MergeConflict), message, place, &conflict.pointer)
}
