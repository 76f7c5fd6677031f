//! The frames around the entries: when it was written, of which namespaces, and how it ended.
//!
//! Promise: a field that a format added later has a meaning where it is absent, so that older files are read. Cost: once a file, and once a namespace.

use std::time::{Duration, SystemTime};

use super::codec::{Cursor, Problem, put_bytes, put_number};
use crate::{NamespaceConfig, NamespaceName, PolicyKind};

/// The first frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct About {
    /// When it was begun, by the wall; times of entries count from then.
    pub(crate) begun: SystemTime,
    /// The release of the engine that wrote it.
    pub(crate) engine: String,
    /// A number above all fencing tokens that were given before; zero: the writer did not say.
    pub(crate) tokens_end: u64,
}

impl About {
    pub(super) fn encode(&self, to: &mut Vec<u8>) {
        let since = self.begun.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        put_number(to, u64::try_from(since.as_nanos()).unwrap_or(u64::MAX));
        put_bytes(to, self.engine.as_bytes());
        put_number(to, self.tokens_end);
    }

    pub(super) fn decode(content: &[u8]) -> Result<Self, Problem> {
        let mut cursor = Cursor::new(content);
        let since = Duration::from_nanos(cursor.number()?);
        let begun = SystemTime::UNIX_EPOCH.checked_add(since).ok_or("its time is out of range")?;
        let engine = cursor.text()?.to_owned();
        let tokens_end = if cursor.is_at_end() { 0 } else { cursor.number()? };
        Ok(Self { begun, engine, tokens_end })
    }
}

/// The last frame: a namespace is known by its place among the frames of namespaces.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct End {
    /// Entries in all.
    pub(crate) entries: u64,
    /// Of each namespace, a number above all versions and all sequences of events that it gave.
    pub(crate) numbers: Vec<u64>,
}

impl End {
    pub(super) fn encode(&self, to: &mut Vec<u8>) {
        put_number(to, self.entries);
        for number in &self.numbers {
            put_number(to, *number);
        }
    }

    pub(super) fn decode(content: &[u8]) -> Result<Self, Problem> {
        let mut cursor = Cursor::new(content);
        let mut end = Self { entries: cursor.number()?, numbers: Vec::new() };
        while !cursor.is_at_end() {
            end.numbers.push(cursor.number()?);
        }
        Ok(end)
    }
}

/// Fields of a namespace, each with a number of its own; one that is not there has its default.
const CAPACITY_BYTES: u8 = 1;
const MAX_ENTRIES: u8 = 2;
const LRU: u8 = 3;
const DEFAULT_TTL: u8 = 4;
const MAX_VALUE_BYTES: u8 = 5;
const MAX_BYTES: u8 = 6;
const LOG_EVENTS: u8 = 7;
const LOG_BYTES: u8 = 8;
const REFUSE: u8 = 9;
/// The only one that is a text.
const SCHEMA: u8 = 10;

pub(super) fn encode_namespace(config: &NamespaceConfig, to: &mut Vec<u8>) {
    put_bytes(to, config.name.as_str().as_bytes());
    let nanos = |ttl: Duration| u64::try_from(ttl.as_nanos()).unwrap_or(u64::MAX);
    let fields = [
        (CAPACITY_BYTES, Some(config.capacity_bytes)),
        (MAX_ENTRIES, config.max_entries),
        (LRU, (config.policy == PolicyKind::Lru).then_some(1)),
        (DEFAULT_TTL, config.default_ttl.map(nanos)),
        (MAX_VALUE_BYTES, Some(config.max_value_bytes)),
        (MAX_BYTES, config.max_bytes),
        (LOG_EVENTS, Some(config.events.events as u64)),
        (LOG_BYTES, Some(config.events.bytes as u64)),
        (REFUSE, (config.policy == PolicyKind::Refuse).then_some(1)),
    ];
    for (field, value) in fields {
        if let Some(value) = value {
            to.push(field);
            put_number(to, value);
        }
    }
    if let Some(schema) = &config.schema {
        to.push(SCHEMA);
        put_bytes(to, schema.as_bytes());
    }
}

fn size(value: u64) -> Result<usize, Problem> {
    usize::try_from(value).map_err(|_| "a size is beyond this machine".into())
}

pub(super) fn decode_namespace(content: &[u8]) -> Result<NamespaceConfig, Problem> {
    let mut cursor = Cursor::new(content);
    let name = NamespaceName::parse(cursor.text()?).map_err(|error| error.to_string())?;
    let mut config = NamespaceConfig::new(name);
    while !cursor.is_at_end() {
        let field = cursor.byte()?;
        if field == SCHEMA {
            config.schema = Some(cursor.text()?.into());
            continue;
        }
        match (field, cursor.number()?) {
            (CAPACITY_BYTES, value) => config.capacity_bytes = value,
            (MAX_ENTRIES, value) => config.max_entries = Some(value),
            (LRU, _) => config.policy = PolicyKind::Lru,
            (DEFAULT_TTL, value) => config.default_ttl = Some(Duration::from_nanos(value)),
            (MAX_VALUE_BYTES, value) => config.max_value_bytes = value,
            (MAX_BYTES, value) => config.max_bytes = Some(value),
            (LOG_EVENTS, value) => config.events.events = size(value)?,
            (LOG_BYTES, value) => config.events.bytes = size(value)?,
            (REFUSE, _) => config.policy = PolicyKind::Refuse,
            (field, _) => return Err(format!("field {field} of a namespace is not known")),
        }
    }
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_namespace_demands_the_schema_that_it_did() {
        let config = NamespaceConfig { schema: Some("shop/order".into()), ..NamespaceConfig::default() };
        let mut bytes = Vec::new();
        encode_namespace(&config, &mut bytes);
        assert_eq!(decode_namespace(&bytes), Ok(config));
        bytes.truncate(bytes.len() - 1);
        assert!(decode_namespace(&bytes).is_err());
    }

    #[test]
    fn a_namespace_has_the_policy_that_it_had() {
        for policy in [PolicyKind::Adaptive, PolicyKind::Lru, PolicyKind::Refuse] {
            let config = NamespaceConfig { policy, ..NamespaceConfig::default() };
            let mut bytes = Vec::new();
            encode_namespace(&config, &mut bytes);
            assert_eq!(decode_namespace(&bytes), Ok(config));
        }
    }
}
