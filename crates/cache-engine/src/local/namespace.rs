//! A namespace of the local store: limits, versions and shards.

use std::sync::Arc;

use super::{
    hashed::{KeyHasher, Probe},
    receipts::Receipts,
    shard::{Change, Shard},
};
use crate::{
    Clock, Condition, Counted, Draft, Entry, Error, Increment, Key, Life, NamespaceConfig, NamespaceStats,
    Receipt, RemoveOutcome, RequestId, Scope, SetOutcome, Timestamp, TouchOutcome, Write, epochs::Epochs,
    increment, life::Dice, quota::Quota, version::VersionSource,
};

/// A namespace. It has maps of its own, so that a full one throws out nothing but its own entries.
pub(super) struct Namespace {
    config: NamespaceConfig,
    quota: Quota,
    versions: VersionSource,
    dice: Dice,
    epochs: Arc<Epochs>,
    hasher: KeyHasher,
    clock: Arc<dyn Clock>,
    receipts: Receipts,
    shards: Box<[Shard]>,
}

impl Namespace {
    pub(super) fn new(config: NamespaceConfig, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        let quota = Quota::of(&config)?;
        let versions = VersionSource::seeded(clock.wall());
        let dice = Dice::seeded(clock.wall());
        let epochs = Arc::new(Epochs::new());
        let receipts = Receipts::new(config.capacity_bytes);
        let shard = |_| Shard::new(&quota, Arc::clone(&epochs), Arc::clone(&clock));
        let shards = (0..quota.shards).map(shard).collect();
        Ok(Self { config, quota, versions, dice, epochs, hasher: KeyHasher::new(), clock, receipts, shards })
    }

    pub(super) fn shards(&self) -> &[Shard] {
        &self.shards
    }

    pub(super) fn get(&self, key: &Key) -> Option<Entry> {
        let probe = Probe::new(key, &self.hasher);
        self.shard(probe).get(probe)
    }

    pub(super) fn set(&self, key: &Key, draft: Draft, condition: Condition) -> Result<SetOutcome, Error> {
        let charge = self.quota.charge(key, &draft.value, draft.extra_bytes())?;
        let make = |now| self.entry(draft, now, charge);
        let probe = Probe::new(key, &self.hasher);
        Ok(self.shard(probe).set(probe, condition, make))
    }

    pub(super) fn remove(&self, key: &Key, condition: Condition) -> RemoveOutcome {
        let probe = Probe::new(key, &self.hasher);
        self.shard(probe).remove(probe, condition)
    }

    pub(super) fn touch(&self, key: &Key, life: Life, condition: Condition) -> Result<TouchOutcome, Error> {
        let probe = Probe::new(key, &self.hasher);
        self.shard(probe).touch(probe, condition, |entry, now| {
            let charge = self.quota.charge(key, entry.value(), entry.extra_bytes_with(&life))?;
            Ok(entry.with_life(life.begin(now, self.config.default_ttl, &self.dice), charge))
        })
    }

    pub(super) fn increment(&self, key: &Key, increment: Increment) -> Result<Counted, Error> {
        let probe = Probe::new(key, &self.hasher);
        self.shard(probe).update(probe, |current, now| match self.counted(key, increment, current, now) {
            Ok(counted) => (Change::Put(counted.entry.clone()), Ok(counted)),
            Err(error) => (Change::Keep, Err(error)),
        })
    }

    fn counted(
        &self,
        key: &Key,
        increment: Increment,
        current: Option<&Entry>,
        now: Timestamp,
    ) -> Result<Counted, Error> {
        let number = increment.apply(current.map(Entry::value))?;
        let value = increment::write(number, current.map(Entry::value));
        let Some(entry) = current else {
            let draft = Draft { value, life: increment.life, tags: crate::Tags::default() };
            let charge = self.quota.charge(key, &draft.value, draft.extra_bytes())?;
            return Ok(Counted { number, entry: self.entry(draft, now, charge) });
        };
        let charge = self.quota.charge(key, &value, entry.extra_bytes())?;
        Ok(Counted { number, entry: entry.with_value(value, self.versions.next(), now, charge) })
    }

    pub(super) fn once(&self, id: &RequestId, write: Write) -> Result<Receipt, Error> {
        self.receipts.once(id, write, self.clock.now(), |write| match write {
            Write::Set { key, draft, condition } => self.set(&key, draft, condition).map(Receipt::from),
            Write::Remove { key, condition } => Ok(self.remove(&key, condition).into()),
            Write::Increment { key, increment } => self.increment(&key, increment).map(Receipt::from),
        })
    }

    pub(super) fn invalidate(&self, scope: &Scope) {
        self.epochs.invalidate(scope, self.versions.next());
    }

    /// What is to be written, with a version; to be called under the lock of its shard, so that versions of a key grow.
    fn entry(&self, draft: Draft, now: Timestamp, charge: u32) -> Entry {
        let span = draft.life.begin(now, self.config.default_ttl, &self.dice);
        Entry::new(draft.value, self.versions.next(), span, self.epochs.marks(&draft.tags), charge)
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
            touches: sum.touches + shard.counts.touches,
            invalidations: sum.invalidations + shard.counts.invalidations,
            ..sum
        })
    }

    /// The map picks its place by the high and the low bits of the same hash; a shard is picked by bits between.
    fn shard(&self, probe: Probe<'_>) -> &Shard {
        let middle = (probe.hash >> 32) as usize;
        &self.shards[middle % self.shards.len()]
    }
}
