//! Errors of a store in the words of the contract.

use chassis::Failure;

use super::{Error, Kind};

/// The error of a store of `kind`.
pub(crate) fn failure(kind: Kind, error: Error) -> Failure {
    let message = format!("{error}");
    match error {
        Error::Conflict { newest } | Error::Overtaken { newest } => {
            Failure::aborted("VERSION_CONFLICT", message).with("version", newest)
        }
        Error::Full { limit, unit, allowed, actual } => Failure::failed_precondition(
            "REGISTRY_FULL",
            format!("{message}; a {} less makes room", kind.word()),
        )
        .with("limit", limit)
        .with("allowed", allowed)
        .with("actual", actual)
        .with("unit", unit),
        Error::IdTaken { name } => {
            Failure::failed_precondition("SCHEMA_ID_TAKEN", message).with("name", name.as_str())
        }
        Error::Unavailable(message) => Failure::unavailable("REGISTRY_UNAVAILABLE", message),
    }
}
