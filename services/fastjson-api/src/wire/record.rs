//! Errors of records, with their places in the whole stream.

use fastjson_proto::fastjson::v1 as pb;
use json_engine::recipe::StepError;
use json_engine::{Diagnostic, Error, Position, Report};

use super::{diagnostic, engine_failure};

/// Most diagnostics of a record.
const MAX_DIAGNOSTICS: usize = 10;

/// Where a record stands in its stream.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin {
    /// Its number, 1-based.
    pub(crate) record: u64,
    /// Bytes before it.
    pub(crate) bytes: u64,
    /// Lines before it.
    pub(crate) lines: u64,
    /// Steps up to and with this one look at the record as it came; places of later ones are those in its answer so far.
    pub(crate) until_step: usize,
}

/// Why a record has no answer.
pub(crate) fn record_error(error: StepError, origin: Origin) -> pb::RecordError {
    let step = u32::try_from(error.step).unwrap_or(u32::MAX);
    let is_source = error.step <= origin.until_step;
    let moved = moved_error(error.error, &|place| {
        let (bytes, lines) = if is_source { (origin.bytes, origin.lines) } else { (0, 0) };
        place.byte_offset += bytes;
        // A binary text has no lines.
        place.line += if place.line > 0 { lines } else { 0 };
        place.record = origin.record;
    });
    let message = message(&moved);
    let (reason, found) = match moved {
        Error::Invalid(report) => ("DOCUMENT_INVALID".to_owned(), report.diagnostics),
        Error::Fidelity(report) => ("FIDELITY_LOSS".to_owned(), report.diagnostics),
        other @ (Error::Limit { .. }
        | Error::Query { .. }
        | Error::Program { .. }
        | Error::PointerNotFound { .. }
        | Error::Patch { .. }
        | Error::MergePatch { .. }
        | Error::Part { .. }
        | Error::Option { .. }
        | Error::Budget { .. }) => (engine_failure(other).reason.to_string(), Vec::new()),
    };
    let diagnostics = found.iter().take(MAX_DIAGNOSTICS).map(|one| diagnostic(one, Some(step))).collect();
    pb::RecordError { reason, message, step, diagnostics }
}

/// What is said of an error; a limit says where it was met, since a record has no other details.
fn message(error: &Error) -> String {
    match error {
        Error::Limit { position: Some(place), .. } => {
            format!("{error}; at line {}, column {}", place.line, place.column)
        }
        other => other.to_string(),
    }
}

fn moved_error(error: Error, shift: &dyn Fn(&mut Position)) -> Error {
    match error {
        Error::Invalid(report) => Error::Invalid(moved_report(report, shift)),
        Error::Fidelity(report) => Error::Fidelity(moved_report(report, shift)),
        Error::Limit { limit, allowed, actual, mut position } => {
            position.iter_mut().for_each(shift);
            Error::Limit { limit, allowed, actual, position }
        }
        // What a patch or a merge takes from the record it calls a part.
        Error::Part { part: part @ ("document" | "from" | "ours"), error } => {
            Error::Part { part, error: Box::new(moved_error(*error, shift)) }
        }
        other @ (Error::Query { .. }
        | Error::Program { .. }
        | Error::PointerNotFound { .. }
        | Error::Patch { .. }
        | Error::MergePatch { .. }
        | Error::Part { .. }
        | Error::Option { .. }
        | Error::Budget { .. }) => other,
    }
}

fn moved_report(mut report: Box<Report>, shift: &dyn Fn(&mut Position)) -> Box<Report> {
    move_all(&mut report.diagnostics, shift);
    report
}

/// Recurses as deep as causes are.
fn move_all(diagnostics: &mut [Diagnostic], shift: &dyn Fn(&mut Position)) {
    for Diagnostic { start, end, fix, causes, .. } in diagnostics {
        move_all(causes, shift);
        let at = start.byte_offset;
        shift(start);
        shift(end);
        if let Some(fix) = fix {
            let by = start.byte_offset - at;
            (fix.start, fix.end) = (fix.start + by, fix.end + by);
        }
    }
}
