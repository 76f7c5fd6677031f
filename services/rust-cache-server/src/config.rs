//! What an operator can set. `chassis::settings` reads it from flags, `RUST_CACHE_SERVER_*` and a TOML file.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use cache_engine::NamespaceName;
use serde::{Deserialize, Serialize};

/// All settings of the service.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Addresses, connection limits, logs.
    pub server: chassis::Config,
    /// What is stored.
    pub store: Store,
    /// Further namespaces beside `default`, by name.
    pub namespaces: BTreeMap<String, Namespace>,
    /// What a restart keeps.
    #[serde(default)]
    pub snapshot: Snapshot,
    /// Computations on a miss.
    pub compute: Compute,
    /// Registered schemas that writes are checked against.
    #[serde(default)]
    pub schemas: Schemas,
    /// Documents: entries that are JSON.
    #[serde(default)]
    pub documents: Documents,
    /// Token buckets and leases.
    pub load: Load,
    /// Watches.
    pub watch: Watch,
    /// Operations by the frame over one stream.
    pub session: Session,
    /// The log of slow calls.
    #[serde(default)]
    pub slow: Slow,
    /// The JSON service, for computations on a miss.
    pub json: client::Config,
}

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
    pub max_value_bytes: u64,
    /// Name of the registered schema that all documents of `default` must satisfy; then nothing else can be written there.
    /// Absent: none.
    pub schema: Option<String>,
    /// Time to live of entries in `default` that name none, in whole seconds; absent: they do not expire.
    pub default_ttl_seconds: Option<u64>,
    /// Bytes up to which it may borrow what other namespaces do not use; absent: it does not borrow.
    pub max_bytes: Option<u64>,
    /// Bytes of all connections that may be open (37 KiB each) and of what all namespaces are promised, the sum of their
    /// capacities; more is `MEMORY_LIMIT`. Absent: namespaces may be promised as much as those of the settings, and at
    /// least 1 GiB, besides the connections.
    pub memory_limit_bytes: Option<u64>,
    /// How many namespaces there may be; more is `NAMESPACES_LIMIT`. Default 256.
    pub max_namespaces: usize,
    /// Most entries of one page of Scan; more is `PAGE_SIZE_LIMIT`. Default 1,000.
    pub max_page_entries: usize,
    /// Most items of one GetMany, SetMany or DeleteMany; more is `BATCH_ITEMS_LIMIT`. Default 1,000.
    pub max_batch_items: usize,
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

impl From<Policy> for cache_engine::PolicyKind {
    fn from(policy: Policy) -> Self {
        match policy {
            Policy::Adaptive => Self::Adaptive,
            Policy::Lru => Self::Lru,
            Policy::None => Self::Refuse,
        }
    }
}

/// What a restart keeps.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Snapshot {
    /// The file; absent: no snapshots, which is the default. One process at a time holds it.
    pub path: Option<PathBuf>,
    /// From the end of one snapshot to the begin of the next. Default 5m; at least 1s.
    #[serde(with = "context::duration")]
    pub interval: Duration,
    /// Whether the last one is written behind the drain, so that nothing acknowledged is lost. Default true.
    pub on_shutdown: bool,
}

impl Default for Snapshot {
    fn default() -> Self {
        Self { path: None, interval: Duration::from_secs(300), on_shutdown: true }
    }
}

/// Computations on a miss.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Compute {
    /// Computations at the same time; one more is `FLIGHTS_LIMIT`. Default 1,024.
    pub max_flights: usize,
    /// Longest time for which a caller may be the one to compute a key; more is `LEASE_TTL_INVALID`. Default 60s.
    #[serde(with = "context::duration")]
    pub max_lease: Duration,
    /// Keys of which it is remembered that there is nothing, some 100 bytes each and the key; more are not remembered. Default 100,000.
    pub max_absences: usize,
    /// Entries that depend on the one that they were computed from, some 300 bytes each and their keys. One more is answered and not
    /// stored. Default 16,384.
    pub max_dependencies: usize,
    /// Refreshes of stale entries at the same time; where there are as many, an entry stays stale until it is read again. Default 64.
    pub max_refreshes: usize,
    /// Failed computations that are remembered, some 500 bytes to 5 KiB each; more are not. Default 10,000.
    pub max_failures: usize,
    /// For how long the first failure of a computation is answered without another one; each further one doubles it. Default
    /// 200ms.
    #[serde(with = "context::duration")]
    pub first_backoff: Duration,
    /// For how long at most. Default 30s.
    #[serde(with = "context::duration")]
    pub max_backoff: Duration,
    /// Time that a computation may take. It is shared, so it does not end with the caller that began it. Default 10s.
    #[serde(with = "context::duration")]
    pub deadline: Duration,
}

/// Registered schemas that writes are checked against.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Schemas {
    /// The namespace in which fastjson-api keeps them, its `registry.namespace`. Default `fastjson.registry`.
    pub namespace: String,
    /// Most of them that are kept compiled; the least recently used go. Default 1,000.
    pub max_compiled: usize,
}

impl Default for Schemas {
    fn default() -> Self {
        Self { namespace: "fastjson.registry".to_owned(), max_compiled: 1_000 }
    }
}

/// Token buckets and leases.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Load {
    /// Keys that have tokens out at the same time, at most 57 bytes each; one more is `LIMIT_KEYS_LIMIT`. Default 1,000,000.
    pub max_limit_keys: usize,
    /// Takes of one TakeTokens; more is `TAKES_LIMIT`. Default 100.
    pub max_takes: usize,
    /// Leases that are held and waited for in all, some 250 bytes each and their names; one more is `LEASES_LIMIT`. Default 100,000.
    pub max_leases: usize,
    /// Callers who wait for one name; one more is `LEASE_WAITERS_LIMIT`. Default 1,000.
    pub max_lease_waiters: usize,
    /// Longest time of a lease; more is `LEASE_TTL_INVALID`. Default 1h.
    #[serde(with = "context::duration")]
    pub max_lease_ttl: Duration,
    /// Longest wait for a lease; more is `LEASE_WAIT_INVALID`. Default 30s.
    #[serde(with = "context::duration")]
    pub max_lease_wait: Duration,
}

impl Default for Load {
    fn default() -> Self {
        Self {
            max_limit_keys: 1_000_000,
            max_takes: 100,
            max_leases: 100_000,
            max_lease_waiters: 1_000,
            max_lease_ttl: Duration::from_secs(3_600),
            max_lease_wait: Duration::from_secs(30),
        }
    }
}

/// Watches.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Watch {
    /// Watchers at the same time; one more is `WATCHERS_LIMIT`. Default 16,384.
    pub max_watchers: usize,
    /// Keys of one watch; more is `WATCH_KEYS_LIMIT`. Default 256.
    pub max_keys: usize,
    /// Bytes of the keys, prefixes and tags of all watches; more is `WATCHERS_LIMIT`. Default 16 MiB.
    pub max_filter_bytes: usize,
    /// Events that the log of a namespace holds, from its first watcher on; one that is further behind is told a
    /// discontinuity. Default 65,536.
    pub log_events: usize,
    /// Bytes that they may take. Default 8 MiB.
    pub log_bytes: usize,
    /// After so long at the latest a watcher is told something, unless it asks for another time. Default 15s.
    #[serde(with = "context::duration")]
    pub heartbeat: Duration,
}

impl From<&Watch> for cache_engine::EventLimits {
    fn from(watch: &Watch) -> Self {
        Self { events: watch.log_events, bytes: watch.log_bytes }
    }
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            max_watchers: 16_384,
            max_keys: 256,
            max_filter_bytes: 16 << 20,
            log_events: 65_536,
            log_bytes: 8 << 20,
            heartbeat: Duration::from_secs(15),
        }
    }
}

/// Operations by the frame over one stream.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Session {
    /// Most operations of one frame; more is `SESSION_OPERATIONS_LIMIT`. Default 1,000.
    pub max_operations: usize,
    /// Sessions at the same time; one more is `SESSIONS_LIMIT`. Default 16,384.
    pub max_sessions: usize,
}

impl Default for Session {
    fn default() -> Self {
        Self { max_operations: 1_000, max_sessions: 16_384 }
    }
}

/// The log of slow calls.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Slow {
    /// What takes longer is slow. Default 5ms.
    #[serde(with = "context::duration")]
    pub threshold: Duration,
    /// How many calls are kept, the last ones, some 200 bytes each. Default 1,000.
    pub max_records: usize,
}

impl Default for Slow {
    fn default() -> Self {
        Self { threshold: Duration::from_millis(5), max_records: 1_000 }
    }
}

/// Documents: entries that are JSON, read in part and changed where they lie.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Documents {
    /// Bytes of parsed forms that are kept, beside the capacities of namespaces and inside `store.memory_limit_bytes`; those used
    /// longest ago go first. Default 64 MiB.
    pub max_parsed_bytes: u64,
    /// Deepest nesting in levels; more is `DEPTH_LIMIT`. Default 128.
    pub max_depth: u32,
    /// Most values of any kind; more is `NODES_LIMIT`. Default 1,000,000.
    pub max_nodes: u64,
    /// Time of one query or one change; more is `BUDGET_TIME`. Default 100ms.
    #[serde(with = "context::duration")]
    pub time: Duration,
    /// Memory of one, and the longest document that a change may make; more is `BUDGET_MEMORY`. Default 256 MiB.
    pub memory_bytes: u64,
    /// Documents up to this many bytes are parsed, and merged, on the thread that received the call. Default 64 KiB.
    pub inline_bytes: usize,
    /// Pieces of other work at the same time; default: one a core.
    pub workers: usize,
    /// Calls that may wait for a worker; one more is `OVERLOADED`. Default 1,024.
    pub queue: usize,
}

impl Default for Documents {
    fn default() -> Self {
        Self {
            max_parsed_bytes: 64 << 20,
            max_depth: 128,
            max_nodes: 1_000_000,
            time: Duration::from_millis(100),
            memory_bytes: 256 << 20,
            inline_bytes: 64 << 10,
            workers: std::thread::available_parallelism().map_or(2, std::num::NonZero::get),
            queue: 1_024,
        }
    }
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

impl Default for Compute {
    fn default() -> Self {
        Self {
            max_flights: 1_024,
            max_lease: Duration::from_secs(60),
            max_absences: 100_000,
            max_dependencies: 16_384,
            max_refreshes: 64,
            max_failures: 10_000,
            first_backoff: Duration::from_millis(200),
            max_backoff: Duration::from_secs(30),
            deadline: Duration::from_secs(10),
        }
    }
}

impl Config {
    /// The schema that a namespace demands.
    pub(crate) fn schema_of(&self, namespace: &NamespaceName) -> Option<&str> {
        match namespace.as_str() {
            NamespaceName::DEFAULT => self.store.schema.as_deref(),
            name => self.namespaces.get(name)?.schema.as_deref(),
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            server: chassis::Config::on_ports(50052, 9052),
            store: Store::default(),
            namespaces: BTreeMap::new(),
            snapshot: Snapshot::default(),
            compute: Compute::default(),
            schemas: Schemas::default(),
            documents: Documents::default(),
            load: Load::default(),
            watch: Watch::default(),
            session: Session::default(),
            slow: Slow::default(),
            json: client::Config::of_peer("http://127.0.0.1:50051"),
        }
    }
}
