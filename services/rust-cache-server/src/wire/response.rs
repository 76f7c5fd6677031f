//! What the engine holds, in the words of the contract.

use cache_engine::{Clock, Current, Entry, Freshness, Timestamp, Value};
use chassis::Failure;
use fastjson_proto::rustcache::v1 as pb;

/// An entry as it is now.
pub(crate) fn entry(entry: &Entry, clock: &dyn Clock) -> pb::Entry {
    let now = clock.now();
    let freshness = entry.freshness(now);
    pb::Entry {
        value: Some(stored_value(entry.value())),
        version: entry.version().get(),
        ttl: left(entry, now),
        stale: freshness != Freshness::Fresh,
        refresh: freshness == Freshness::Refresh,
        tags: entry.tags().map(|tag| tag.as_str().to_owned()).collect(),
    }
}

/// A value, in the arm in which it was set.
pub(crate) fn stored_value(value: &Value) -> pb::Value {
    let body = match value.body().as_text() {
        Some(text) => pb::value::Body::Text(text.to_owned()),
        None => pb::value::Body::Data(value.body().to_bytes()),
    };
    pb::Value { body: Some(body), content_type: value.content_type().to_owned() }
}

/// Time left to live; absent when it does not expire.
pub(crate) fn left(entry: &Entry, now: Timestamp) -> Option<prost_types::Duration> {
    entry.remaining(now).and_then(|left| prost_types::Duration::try_from(left).ok())
}

/// What is there instead.
pub(crate) fn current(current: Current) -> pb::Conflict {
    let current = match current {
        Current::Version(version) => pb::conflict::Current::Version(version.get()),
        Current::Missing => pb::conflict::Current::Missing(pb::Missing {}),
    };
    pb::Conflict { current: Some(current) }
}

/// Refuses an entry of another version than the one that was asked for.
pub(crate) fn check_version(wanted: Option<u64>, entry: &Entry) -> Result<(), Failure> {
    let present = entry.version().get();
    match wanted {
        Some(wanted) if wanted != present => Err(Failure::not_found(
            "VERSION_GONE",
            format!("the entry has version {present}, version {wanted} was asked for"),
        )
        .with("version", present)),
        Some(_) | None => Ok(()),
    }
}
