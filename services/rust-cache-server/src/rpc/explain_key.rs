//! ExplainKey: whether a key is there, and why, or what became of it.

use chassis::Failure;
use chassis::rest::Answer;
use fastjson_proto::rustcache::v1 as pb;

use super::rest::{EntryPath, json_answer};
use crate::{App, wire};

/// `rustcache.v1.AdminService/ExplainKey`.
pub(crate) fn call(app: &App, request: &pb::ExplainKeyRequest) -> Result<pb::ExplainKeyResponse, Failure> {
    let namespace = wire::namespace(&request.namespace)?;
    let key = wire::key(&request.key)?;
    let explanation = app.store.explain(&namespace, &key).map_err(wire::engine_failure)?;
    Ok(wire::explanation(explanation, app.slow.hash(key.as_str())))
}

/// `POST /v1/namespaces/{namespace}/keys/{key}:explain`.
pub(crate) fn rest(app: &App, path: EntryPath) -> Answer {
    let request = pb::ExplainKeyRequest { namespace: path.namespace, key: path.key };
    json_answer("rustcache.v1.ExplainKeyResponse", &call(app, &request)?)
}
