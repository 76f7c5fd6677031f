//! Documents: how they are read, and what a query or a change of one may use.

use std::time::Duration;

use context::duration;
use serde::{Deserialize, Serialize};

/// Documents: entries that are JSON, read in part and changed where they lie.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Documents {
    /// Bytes of parsed forms that are kept, beside the capacities of namespaces and inside `store.memory_limit_bytes`; those used
    /// longest ago go first. Default 64 MiB.
    pub max_parsed_bytes: u64,
    /// Deepest nesting in levels; more is `DEPTH_LIMIT`. Default 128.
    #[serde(deserialize_with = "chassis::config::positive")]
    pub max_depth: u32,
    /// Most values of any kind; more is `NODES_LIMIT`. Default 1,000,000.
    #[serde(deserialize_with = "chassis::config::positive")]
    pub max_nodes: u64,
    /// Time of one query or one change; more is `BUDGET_TIME`. Default 100ms.
    #[serde(deserialize_with = "duration::positive", serialize_with = "duration::serialize")]
    pub time: Duration,
    /// Memory of one, and the longest document that a change may make; more is `BUDGET_MEMORY`. Default 256 MiB.
    #[serde(deserialize_with = "chassis::config::positive")]
    pub memory_bytes: u64,
    /// Documents up to this many bytes are parsed, and merged, on the thread that received the call. Default 64 KiB.
    pub inline_bytes: usize,
    /// Pieces of other work at the same time; default: one a core.
    #[serde(deserialize_with = "chassis::config::positive")]
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
