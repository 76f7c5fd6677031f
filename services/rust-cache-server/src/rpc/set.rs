//! Set: a write that depends on its condition.

use axum::extract::State;
use axum::response::IntoResponse as _;
use bytes::Bytes;
use cache_engine::{Body, Entry, SetOutcome, Store as _, Ttl, Value};
use chassis::Failure;
use chassis::rest::{Answer, Params, Payload};
use fastjson_proto::rustcache::v1 as pb;
use http::header::{CONTENT_TYPE, ETAG};
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::rest::{EntryPath, condition, etag, precondition_failed};
use crate::{App, wire};

/// `rustcache.v1.CacheService/Set`.
pub(crate) async fn call(app: &App, request: pb::SetRequest) -> Result<pb::SetResponse, Failure> {
    let namespace = wire::namespace(&request.namespace)?;
    let key = wire::key(&request.key)?;
    let value = wire::value(request.value)?;
    let ttl = wire::ttl(request.ttl)?;
    let condition = wire::condition(request.condition)?;
    let outcome =
        app.store.set(&namespace, key, value, ttl, condition).await.map_err(wire::engine_failure)?;
    let outcome = match outcome {
        SetOutcome::Stored(entry) => {
            pb::set_response::Outcome::Stored(pb::Stored { version: entry.version().get() })
        }
        SetOutcome::Conflict(current) => pb::set_response::Outcome::Conflict(wire::current(current)),
    };
    Ok(pb::SetResponse { outcome: Some(outcome) })
}

/// Query parameters of `PUT`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Options {
    ttl: Option<String>,
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
    let ttl = parse_ttl(options.ttl.as_deref())?;
    let condition = condition(&headers)?;
    match app.store.set(&namespace, key, value, ttl, condition).await.map_err(wire::engine_failure)? {
        SetOutcome::Stored(entry) => Ok(stored(&entry)),
        SetOutcome::Conflict(current) => Err(precondition_failed(current)),
    }
}

fn stored(entry: &Entry) -> axum::response::Response {
    (StatusCode::NO_CONTENT, [(ETAG, etag(entry.version().get()))]).into_response()
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

fn parse_ttl(text: Option<&str>) -> Result<Ttl, Failure> {
    let Some(text) = text else {
        return Ok(Ttl::NamespaceDefault);
    };
    let duration = context::duration::parse(text).ok_or_else(|| {
        Failure::invalid(
            "TTL_INVALID",
            format!("the ttl cannot be read; allowed: {}", context::duration::ALLOWED),
        )
        .with("allowed", context::duration::ALLOWED)
    })?;
    Ttl::after(duration).map_err(wire::engine_failure)
}
