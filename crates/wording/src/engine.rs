//! Every way in which work on a document fails, in the words of the contract. The match is total: a new error of the engine
//! must be decided here.
//!
//! Promise: limits of the input are INVALID_ARGUMENT, budgets RESOURCE_EXHAUSTED, each with what was allowed. Cost: one failure.

use chassis::Failure;
use http::StatusCode;
use json_engine::{Error, LimitKind, PatchFault, Position, Report};
use serde_json::json;

use crate::with_diagnostics;

/// An error of the JSON engine.
pub fn engine_failure(error: Error) -> Failure {
    let message = error.to_string();
    match error {
        Error::Invalid(report) => invalid_document(&report, message, None),
        Error::Fidelity(report) => {
            with_diagnostics(Failure::invalid("FIDELITY_LOSS", message), &report, None)
        }
        Error::Limit { limit, allowed, actual, position } => {
            let failure = over_limit(limit, message)
                .with("allowed", allowed)
                .with("actual", actual)
                .with("unit", limit.unit());
            at_place(failure, position.as_ref())
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
        Error::Patch { fault, operation, op, pointer, position, .. } => {
            let failure = refused(fault, message).with("operation", operation).with("op", op);
            at_place(failure.with("pointer", pointer), position.as_deref())
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

/// The document is not what it claims to be: 422 `DOCUMENT_INVALID` with its findings, made by a step of a recipe or by a
/// call of its own.
pub fn invalid_document(report: &Report, message: String, step: Option<u32>) -> Failure {
    with_diagnostics(Failure::invalid("DOCUMENT_INVALID", message), report, step)
}

fn over_limit(limit: LimitKind, message: String) -> Failure {
    match limit {
        LimitKind::Output => Failure::exhausted(limit.reason(), message),
        LimitKind::Bytes
        | LimitKind::Depth
        | LimitKind::KeyText
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

#[cfg(test)]
mod tests {
    use json_engine::BudgetKind;
    use tonic::Code;

    use super::*;

    #[track_caller]
    fn check(error: Error, expected: (Code, &str, u16)) {
        let failure = engine_failure(error);
        let found = (failure.code, failure.reason.as_ref(), failure.http_status().as_u16());
        assert_eq!(found, expected, "{failure}");
    }

    fn over(limit: LimitKind) -> Error {
        Error::Limit { limit, allowed: 1, actual: 2, position: None }
    }

    fn patch(fault: PatchFault) -> Error {
        let (pointer, message) = ("/a".to_owned(), "no".to_owned());
        Error::Patch { fault, operation: 3, op: "test", pointer, message, position: None }
    }

    #[test]
    fn what_the_document_breaks_is_invalid_and_what_the_answer_breaks_is_exhausted() {
        check(over(LimitKind::Depth), (Code::InvalidArgument, "DEPTH_LIMIT", 413));
        check(over(LimitKind::Output), (Code::ResourceExhausted, "OUTPUT_TOO_LARGE", 422));
        let budget = Error::Budget { kind: BudgetKind::Time, allowed: 1, used: 2 };
        check(budget, (Code::ResourceExhausted, "BUDGET_TIME", 422));
    }

    #[test]
    fn a_program_that_fails_is_no_bad_request() {
        let message = "no".to_owned();
        check(Error::Program { message }, (Code::InvalidArgument, "PROGRAM_FAILED", 422));
    }

    #[test]
    fn a_patch_fails_by_what_is_wrong_and_names_its_operation() {
        check(patch(PatchFault::Invalid), (Code::InvalidArgument, "PATCH_INVALID", 400));
        check(patch(PatchFault::TestFailed), (Code::FailedPrecondition, "PATCH_TEST_FAILED", 409));
        check(patch(PatchFault::PathNotFound), (Code::NotFound, "PATCH_PATH_NOT_FOUND", 404));
        let facts = engine_failure(patch(PatchFault::TestFailed)).metadata.clone();
        let expected = [("operation", "3"), ("op", "test"), ("pointer", "/a")];
        assert_eq!(facts, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn one_of_several_texts_fails_as_it_would_alone() {
        let part = Error::Part { part: "patch", error: Box::new(over(LimitKind::Bytes)) };
        let failure = engine_failure(part);
        assert_eq!(
            (failure.reason.as_ref(), failure.metadata.last()),
            ("INPUT_BYTES_LIMIT", Some(&("part".to_owned(), "patch".to_owned())))
        );
    }
}
