//! Set: a write that depends on its condition.

use std::time::Duration;

use axum::extract::State;
use axum::response::IntoResponse as _;
use bytes::Bytes;
use cache_engine::{Body, Draft, Receipt, Tags, Value, Version, Write};
use chassis::Failure;
use chassis::rest::{Answer, Params, Payload};
use fastjson_proto::rustcache::v1 as pb;
use http::header::{CONTENT_TYPE, ETAG};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::once;
use super::rest::{EntryPath, condition, etag, precondition_failed, tags};
use crate::{App, wire};

/// `rustcache.v1.CacheService/Set`.
pub(crate) async fn call(app: &App, request: &pb::SetRequest) -> Result<pb::SetResponse, Failure> {
    let namespace = wire::namespace(&request.namespace)?;
    let key = wire::key(&request.key)?;
    let condition = wire::condition(request.condition)?;
    let expiry = pb::Expiry {
        ttl: request.ttl,
        expires_at: request.expires_at,
        sliding: request.sliding,
        jitter: request.jitter,
        fresh_for: request.fresh_for,
    };
    let draft = Draft {
        value: wire::value(request.value.as_ref())?,
        life: wire::life(expiry, &*app.clock)?,
        tags: Tags::new(&request.tags).map_err(wire::engine_failure)?,
        cost: request.cost.map(|cost| wire::positive(Some(cost), "COST_INVALID", "cost")).transpose()?,
    };
    let write = Write::Set { key, draft, condition };
    let outcome = match once::write(app, &namespace, &request.request_id, write).await? {
        Receipt::Stored(version) => pb::set_response::Outcome::Stored(pb::Stored { version: version.get() }),
        Receipt::Conflict(current) => pb::set_response::Outcome::Conflict(wire::current(current)),
        Receipt::Removed(_) | Receipt::Counted(..) | Receipt::Missing => return Err(wire::foreign_receipt()),
    };
    Ok(pb::SetResponse { outcome: Some(outcome) })
}

/// Query parameters of `PUT`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Options {
    ttl: Option<String>,
    jitter: Option<String>,
    sliding: Option<String>,
    fresh_for: Option<String>,
    tags: Option<String>,
    cost: Option<String>,
}

/// `PUT /v1/namespaces/{namespace}/keys/{key}`: the body is the value; 204 with its version as `ETag`.
pub(crate) async fn rest(
    State(app): State<App>,
    path: EntryPath,
    headers: HeaderMap,
    Params(options): Params<Options>,
    Payload(body): Payload,
) -> Answer {
    let namespace = wire::namespace(&path.namespace)?;
    let key = wire::key(&path.key)?;
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let value = Value::new(body_for(media_type, &body), media_type).map_err(wire::engine_failure)?;
    let life =
        [&options.ttl, &options.jitter, &options.sliding, &options.fresh_for].map(|part| part.as_deref());
    let draft = Draft {
        value,
        life: wire::rest_life(life)?,
        tags: tags(options.tags.as_deref())?,
        cost: options.cost.as_deref().map(rest_cost).transpose()?,
    };
    let condition = condition(&headers)?;
    let write = Write::Set { key, draft, condition };
    match once::write(&app, &namespace, once::id(&headers)?, write).await? {
        Receipt::Stored(version) => Ok(stored(version)),
        Receipt::Conflict(current) => Err(precondition_failed(current)),
        Receipt::Removed(_) | Receipt::Counted(..) | Receipt::Missing => Err(wire::foreign_receipt()),
    }
}

/// The parameter `cost`.
fn rest_cost(text: &str) -> Result<Duration, Failure> {
    let allowed = context::duration::ALLOWED;
    context::duration::parse(text).ok_or_else(|| {
        Failure::invalid("COST_INVALID", format!("the cost cannot be read; allowed: {allowed}"))
            .with("allowed", allowed)
    })
}

fn stored(version: Version) -> axum::response::Response {
    (StatusCode::NO_CONTENT, [(ETAG, etag(version.get()))]).into_response()
}

/// Text if the media type says so and the bytes agree, so that gRPC callers read it as text.
fn body_for(media_type: &str, body: &Bytes) -> Body {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    let says_text =
        essence.starts_with("text/") || essence == "application/json" || essence.ends_with("+json");
    match std::str::from_utf8(body) {
        Ok(text) if says_text => Body::text(text),
        Ok(_) | Err(_) => Body::data(body),
    }
}
