//! Every way to fail that only this service knows, in the words of the contract.

use chassis::Failure;
use client::json_mapping::JsonMappingError;
use context::HopLimit;
use json_engine::Error;
use json_engine::recipe::StepError;
use wording::{engine_failure, invalid_document};

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

/// A call that crossed the border already would have to cross it again.
pub(crate) fn hop_limit(error: HopLimit) -> Failure {
    wording::hop_limit(error, "send the document itself instead of a reference")
}

/// A message in the protobuf JSON mapping that cannot be read.
pub(crate) fn json_mapping(reason: &'static str, error: JsonMappingError) -> Failure {
    Failure::invalid(reason, error.to_string()).with("path", error.path)
}
