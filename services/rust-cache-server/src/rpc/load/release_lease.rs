//! ReleaseLease: the end of a lease.

use axum::extract::{Path, State};
use axum::response::IntoResponse as _;
use chassis::Failure;
use chassis::rest::Answer;
use fastjson_proto::rustcache::v1 as pb;
use http::StatusCode;

use crate::App;
use crate::rpc::lease;

/// `rustcache.v1.LoadService/ReleaseLease`.
pub(crate) fn call(
    app: &App,
    request: &pb::ReleaseLeaseRequest,
) -> Result<pb::ReleaseLeaseResponse, Failure> {
    let outcome = if app.leases.release(lease::id(&request.id)?) {
        pb::release_lease_response::Outcome::Released(pb::LeaseReleased {})
    } else {
        pb::release_lease_response::Outcome::Lost(pb::LeaseLost {})
    };
    Ok(pb::ReleaseLeaseResponse { outcome: Some(outcome) })
}

/// `DELETE /v1/leases/{id}`: 204, or 404 when it is lost.
pub(crate) async fn rest(State(app): State<App>, Path(id): Path<String>) -> Answer {
    match call(&app, &pb::ReleaseLeaseRequest { id })?.outcome {
        Some(pb::release_lease_response::Outcome::Released(_)) => Ok(StatusCode::NO_CONTENT.into_response()),
        Some(pb::release_lease_response::Outcome::Lost(_)) | None => Err(lease::lost()),
    }
}
