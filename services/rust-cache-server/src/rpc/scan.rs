//! Scan: the entries of a namespace, a page at a time.

use axum::extract::{Path, State};
use cache_engine::{Cursor, Error, Found, MAX_KEY_BYTES, Scan, Store as _, Tag, Timestamp};
use chassis::Failure;
use chassis::rest::{Answer, Params};
use fastjson_proto::rustcache::v1 as pb;
use serde::Deserialize;

use super::rest::json_answer;
use crate::{App, wire};

/// Entries of a page where the caller does not say.
const DEFAULT_PAGE_ENTRIES: u32 = 100;

/// `rustcache.v1.CacheService/Scan`.
pub(crate) async fn call(app: &App, request: pb::ScanRequest) -> Result<pb::ScanResponse, Failure> {
    let namespace = wire::namespace(&request.namespace)?;
    let scan = scan(app, request)?;
    let page = app.store.scan(&namespace, &scan).await.map_err(wire::engine_failure)?;
    let now = app.clock.now();
    Ok(pb::ScanResponse {
        entries: page.found.iter().map(|found| info(found, now)).collect(),
        next_cursor: page.next.map(|next| next.as_str().to_owned()).unwrap_or_default(),
    })
}

fn scan(app: &App, request: pb::ScanRequest) -> Result<Scan, Failure> {
    let (allowed, actual) = (MAX_KEY_BYTES, request.prefix.len());
    if actual > allowed {
        return Err(wire::engine_failure(Error::KeyTooLong { allowed, actual }));
    }
    let tag = (!request.tag.is_empty()).then(|| Tag::new(&request.tag)).transpose();
    let cursor = (!request.cursor.is_empty()).then(|| Cursor::new(&request.cursor)).transpose();
    Ok(Scan {
        prefix: request.prefix,
        tag: tag.map_err(wire::engine_failure)?,
        page_size: page_size(app, request.page_size.unwrap_or(DEFAULT_PAGE_ENTRIES))?,
        cursor: cursor.map_err(wire::engine_failure)?,
    })
}

fn page_size(app: &App, actual: u32) -> Result<usize, Failure> {
    let allowed = app.config.store.max_page_entries;
    match usize::try_from(actual) {
        Ok(size) if (1..=allowed).contains(&size) => Ok(size),
        Ok(_) | Err(_) => {
            let message = format!("the page would have {actual} entries; allowed: 1 to {allowed}");
            let bounds = (allowed as u64, actual.into());
            Err(Failure::outside("PAGE_SIZE_LIMIT", message, bounds).with("limit", "store.max_page_entries"))
        }
    }
}

fn info(found: &Found, now: Timestamp) -> pb::EntryInfo {
    let entry = &found.entry;
    pb::EntryInfo {
        key: found.key.as_str().to_owned(),
        version: entry.version().get(),
        ttl: wire::left(entry, now),
        value_bytes: entry.value().body().len() as u64,
        content_type: entry.value().content_type().to_owned(),
        tags: entry.tags().map(|tag| tag.as_str().to_owned()).collect(),
    }
}

/// Query parameters of the list of keys.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Options {
    #[serde(default)]
    prefix: String,
    #[serde(default)]
    tag: String,
    page_size: Option<u32>,
    #[serde(default)]
    cursor: String,
}

/// `GET /v1/namespaces/{namespace}/keys`.
pub(crate) async fn rest(
    State(app): State<App>,
    Path(namespace): Path<String>,
    Params(options): Params<Options>,
) -> Answer {
    let Options { prefix, tag, page_size, cursor } = options;
    let request = pb::ScanRequest { namespace, prefix, tag, page_size, cursor };
    json_answer("rustcache.v1.ScanResponse", &call(&app, request).await?)
}
