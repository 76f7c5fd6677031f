//! Watches: how many, of what, and how far behind one may be.

use std::time::Duration;

use serde::{Deserialize, Serialize};

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
    /// Bytes of the logs of all namespaces that are watched, `log_bytes` each; one more is `WATCHERS_LIMIT`. Default 64 MiB.
    pub max_log_bytes: u64,
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
            max_log_bytes: 64 << 20,
            heartbeat: Duration::from_secs(15),
        }
    }
}
