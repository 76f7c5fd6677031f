//! Every way in which work on a document fails, in the words of the contract; as fastjson-api says the same.

use chassis::Failure;
use fastjson_proto::fastjson::v1 as pb;
use http::StatusCode;
use json_engine::{Diagnostic, Error, Fix, LimitKind, PatchFault, Position, Report, Severity};
use prost::Message as _;
use prost_types::Any;
use serde_json::Value;

/// Diagnostics in a status share its 4 KiB with the other details.
const MAX_DIAGNOSTICS_BYTES: usize = 3 << 10;

/// An error of the JSON engine.
pub(crate) fn document_failure(error: Error) -> Failure {
    let message = error.to_string();
    match error {
        Error::Invalid(report) => with_diagnostics(Failure::invalid("DOCUMENT_INVALID", message), &report),
        Error::Fidelity(report) => with_diagnostics(Failure::invalid("FIDELITY_LOSS", message), &report),
        Error::Limit { limit, allowed, actual, position } => {
            let failure = over_limit(limit, message)
                .with("allowed", allowed)
                .with("actual", actual)
                .with("unit", limit.unit());
            at_place(failure, position.as_ref())
        }
        Error::Query { offset, column, .. } => {
            Failure::invalid("QUERY_INVALID", message).with("offset", offset).with("column", column)
        }
        Error::Program { .. } => Failure::invalid("PROGRAM_FAILED", message),
        Error::PointerNotFound { pointer, found, .. } => {
            Failure::not_found("POINTER_NOT_FOUND", message).with("pointer", pointer).with("found", found)
        }
        Error::Option { name, allowed, .. } => {
            Failure::invalid("OPTION_INVALID", message).with("option", name).with("allowed", allowed)
        }
        Error::Patch { fault, operation, op, pointer, position, .. } => {
            let failure = refused(fault, message).with("operation", operation).with("op", op);
            at_place(failure.with("pointer", pointer), position.as_deref())
        }
        Error::MergePatch { pointer, .. } => {
            Failure::failed_precondition("DIFF_NOT_EXPRESSIBLE", message).with("pointer", pointer)
        }
        Error::Part { part, error } => {
            let mut failure = document_failure(*error);
            failure.message = message;
            failure.with("part", part)
        }
        Error::Budget { kind, allowed, used } => Failure::exhausted(kind.reason(), message)
            .with("allowed", allowed)
            .with("used", used)
            .with("unit", kind.unit()),
    }
}

fn over_limit(limit: LimitKind, message: String) -> Failure {
    match limit {
        LimitKind::Output => Failure::exhausted(limit.reason(), message),
        LimitKind::Bytes
        | LimitKind::Depth
        | LimitKind::Nodes
        | LimitKind::NumberDigits
        | LimitKind::PatchOperations
        | LimitKind::QueryBytes
        | LimitKind::RecipeSteps
        | LimitKind::SchemaEffort
        | LimitKind::Token => Failure::invalid(limit.reason(), message),
    }
}

fn refused(fault: PatchFault, message: String) -> Failure {
    match fault {
        PatchFault::Invalid => Failure::invalid(fault.reason(), message),
        PatchFault::TestFailed => Failure::failed_precondition(fault.reason(), message),
        PatchFault::PathNotFound => Failure::not_found(fault.reason(), message),
    }
}

fn at_place(failure: Failure, place: Option<&Position>) -> Failure {
    let Some(place) = place else { return failure };
    failure.with("byte_offset", place.byte_offset).with("line", place.line).with("column", place.column)
}

/// The findings of a report, as many as fit.
pub(crate) fn with_diagnostics(failure: Failure, report: &Report) -> Failure {
    let diagnostics: Vec<pb::Diagnostic> = report.diagnostics.iter().map(diagnostic).collect();
    let rows: Vec<Value> = diagnostics.iter().map(problem_row).collect();
    failure
        .http(StatusCode::UNPROCESSABLE_ENTITY)
        .extension("diagnostics", rows)
        .extension("diagnosticsTotal", report.diagnostics_total)
        .detail(detail(diagnostics, report.diagnostics_total))
}

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

fn problem_row(diagnostic: &pb::Diagnostic) -> Value {
    let text = client::json_mapping::encode("fastjson.v1.Diagnostic", diagnostic);
    text.ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or(Value::Null)
}

fn diagnostic(finding: &Diagnostic) -> pb::Diagnostic {
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
        step: None,
        fix: finding.fix.as_ref().map(fix),
    }
}

fn fix(fix: &Fix) -> pb::Fix {
    pb::Fix { start: fix.start, end: fix.end, replacement: fix.replacement.clone() }
}

fn position(position: &Position) -> pb::Position {
    pb::Position {
        byte_offset: position.byte_offset,
        line: position.line,
        column: position.column,
        column_utf16: position.column_utf16,
        json_pointer: position.json_pointer.clone(),
        record: position.record,
    }
}
