//! A namespace of the local store: limits, versions and shards.

use std::{hash::BuildHasher, sync::Arc};

use super::shard::{Hasher, Shard};
use crate::{
    Clock, Condition, Entry, Error, Key, NamespaceConfig, NamespaceStats, RemoveOutcome, SetOutcome, Ttl,
    Value, quota::Quota, version::VersionSource,
};

/// A namespace. It has maps of its own, so that a full one throws out nothing but its own entries.
pub(super) struct Namespace {
    config: NamespaceConfig,
    quota: Quota,
    versions: VersionSource,
    hasher: Hasher,
    shards: Box<[Shard]>,
}

impl Namespace {
    pub(super) fn new(config: NamespaceConfig, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        let quota = Quota::of(&config)?;
        let hasher = Hasher::new();
        let versions = VersionSource::seeded(clock.wall());
        let new_shard = |_| Shard::new(&quota, hasher.clone(), Arc::clone(&clock));
        let shards = (0..quota.shards).map(new_shard).collect();
        Ok(Self { config, quota, versions, hasher, shards })
    }

    pub(super) fn shards(&self) -> &[Shard] {
        &self.shards
    }

    pub(super) fn get(&self, key: &Key) -> Option<Entry> {
        self.shard(key).get(key)
    }

    pub(super) fn set(
        &self,
        key: Key,
        value: Value,
        ttl: Ttl,
        condition: Condition,
    ) -> Result<SetOutcome, Error> {
        let charge = self.quota.charge(&key, &value)?;
        let make = |now| {
            let expires_at = ttl.expires_at(now, self.config.default_ttl);
            Entry::new(value, self.versions.next(), expires_at, charge)
        };
        Ok(self.shard(&key).set(key, condition, make))
    }

    pub(super) fn remove(&self, key: &Key, condition: Condition) -> RemoveOutcome {
        self.shard(key).remove(key, condition)
    }

    pub(super) fn stats(&self) -> NamespaceStats {
        let empty = NamespaceStats::empty(&self.config);
        self.shards.iter().map(Shard::stats).fold(empty, |sum, shard| NamespaceStats {
            entries: sum.entries + shard.entries,
            live_bytes: sum.live_bytes + shard.live_bytes,
            hits: sum.hits + shard.hits,
            misses: sum.misses + shard.misses,
            sets: sum.sets + shard.sets,
            conflicts: sum.conflicts + shard.conflicts,
            deletes: sum.deletes + shard.deletes,
            expirations: sum.expirations + shard.expirations,
            evictions: sum.evictions + shard.evictions,
            ..sum
        })
    }

    /// The map picks its place by the high and the low bits of the same hash; a shard is picked by bits between.
    fn shard(&self, key: &Key) -> &Shard {
        let hash = self.hasher.hash_one(key);
        let middle = (hash >> 32) as usize;
        &self.shards[middle % self.shards.len()]
    }
}
