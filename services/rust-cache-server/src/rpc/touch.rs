//! Touch: another life for an entry.

use axum::response::IntoResponse as _;
use cache_engine::{Condition, Life, Store as _, TouchOutcome};
use chassis::Failure;
use chassis::rest::{Answer, Params};
use fastjson_proto::rustcache::v1 as pb;
use http::header::ETAG;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::rest::{EntryPath, condition, etag, missing, precondition_failed};
use crate::{App, wire};

/// `rustcache.v1.CacheService/Touch`.
pub(crate) async fn call(app: &App, request: &pb::TouchRequest) -> Result<pb::TouchResponse, Failure> {
    let condition = wire::condition(request.condition)?;
    let life = wire::life(request.expiry.unwrap_or_default(), &*app.clock)?;
    let outcome = match touch(app, [&request.namespace, &request.key], life, condition).await? {
        TouchOutcome::Touched(entry) => pb::touch_response::Outcome::Touched(pb::Touched {
            version: entry.version().get(),
            ttl: wire::left(&entry, app.clock.now()),
        }),
        TouchOutcome::Missing => pb::touch_response::Outcome::Missing(pb::Missing {}),
        TouchOutcome::Conflict(current) => pb::touch_response::Outcome::Conflict(wire::current(current)),
    };
    Ok(pb::TouchResponse { outcome: Some(outcome) })
}

async fn touch(
    app: &App,
    [namespace, key]: [&str; 2],
    life: Life,
    condition: Condition,
) -> Result<TouchOutcome, Failure> {
    let namespace = wire::namespace(namespace)?;
    let key = wire::key(key)?;
    if condition == Condition::IfAbsent {
        return Err(Failure::invalid(
            "CONDITION_INVALID",
            "an entry that is absent cannot be touched; allowed: always, if_present, if_version",
        ));
    }
    app.store.touch(&namespace, &key, life, condition).await.map_err(wire::engine_failure)
}

/// Query parameters of `:touch`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Options {
    ttl: Option<String>,
    jitter: Option<String>,
    sliding: Option<String>,
    fresh_for: Option<String>,
}

/// `POST /v1/namespaces/{namespace}/keys/{key}:touch`: 204 with the version as `ETag`, or 404 when there is none.
pub(crate) async fn rest(
    app: &App,
    path: &EntryPath,
    headers: &HeaderMap,
    Params(options): Params<Options>,
) -> Answer {
    let life =
        [&options.ttl, &options.jitter, &options.sliding, &options.fresh_for].map(|part| part.as_deref());
    let life = wire::rest_life(life)?;
    match touch(app, [&path.namespace, &path.key], life, condition(headers)?).await? {
        TouchOutcome::Touched(entry) => {
            Ok((StatusCode::NO_CONTENT, [(ETAG, etag(entry.version().get()))]).into_response())
        }
        TouchOutcome::Missing => Err(missing()),
        TouchOutcome::Conflict(current) => Err(precondition_failed(current)),
    }
}
