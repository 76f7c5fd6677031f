//! CompleteLease: what came of a computation that a lease gave to this caller.
//!
//! Promise: a request that is wrong is refused before the lease is taken, so that it can be sent again; what was written while the
//! caller computed stays. Cost: that of a write with a condition.

use std::time::Duration;

use cache_engine::{Current, Derived, Draft, Landing, Store as _, Tags};
use chassis::Failure;
use fastjson_proto::rustcache::v1 as pb;
use metrics::counter;
use pb::complete_lease_request::Result as Outcome;

use crate::loader::{Computed, Flight};
use crate::{App, documents, wire};

/// Bytes of the message of a failure that are passed on.
const MESSAGE_BYTES: usize = 256;

/// What is to be done, checked before the lease is taken, so that a request that is wrong may be sent again.
enum Completion {
    Store(Box<Draft>),
    Missing(Option<Duration>),
    Failed(String),
}

/// `rustcache.v1.CacheService/CompleteLease`.
pub(crate) async fn call(
    app: &App,
    request: pb::CompleteLeaseRequest,
) -> Result<pb::CompleteLeaseResponse, Failure> {
    let flight = (wire::namespace(&request.namespace)?, wire::key(&request.key)?);
    let token = request.token;
    let completion = completion(app, request)?;
    let landing = app.claims.land(&flight, token).map_err(|error| {
        counter!("compute_leases_total", "outcome" => "lost").increment(1);
        wire::engine_failure(error)
    })?;
    match completion {
        Completion::Store(draft) => store(app, flight, *draft, landing).await,
        Completion::Missing(missing_for) => miss(app, flight, missing_for, landing).await,
        Completion::Failed(message) => {
            counter!("compute_leases_total", "outcome" => "failed").increment(1);
            landing.finish(&Err(Failure::aborted("COMPUTATION_FAILED", message)));
            Ok(pb::CompleteLeaseResponse::default())
        }
    }
}

fn completion(app: &App, request: pb::CompleteLeaseRequest) -> Result<Completion, Failure> {
    match request.result {
        Some(Outcome::Value(value)) => {
            let life = wire::life(request.expiry.unwrap_or_default(), &*app.clock)?;
            let tags = Tags::new(&request.tags).map_err(wire::engine_failure)?;
            let value = wire::value(Some(&value))?;
            Ok(Completion::Store(Box::new(Draft { value, life, tags, cost: None })))
        }
        Some(Outcome::Missing(nothing)) => match nothing.missing_for {
            None => Ok(Completion::Missing(None)),
            some => {
                let missing_for = wire::positive(some, "TTL_INVALID", "missing_for")?;
                let allowed = cache_engine::MAX_TTL;
                if missing_for.is_zero() || missing_for > allowed {
                    let error = cache_engine::Error::TtlInvalid { allowed, actual: missing_for };
                    return Err(wire::engine_failure(error));
                }
                Ok(Completion::Missing(Some(missing_for)))
            }
        },
        Some(Outcome::Failed(failed)) => Ok(Completion::Failed(cut(&failed.message).to_owned())),
        None => Err(Failure::invalid(
            "RESULT_MISSING",
            "the request does not say what came of it; allowed: value, missing or failed",
        )),
    }
}

async fn store(
    app: &App,
    flight: Flight,
    draft: Draft,
    landing: Landing<Flight, Computed>,
) -> Result<pb::CompleteLeaseResponse, Failure> {
    let (namespace, key) = flight.clone();
    let draft = draft.costing(landing.took());
    documents::unchecked(app, &namespace)?;
    let stored = match landing.guard() {
        Some(guard) => app.store.set_guarded(&namespace, &key, draft, guard),
        None => Ok(Derived::Overtaken),
    };
    let entry = match stored.map_err(wire::engine_failure) {
        Ok(Derived::Stored(entry)) => entry,
        Ok(Derived::Overtaken) => return overtaken(app, flight, landing).await,
        Err(failure) => {
            landing.finish(&Err(failure.clone()));
            return Err(failure);
        }
    };
    app.absences.forget(&flight);
    counter!("compute_leases_total", "outcome" => "stored").increment(1);
    let version = entry.version().get();
    landing.finish(&Ok(Some(entry)));
    Ok(pb::CompleteLeaseResponse { stored: Some(pb::Stored { version }), conflict: None })
}

/// There is none. Remembered before it is looked whether that is still so: a write that comes in between finds it and wins.
async fn miss(
    app: &App,
    flight: Flight,
    missing_for: Option<Duration>,
    landing: Landing<Flight, Computed>,
) -> Result<pb::CompleteLeaseResponse, Failure> {
    let (namespace, key) = &flight;
    if let Some(missing_for) = missing_for {
        // Where there is no room, the next one computes anew.
        let _is_remembered = app.absences.remember(flight.clone(), missing_for);
    }
    let stands = landing.guard().map(|guard| app.store.stands(namespace, key, guard));
    if !matches!(stands, Some(Ok(true))) {
        app.absences.forget(&flight);
        return overtaken(app, flight, landing).await;
    }
    counter!("compute_leases_total", "outcome" => "missing").increment(1);
    landing.finish(&Ok(None));
    Ok(pb::CompleteLeaseResponse::default())
}

/// Somebody wrote the key meanwhile: who waits gets that or, where it was removed, computes anew.
async fn overtaken(
    app: &App,
    (namespace, key): Flight,
    landing: Landing<Flight, Computed>,
) -> Result<pb::CompleteLeaseResponse, Failure> {
    counter!("compute_leases_total", "outcome" => "overtaken").increment(1);
    let entry = app.store.get(&namespace, &key).await.map_err(wire::engine_failure)?;
    let current = entry.as_ref().map_or(Current::Missing, |entry| Current::Version(entry.version()));
    if entry.is_some() {
        landing.finish(&Ok(entry));
    }
    Ok(pb::CompleteLeaseResponse { stored: None, conflict: Some(wire::current(current)) })
}

/// As much of a message as is passed on.
fn cut(message: &str) -> &str {
    &message[..message.floor_char_boundary(MESSAGE_BYTES)]
}
