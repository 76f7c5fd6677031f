//! Requests, parsed once into engine types that cannot be wrong.

use cache_engine::{Body, Condition, Key, NamespaceName, Value, Version};
use chassis::Failure;
use fastjson_proto::rustcache::v1 as pb;

use super::engine_failure;

/// Empty means `default`.
pub(crate) fn namespace(name: &str) -> Result<NamespaceName, Failure> {
    NamespaceName::parse(name).map_err(engine_failure)
}

/// 1 to 1,024 bytes.
pub(crate) fn key(key: &str) -> Result<Key, Failure> {
    Key::new(key).map_err(engine_failure)
}

/// Copied out of the network frame, which it would pin.
pub(crate) fn value(value: Option<&pb::Value>) -> Result<Value, Failure> {
    let Some(pb::Value { body: Some(body), content_type }) = value else {
        return Err(Failure::invalid("VALUE_MISSING", "the value has no body; allowed: text or data"));
    };
    let body = match body {
        pb::value::Body::Text(text) => Body::text(text),
        pb::value::Body::Data(bytes) => Body::data(bytes),
    };
    Value::new(body, content_type).map_err(engine_failure)
}

/// Absent means always.
pub(crate) fn condition(condition: Option<pb::Condition>) -> Result<Condition, Failure> {
    match condition.and_then(|condition| condition.kind) {
        None | Some(pb::condition::Kind::Always(_)) => Ok(Condition::Always),
        Some(pb::condition::Kind::IfAbsent(_)) => Ok(Condition::IfAbsent),
        Some(pb::condition::Kind::IfPresent(_)) => Ok(Condition::IfPresent),
        Some(pb::condition::Kind::IfVersion(version)) => {
            Version::new(version).map(Condition::IfVersion).map_err(engine_failure)
        }
    }
}
