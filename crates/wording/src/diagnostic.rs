//! Findings of the JSON engine in the words of the contract.
//!
//! Promise: all facts of the engine's finding, and no key or value over 64 bytes. Cost: one message a finding, of those that an
//! answer carries.

use chassis::Failure;
use fastjson_proto::fastjson::v1 as pb;
use http::StatusCode;
use json_engine::{Diagnostic, Fix, Position, Report, Severity};
use prost::Message as _;
use prost_types::Any;
use serde_json::Value;

use crate::json_value;

/// Diagnostics in a status share its 4 KiB with the other details.
const MAX_DIAGNOSTICS_BYTES: usize = 3 << 10;

/// All kept findings of a report.
pub fn diagnostics(report: &Report) -> Vec<pb::Diagnostic> {
    report.diagnostics.iter().map(|finding| diagnostic(finding, None)).collect()
}

/// One finding, with the step of the recipe that made it.
pub fn diagnostic(finding: &Diagnostic, step: Option<u32>) -> pb::Diagnostic {
    let severity = match finding.severity {
        Severity::Error => pb::Severity::Error,
        Severity::Warning => pb::Severity::Warning,
    };
    pb::Diagnostic {
        severity: severity.into(),
        code: finding.code.as_str().to_owned(),
        message: finding.message.clone(),
        start: Some(position(&finding.start)),
        end: Some(position(&finding.end)),
        snippet: finding.snippet.clone(),
        schema_pointer: finding.schema_pointer.clone(),
        keyword: finding.keyword.clone(),
        step,
        fix: finding.fix.as_ref().map(fix),
        causes: finding.causes.iter().map(|cause| diagnostic(cause, step)).collect(),
    }
}

fn fix(fix: &Fix) -> pb::Fix {
    pb::Fix { start: fix.start, end: fix.end, replacement: fix.replacement.clone() }
}

/// A place in a document.
pub fn position(position: &Position) -> pb::Position {
    pb::Position {
        byte_offset: position.byte_offset,
        line: position.line,
        column: position.column,
        column_utf16: position.column_utf16,
        json_pointer: position.json_pointer.clone(),
        record: position.record,
    }
}

/// A failure because of what a document holds: 422, with the findings of the report. REST carries all that the report
/// kept, a gRPC status the first that fit into 3 KiB, both how many there are.
#[must_use]
pub fn with_diagnostics(failure: Failure, report: &Report, step: Option<u32>) -> Failure {
    let diagnostics: Vec<pb::Diagnostic> =
        report.diagnostics.iter().map(|finding| diagnostic(finding, step)).collect();
    let rows: Vec<Value> = diagnostics.iter().map(|one| json_value("fastjson.v1.Diagnostic", one)).collect();
    failure
        .http(StatusCode::UNPROCESSABLE_ENTITY)
        .extension("diagnostics", rows)
        .extension("diagnosticsTotal", report.diagnostics_total)
        .detail(detail(diagnostics, report.diagnostics_total))
}

/// The first diagnostics that fit.
fn detail(diagnostics: Vec<pb::Diagnostic>, diagnostics_total: u64) -> Any {
    let mut kept = pb::Diagnostics { diagnostics: Vec::new(), diagnostics_total };
    for diagnostic in diagnostics {
        kept.diagnostics.push(diagnostic);
        if kept.encoded_len() > MAX_DIAGNOSTICS_BYTES {
            kept.diagnostics.pop();
            break;
        }
    }
    Any { type_url: "type.googleapis.com/fastjson.v1.Diagnostics".to_owned(), value: kept.encode_to_vec() }
}

#[cfg(test)]
mod tests {
    use json_engine::{DuplicateKeys, ScanOptions};

    use super::*;

    /// What a status says of an object that has a key this many times more than once: does it carry all findings?
    fn check(doubles: usize, all: bool) {
        let text = format!("{{\"k\":0{}}}", ",\"k\":0".repeat(doubles));
        let options = ScanOptions { duplicate_keys: DuplicateKeys::Reject, ..Default::default() };
        let report = json_engine::validate(text.as_bytes(), &options).unwrap();
        let failure = with_diagnostics(Failure::invalid("DOCUMENT_INVALID", ""), &report, Some(2));

        let detail = failure.details[0].value.as_slice();
        assert!(detail.len() <= MAX_DIAGNOSTICS_BYTES, "{}", detail.len());
        let told = pb::Diagnostics::decode(detail).unwrap();
        assert_eq!(told.diagnostics_total, doubles as u64);
        assert_eq!(told.diagnostics.len() == doubles, all, "{}", told.diagnostics.len());
        assert!(told.diagnostics.iter().all(|one| one.step == Some(2)));
        assert_eq!(failure.problem["diagnostics"].as_array().unwrap().len(), doubles);
        assert_eq!(failure.http_status(), StatusCode::UNPROCESSABLE_ENTITY);
    }

    #[test]
    fn a_status_carries_the_first_diagnostics_that_fit() {
        check(1, true);
        check(99, false);
    }
}
