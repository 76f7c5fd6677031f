//! GetLimits: the limits in force.

use axum::extract::State;
use chassis::rest::Answer;
use fastjson_proto::rustcache::v1 as pb;

use super::rest::json_answer;
use crate::{App, limits};

/// `rustcache.v1.CacheService/GetLimits`.
pub(crate) fn call(app: &App) -> pb::GetLimitsResponse {
    pb::GetLimitsResponse { limits: limits::list(&app.config, app.store.memory_limit_bytes()) }
}

/// `GET /v1/limits`.
pub(crate) async fn rest(State(app): State<App>) -> Answer {
    json_answer("rustcache.v1.GetLimitsResponse", &call(&app))
}
