//! Get: the entry under a key, or its absence.

use axum::extract::State;
use axum::response::IntoResponse as _;
use cache_engine::{Freshness, Store as _};
use chassis::Failure;
use chassis::rest::{Answer, Params, unchanged};
use fastjson_proto::rustcache::v1 as pb;
use http::header::{CONTENT_TYPE, ETAG};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::document_rest;
use super::rest::{EntryPath, etag, missing};
use crate::{App, wire};

/// `rustcache.v1.CacheService/Get`.
pub(crate) async fn call(app: &App, request: &pb::GetRequest) -> Result<pb::GetResponse, Failure> {
    let entry = find(app, &request.namespace, &request.key).await?;
    let outcome = match entry {
        Some(entry) => pb::get_response::Outcome::Found(wire::entry(&entry, &*app.clock)),
        None => pb::get_response::Outcome::Missing(pb::Missing {}),
    };
    Ok(pb::GetResponse { outcome: Some(outcome) })
}

async fn find(app: &App, namespace: &str, key: &str) -> Result<Option<cache_engine::Entry>, Failure> {
    let namespace = wire::namespace(namespace)?;
    let key = wire::key(key)?;
    app.store.get(&namespace, &key).await.map_err(wire::engine_failure)
}

/// `GET /v1/namespaces/{namespace}/keys/{key}`: the value itself; 304 when the caller has this version.
/// With `?pointer=` or `?path=` a part of the document.
pub(crate) async fn rest(
    State(app): State<App>,
    path: EntryPath,
    headers: HeaderMap,
    Params(parameters): Params<Vec<(String, String)>>,
) -> Answer {
    if let Some(part) = document_rest::wanted(parameters)? {
        return document_rest::get(&app, path, &headers, part).await;
    }
    let entry = find(&app, &path.namespace, &path.key).await?.ok_or_else(missing)?;
    let version = entry.version().get();
    if let Some(unchanged) = unchanged(&headers, version)? {
        return Ok(unchanged);
    }
    let etag = (ETAG, etag(version));
    let value = entry.value();
    let usual = if value.body().is_text() { "text/plain; charset=utf-8" } else { "application/octet-stream" };
    let media_type = if value.content_type().is_empty() { usual } else { value.content_type() };
    let media_type =
        HeaderValue::from_str(media_type).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let mut response = ([etag], value.body().to_bytes()).into_response();
    response.headers_mut().insert(CONTENT_TYPE, media_type);
    if let Some(status) = cache_status(entry.freshness(app.clock.now())) {
        response.headers_mut().insert(CACHE_STATUS, HeaderValue::from_static(status));
    }
    Ok(response)
}

/// RFC 9211.
const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");

/// Says of a stale entry that it is, and whether this caller is to refresh it.
fn cache_status(freshness: Freshness) -> Option<&'static str> {
    match freshness {
        Freshness::Fresh => None,
        Freshness::Stale => Some("rust-cache-server; hit; detail=stale"),
        Freshness::Refresh => Some("rust-cache-server; hit; detail=refresh"),
    }
}
