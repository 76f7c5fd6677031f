//! HotKeys: the keys that are used most.

use axum::extract::{Path, State};
use cache_engine::{HotKey, MAX_HOT_KEYS};
use chassis::Failure;
use chassis::rest::{Answer, Params};
use fastjson_proto::rustcache::v1 as pb;
use serde::Deserialize;

use super::rest::json_answer;
use crate::{App, wire};

/// How many there are if nobody says.
const USUAL: usize = 10;

/// `rustcache.v1.AdminService/HotKeys`.
pub(crate) fn call(app: &App, request: &pb::HotKeysRequest) -> Result<pb::HotKeysResponse, Failure> {
    let namespace = wire::namespace(&request.namespace)?;
    let top = match usize::try_from(request.top).unwrap_or(usize::MAX) {
        0 => USUAL,
        top if top <= MAX_HOT_KEYS => top,
        top => return Err(too_many(top)),
    };
    let keys = app.store.hot_keys(&namespace, top).map_err(wire::engine_failure)?;
    Ok(pb::HotKeysResponse { keys: keys.into_iter().map(row).collect() })
}

fn row(hot: HotKey) -> pb::HotKey {
    let HotKey { key, uses, error, per_second, bytes } = hot;
    pb::HotKey { key: key.as_str().to_owned(), uses, error, per_second, bytes }
}

fn too_many(actual: usize) -> Failure {
    let message = format!("{actual} keys are asked for; allowed: at most {MAX_HOT_KEYS}");
    Failure::invalid("HOT_KEYS_LIMIT", message)
        .with("limit", "hot_keys")
        .with("allowed", MAX_HOT_KEYS)
        .with("actual", actual)
}

/// Query parameters of `GET /v1/namespaces/{namespace}/hot`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Options {
    #[serde(default)]
    top: u32,
}

/// `GET /v1/namespaces/{namespace}/hot`.
pub(crate) async fn rest(
    State(app): State<App>,
    Path(namespace): Path<String>,
    Params(Options { top }): Params<Options>,
) -> Answer {
    json_answer("rustcache.v1.HotKeysResponse", &call(&app, &pb::HotKeysRequest { namespace, top })?)
}
