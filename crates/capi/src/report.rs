//! Report: how a call went, for those who ask.

mod json;

use std::borrow::Cow;
use std::ffi::{CStr, CString, c_char};
use std::sync::OnceLock;

use json_engine::{Error, Position};

use crate::code::Failure;

/// No place: what fastjson_report_byte_offset gives where there is none.
pub const FASTJSON_NO_OFFSET: u64 = 0xffff_ffff_ffff_ffff;

/// What a call that worked has to say beside its answer.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    /// Warnings, and what the document holds.
    pub(crate) found: json_engine::Report,
    /// How many values were selected.
    pub(crate) hits: u64,
    /// What the source was read as, FASTJSON_FORMAT_*; 0 where that is not known.
    pub(crate) format: u32,
}

impl Notes {
    /// Nothing but the findings.
    pub(crate) fn of(found: json_engine::Report) -> Notes {
        Notes { found, hits: 0, format: 0 }
    }
}

/// How a call went. Nothing changes it, so that any number of threads may ask it at the same time. What its functions give
/// belongs to it and lives as long as it does. Asked of NULL, they give nothing: an empty text, 0.
#[derive(Debug)]
pub struct Report {
    reason: Cow<'static, CStr>,
    message: Cow<'static, CStr>,
    place: Option<Place>,
    notes: Notes,
    diagnostics: OnceLock<CString>,
    stats: OnceLock<CString>,
}

/// Where the trouble is. Line and column are 0 in binary documents.
#[derive(Debug, Clone, Copy)]
struct Place {
    byte_offset: u64,
    line: u64,
    column: u64,
}

impl Report {
    pub(crate) fn new(told: Result<Notes, Failure>) -> Report {
        let (reason, message, place, notes) = match told {
            Ok(notes) => (Cow::Borrowed(c""), Cow::Borrowed(c""), None, notes),
            Err(failure) => {
                let message = Cow::Owned(c_text(failure.to_string()));
                let reason = Cow::Owned(c_text(failure.verdict().1.to_owned()));
                let place = place(&failure);
                (reason, message, place, Notes::of(found(failure)))
            }
        };
        Report { reason, message, place, notes, diagnostics: OnceLock::new(), stats: OnceLock::new() }
    }
}

/// A text as C has it; a zero byte in it, which a program may put into its error, is shown as its picture.
fn c_text(text: String) -> CString {
    CString::new(text.replace('\0', "\u{2400}")).unwrap_or_default()
}

fn place(failure: &Failure) -> Option<Place> {
    match failure {
        Failure::Engine(error) => place_of(error),
        Failure::Argument { .. } | Failure::Panic(_) => None,
    }
}

fn place_of(error: &Error) -> Option<Place> {
    match error {
        Error::Invalid(report) => {
            let is_error =
                |finding: &&json_engine::Diagnostic| finding.severity == json_engine::Severity::Error;
            report.diagnostics.iter().find(is_error).map(|finding| Place::from(&finding.start))
        }
        Error::Fidelity(report) => report.diagnostics.first().map(|finding| Place::from(&finding.start)),
        Error::Limit { position, .. } => position.as_ref().map(Place::from),
        Error::Query { offset, column, .. } => Some(Place { byte_offset: *offset, line: 1, column: *column }),
        Error::Patch { position, .. } => position.as_deref().map(Place::from),
        Error::Part { error, .. } => place_of(error),
        Error::Program { .. }
        | Error::PointerNotFound { .. }
        | Error::MergePatch { .. }
        | Error::Option { .. }
        | Error::Budget { .. } => None,
    }
}

impl From<&Position> for Place {
    fn from(position: &Position) -> Place {
        Place { byte_offset: position.byte_offset, line: position.line, column: position.column }
    }
}

/// The findings that a failure carries.
fn found(failure: Failure) -> json_engine::Report {
    match failure {
        Failure::Engine(error) => found_by(error),
        Failure::Argument { .. } | Failure::Panic(_) => json_engine::Report::default(),
    }
}

fn found_by(error: Error) -> json_engine::Report {
    match error {
        Error::Invalid(report) | Error::Fidelity(report) => *report,
        Error::Part { error, .. } => found_by(*error),
        Error::Limit { .. }
        | Error::Query { .. }
        | Error::Program { .. }
        | Error::PointerNotFound { .. }
        | Error::Patch { .. }
        | Error::MergePatch { .. }
        | Error::Option { .. }
        | Error::Budget { .. } => json_engine::Report::default(),
    }
}

/// The stable reason of a failure in upper case, as the gRPC contract spells it, such as "DOCUMENT_INVALID" or "BUDGET_TIME";
/// empty after FASTJSON_OK. UTF-8, ended by a zero byte, valid as long as the report.
///
/// # Safety
/// `report` is NULL or a report that is not freed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fastjson_report_reason(report: *const Report) -> *const c_char {
    // SAFETY: NULL or a living report, here and in each function below.
    unsafe { report.as_ref() }.map_or(c"".as_ptr(), |report| report.reason.as_ptr())
}

/// A sentence for people: what was found, where, and what was allowed. Echoes no key or value over 64 bytes. Empty after
/// FASTJSON_OK. UTF-8, ended by a zero byte, valid as long as the report.
///
/// # Safety
/// `report` is NULL or a report that is not freed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fastjson_report_message(report: *const Report) -> *const c_char {
    // SAFETY: see fastjson_report_reason.
    unsafe { report.as_ref() }.map_or(c"".as_ptr(), |report| report.message.as_ptr())
}

/// Line of the first error, 1-based; 0 where there is none, and in binary documents. Of a query that cannot be compiled 1.
///
/// # Safety
/// `report` is NULL or a report that is not freed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fastjson_report_line(report: *const Report) -> u64 {
    // SAFETY: see fastjson_report_reason.
    unsafe { report.as_ref() }.and_then(|report| report.place).map_or(0, |place| place.line)
}

/// Column of the first error in Unicode scalar values, 1-based; 0 where there is none, and in binary documents. Of a query that
/// cannot be compiled the place in the program.
///
/// # Safety
/// `report` is NULL or a report that is not freed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fastjson_report_column(report: *const Report) -> u64 {
    // SAFETY: see fastjson_report_reason.
    unsafe { report.as_ref() }.and_then(|report| report.place).map_or(0, |place| place.column)
}

/// Byte of the first error, 0-based; FASTJSON_NO_OFFSET where there is none. Of a query that cannot be compiled the place in the
/// program.
///
/// # Safety
/// `report` is NULL or a report that is not freed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fastjson_report_byte_offset(report: *const Report) -> u64 {
    // SAFETY: see fastjson_report_reason.
    let place = unsafe { report.as_ref() }.and_then(|report| report.place);
    place.map_or(FASTJSON_NO_OFFSET, |place| place.byte_offset)
}

/// The findings, at most `max_diagnostics`, in the order of the document: a JSON array of what the gRPC contract calls Diagnostic,
/// in the JSON form of REST. Warnings of a call that worked are here too. Written when it is first asked for. UTF-8, ended by a
/// zero byte, valid as long as the report.
///
/// # Safety
/// `report` is NULL or a report that is not freed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fastjson_report_diagnostics(report: *const Report) -> *const c_char {
    // SAFETY: see fastjson_report_reason.
    unsafe { report.as_ref() }.map_or(c"[]".as_ptr(), |report| {
        report.diagnostics.get_or_init(|| c_text(json::diagnostics(&report.notes.found))).as_ptr()
    })
}

/// How many findings there are in all.
///
/// # Safety
/// `report` is NULL or a report that is not freed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fastjson_report_diagnostics_total(report: *const Report) -> u64 {
    // SAFETY: see fastjson_report_reason.
    unsafe { report.as_ref() }.map_or(0, |report| report.notes.found.diagnostics_total)
}

/// What the document holds, up to the first error: a JSON object of what the gRPC contract calls DocumentStats. Written when it
/// is first asked for. UTF-8, ended by a zero byte, valid as long as the report.
///
/// # Safety
/// `report` is NULL or a report that is not freed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fastjson_report_stats(report: *const Report) -> *const c_char {
    // SAFETY: see fastjson_report_reason.
    unsafe { report.as_ref() }.map_or(c"{}".as_ptr(), |report| {
        report.stats.get_or_init(|| c_text(json::stats(&report.notes.found.stats))).as_ptr()
    })
}

/// How many values a query selected; for JMESPath 1, null included. 0 after any other call.
///
/// # Safety
/// `report` is NULL or a report that is not freed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fastjson_report_hits(report: *const Report) -> u64 {
    // SAFETY: see fastjson_report_reason.
    unsafe { report.as_ref() }.map_or(0, |report| report.notes.hits)
}

/// What a conversion read its source as, FASTJSON_FORMAT_*; 0 after any other call.
///
/// # Safety
/// `report` is NULL or a report that is not freed yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fastjson_report_format(report: *const Report) -> u32 {
    // SAFETY: see fastjson_report_reason.
    unsafe { report.as_ref() }.map_or(0, |report| report.notes.format)
}

/// Frees a report and all that its functions gave. NULL does nothing.
///
/// # Safety
/// `report` is NULL or a report that is not freed yet, and no thread is in a function with it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fastjson_report_free(report: *mut Report) {
    if !report.is_null() {
        // SAFETY: it came from `Box::into_raw` where the call wrote it, and is freed once.
        drop(unsafe { Box::from_raw(report) });
    }
}

/// What the header promises of a report.
const fn shared<T: Send + Sync>() {}
const _: () = shared::<Report>();
