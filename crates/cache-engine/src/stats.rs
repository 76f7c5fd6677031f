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
    /// Bytes that it is guaranteed.
    pub capacity_bytes: u64,
    /// Bytes that it may hold at present: more where it borrows, less where it lends.
    pub room_bytes: u64,
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
    /// Entries removed because the namespace was made smaller, or gave back what it had borrowed.
    pub reclaims: u64,
    /// Of the expirations, those that were noticed because a write needed the room.
    pub expirations_for_room: u64,
}

impl NamespaceStats {
    /// Hits of all reads, 0 to 1; `None` before the first read.
    #[must_use]
    pub fn hit_ratio(&self) -> Option<f64> {
        let reads = self.hits + self.misses;
        (reads > 0).then(|| self.hits as f64 / reads as f64)
    }

    /// Nothing yet.
    pub(crate) fn empty(config: &NamespaceConfig) -> Self {
        Self {
            namespace: config.name.clone(),
            entries: 0,
            live_bytes: 0,
            capacity_bytes: config.capacity_bytes,
            room_bytes: config.capacity_bytes,
            hits: 0,
            misses: 0,
            sets: 0,
            conflicts: 0,
            deletes: 0,
            expirations: 0,
            evictions: 0,
            touches: 0,
            invalidations: 0,
            reclaims: 0,
            expirations_for_room: 0,
        }
    }
}
