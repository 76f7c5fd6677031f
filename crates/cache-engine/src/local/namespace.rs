//! A namespace of the local store: limits, versions and shards.

use std::sync::Arc;

use super::{
    hashed::{KeyHasher, Probe},
    shard::Shard,
};
use crate::{
    Clock, Condition, Entry, Error, Key, NamespaceConfig, NamespaceStats, RemoveOutcome, SetOutcome, Ttl,
    Value, quota::Quota, version::VersionSource,
};

/// A namespace. It has maps of its own, so that a full one throws out nothing but its own entries.
pub(super) struct Namespace {
    config: NamespaceConfig,
    quota: Quota,
    versions: VersionSource,
    hasher: KeyHasher,
    shards: Box<[Shard]>,
}

impl Namespace {
    pub(super) fn new(config: NamespaceConfig, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        let quota = Quota::of(&config)?;
        let versions = VersionSource::seeded(clock.wall());
        let shards = (0..quota.shards).map(|_| Shard::new(&quota, Arc::clone(&clock))).collect();
        Ok(Self { config, quota, versions, hasher: KeyHasher::new(), shards })
    }

    pub(super) fn shards(&self) -> &[Shard] {
        &self.shards
    }

    pub(super) fn get(&self, key: &Key) -> Option<Entry> {
        let probe = Probe::new(key, &self.hasher);
        self.shard(probe).get(probe)
    }

    pub(super) fn set(
        &self,
        key: &Key,
        value: Value,
        ttl: Ttl,
        condition: Condition,
    ) -> Result<SetOutcome, Error> {
        let charge = self.quota.charge(key, &value)?;
        let make = |now| {
            let expires_at = ttl.expires_at(now, self.config.default_ttl);
            Entry::new(value, self.versions.next(), expires_at, charge)
        };
        let probe = Probe::new(key, &self.hasher);
        Ok(self.shard(probe).set(probe, condition, make))
    }

    pub(super) fn remove(&self, key: &Key, condition: Condition) -> RemoveOutcome {
        let probe = Probe::new(key, &self.hasher);
        self.shard(probe).remove(probe, condition)
    }

    pub(super) fn stats(&self) -> NamespaceStats {
        let empty = NamespaceStats::empty(&self.config);
        self.shards.iter().map(Shard::stats).fold(empty, |sum, shard| NamespaceStats {
            entries: sum.entries + shard.held.entries,
            live_bytes: sum.live_bytes + shard.held.bytes,
            hits: sum.hits + shard.hits,
            misses: sum.misses + shard.misses,
            sets: sum.sets + shard.counts.sets,
            conflicts: sum.conflicts + shard.counts.conflicts,
            deletes: sum.deletes + shard.counts.deletes,
            expirations: sum.expirations + shard.counts.expirations,
            evictions: sum.evictions + shard.counts.evictions,
            ..sum
        })
    }

    /// The map picks its place by the high and the low bits of the same hash; a shard is picked by bits between.
    fn shard(&self, probe: Probe<'_>) -> &Shard {
        let middle = (probe.hash >> 32) as usize;
        &self.shards[middle % self.shards.len()]
    }
}
