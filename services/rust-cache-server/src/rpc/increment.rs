//! Increment: an addition to a counter.

use cache_engine::{Increment, Receipt, Write};
use chassis::Failure;
use chassis::rest::{Answer, Params};
use fastjson_proto::rustcache::v1 as pb;
use http::HeaderMap;
use serde::Deserialize;

use super::once;
use super::rest::{EntryPath, json_answer};
use crate::{App, wire};

/// `rustcache.v1.CacheService/Increment`.
pub(crate) async fn call(
    app: &App,
    request: &pb::IncrementRequest,
) -> Result<pb::IncrementResponse, Failure> {
    let namespace = wire::namespace(&request.namespace)?;
    let key = wire::key(&request.key)?;
    let life = wire::life(request.expiry.unwrap_or_default(), &*app.clock)?;
    let increment = Increment::by(request.by)
        .starting_at(request.initial.unwrap_or_default())
        .living(life)
        .within(request.min.unwrap_or(i64::MIN), request.max.unwrap_or(i64::MAX))
        .map_err(wire::engine_failure)?;
    let write = Write::Increment { key, increment };
    match once::write(app, &namespace, &request.request_id, write).await? {
        Receipt::Counted(value, version) => Ok(pb::IncrementResponse { value, version: version.get() }),
        Receipt::Stored(_) | Receipt::Removed(_) | Receipt::Missing | Receipt::Conflict(_) => {
            Err(wire::foreign_receipt())
        }
    }
}

/// Query parameters of `:increment`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Options {
    #[serde(default = "one")]
    by: i64,
    initial: Option<i64>,
    min: Option<i64>,
    max: Option<i64>,
    ttl: Option<String>,
}

fn one() -> i64 {
    1
}

/// `POST /v1/namespaces/{namespace}/keys/{key}:increment`: the value and the version.
pub(crate) async fn rest(
    app: &App,
    path: EntryPath,
    headers: &HeaderMap,
    Params(options): Params<Options>,
) -> Answer {
    let ttl = super::post::duration(options.ttl.as_deref())?;
    let request = pb::IncrementRequest {
        namespace: path.namespace,
        key: path.key,
        by: options.by,
        initial: options.initial,
        min: options.min,
        max: options.max,
        expiry: Some(pb::Expiry { ttl, ..Default::default() }),
        request_id: once::id(headers)?.to_owned(),
    };
    json_answer("rustcache.v1.IncrementResponse", &call(app, &request).await?)
}
