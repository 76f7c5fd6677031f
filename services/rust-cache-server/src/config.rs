//! What an operator can set. `chassis::settings` reads it from flags, `RUST_CACHE_SERVER_*` and a TOML file.
//!
//! Promise: a limit of what one call may hold or take is above zero, since with zero every call would be refused; a limit of how many
//! there may be at a time can be zero, and turns that off. Cost: at the start only.

mod compute;
mod documents;
mod load;
mod store;
mod watch;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use compute::{Compute, Schemas};
pub use documents::Documents;
pub use load::Load;
pub use store::{Map, Namespace, Policy, Store};
pub(crate) use watch::HEARTBEATS;
pub use watch::Watch;

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

/// Operations by the frame over one stream.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Session {
    /// Most operations of one frame; more is `SESSION_OPERATIONS_LIMIT`. Default 1,000.
    #[serde(deserialize_with = "chassis::config::positive")]
    pub max_operations: usize,
    /// Sessions at the same time; one more is `SESSIONS_LIMIT`. Default 16,384.
    pub max_sessions: usize,
    /// Bytes of the frames that are worked on and of the answers that are not taken yet, of all sessions; while they are more, a
    /// frame is `SESSION_BYTES_LIMIT`. Default 256 MiB.
    pub max_bytes: u64,
}

impl Default for Session {
    fn default() -> Self {
        Self { max_operations: 1_000, max_sessions: 16_384, max_bytes: 256 << 20 }
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

#[cfg(test)]
mod tests;
