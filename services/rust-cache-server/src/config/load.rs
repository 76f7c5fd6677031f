//! Token buckets and leases: how many, and for how long.

use std::time::Duration;

use context::duration;
use serde::{Deserialize, Serialize};

/// Token buckets and leases.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Load {
    /// Keys that have tokens out at the same time, at most 57 bytes each; one more is `LIMIT_KEYS_LIMIT`. Default 1,000,000.
    pub max_limit_keys: usize,
    /// Takes of one TakeTokens; more is `TAKES_LIMIT`. Default 100.
    #[serde(deserialize_with = "chassis::config::positive")]
    pub max_takes: usize,
    /// Leases that are held and waited for in all, some 250 bytes each and their names; one more is `LEASES_LIMIT`. Default 100,000.
    pub max_leases: usize,
    /// Callers who wait for one name; one more is `LEASE_WAITERS_LIMIT`. Default 1,000.
    pub max_lease_waiters: usize,
    /// Longest time of a lease; more is `LEASE_TTL_INVALID`. Default 1h.
    #[serde(deserialize_with = "duration::positive", serialize_with = "duration::serialize")]
    pub max_lease_ttl: Duration,
    /// Longest wait for a lease; more is `LEASE_WAIT_INVALID`. Default 30s.
    #[serde(with = "duration")]
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
