//! Stats: what namespaces hold and did.

use std::time::Duration;

use axum::extract::State;
use cache_engine::{NamespaceStats, Store as _};
use chassis::Failure;
use chassis::rest::{Answer, Params};
use fastjson_proto::rustcache::v1 as pb;
use serde::Deserialize;

use super::rest::json_answer;
use crate::latency::Summary;
use crate::{App, report, wire};

/// `rustcache.v1.AdminService/Stats`.
pub(crate) async fn call(app: &App, request: pb::StatsRequest) -> Result<pb::StatsResponse, Failure> {
    let only = match request.namespace.as_str() {
        "" => None,
        name => Some(wire::namespace(name)?),
    };
    let rows = app.store.stats(only.as_ref()).await.map_err(wire::engine_failure)?;
    rows.iter().for_each(report::publish);
    let operations = app.latencies.summaries().into_iter().map(operation).collect();
    Ok(pb::StatsResponse { namespaces: rows.into_iter().map(row).collect(), operations })
}

fn operation(summary: Summary) -> pb::OperationStats {
    let wire = |time: Duration| prost_types::Duration::try_from(time).ok();
    pb::OperationStats {
        operation: summary.operation.name().to_owned(),
        calls: summary.calls,
        p50: wire(summary.p50),
        p99: wire(summary.p99),
        max: wire(summary.longest),
    }
}

fn row(stats: NamespaceStats) -> pb::NamespaceStats {
    pb::NamespaceStats {
        namespace: stats.namespace.to_string(),
        entries: stats.entries,
        live_bytes: stats.live_bytes,
        capacity_bytes: stats.capacity_bytes,
        room_bytes: stats.room_bytes,
        hits: stats.hits,
        misses: stats.misses,
        sets: stats.sets,
        conflicts: stats.conflicts,
        deletes: stats.deletes,
        expirations: stats.expirations,
        evictions: stats.evictions,
        touches: stats.touches,
        invalidations: stats.invalidations,
        reclaims: stats.reclaims,
        expirations_for_room: stats.expirations_for_room,
        hit_ratio: stats.hit_ratio(),
    }
}

/// Query parameters of `GET /v1/stats`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Options {
    #[serde(default)]
    namespace: String,
}

/// `GET /v1/stats`.
pub(crate) async fn rest(State(app): State<App>, Params(options): Params<Options>) -> Answer {
    let response = call(&app, pb::StatsRequest { namespace: options.namespace }).await?;
    json_answer("rustcache.v1.StatsResponse", &response)
}
