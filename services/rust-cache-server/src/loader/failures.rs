//! Computations that failed: the same one is not tried again at once.
//!
//! What failed is known by key, recipe, input and the version of its source: another recipe, or another document under the same
//! reference, is tried at once.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use cache_engine::Backoff;
use chassis::Failure;
use fastjson_proto::fastjson::v1 as json;
use prost::Message as _;
use tonic::Code;

use super::{Job, source};
use crate::{App, config};

/// The failure of the same computation that still stands, with the time after which it is tried again.
pub(crate) async fn standing(app: &App, job: &Job) -> Option<Failure> {
    let flight = job.flight();
    if !app.setbacks.is_known(&flight) {
        return None;
    }
    let fingerprint = fingerprint(job, source::version(app, job).await);
    let (failure, left) = app.setbacks.standing(&flight, fingerprint)?;
    metrics::counter!("computations_refused_total").increment(1);
    Some(failure.retry_after(left))
}

/// Remembers what the JSON service said.
pub(super) fn note(app: &App, job: &Job, version: u64, failure: &Failure) {
    if let Some(backoff) = backoff(failure, &app.config.compute) {
        app.setbacks.note(job.flight(), fingerprint(job, version), failure.clone(), backoff);
    }
}

/// Remembers that the source is not there, if the caller asked for that.
pub(super) fn note_missing(app: &App, job: &Job, failure: &Failure) {
    if !job.missing_for.is_zero() {
        let backoff = Backoff { first: job.missing_for, longest: job.missing_for };
        app.setbacks.note(job.flight(), fingerprint(job, 0), failure.clone(), backoff);
    }
}

/// For how long. What may be well again at any moment is not left alone for long; what is not a failure of the computation, not at
/// all.
fn backoff(failure: &Failure, compute: &config::Compute) -> Option<Backoff> {
    let first = compute.first_backoff.min(compute.max_backoff);
    let brief = Some(Backoff { first, longest: first });
    match failure.code {
        Code::ResourceExhausted if failure.reason == "OVERLOADED" => brief,
        // The peer's fault, not the recipe's: it may be well again, or another version, at any moment.
        Code::Internal | Code::Unimplemented if failure.reason.starts_with("PEER_") => brief,
        Code::Ok | Code::Cancelled => None,
        Code::Unavailable
        | Code::DeadlineExceeded
        | Code::NotFound
        | Code::AlreadyExists
        | Code::Aborted
        | Code::PermissionDenied
        | Code::Unauthenticated => brief,
        Code::InvalidArgument
        | Code::FailedPrecondition
        | Code::OutOfRange
        | Code::ResourceExhausted
        | Code::Unimplemented
        | Code::Internal
        | Code::DataLoss
        | Code::Unknown => Some(Backoff { first, longest: compute.max_backoff }),
    }
}

fn fingerprint(job: &Job, version: u64) -> u64 {
    let mut hasher = DefaultHasher::new();
    job.recipe.iter().flat_map(|recipe| &recipe.steps).for_each(|step| hash_step(step, &mut hasher));
    job.input.as_ref().map(|input| input.encode_to_vec()).hash(&mut hasher);
    version.hash(&mut hasher);
    hasher.finish()
}

/// The same for all steps that are equal: variables of a query have no order of their own.
fn hash_step(step: &json::Step, hasher: &mut DefaultHasher) {
    let Some(json::step::Step::Query(query)) = &step.step else {
        return step.encode_to_vec().hash(hasher);
    };
    let mut args: Vec<_> = query.args.iter().collect();
    args.sort_unstable();
    args.hash(hasher);
    let query = json::QueryStep { args: HashMap::new(), ..query.clone() };
    query.encode_to_vec().hash(hasher);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(step: &str) -> u64 {
        let step = client::json_mapping::decode("fastjson.v1.Step", step.as_bytes()).unwrap();
        let mut hasher = DefaultHasher::new();
        hash_step(&step, &mut hasher);
        hasher.finish()
    }

    #[test]
    fn the_order_of_variables_says_nothing() {
        let one = hash(r#"{"query":{"query":"$a","args":{"a":"1","b":"2","c":"3"}}}"#);
        // Each message has a map of another order.
        for _ in 0..16 {
            assert_eq!(hash(r#"{"query":{"query":"$a","args":{"c":"3","b":"2","a":"1"}}}"#), one);
        }
        for other in [
            r#"{"query":{"query":"$a","args":{"a":"1","b":"2"}}}"#,
            r#"{"query":{"query":"$b","args":{"a":"1","b":"2","c":"3"}}}"#,
            r#"{"format":{}}"#,
        ] {
            assert_ne!(hash(other), one, "{other}");
        }
    }
}
