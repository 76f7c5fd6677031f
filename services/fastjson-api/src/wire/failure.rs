//! Every way to fail, in the words of the contract. The matches are total: a new engine error must be decided here.

use chassis::Failure;
use client::json_mapping::JsonMappingError;
use context::HopLimit;
use fastjson_proto::fastjson::v1 as pb;
use http::StatusCode;
use json_engine::recipe::StepError;
use json_engine::{Error, LimitKind, PatchFault, Position, Report};
use prost::Message as _;
use prost_types::Any;
use serde_json::{Value, json};

use super::diagnostic::diagnostic;

/// Diagnostics in a status share its 4 KiB with the other details.
const MAX_DIAGNOSTICS_BYTES: usize = 3 << 10;

/// An error of the engine.
pub(crate) fn engine_failure(error: Error) -> Failure {
    let message = error.to_string();
    match error {
        Error::Invalid(report) => invalid_document(&report, message, None),
        Error::Limit { limit, allowed, actual, position } => {
            over_limit(limit, message, allowed, actual, position)
        }
        Error::Query { message: what, offset, column, snippet } => Failure::invalid("QUERY_INVALID", message)
            .with("offset", offset)
            .with("column", column)
            .extension(
                "queryError",
                json!({"message": what, "offset": offset, "column": column, "snippet": snippet}),
            ),
        Error::Program { .. } => {
            Failure::invalid("PROGRAM_FAILED", message).http(StatusCode::UNPROCESSABLE_ENTITY)
        }
        Error::PointerNotFound { pointer, found, .. } => {
            Failure::not_found("POINTER_NOT_FOUND", message).with("pointer", pointer).with("found", found)
        }
        Error::Option { name, allowed, .. } => {
            Failure::invalid("OPTION_INVALID", message).with("option", name).with("allowed", allowed)
        }
        Error::Fidelity(report) => lossy(&report, message),
        Error::Patch { fault, operation, pointer, position, .. } => {
            patch_failure(fault, message, position).with("operation", operation).with("pointer", pointer)
        }
        Error::MergePatch { pointer, .. } => {
            Failure::failed_precondition("DIFF_NOT_EXPRESSIBLE", message).with("pointer", pointer)
        }
        Error::Part { part, error } => {
            let mut failure = engine_failure(*error);
            failure.message = message;
            failure.with("part", part)
        }
        Error::Budget { kind, allowed, used } => Failure::exhausted(kind.reason(), message)
            .with("allowed", allowed)
            .with("used", used)
            .with("unit", kind.unit()),
    }
}

/// The error of a recipe, naming its step.
pub(crate) fn step_failure(error: StepError) -> Failure {
    let index = error.step;
    match error.error {
        Error::Invalid(report) => {
            let message = format!("step {index}: {}", Error::Invalid(report.clone()));
            invalid_document(&report, message, u32::try_from(index).ok()).with("step", index)
        }
        other => at_step(engine_failure(other), index),
    }
}

/// Names the step of a recipe that failed.
pub(crate) fn at_step(mut failure: Failure, index: usize) -> Failure {
    failure.message = format!("step {index}: {}", failure.message);
    failure.with("step", index)
}

fn over_limit(
    limit: LimitKind,
    message: String,
    allowed: u64,
    actual: u64,
    place: Option<Position>,
) -> Failure {
    let failure = match limit {
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
    };
    let failure = failure.with("allowed", allowed).with("actual", actual).with("unit", limit.unit());
    match place {
        Some(place) => at_place(failure, &place),
        None => failure,
    }
}

fn patch_failure(fault: PatchFault, message: String, position: Option<Box<Position>>) -> Failure {
    let failure = match fault {
        PatchFault::Invalid => Failure::invalid(fault.reason(), message),
        PatchFault::TestFailed => Failure::failed_precondition(fault.reason(), message),
        PatchFault::PathNotFound => Failure::not_found(fault.reason(), message),
    };
    match position {
        Some(place) => at_place(failure, &place),
        None => failure,
    }
}

fn at_place(failure: Failure, place: &Position) -> Failure {
    failure.with("byte_offset", place.byte_offset).with("line", place.line).with("column", place.column)
}

fn lossy(report: &Report, message: String) -> Failure {
    with_diagnostics(Failure::invalid("FIDELITY_LOSS", message), report, None)
}

fn invalid_document(report: &Report, message: String, step: Option<u32>) -> Failure {
    with_diagnostics(Failure::invalid("DOCUMENT_INVALID", message), report, step)
}

fn with_diagnostics(failure: Failure, report: &Report, step: Option<u32>) -> Failure {
    let diagnostics: Vec<pb::Diagnostic> =
        report.diagnostics.iter().map(|finding| diagnostic(finding, step)).collect();
    let rows: Vec<Value> = diagnostics.iter().map(problem_row).collect();
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

fn problem_row(diagnostic: &pb::Diagnostic) -> Value {
    let text = client::json_mapping::encode("fastjson.v1.Diagnostic", diagnostic);
    text.ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or(Value::Null)
}

/// A call that crossed the border already would have to cross it again.
pub(crate) fn hop_limit(error: HopLimit) -> Failure {
    let message = format!("{error}; send the document itself instead of a reference");
    Failure::failed_precondition("HOP_LIMIT", message).with("from", error.from)
}

/// A message in the protobuf JSON mapping that cannot be read.
pub(crate) fn json_mapping(reason: &'static str, error: JsonMappingError) -> Failure {
    Failure::invalid(reason, error.to_string()).with("path", error.path)
}
