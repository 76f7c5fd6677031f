//! GetOrCompute: the entry under a key, computed once when it is missing.

use std::time::Duration;

use cache_engine::{Entry, Role, Store as _, Tags, Value};
use chassis::Failure;
use context::Context;
use fastjson_proto::rustcache::v1 as pb;

use super::compute_lease;
use crate::loader::{self, Job, Outcome, Why};
use crate::{App, refresh, wire};

/// `rustcache.v1.CacheService/GetOrCompute`.
pub(crate) async fn call(
    app: &App,
    context: &Context,
    mut request: pb::GetOrComputeRequest,
) -> Result<pb::GetOrComputeResponse, Failure> {
    if let Some(wish) = request.lease.take() {
        if is_by_recipe(&request) {
            return Err(ambiguous());
        }
        let flight = (wire::namespace(&request.namespace)?, wire::key(&request.key)?);
        return compute_lease::call(app, context, flight, wish).await;
    }
    let job = job(app, request)?;
    if let Some(entry) = app.store.get(&job.namespace, &job.key).await.map_err(wire::engine_failure)? {
        return Ok(present(app, context, &entry, job).await);
    }
    // A call that cannot cross the border must not join, or even begin, a computation that does.
    context.for_peer(crate::NAME).map_err(wire::hop_limit)?;
    if let Some(failure) = loader::standing(app, &job).await {
        return Err(failure);
    }
    let (outcome, role) = share(app, context, job).await?;
    let source = match role {
        Role::Leader => pb::ComputeSource::Computed,
        Role::Shared => pb::ComputeSource::Shared,
    };
    Ok(match outcome {
        Outcome::Stored(entry) => answer(wire::entry(&entry, &*app.clock), source),
        Outcome::Unstored(value) => {
            pb::GetOrComputeResponse { not_stored: true, ..answer(unstored(&value), source) }
        }
    })
}

fn is_by_recipe(request: &pb::GetOrComputeRequest) -> bool {
    request.recipe.is_some()
        || request.input.is_some()
        || request.fresh_for.is_some()
        || request.missing_for.is_some()
        || !request.tags.is_empty()
}

fn ambiguous() -> Failure {
    Failure::invalid(
        "COMPUTATION_AMBIGUOUS",
        "both lease and what belongs to a recipe are set; allowed: a recipe and its input, or lease",
    )
}

fn job(app: &App, request: pb::GetOrComputeRequest) -> Result<Job, Failure> {
    let expiry = pb::Expiry { ttl: request.ttl, fresh_for: request.fresh_for, ..pb::Expiry::default() };
    let missing_for = match request.missing_for {
        None => Duration::ZERO,
        some => wire::positive(some, "TTL_INVALID", "missing_for")?,
    };
    Ok(Job {
        namespace: wire::namespace(&request.namespace)?,
        key: wire::key(&request.key)?,
        recipe: request.recipe,
        input: request.input,
        life: wire::life(expiry, &*app.clock)?,
        tags: Tags::new(&request.tags).map_err(wire::engine_failure)?,
        missing_for,
    })
}

/// An entry that is there. If it is stale, the server refreshes it, and nobody waits.
async fn present(app: &App, context: &Context, entry: &Entry, job: Job) -> pb::GetOrComputeResponse {
    let mut entry = wire::entry(entry, &*app.clock);
    if entry.refresh && job.recipe.is_some() && refresh::begin(app, context, job).await {
        entry.refresh = false;
    }
    answer(entry, pb::ComputeSource::Cache)
}

async fn share(app: &App, context: &Context, job: Job) -> Result<(Outcome, Role), Failure> {
    let flight = job.flight();
    let computation = {
        let (app, context) = (app.clone(), context.clone());
        move || loader::load(app, context, job, Why::Miss)
    };
    let (outcome, role) = app.flights.run(flight, computation).await.map_err(wire::engine_failure)?;
    Ok((outcome?, role))
}

fn unstored(value: &Value) -> pb::Entry {
    pb::Entry { value: Some(wire::stored_value(value)), ..pb::Entry::default() }
}

fn answer(entry: pb::Entry, source: pb::ComputeSource) -> pb::GetOrComputeResponse {
    pb::GetOrComputeResponse { entry: Some(entry), source: source.into(), ..Default::default() }
}
