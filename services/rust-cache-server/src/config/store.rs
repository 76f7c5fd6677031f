//! Namespaces: what each may hold, and in what.

use serde::{Deserialize, Serialize};

/// The namespace `default`, and limits of every call.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Store {
    /// Bytes that the namespace `default` may hold, overhead included. Default 256 MiB.
    pub capacity_bytes: u64,
    /// Entries that it may hold; absent: as many as its bytes allow.
    pub max_entries: Option<u64>,
    /// Which entries go when it is full: `adaptive`, `lru` or `none`, which refuses writes instead. Default adaptive.
    pub policy: Policy,
    /// In what entries are kept: `moka` or `compact`. Default moka.
    pub map: Map,
    /// Longest value in bytes; more is `VALUE_BYTES_LIMIT`. Default 4 MiB.
    #[serde(deserialize_with = "chassis::config::positive")]
    pub max_value_bytes: u64,
    /// Name of the registered schema that all documents of `default` must satisfy; then nothing else can be written there.
    /// Absent: none.
    pub schema: Option<String>,
    /// Time to live of entries in `default` that name none, in whole seconds; absent: they do not expire.
    pub default_ttl_seconds: Option<u64>,
    /// Bytes up to which it may borrow what other namespaces do not use; absent: it does not borrow.
    pub max_bytes: Option<u64>,
    /// Bytes of what all namespaces are promised, the sum of their capacities, of all connections that may be open (37 KiB each),
    /// and of all that the other settings allow (docs/namespaces.md); more is `MEMORY_LIMIT`. Absent: namespaces may be
    /// promised as much as those of the settings, and at
    /// least 1 GiB, besides the connections.
    pub memory_limit_bytes: Option<u64>,
    /// How many namespaces there may be; more is `NAMESPACES_LIMIT`. Default 256.
    #[serde(deserialize_with = "chassis::config::positive")]
    pub max_namespaces: usize,
    /// Most entries of one page of Scan; more is `PAGE_SIZE_LIMIT`. Default 1,000.
    #[serde(deserialize_with = "chassis::config::positive")]
    pub max_page_entries: usize,
    /// Most items of one GetMany, SetMany or DeleteMany; more is `BATCH_ITEMS_LIMIT`. Default 1,000.
    #[serde(deserialize_with = "chassis::config::positive")]
    pub max_batch_items: usize,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            capacity_bytes: 256 << 20,
            max_entries: None,
            policy: Policy::default(),
            map: Map::default(),
            max_value_bytes: 4 << 20,
            schema: None,
            default_ttl_seconds: None,
            max_bytes: None,
            memory_limit_bytes: None,
            max_namespaces: 256,
            max_page_entries: 1_000,
            max_batch_items: 1_000,
        }
    }
}

/// A further namespace.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Namespace {
    /// Bytes that it may hold, overhead included.
    pub capacity_bytes: u64,
    /// Entries that it may hold; absent: as many as its bytes allow.
    #[serde(default)]
    pub max_entries: Option<u64>,
    /// Which entries go when it is full: `adaptive`, `lru` or `none`, which refuses writes instead. Default adaptive.
    #[serde(default)]
    pub policy: Policy,
    /// Time to live of entries that name none, in whole seconds; absent: they do not expire.
    #[serde(default)]
    pub default_ttl_seconds: Option<u64>,
    /// Bytes up to which it may borrow what other namespaces do not use; absent: it does not borrow.
    #[serde(default)]
    pub max_bytes: Option<u64>,
    /// Longest value in bytes; absent: as `store.max_value_bytes`.
    #[serde(default)]
    pub max_value_bytes: Option<u64>,
    /// Name of the registered schema that all its documents must satisfy; then nothing else can be written there. Absent:
    /// none.
    #[serde(default)]
    pub schema: Option<String>,
}

/// Which entries a full namespace throws out.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// The less frequent ones, after a window for fresh entries that fits itself to the traffic.
    #[default]
    Adaptive,
    /// The least recently used ones.
    Lru,
    /// None: what finds no room is refused, with `NAMESPACE_FULL`.
    None,
}

impl From<Policy> for cache_engine::PolicyKind {
    fn from(policy: Policy) -> Self {
        match policy {
            Policy::Adaptive => Self::Adaptive,
            Policy::Lru => Self::Lru,
            Policy::None => Self::Refuse,
        }
    }
}

/// In what entries are kept, of all namespaces.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Map {
    /// The map of moka, in which a read takes no lock.
    #[default]
    Moka,
    /// A map that takes about half the memory an entry, in which a read takes a lock that few share.
    Compact,
}

impl From<Map> for cache_engine::MapKind {
    fn from(map: Map) -> Self {
        match map {
            Map::Moka => Self::Moka,
            Map::Compact => Self::Compact,
        }
    }
}
