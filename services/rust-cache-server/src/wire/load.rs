//! Tokens and leases, between the contract and the engine.

use std::time::Duration;

use cache_engine::{LoadError, Rate, Take};
use chassis::Failure;
use fastjson_proto::rustcache::v1 as pb;

use super::{engine_failure, key};

/// An error of tokens or leases.
pub(crate) fn load_failure(error: &LoadError) -> Failure {
    let (reason, message) = (error.reason(), error.to_string());
    match error {
        LoadError::RateInvalid | LoadError::LeaseIdInvalid => Failure::invalid(reason, message),
        LoadError::CostInvalid { allowed, actual } => {
            Failure::invalid(reason, message).with("allowed", allowed).with("actual", actual)
        }
        LoadError::LeaseLimitInvalid { actual } => Failure::invalid(reason, message).with("actual", actual),
        LoadError::LeaseTtlInvalid { allowed, .. } => {
            Failure::invalid(reason, message).with("allowed", context::duration::format(*allowed))
        }
        LoadError::ClaimLost => Failure::failed_precondition(reason, message),
        LoadError::LimitKeys { allowed } => full(reason, message, "load.max_limit_keys", *allowed),
        LoadError::Leases { allowed } => full(reason, message, "load.max_leases", *allowed),
        LoadError::LeaseWaiters { allowed } => full(reason, message, "load.max_lease_waiters", *allowed),
    }
}

fn full(reason: &'static str, message: String, limit: &str, allowed: usize) -> Failure {
    Failure::exhausted(reason, message)
        .with("limit", limit)
        .with("allowed", allowed)
        .retry_after(Duration::from_millis(100))
}

/// A take, checked.
pub(crate) fn take(take: pb::Take) -> Result<Take, Failure> {
    let limit = take.limit.unwrap_or_default();
    let period = match limit.period {
        None => Duration::from_secs(1),
        Some(period) => Duration::try_from(period).map_err(|_| load_failure(&LoadError::RateInvalid))?,
    };
    let rate =
        Rate::new(limit.tokens, period, limit.burst.unwrap_or(limit.tokens)).map_err(engine_failure)?;
    Take::new(key(&take.key)?, rate, take.cost.unwrap_or(1)).map_err(engine_failure)
}

/// For a message; what is longer than it can hold is the longest that it can.
pub(crate) fn duration(duration: Duration) -> prost_types::Duration {
    let longest = prost_types::Duration { seconds: i64::MAX, nanos: 0 };
    prost_types::Duration::try_from(duration).unwrap_or(longest)
}

/// A duration that is not negative; an absent one is zero.
pub(crate) fn positive(
    duration: Option<prost_types::Duration>,
    reason: &'static str,
    name: &str,
) -> Result<Duration, Failure> {
    let Some(duration) = duration else { return Ok(Duration::ZERO) };
    Duration::try_from(duration)
        .map_err(|_| Failure::invalid(reason, format!("the {name} is negative; allowed: above 0")))
}
