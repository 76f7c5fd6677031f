//! What a shard keeps, and the one place where entries come and go: map, policy, expiry index and counts together.
//!
//! The idea: whoever changes something holds the lock of the shard and has a `Kept`; each change goes through
//! [`Kept::put`] or [`Kept::take`]. So the sums are exact at any time, and nothing is left behind in any index.

use std::sync::Arc;

use moka::sync::Cache;

use super::{
    expiry::ExpiryIndex,
    hashed::{AsItIs, Hashed, Probe},
    reads::Reads,
};
use crate::{
    Entry, Timestamp,
    epochs::Epochs,
    policy::{BATCH, Handle, Policy, Size},
    quota::Quota,
};

/// The map of a shard, which readers use without a lock. It has no capacity and no policy of its own.
pub(super) type Map = Cache<Hashed, Slot, AsItIs>;

/// What the map has under a key.
#[derive(Clone)]
pub(super) struct Slot {
    pub(super) entry: Entry,
    pub(super) handle: Handle,
}

/// What only the holder of the lock touches.
pub(super) struct Kept {
    policy: Policy<Hashed>,
    expiries: ExpiryIndex,
    epochs: Arc<Epochs>,
    walk: Walk,
    /// Number of the first hit that the policy has not seen.
    drained: u64,
    /// Bytes put in or taken out since the map last worked off its backlog.
    unsettled: u64,
    slack_bytes: u64,
    victims: Vec<Hashed>,
    pub(super) counts: Counts,
}

/// What was done.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Counts {
    pub(super) sets: u64,
    pub(super) conflicts: u64,
    pub(super) deletes: u64,
    pub(super) expirations: u64,
    pub(super) evictions: u64,
    pub(super) touches: u64,
    pub(super) invalidations: u64,
}

/// A walk over all entries, to find those that were invalidated.
#[derive(Default)]
struct Walk {
    /// Index of the next handle.
    next: u32,
    /// The last invalidation before this walk began.
    begun: u64,
    /// The last invalidation before the last complete walk began.
    done: u64,
}

impl Kept {
    pub(super) fn new(quota: &Quota, epochs: Arc<Epochs>) -> Self {
        Self {
            policy: Policy::new(quota.policy, quota.room),
            expiries: ExpiryIndex::default(),
            epochs,
            walk: Walk::default(),
            drained: 0,
            unsettled: 0,
            slack_bytes: quota.slack_bytes,
            victims: Vec::new(),
            counts: Counts::default(),
        }
    }

    pub(super) fn held(&self) -> Size {
        self.policy.held()
    }

    /// Shows the policy what readers noted.
    pub(super) fn drain(&mut self, reads: &Reads) {
        let policy = &mut self.policy;
        reads.drain(&mut self.drained, |hit| policy.on_hit(hit.handle, hit.tag));
    }

    /// What is there now. An entry that has expired or was invalidated is taken out on the way, so that whoever takes it
    /// out, a writer or the sweep, counts it, and nobody else.
    pub(super) fn current(&mut self, map: &Map, probe: Probe<'_>, now: Timestamp) -> Option<Slot> {
        let slot = map.get(&probe)?;
        if !self.is_over(&slot.entry, now) {
            return Some(slot);
        }
        self.drop_over(map, &slot);
        None
    }

    /// Writes an entry in the place of `current`.
    pub(super) fn put(
        &mut self,
        map: &Map,
        probe: Probe<'_>,
        current: Option<Slot>,
        entry: Entry,
        now: Timestamp,
    ) {
        let charge = entry.charge();
        let handle = match current {
            Some(slot) => {
                self.expiries.remove(&slot.entry, slot.handle);
                self.unsettled += u64::from(slot.entry.charge());
                self.policy.on_update(slot.handle, charge, &mut self.victims);
                slot.handle
            }
            None => {
                self.prefer_expired(map, charge, now);
                self.policy.on_insert(probe.hash, charge, probe.to_hashed(), &mut self.victims)
            }
        };
        self.expiries.insert(&entry, handle);
        map.insert(probe.to_hashed(), Slot { entry, handle });
        self.unsettled += u64::from(charge);
        self.evict(map, now);
        self.settle(map);
    }

    /// Takes out what is there.
    pub(super) fn take(&mut self, map: &Map, slot: &Slot) {
        self.expiries.remove(&slot.entry, slot.handle);
        if let Some(key) = self.policy.on_remove(slot.handle) {
            self.unsettled += u64::from(slot.entry.charge());
            map.invalidate(&key.probe());
        }
        self.settle(map);
    }

    /// Takes out the entry that is due first, if one is, or sees that it was used and is due later; says whether there
    /// was one.
    pub(super) fn reap(&mut self, map: &Map, now: Timestamp) -> bool {
        let due = self.expiries.first_due(now).and_then(|handle| self.slot(map, handle));
        let Some(slot) = due else { return false };
        if self.is_over(&slot.entry, now) {
            self.drop_over(map, &slot);
        } else {
            self.expiries.remove(&slot.entry, slot.handle);
            slot.entry.reindex();
            self.expiries.insert(&slot.entry, slot.handle);
        }
        true
    }

    /// Looks at the next entries, at most `limit`, and takes out those that were invalidated; says at how many it
    /// looked. Zero: since the last invalidation all were looked at.
    pub(super) fn purge(&mut self, map: &Map, limit: usize) -> usize {
        let latest = self.epochs.latest();
        if self.walk.done == latest {
            return 0;
        }
        if self.walk.next == 0 {
            self.walk.begun = latest;
        }
        for looked in 0..limit {
            if self.walk.next >= self.policy.handles() {
                self.walk = Walk { next: 0, done: self.walk.begun, begun: latest };
                if self.walk.done == latest {
                    return looked;
                }
                continue; // there was another invalidation meanwhile
            }
            let slot = self.slot(map, Handle::from_index(self.walk.next));
            self.walk.next += 1;
            if let Some(slot) = slot.filter(|slot| self.epochs.is_void(&slot.entry)) {
                self.drop_over(map, &slot);
            }
        }
        limit
    }

    fn slot(&self, map: &Map, handle: Handle) -> Option<Slot> {
        self.policy.owner(handle).and_then(|key| map.get(&key.probe()))
    }

    /// Whether it has expired or was invalidated.
    fn is_over(&self, entry: &Entry, now: Timestamp) -> bool {
        entry.is_expired(now) || self.epochs.is_void(entry)
    }

    /// Takes out an entry that is over.
    fn drop_over(&mut self, map: &Map, slot: &Slot) {
        self.take(map, slot);
        self.count_over(&slot.entry);
    }

    fn count_over(&mut self, entry: &Entry) {
        let void = self.epochs.is_void(entry);
        let count = if void { &mut self.counts.invalidations } else { &mut self.counts.expirations };
        *count += 1;
    }

    /// Makes room by what has expired before anyone is thrown out.
    fn prefer_expired(&mut self, map: &Map, charge: u32, now: Timestamp) {
        for _ in 0..BATCH {
            if !self.policy.is_full_for(charge) || !self.reap(map, now) {
                return;
            }
        }
    }

    /// Takes the victims of the policy out of map and index.
    fn evict(&mut self, map: &Map, now: Timestamp) {
        while let Some(key) = self.victims.pop() {
            let Some(slot) = map.remove(&key.probe()) else { continue };
            self.expiries.remove(&slot.entry, slot.handle);
            self.unsettled += u64::from(slot.entry.charge());
            if self.is_over(&slot.entry, now) {
                self.count_over(&slot.entry);
            } else {
                self.counts.evictions += 1;
            }
        }
    }

    /// Lets the map let go of what was replaced or removed, once that has grown.
    fn settle(&mut self, map: &Map) {
        if self.unsettled > self.slack_bytes {
            self.unsettled = 0;
            map.run_pending_tasks();
        }
    }

    #[cfg(test)]
    pub(super) fn indexed(&self) -> usize {
        self.expiries.len()
    }
}
