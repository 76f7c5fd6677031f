//! SlowOperations: the last calls that took long.

use axum::extract::State;
use chassis::rest::{Answer, Params};
use fastjson_proto::rustcache::v1 as pb;
use serde::Deserialize;

use super::rest::json_answer;
use crate::slow::Record;
use crate::{App, wire};

/// `rustcache.v1.AdminService/SlowOperations`.
pub(crate) fn call(app: &App, request: &pb::SlowOperationsRequest) -> pb::SlowOperationsResponse {
    let limit = match request.limit {
        0 => usize::MAX,
        limit => usize::try_from(limit).unwrap_or(usize::MAX),
    };
    let (records, total) = app.slow.last(limit);
    pb::SlowOperationsResponse {
        operations: records.into_iter().map(row).collect(),
        total,
        threshold: wire::time(app.slow.threshold()),
    }
}

fn row(record: Record) -> pb::SlowOperation {
    pb::SlowOperation {
        operation: record.operation.to_owned(),
        namespace: record.asked.namespace,
        key_hash: record.asked.key_hash.map(wire::key_hash).unwrap_or_default(),
        took: wire::time(record.took),
        bytes: record.bytes,
        trace_id: format!("{:032x}", record.asked.trace_id),
        ago: wire::time(record.ended.elapsed()),
    }
}

/// Query parameters of `GET /v1/slow`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Options {
    #[serde(default)]
    limit: u32,
}

/// `GET /v1/slow`.
pub(crate) async fn rest(State(app): State<App>, Params(Options { limit }): Params<Options>) -> Answer {
    json_answer("rustcache.v1.SlowOperationsResponse", &call(&app, &pb::SlowOperationsRequest { limit }))
}
