//! What a namespace holds and did.

use crate::{NamespaceConfig, NamespaceName};

/// What a namespace holds and did since its store was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamespaceStats {
    /// Its name.
    pub namespace: NamespaceName,
    /// Entries that are there, with those that have expired or were invalidated and were not swept yet.
    pub entries: u64,
    /// Bytes that they are charged: key, body, media type and overhead.
    pub live_bytes: u64,
    /// Bytes that it may hold.
    pub capacity_bytes: u64,
    /// Reads that found an entry.
    pub hits: u64,
    /// Reads that found none.
    pub misses: u64,
    /// Entries written.
    pub sets: u64,
    /// Writes and removals refused because their condition did not hold.
    pub conflicts: u64,
    /// Entries removed by a caller.
    pub deletes: u64,
    /// Entries that reached the end of their life; each counts once, when it is noticed.
    pub expirations: u64,
    /// Entries removed to make room.
    pub evictions: u64,
    /// Entries that were given another life.
    pub touches: u64,
    /// Entries that were invalidated; each counts once, when it is noticed.
    pub invalidations: u64,
}

impl NamespaceStats {
    /// Nothing yet.
    pub(crate) fn empty(config: &NamespaceConfig) -> Self {
        Self {
            namespace: config.name.clone(),
            entries: 0,
            live_bytes: 0,
            capacity_bytes: config.capacity_bytes,
            hits: 0,
            misses: 0,
            sets: 0,
            conflicts: 0,
            deletes: 0,
            expirations: 0,
            evictions: 0,
            touches: 0,
            invalidations: 0,
        }
    }
}
