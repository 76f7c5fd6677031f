//! Watches: how many, of what, and how far behind one may be.

use std::ops::RangeInclusive;
use std::time::Duration;

use context::duration;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::Error;

/// How often a watcher can be told something at least, by settings or because it asks for it.
pub(crate) const HEARTBEATS: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(60);

/// Watches.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Watch {
    /// Watchers at the same time; one more is `WATCHERS_LIMIT`. Default 16,384.
    pub max_watchers: usize,
    /// Keys of one watch; more is `WATCH_KEYS_LIMIT`. Default 256.
    #[serde(deserialize_with = "chassis::config::positive")]
    pub max_keys: usize,
    /// Bytes of the keys, prefixes and tags of all watches; more is `WATCHERS_LIMIT`. Default 16 MiB.
    pub max_filter_bytes: usize,
    /// Events that the log of a namespace holds, from its first watcher on; one that is further behind is told a
    /// discontinuity. Default 65,536.
    #[serde(deserialize_with = "chassis::config::positive")]
    pub log_events: usize,
    /// Bytes that they may take. Default 8 MiB.
    #[serde(deserialize_with = "chassis::config::positive")]
    pub log_bytes: usize,
    /// Bytes of the logs of all namespaces that are watched, `log_bytes` each; one more is `WATCHERS_LIMIT`. At least `log_bytes`,
    /// unless `max_watchers` is zero. Default 64 MiB.
    pub max_log_bytes: u64,
    /// After so long at the latest a watcher is told something, unless it asks for another time; 1s to 60s. Default 15s.
    #[serde(deserialize_with = "heartbeat", serialize_with = "duration::serialize")]
    pub heartbeat: Duration,
}

impl Watch {
    /// `max_log_bytes`, if it holds one log or nobody may watch.
    ///
    /// # Errors
    /// [`Error::Config`]: every watch would be refused.
    pub(crate) fn room_for_logs(&self) -> Result<u64, Error> {
        let (least, most) = (self.log_bytes as u64, self.max_log_bytes);
        if most < least && self.max_watchers > 0 {
            return Err(Error::Config(format!(
                "watch.max_log_bytes is at least {least}, which is watch.log_bytes, not {most}: every watch would be \
                 refused; to have none, set watch.max_watchers to 0"
            )));
        }
        Ok(most)
    }
}

/// One of [`HEARTBEATS`].
fn heartbeat<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let every = duration::deserialize(deserializer)?;
    if !HEARTBEATS.contains(&every) {
        let given = duration::format(every);
        return Err(D::Error::custom(format!("{given} is no time of a heartbeat; allowed: 1s to 60s")));
    }
    Ok(every)
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
