//! AcquireLease: one of so many leases of a name, now or after a wait.

use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use cache_engine::{Acquired, Ask, Denied};
use chassis::Failure;
use chassis::rest::{Answer, Payload};
use context::Context;
use fastjson_proto::rustcache::v1 as pb;
use metrics::counter;

use crate::rpc::lease;
use crate::rpc::rest::json_answer;
use crate::{App, wire};

/// `rustcache.v1.LoadService/AcquireLease`.
pub(crate) async fn call(
    app: &App,
    context: &Context,
    request: pb::AcquireLeaseRequest,
) -> Result<pb::AcquireLeaseResponse, Failure> {
    let wait = patience(app, context, request.wait)?;
    let ask = Ask::new(wire::key(&request.name)?, request.limit, lease::ttl(request.ttl)?)
        .map_err(wire::engine_failure)?;
    let acquired = if wait.is_zero() {
        app.leases.try_acquire(&ask).map_err(wire::engine_failure)?
    } else {
        acquire_within(app, ask, wait).await?
    };
    let outcome = match acquired {
        Acquired::Granted(granted) => {
            counter!("leases_total", "outcome" => "granted").increment(1);
            pb::acquire_lease_response::Outcome::Granted(lease::answer(granted))
        }
        Acquired::Denied(denied) => {
            counter!("leases_total", "outcome" => "denied").increment(1);
            pb::acquire_lease_response::Outcome::Denied(refusal(denied))
        }
    };
    Ok(pb::AcquireLeaseResponse { outcome: Some(outcome) })
}

/// How long the call may wait.
fn patience(app: &App, context: &Context, wait: Option<prost_types::Duration>) -> Result<Duration, Failure> {
    let wait = wire::positive(wait, "LEASE_WAIT_INVALID", "wait")?;
    let allowed = app.config.load.max_lease_wait;
    if wait > allowed {
        let allowed = context::duration::format(allowed);
        return Err(Failure::invalid(
            "LEASE_WAIT_INVALID",
            format!("the wait is {}; allowed: at most {allowed}", context::duration::format(wait)),
        )
        .with("limit", "load.max_lease_wait")
        .with("allowed", allowed));
    }
    Ok(lease::within_deadline(context, wait))
}

/// Waits in the queue; whoever is there when the service drains is denied, since nobody may be left to release.
async fn acquire_within(app: &App, ask: Ask, wait: Duration) -> Result<Acquired, Failure> {
    let waiting = app.leases.acquire(ask.clone()).map_err(wire::engine_failure)?;
    tokio::select! {
        biased;
        lease = waiting => return Ok(Acquired::Granted(lease)),
        () = tokio::time::sleep(wait) => {}
        () = app.tasks.draining() => {}
    }
    Ok(Acquired::Denied(app.leases.standing(&ask)))
}

fn refusal(denied: Denied) -> pb::LeaseDenied {
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    pb::LeaseDenied {
        held: count(denied.held),
        waiting: count(denied.waiting),
        retry_after: Some(wire::duration(denied.retry_after)),
    }
}

/// `POST /v1/leases`: an AcquireLeaseRequest. That it is denied is an answer, 200.
pub(crate) async fn rest(
    State(app): State<App>,
    Extension(context): Extension<Context>,
    Payload(body): Payload,
) -> Answer {
    let request = lease::message("rustcache.v1.AcquireLeaseRequest", &body)?;
    json_answer("rustcache.v1.AcquireLeaseResponse", &call(&app, &context, request).await?)
}
