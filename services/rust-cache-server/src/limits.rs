//! The limits in force, as GetLimits lists them.

use cache_engine::{
    BYTES_A_REQUEST_ID, BYTES_AN_END, MAX_CONTENT_TYPE_BYTES, MAX_CURSOR_BYTES, MAX_DEPENDENCY_STEPS,
    MAX_FRAME_BYTES, MAX_HOT_KEYS, MAX_KEY_BYTES, MAX_LEASE_LIMIT, MAX_NAMESPACE_NAME_BYTES, MAX_REFILL,
    MAX_REQUEST_ID_BYTES, MAX_TAG_BYTES, MAX_TAGS, MAX_TTL, REQUEST_ID_WINDOW,
};
use chassis::limits::{LimitRow, millis};
use fastjson_proto::fastjson::v1::Limit;

use crate::config::{Compute, Config, Documents, Load};
use crate::documents::MAX_PATHS;

/// All limits, ordered by name.
pub(crate) fn list(config: &Config, memory_limit_bytes: u64) -> Vec<Limit> {
    let mut rows = config.server.limits.rows();
    rows.extend(own(config));
    rows.extend(namespaces(config, memory_limit_bytes));
    rows.extend(documents(&config.documents));
    rows.extend(load(&config.load, &config.compute));
    rows.extend(config.store.max_entries.map(most_entries));
    wording::limits(rows)
}

#[rustfmt::skip] // A table is read by its columns.
fn own(config: &Config) -> Vec<LimitRow> {
    let (store, compute, watch) = (&config.store, &config.compute, &config.watch);
    vec![
        LimitRow::new("compute.deadline", millis(compute.deadline), "milliseconds", "DEADLINE", "time of a computation"),
        LimitRow::new("compute.max_backoff", millis(compute.max_backoff), "milliseconds", "", "time for which a failure is answered without another computation"),
        LimitRow::new("compute.max_dependencies", compute.max_dependencies as u64, "entries", "DEPENDENCIES_LIMIT", "computed entries that depend on another one; one more is answered and not stored"),
        LimitRow::new("compute.max_failures", compute.max_failures as u64, "failures", "", "failed computations that are remembered"),
        LimitRow::new("compute.max_flights", compute.max_flights as u64, "computations", "FLIGHTS_LIMIT", "computations at the same time"),
        LimitRow::new("compute.max_refreshes", compute.max_refreshes as u64, "computations", "", "refreshes of stale entries at the same time; more wait for the next read"),
        LimitRow::new("content_type_bytes", MAX_CONTENT_TYPE_BYTES as u64, "bytes", "CONTENT_TYPE_BYTES_LIMIT", "length of a media type"),
        LimitRow::new("dependency_steps", MAX_DEPENDENCY_STEPS as u64, "steps", "DEPENDENCY_STEPS_LIMIT", "steps from a computed entry back to what is not computed"),
        LimitRow::new("ends", store.capacity_bytes / BYTES_AN_END, "ends", "", "ends of keys that the namespace default remembers, in 1/128 of its capacity; the oldest go"),
        LimitRow::new("hot_keys", MAX_HOT_KEYS as u64, "keys", "HOT_KEYS_LIMIT", "keys of one HotKeys"),
        LimitRow::new("key_bytes", MAX_KEY_BYTES as u64, "bytes", "KEY_BYTES_LIMIT", "length of a key"),
        LimitRow::new("request_id_bytes", MAX_REQUEST_ID_BYTES as u64, "bytes", "REQUEST_ID_BYTES_LIMIT", "length of a request id"),
        LimitRow::new("request_id_window", REQUEST_ID_WINDOW.as_secs(), "seconds", "REQUEST_ID_REUSED", "time for which an id is remembered"),
        LimitRow::new("request_ids", store.capacity_bytes / BYTES_A_REQUEST_ID, "ids", "REQUEST_ID_REUSED", "ids that the namespace default remembers, in 1/64 of its capacity"),
        LimitRow::new("schemas.max_compiled", config.schemas.max_compiled as u64, "schemas", "", "registered schemas that are kept compiled; the least recently used go"),
        LimitRow::new("session.max_bytes", config.session.max_bytes, "bytes", "SESSION_BYTES_LIMIT", "frames at work and answers not taken yet, of all sessions"),
        LimitRow::new("session.max_operations", config.session.max_operations as u64, "operations", "SESSION_OPERATIONS_LIMIT", "operations of one frame of a session"),
        LimitRow::new("session.max_sessions", config.session.max_sessions as u64, "sessions", "SESSIONS_LIMIT", "sessions at the same time"),
        LimitRow::new("slow.max_records", config.slow.max_records as u64, "calls", "", "slow calls that are kept; the oldest go"),
        LimitRow::new("slow.threshold", millis(config.slow.threshold), "milliseconds", "", "what takes longer is slow"),
        LimitRow::new("snapshot.part_bytes", MAX_FRAME_BYTES, "bytes", "SNAPSHOT_PART_BYTES_LIMIT", "length of a part of a snapshot file"),
        LimitRow::new("store.capacity_bytes", store.capacity_bytes, "bytes", "CAPACITY", "what the namespace default holds"),
        LimitRow::new("store.max_batch_items", store.max_batch_items as u64, "items", "BATCH_ITEMS_LIMIT", "items of one GetMany, SetMany or DeleteMany"),
        LimitRow::new("store.max_value_bytes", store.max_value_bytes, "bytes", "VALUE_BYTES_LIMIT", "length of a value"),
        LimitRow::new("tag_bytes", MAX_TAG_BYTES as u64, "bytes", "TAG_BYTES_LIMIT", "length of a tag"),
        LimitRow::new("tags", MAX_TAGS as u64, "tags", "TAGS_LIMIT", "tags of an entry or of an invalidation"),
        LimitRow::new("watch.heartbeat", millis(watch.heartbeat), "milliseconds", "HEARTBEAT_INVALID", "time without a word to a watcher"),
        LimitRow::new("watch.log_bytes", watch.log_bytes as u64, "bytes", "DISCONTINUITY", "events that a namespace holds for its watchers"),
        LimitRow::new("watch.log_events", watch.log_events as u64, "events", "DISCONTINUITY", "events that a namespace holds for its watchers"),
        LimitRow::new("watch.max_filter_bytes", watch.max_filter_bytes as u64, "bytes", "WATCHERS_LIMIT", "keys, prefixes and tags of all watches"),
        LimitRow::new("watch.max_log_bytes", watch.max_log_bytes, "bytes", "WATCHERS_LIMIT", "logs of all namespaces that are watched"),
        LimitRow::new("watch.max_keys", watch.max_keys as u64, "keys", "WATCH_KEYS_LIMIT", "keys of a watch"),
        LimitRow::new("watch.max_watchers", watch.max_watchers as u64, "watchers", "WATCHERS_LIMIT", "watchers at the same time"),
        LimitRow::new("ttl", MAX_TTL.as_secs(), "seconds", "TTL_INVALID", "time to live of an entry"),
    ]
}

#[rustfmt::skip] // A table is read by its columns.
fn namespaces(config: &Config, memory_limit_bytes: u64) -> [LimitRow; 5] {
    let store = &config.store;
    [
        LimitRow::new("cursor_bytes", MAX_CURSOR_BYTES as u64, "bytes", "CURSOR_INVALID", "length of the cursor of a scan"),
        LimitRow::new("namespace_bytes", MAX_NAMESPACE_NAME_BYTES as u64, "bytes", "NAMESPACE_INVALID", "length of the name of a namespace"),
        LimitRow::new("store.max_namespaces", store.max_namespaces as u64, "namespaces", "NAMESPACES_LIMIT", "namespaces, those counted that are being freed"),
        LimitRow::new("store.max_page_entries", store.max_page_entries as u64, "entries", "PAGE_SIZE_LIMIT", "entries of one page of Scan"),
        LimitRow::new("store.memory_limit_bytes", memory_limit_bytes, "bytes", "MEMORY_LIMIT", "capacity of all namespaces together, what else takes memory taken off"),
    ]
}

#[rustfmt::skip] // A table is read by its columns.
fn load(load: &Load, compute: &Compute) -> Vec<LimitRow> {
    vec![
        LimitRow::new("compute.max_absences", compute.max_absences as u64, "keys", "MISSING", "keys of which it is remembered that there is nothing"),
        LimitRow::new("compute.max_lease", millis(compute.max_lease), "milliseconds", "LEASE_TTL_INVALID", "time of a caller to compute a key"),
        LimitRow::new("load.max_lease_ttl", millis(load.max_lease_ttl), "milliseconds", "LEASE_TTL_INVALID", "time of a lease"),
        LimitRow::new("load.max_lease_wait", millis(load.max_lease_wait), "milliseconds", "LEASE_WAIT_INVALID", "wait for a lease"),
        LimitRow::new("load.max_lease_waiters", load.max_lease_waiters as u64, "callers", "LEASE_WAITERS_LIMIT", "callers who wait for one name"),
        LimitRow::new("load.max_leases", load.max_leases as u64, "leases", "LEASES_LIMIT", "leases that are held and waited for"),
        LimitRow::new("load.max_limit_keys", load.max_limit_keys as u64, "keys", "LIMIT_KEYS_LIMIT", "keys that have tokens out"),
        LimitRow::new("load.max_takes", load.max_takes as u64, "takes", "TAKES_LIMIT", "takes of one TakeTokens"),
        LimitRow::new("lease_limit", MAX_LEASE_LIMIT.into(), "holders", "LEASE_LIMIT_INVALID", "holders of one name"),
        LimitRow::new("rate_refill", MAX_REFILL.as_secs(), "seconds", "RATE_INVALID", "time in which a burst fills up"),
    ]
}

#[rustfmt::skip] // A table is read by its columns.
fn documents(documents: &Documents) -> [LimitRow; 7] {
    [
        LimitRow::new("document_paths", MAX_PATHS as u64, "paths", "DOCUMENT_PATHS_LIMIT", "paths of one GetDocument"),
        LimitRow::new("documents.max_depth", documents.max_depth.into(), "levels", "DEPTH_LIMIT", "nesting of a document"),
        LimitRow::new("documents.max_nodes", documents.max_nodes, "nodes", "NODES_LIMIT", "values of a document"),
        LimitRow::new("documents.max_parsed_bytes", documents.max_parsed_bytes, "bytes", "PARSED", "parsed forms that are kept; others go"),
        LimitRow::new("documents.memory_bytes", documents.memory_bytes, "bytes", "BUDGET_MEMORY", "memory of a query or a change of a document"),
        LimitRow::new("documents.queue", documents.queue as u64, "calls", "OVERLOADED", "calls that wait for work on a document"),
        LimitRow::new("documents.time", millis(documents.time), "milliseconds", "BUDGET_TIME", "time of a query or a change of a document"),
    ]
}

/// Listed only where there is one. Nobody is refused for it: others go.
fn most_entries(entries: u64) -> LimitRow {
    LimitRow::new(
        "store.max_entries",
        entries,
        "entries",
        "CAPACITY",
        "entries that the namespace default holds",
    )
}
