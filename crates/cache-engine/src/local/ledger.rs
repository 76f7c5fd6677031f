//! The ledger of a shard: what is in its map, counted where entries come and go.
//!
//! An entry is entered before it goes into the map, and struck out by the map's own removal listener, which moka
//! calls exactly once for each entry that leaves, whatever the cause. So the sums are exact and no index item is left
//! behind.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use moka::notification::RemovalCause;
use parking_lot::Mutex;

use super::expiry::ExpiryIndex;
use crate::{Clock, Entry, Key, Version};

/// What is in the map of a shard. Orders are relaxed: each count stands for itself.
pub(super) struct Ledger {
    clock: Arc<dyn Clock>,
    /// Held for one index operation only; never while the map is called.
    expiries: Mutex<ExpiryIndex>,
    entries: AtomicU64,
    live_bytes: AtomicU64,
    expirations: AtomicU64,
    evictions: AtomicU64,
}

impl Ledger {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            expiries: Mutex::default(),
            entries: AtomicU64::new(0),
            live_bytes: AtomicU64::new(0),
            expirations: AtomicU64::new(0),
            evictions: AtomicU64::new(0),
        }
    }

    /// Enters an entry that is about to go into the map.
    pub(super) fn enter(&self, key: &Key, entry: &Entry) {
        self.entries.fetch_add(1, Relaxed);
        self.live_bytes.fetch_add(u64::from(entry.charge()), Relaxed);
        if entry.expires_at().is_some() {
            self.expiries.lock().insert(key, entry);
        }
    }

    /// Strikes out an entry that has left the map.
    pub(super) fn strike_out(&self, entry: &Entry, cause: RemovalCause) {
        self.entries.fetch_sub(1, Relaxed);
        self.live_bytes.fetch_sub(u64::from(entry.charge()), Relaxed);
        if entry.expires_at().is_some() {
            self.expiries.lock().remove(entry);
        }
        if cause != RemovalCause::Size {
            return; // a caller or the sweep took it out and counts it
        }
        if entry.is_expired(self.clock.now()) {
            self.count_expiration();
        } else {
            self.evictions.fetch_add(1, Relaxed);
        }
    }

    pub(super) fn count_expiration(&self) {
        self.expirations.fetch_add(1, Relaxed);
    }

    /// Takes entries whose life is over out of the index, at most `limit`.
    pub(super) fn take_due(&self, limit: usize) -> Vec<(Key, Version)> {
        self.expiries.lock().take_due(self.clock.now(), limit)
    }

    pub(super) fn entries(&self) -> u64 {
        self.entries.load(Relaxed)
    }

    pub(super) fn live_bytes(&self) -> u64 {
        self.live_bytes.load(Relaxed)
    }

    pub(super) fn expirations(&self) -> u64 {
        self.expirations.load(Relaxed)
    }

    pub(super) fn evictions(&self) -> u64 {
        self.evictions.load(Relaxed)
    }

    #[cfg(test)]
    pub(super) fn indexed(&self) -> usize {
        self.expiries.lock().len()
    }
}
