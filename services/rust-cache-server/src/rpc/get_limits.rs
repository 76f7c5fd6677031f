//! GetLimits: the limits in force.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse as _;
use chassis::rest::Answer;
use fastjson_proto::rustcache::v1 as pb;

use super::rest::to_json;
use crate::{App, limits};

/// `rustcache.v1.CacheService/GetLimits`.
pub(crate) fn call(app: &App) -> pb::GetLimitsResponse {
    pb::GetLimitsResponse { limits: limits::list(&app.config) }
}

/// `GET /v1/limits`.
pub(crate) async fn rest(State(app): State<App>) -> Answer {
    Ok(Json(to_json("rustcache.v1.GetLimitsResponse", &call(&app))?).into_response())
}
