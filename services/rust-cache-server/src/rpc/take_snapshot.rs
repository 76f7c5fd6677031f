//! TakeSnapshot: all that the cache holds, on disk.

use axum::extract::State;
use chassis::Failure;
use chassis::rest::Answer;
use fastjson_proto::rustcache::v1 as pb;

use super::rest::json_answer;
use crate::{App, wire};

/// `rustcache.v1.AdminService/TakeSnapshot`.
pub(crate) async fn call(app: &App) -> Result<pb::TakeSnapshotResponse, Failure> {
    let taken = app.snapshots.take(&app.store, &app.tasks).await.map_err(wire::snapshot_failure)?;
    Ok(pb::TakeSnapshotResponse {
        namespaces: taken.saved.namespaces,
        entries: taken.saved.entries,
        bytes: taken.saved.bytes,
        took: prost_types::Duration::try_from(taken.took).ok(),
    })
}

/// `POST /v1/snapshot`.
pub(crate) async fn rest(State(app): State<App>) -> Answer {
    json_answer("rustcache.v1.TakeSnapshotResponse", &call(&app).await?)
}
