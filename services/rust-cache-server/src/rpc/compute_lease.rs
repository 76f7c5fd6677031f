//! GetOrCompute by lease: the first caller that misses the key computes, the others get what it made.

use std::time::Duration;

use cache_engine::{Arrival, Claim, Entry, Store as _, Turn};
use chassis::Failure;
use context::Context;
use fastjson_proto::rustcache::v1 as pb;
use metrics::counter;

use super::lease;
use crate::loader::{Computed, Flight};
use crate::{App, wire};

/// How long a lease lasts whose caller names no time.
const USUAL_TTL: Duration = Duration::from_secs(10);

/// The answer to a request that has `lease` in place of a recipe.
pub(crate) async fn call(
    app: &App,
    context: &Context,
    flight: Flight,
    wish: pb::ComputeByLease,
) -> Result<pb::GetOrComputeResponse, Failure> {
    let ttl = match wish.ttl {
        None => USUAL_TTL.min(app.config.compute.max_lease),
        some => lease::ttl(some)?,
    };
    let wait = match wish.wait {
        None => Duration::MAX,
        some => wire::positive(some, "LEASE_WAIT_INVALID", "wait")?,
    };
    let found = look(app, &flight).await?;
    match found {
        Some(Some(entry)) => present(app, &flight, entry, ttl),
        Some(None) => Ok(missing(pb::ComputeSource::Cache)),
        None => {
            let turn = app.claims.claim(&flight, ttl).map_err(wire::engine_failure)?;
            take_turn(app, &flight, turn, lease::within_deadline(context, wait)).await
        }
    }
}

/// What is there: an entry, the knowledge that there is none, or nothing.
async fn look(app: &App, flight: &Flight) -> Result<Option<Option<Entry>>, Failure> {
    let (namespace, key) = flight;
    if let Some(entry) = app.store.get(namespace, key).await.map_err(wire::engine_failure)? {
        return Ok(Some(Some(entry)));
    }
    Ok(app.absences.is_known(flight).then_some(None))
}

/// An entry that is there. If it is stale, the first caller gets the lease, too; nobody waits.
fn present(
    app: &App,
    flight: &Flight,
    entry: Entry,
    ttl: Duration,
) -> Result<pb::GetOrComputeResponse, Failure> {
    let entry = wire::entry(&entry, &*app.clock);
    let claim = match entry.stale.then(|| app.claims.claim(flight, ttl)) {
        Some(Ok(Turn::Claimed(claim))) => Some(claim),
        // Another one refreshes it, or too many are at work; the entry is there all the same.
        Some(Ok(Turn::Waits(_)) | Err(_)) | None => None,
    };
    if let Some(claim) = &claim {
        put_up_guard(app, flight, claim)?;
    }
    let source = if claim.is_some() { pb::ComputeSource::Leased } else { pb::ComputeSource::Cache };
    Ok(pb::GetOrComputeResponse {
        entry: Some(entry),
        lease: claim.map(granted),
        source: source.into(),
        ..Default::default()
    })
}

/// From now on a write of the key keeps what is computed under this claim from being stored.
fn put_up_guard(app: &App, (namespace, key): &Flight, claim: &Claim) -> Result<(), Failure> {
    let guard = app.store.guard(namespace, key).map_err(wire::engine_failure)?;
    app.claims.keep_guard(&(namespace.clone(), key.clone()), claim.token, guard);
    Ok(())
}

async fn take_turn(
    app: &App,
    flight: &Flight,
    turn: Turn<Flight, Computed>,
    wait: Duration,
) -> Result<pb::GetOrComputeResponse, Failure> {
    let arriving = match turn {
        Turn::Claimed(claim) => return claimed(app, flight, claim).await,
        Turn::Waits(arriving) => arriving,
    };
    let arrival = tokio::select! {
        biased;
        arrival = arriving => Some(arrival),
        () = tokio::time::sleep(wait) => None,
        () = app.tasks.draining() => None,
    };
    match arrival {
        Some(Arrival::Result(computed)) => Ok(shared(app, computed?)),
        Some(Arrival::Claimed(claim)) => claimed(app, flight, claim).await,
        None => Ok(pb::GetOrComputeResponse { computing: Some(pb::Computing {}), ..Default::default() }),
    }
}

/// The claim is this caller's, unless a result came between its look and its claim.
async fn claimed(app: &App, flight: &Flight, claim: Claim) -> Result<pb::GetOrComputeResponse, Failure> {
    put_up_guard(app, flight, &claim)?;
    if let Some(found) = look(app, flight).await? {
        if let Ok(landing) = app.claims.land(flight, claim.token) {
            landing.finish(&Ok(found.clone()));
        }
        return Ok(shared(app, found));
    }
    counter!("compute_leases_total", "outcome" => "granted").increment(1);
    let (lease, source) = (Some(granted(claim)), pb::ComputeSource::Leased.into());
    Ok(pb::GetOrComputeResponse { lease, source, ..Default::default() })
}

fn shared(app: &App, computed: Option<Entry>) -> pb::GetOrComputeResponse {
    let Some(entry) = computed else { return missing(pb::ComputeSource::Shared) };
    let entry = Some(wire::entry(&entry, &*app.clock));
    pb::GetOrComputeResponse { entry, source: pb::ComputeSource::Shared.into(), ..Default::default() }
}

fn missing(source: pb::ComputeSource) -> pb::GetOrComputeResponse {
    let missing = Some(pb::Missing {});
    pb::GetOrComputeResponse { missing, source: source.into(), ..Default::default() }
}

fn granted(claim: Claim) -> pb::ComputeLease {
    pb::ComputeLease { token: claim.token, ttl: Some(wire::duration(claim.ttl)) }
}
