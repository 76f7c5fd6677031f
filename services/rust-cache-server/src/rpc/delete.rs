//! Delete: a removal that depends on its condition.

use axum::extract::State;
use axum::response::IntoResponse as _;
use cache_engine::{Condition, Receipt, Write};
use chassis::Failure;
use chassis::rest::Answer;
use fastjson_proto::rustcache::v1 as pb;
use http::{HeaderMap, StatusCode};

use super::once;
use super::rest::{EntryPath, condition, missing, precondition_failed};
use crate::{App, wire};

/// `rustcache.v1.CacheService/Delete`.
pub(crate) async fn call(app: &App, request: &pb::DeleteRequest) -> Result<pb::DeleteResponse, Failure> {
    let condition = wire::condition(request.condition)?;
    let entry = [&*request.namespace, &*request.key];
    let outcome = match remove(app, entry, &request.request_id, condition).await? {
        Receipt::Removed(version) => {
            pb::delete_response::Outcome::Deleted(pb::Deleted { version: version.get() })
        }
        Receipt::Missing => pb::delete_response::Outcome::Missing(pb::Missing {}),
        Receipt::Conflict(current) => pb::delete_response::Outcome::Conflict(wire::current(current)),
        Receipt::Stored(_) | Receipt::Counted(..) => return Err(wire::foreign_receipt()),
    };
    Ok(pb::DeleteResponse { outcome: Some(outcome) })
}

async fn remove(
    app: &App,
    [namespace, key]: [&str; 2],
    id: &str,
    condition: Condition,
) -> Result<Receipt, Failure> {
    let namespace = wire::namespace(namespace)?;
    let key = wire::key(key)?;
    if condition == Condition::IfAbsent {
        return Err(Failure::invalid(
            "CONDITION_INVALID",
            "an entry that is absent cannot be removed; allowed: always, if_present, if_version",
        ));
    }
    once::write(app, &namespace, id, Write::Remove { key, condition }).await
}

/// `DELETE /v1/namespaces/{namespace}/keys/{key}`: 204, or 404 when there is none.
pub(crate) async fn rest(State(app): State<App>, path: EntryPath, headers: HeaderMap) -> Answer {
    let condition = condition(&headers)?;
    match remove(&app, [&path.namespace, &path.key], once::id(&headers)?, condition).await? {
        Receipt::Removed(_) => Ok(StatusCode::NO_CONTENT.into_response()),
        Receipt::Missing => Err(missing()),
        Receipt::Conflict(current) => Err(precondition_failed(current)),
        Receipt::Stored(_) | Receipt::Counted(..) => Err(wire::foreign_receipt()),
    }
}
