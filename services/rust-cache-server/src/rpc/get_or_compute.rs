//! GetOrCompute: the entry under a key, computed once when it is missing.

use cache_engine::{Entry, Role, Store as _};
use chassis::Failure;
use context::Context;
use fastjson_proto::rustcache::v1 as pb;

use super::compute_lease;
use crate::loader::{self, Job};
use crate::{App, wire};

/// `rustcache.v1.CacheService/GetOrCompute`.
pub(crate) async fn call(
    app: &App,
    context: &Context,
    request: pb::GetOrComputeRequest,
) -> Result<pb::GetOrComputeResponse, Failure> {
    if let Some(wish) = request.lease {
        if request.recipe.is_some() || request.input.is_some() {
            return Err(ambiguous());
        }
        let flight = (wire::namespace(&request.namespace)?, wire::key(&request.key)?);
        return compute_lease::call(app, context, flight, wish).await;
    }
    let job = Job {
        namespace: wire::namespace(&request.namespace)?,
        key: wire::key(&request.key)?,
        recipe: request.recipe,
        input: request.input,
        ttl: wire::ttl(request.ttl)?,
    };
    if let Some(entry) = app.store.get(&job.namespace, &job.key).await.map_err(wire::engine_failure)? {
        return Ok(answer(app, &entry, pb::ComputeSource::Cache));
    }
    // A call that cannot cross the border must not join, or even begin, a computation that does.
    context.for_peer(crate::NAME).map_err(wire::hop_limit)?;
    let (entry, role) = share(app, context, job).await?;
    let source = match role {
        Role::Leader => pb::ComputeSource::Computed,
        Role::Shared => pb::ComputeSource::Shared,
    };
    Ok(answer(app, &entry, source))
}

fn ambiguous() -> Failure {
    Failure::invalid(
        "COMPUTATION_AMBIGUOUS",
        "both lease and recipe or input are set; allowed: a recipe and its input, or lease",
    )
}

async fn share(app: &App, context: &Context, job: Job) -> Result<(Entry, Role), Failure> {
    let flight = (job.namespace.clone(), job.key.clone());
    let computation = {
        let (app, context) = (app.clone(), context.clone());
        move || loader::load(app, context, job)
    };
    let (outcome, role) = app.flights.run(flight, computation).await.map_err(wire::engine_failure)?;
    Ok((outcome?, role))
}

fn answer(app: &App, entry: &Entry, source: pb::ComputeSource) -> pb::GetOrComputeResponse {
    let entry = Some(wire::entry(entry, &*app.clock));
    pb::GetOrComputeResponse { entry, source: source.into(), ..Default::default() }
}
