//! The limits in force, as GetLimits lists them.

use cache_engine::{MAX_CONTENT_TYPE_BYTES, MAX_KEY_BYTES};
use fastjson_proto::fastjson::v1::Limit;

use crate::config::Config;

/// All limits, ordered by name.
pub(crate) fn list(config: &Config) -> Vec<Limit> {
    let server = &config.server.limits;
    let millis = |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let mut rows = vec![
        row(
            "compute.deadline",
            millis(config.compute.deadline),
            "milliseconds",
            "DEADLINE",
            "time of a computation",
        ),
        row(
            "compute.max_flights",
            config.compute.max_flights as u64,
            "computations",
            "FLIGHTS_LIMIT",
            "computations at the same time",
        ),
        row(
            "content_type_bytes",
            MAX_CONTENT_TYPE_BYTES as u64,
            "bytes",
            "CONTENT_TYPE_BYTES_LIMIT",
            "length of a media type",
        ),
        row("key_bytes", MAX_KEY_BYTES as u64, "bytes", "KEY_BYTES_LIMIT", "length of a key"),
        row(
            "server.limits.default_deadline",
            millis(server.default_deadline),
            "milliseconds",
            "DEADLINE",
            "time of a call whose caller names none",
        ),
        row(
            "server.limits.max_deadline",
            millis(server.max_deadline),
            "milliseconds",
            "DEADLINE",
            "time of any call",
        ),
        row(
            "server.limits.max_header_bytes",
            server.max_header_bytes.into(),
            "bytes",
            "HEADER_BYTES_LIMIT",
            "headers of a call",
        ),
        row(
            "server.limits.max_in_flight",
            server.max_in_flight as u64,
            "calls",
            "OVERLOADED",
            "calls at work at the same time",
        ),
        row(
            "server.limits.max_request_bytes",
            server.max_request_bytes as u64,
            "bytes",
            "INPUT_BYTES_LIMIT",
            "length of a request",
        ),
        row(
            "server.limits.max_response_bytes",
            server.max_response_bytes as u64,
            "bytes",
            "OUTPUT_TOO_LARGE",
            "length of an answer",
        ),
        row(
            "store.capacity_bytes",
            config.store.capacity_bytes,
            "bytes",
            "CAPACITY",
            "what the namespace default holds",
        ),
        row(
            "store.max_batch_items",
            config.store.max_batch_items as u64,
            "keys",
            "BATCH_ITEMS_LIMIT",
            "keys of one GetMany",
        ),
        row(
            "store.max_value_bytes",
            config.store.max_value_bytes,
            "bytes",
            "VALUE_BYTES_LIMIT",
            "length of a value",
        ),
        row("ttl", cache_engine::MAX_TTL.as_secs(), "seconds", "TTL_INVALID", "time to live of an entry"),
    ];
    rows.sort_by(|a, b| a.name.cmp(&b.name));
    rows
}

fn row(name: &str, value: u64, unit: &str, reason: &str, description: &str) -> Limit {
    Limit {
        name: name.to_owned(),
        value,
        unit: unit.to_owned(),
        reason: reason.to_owned(),
        description: description.to_owned(),
    }
}
