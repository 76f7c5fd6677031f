//! InvalidateTags: what was written before is absent, by tag or all of it.

use axum::response::IntoResponse as _;
use cache_engine::{Scope, Store as _, Tags};
use chassis::Failure;
use chassis::rest::{Answer, Params};
use fastjson_proto::rustcache::v1 as pb;
use http::StatusCode;
use serde::Deserialize;

use super::rest::tags;
use crate::{App, wire};

/// `rustcache.v1.CacheService/InvalidateTags`.
pub(crate) async fn call(
    app: &App,
    request: pb::InvalidateTagsRequest,
) -> Result<pb::InvalidateTagsResponse, Failure> {
    let scope = match request.scope {
        Some(pb::invalidate_tags_request::Scope::All(_)) => Scope::All,
        Some(pb::invalidate_tags_request::Scope::Tags(list)) => {
            Scope::Tags(Tags::new(&list.names).map_err(wire::engine_failure)?)
        }
        None => return Err(scope_missing()),
    };
    invalidate(app, &request.namespace, scope).await?;
    Ok(pb::InvalidateTagsResponse {})
}

async fn invalidate(app: &App, namespace: &str, scope: Scope) -> Result<(), Failure> {
    if matches!(&scope, Scope::Tags(tags) if tags.is_empty()) {
        return Err(scope_missing());
    }
    let namespace = wire::namespace(namespace)?;
    app.store.invalidate(&namespace, scope).await.map_err(wire::engine_failure)?;
    metrics::counter!("invalidations_total").increment(1);
    Ok(())
}

fn scope_missing() -> Failure {
    Failure::invalid(
        "SCOPE_MISSING",
        "the request does not say what to invalidate; allowed: 1 to 16 tags, or all",
    )
}

/// Query parameters of `:invalidate`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Options {
    tags: Option<String>,
    #[serde(default)]
    all: bool,
}

/// `POST /v1/namespaces/{namespace}:invalidate`: 204.
pub(crate) async fn rest(app: &App, namespace: &str, Params(options): Params<Options>) -> Answer {
    let scope = match (options.tags, options.all) {
        (None, true) => Scope::All,
        (Some(names), false) => Scope::Tags(tags(Some(&names))?),
        (None, false) | (Some(_), true) => return Err(scope_missing()),
    };
    invalidate(app, namespace, scope).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
