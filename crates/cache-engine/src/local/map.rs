//! The map of a shard, on moka: which entry a key has.
//!
//! Promise: a read takes no lock. It has no capacity and no policy of its own. Cost: of the memory of an entry some
//! 230 bytes, and at most readings some of moka's housekeeping: see [`Map::settle`].

use moka::sync::Cache;

use super::hashed::{AsItIs, Hashed, Probe};
use crate::Entry;

/// Entries by key.
pub(super) struct Map(Cache<Hashed, Entry, AsItIs>);

impl Map {
    pub(super) fn new() -> Self {
        Self(Cache::builder().build_with_hasher(AsItIs::default()))
    }

    pub(super) fn get(&self, probe: Probe<'_>) -> Option<Entry> {
        self.0.get(&probe)
    }

    /// Puts an entry there, also in the place of another one. One at a time.
    pub(super) fn insert(&self, probe: Probe<'_>, entry: Entry) {
        self.0.insert(probe.to_hashed(), entry);
    }

    /// One at a time.
    pub(super) fn remove(&self, probe: Probe<'_>) -> Option<Entry> {
        self.0.remove(&probe)
    }

    /// Works off the backlog: moka notes what was written and removed, and lets go of it only afterwards, in this call or
    /// in one of the next reads, which then takes as long as the backlog is long.
    pub(super) fn settle(&self) {
        self.0.run_pending_tasks();
    }

    #[cfg(test)]
    pub(super) fn entries(&self) -> Vec<Entry> {
        self.0.iter().map(|(_, entry)| entry).collect()
    }
}
