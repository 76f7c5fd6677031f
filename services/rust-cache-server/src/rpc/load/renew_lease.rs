//! RenewLease: more time for a lease.

use axum::extract::{Path, State};
use chassis::Failure;
use chassis::rest::{Answer, Params};
use fastjson_proto::rustcache::v1 as pb;
use http::StatusCode;
use serde::Deserialize;

use crate::rpc::lease;
use crate::rpc::rest::json_answer;
use crate::{App, wire};

/// `rustcache.v1.LoadService/RenewLease`.
pub(crate) fn call(app: &App, request: &pb::RenewLeaseRequest) -> Result<pb::RenewLeaseResponse, Failure> {
    let ttl = lease::ttl(request.ttl)?;
    let renewed = app.leases.renew(lease::id(&request.id)?, ttl).map_err(wire::engine_failure)?;
    let outcome = match renewed {
        Some(renewed) => pb::renew_lease_response::Outcome::Renewed(lease::answer(renewed)),
        None => {
            metrics::counter!("leases_total", "outcome" => "lost").increment(1);
            pb::renew_lease_response::Outcome::Lost(pb::LeaseLost {})
        }
    };
    Ok(pb::RenewLeaseResponse { outcome: Some(outcome) })
}

/// Query parameters of `:renew`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Options {
    ttl: String,
}

/// `POST /v1/leases/{id}:renew?ttl=30s`: the lease, or 404 when it is lost.
pub(crate) async fn rest(
    State(app): State<App>,
    Path(segment): Path<String>,
    Params(options): Params<Options>,
) -> Answer {
    let Some((id, "renew")) = segment.rsplit_once(':') else {
        return Err(Failure::invalid("METHOD_NOT_ALLOWED", "POST on a lease takes a verb: :renew")
            .http(StatusCode::METHOD_NOT_ALLOWED));
    };
    let ttl = context::duration::parse(&options.ttl).ok_or_else(|| {
        let allowed = context::duration::ALLOWED;
        Failure::invalid("LEASE_TTL_INVALID", format!("the ttl cannot be read; allowed: {allowed}"))
    })?;
    let request = pb::RenewLeaseRequest { id: id.to_owned(), ttl: Some(wire::duration(ttl)) };
    let response = call(&app, &request)?;
    match response.outcome {
        Some(pb::renew_lease_response::Outcome::Renewed(_)) => {
            json_answer("rustcache.v1.RenewLeaseResponse", &response)
        }
        Some(pb::renew_lease_response::Outcome::Lost(_)) | None => Err(lease::lost()),
    }
}
