//! Every way to fail, in the words of the contract. The match is total: a new engine error must be decided here.

use cache_engine::Error;
use chassis::Failure;
use context::HopLimit;
use http::StatusCode;
use tonic::Code;

use crate::snapshot::Refusal;

/// An error of the engine.
pub(crate) fn engine_failure(error: Error) -> Failure {
    let (reason, message) = (error.reason(), error.to_string());
    match error {
        Error::NamespaceNotFound { .. } => Failure::not_found(reason, message),
        Error::KeyTooLong { allowed, actual }
        | Error::ContentTypeTooLong { allowed, actual }
        | Error::TagInvalid { allowed, actual }
        | Error::RequestIdInvalid { allowed, actual } => {
            Failure::outside(reason, message, (allowed as u64, actual as u64)).with("unit", "bytes")
        }
        Error::TagsLimit { allowed, actual } => {
            Failure::outside(reason, message, (allowed as u64, actual as u64)).with("unit", "tags")
        }
        Error::NotANumber { .. } => Failure::failed_precondition(reason, message),
        Error::IncrementOverflow { min, max } => {
            Failure::failed_precondition(reason, message).with("min", min).with("max", max)
        }
        Error::ValueTooLarge { allowed, actual } => {
            Failure::outside(reason, message, (allowed, actual)).with("unit", "bytes")
        }
        Error::Capacity { allowed, actual } => {
            sized(Failure::exhausted(reason, message), allowed, actual).http(StatusCode::PAYLOAD_TOO_LARGE)
        }
        Error::NamespaceFull { actual } => {
            Failure::exhausted(reason, message).with("actual", actual).with("unit", "bytes")
        }
        Error::TtlInvalid { .. } => Failure::invalid(reason, message).with("allowed", super::life::ALLOWED),
        Error::KeyEmpty
        | Error::LifeInvalid { .. }
        | Error::NamespaceInvalid { .. }
        | Error::VersionInvalid { .. }
        | Error::BoundsInvalid { .. }
        | Error::RequestIdReused
        | Error::ConfigInvalid { .. }
        | Error::DependencyCycle
        | Error::CursorInvalid => Failure::invalid(reason, message),
        Error::DependencySteps { allowed } => {
            Failure::invalid(reason, message).with("limit", "dependency_steps").with("allowed", allowed)
        }
        Error::DependenciesLimit { allowed } => Failure::exhausted(reason, message)
            .with("limit", "compute.max_dependencies")
            .with("allowed", allowed),
        Error::WatchLogsLimit { allowed } => Failure::exhausted(reason, message)
            .with("limit", "watch.max_log_bytes")
            .with("allowed", allowed)
            .retry_after(std::time::Duration::from_secs(1)),
        Error::NamespaceExists { .. } => Failure::new(Code::AlreadyExists, reason, message),
        Error::NamespaceProtected { .. } => Failure::failed_precondition(reason, message),
        Error::NamespacesLimit { allowed } => {
            Failure::exhausted(reason, message).with("limit", "store.max_namespaces").with("allowed", allowed)
        }
        Error::MemoryLimit { allowed, actual } => sized(Failure::exhausted(reason, message), allowed, actual)
            .with("limit", "store.memory_limit_bytes"),
        Error::FlightsLimit { allowed } => Failure::exhausted(reason, message)
            .with("limit", "compute.max_flights")
            .with("allowed", allowed)
            .retry_after(std::time::Duration::from_millis(100)),
        Error::Load(error) => super::load_failure(&error),
        Error::ComputationFailed => Failure::internal(reason, message),
    }
}

fn sized(failure: Failure, allowed: u64, actual: u64) -> Failure {
    failure.with("allowed", allowed).with("actual", actual).with("unit", "bytes")
}

/// No snapshot was taken.
pub(crate) fn snapshot_failure(refusal: Refusal) -> Failure {
    let message = refusal.to_string();
    match refusal {
        Refusal::Off => {
            Failure::failed_precondition("SNAPSHOT_OFF", message).with("setting", "snapshot.path")
        }
        Refusal::Running => {
            Failure::aborted("SNAPSHOT_RUNNING", message).retry_after(std::time::Duration::from_secs(1))
        }
        Refusal::Failed(error) => Failure::internal(error.reason(), message),
    }
}

/// A call that crossed the border already would have to cross it again.
pub(crate) fn hop_limit(error: HopLimit) -> Failure {
    wording::hop_limit(error, "set the value itself instead of having it computed")
}

/// The receipt is one of another kind of write, which the store rules out.
pub(crate) fn foreign_receipt() -> Failure {
    Failure::internal("RECEIPT", "the store gave the receipt of another write")
}
