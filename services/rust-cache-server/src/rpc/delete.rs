//! Delete: a removal that depends on its condition.

use axum::extract::State;
use axum::response::IntoResponse as _;
use cache_engine::{Condition, RemoveOutcome, Store as _};
use chassis::Failure;
use chassis::rest::Answer;
use fastjson_proto::rustcache::v1 as pb;
use http::{HeaderMap, StatusCode};

use super::rest::{EntryPath, condition, missing, precondition_failed};
use crate::{App, wire};

/// `rustcache.v1.CacheService/Delete`.
pub(crate) async fn call(app: &App, request: pb::DeleteRequest) -> Result<pb::DeleteResponse, Failure> {
    let condition = wire::condition(request.condition)?;
    let outcome = match remove(app, &request.namespace, &request.key, condition).await? {
        RemoveOutcome::Removed(version) => {
            pb::delete_response::Outcome::Deleted(pb::Deleted { version: version.get() })
        }
        RemoveOutcome::Missing => pb::delete_response::Outcome::Missing(pb::Missing {}),
        RemoveOutcome::Conflict(current) => pb::delete_response::Outcome::Conflict(wire::current(current)),
    };
    Ok(pb::DeleteResponse { outcome: Some(outcome) })
}

async fn remove(
    app: &App,
    namespace: &str,
    key: &str,
    condition: Condition,
) -> Result<RemoveOutcome, Failure> {
    let namespace = wire::namespace(namespace)?;
    let key = wire::key(key)?;
    if condition == Condition::IfAbsent {
        return Err(Failure::invalid(
            "CONDITION_INVALID",
            "an entry that is absent cannot be removed; allowed: always, if_present, if_version",
        ));
    }
    app.store.remove(&namespace, &key, condition).await.map_err(wire::engine_failure)
}

/// `DELETE /v1/namespaces/{namespace}/keys/{key}`: 204, or 404 when there is none.
pub(crate) async fn rest(State(app): State<App>, path: EntryPath, headers: HeaderMap) -> Answer {
    let condition = condition(&headers)?;
    match remove(&app, &path.namespace, &path.key, condition).await? {
        RemoveOutcome::Removed(_) => Ok(StatusCode::NO_CONTENT.into_response()),
        RemoveOutcome::Missing => Err(missing()),
        RemoveOutcome::Conflict(current) => Err(precondition_failed(current)),
    }
}
