//! Computations on a miss, and the schemas that writes are checked against.

use std::time::Duration;

use context::duration;
use serde::{Deserialize, Serialize};

/// Computations on a miss.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Compute {
    /// Computations at the same time; one more is `FLIGHTS_LIMIT`. Default 1,024.
    pub max_flights: usize,
    /// Longest time for which a caller may be the one to compute a key; more is `LEASE_TTL_INVALID`. Default 60s.
    #[serde(deserialize_with = "duration::positive", serialize_with = "duration::serialize")]
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
    #[serde(with = "duration")]
    pub first_backoff: Duration,
    /// For how long at most. Default 30s.
    #[serde(with = "duration")]
    pub max_backoff: Duration,
    /// Time that a computation may take. It is shared, so it does not end with the caller that began it. Default 10s.
    #[serde(deserialize_with = "duration::positive", serialize_with = "duration::serialize")]
    pub deadline: Duration,
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
