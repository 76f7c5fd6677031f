//! A shard: a map that readers use, what it keeps in order, and the lock under which it is written.

use std::sync::Arc;

use moka::sync::Cache;
use parking_lot::{Mutex, MutexGuard};

use super::{
    hashed::{AsItIs, Probe},
    kept::{Counts, Kept, Map},
    reads::{Noted, Reads},
};
use crate::{
    Clock, Condition, Current, Entry, RemoveOutcome, SetOutcome, Timestamp, policy, policy::Size,
    quota::Quota,
};

/// Entries that a sweep takes out under one lock.
const REAPED_AT_ONCE: usize = 16;

/// Part of a namespace. A read goes to the map alone and leaves a note; a write holds the lock from the look at what is
/// there to the change, which makes its condition exact.
pub(super) struct Shard {
    clock: Arc<dyn Clock>,
    map: Map,
    reads: Reads,
    kept: Mutex<Kept>,
}

/// What is to become of the entry that an operation looked at.
pub(super) enum Change {
    /// It stays as it is, because the condition did not hold; counted.
    Conflict,
    /// It stays as it is.
    Keep,
    /// This one takes its place.
    Put(Entry),
    /// It goes.
    Remove,
}

/// What a shard holds and counted.
pub(super) struct ShardStats {
    pub(super) held: Size,
    pub(super) hits: u64,
    pub(super) misses: u64,
    pub(super) counts: Counts,
}

impl Shard {
    pub(super) fn new(quota: &Quota, clock: Arc<dyn Clock>) -> Self {
        let map = Cache::builder().build_with_hasher(AsItIs::default());
        Self { clock, map, reads: Reads::new(), kept: Mutex::new(Kept::new(quota)) }
    }

    /// Reads an entry; the clock is read only if it can expire.
    pub(super) fn get(&self, probe: Probe<'_>) -> Option<Entry> {
        let slot = self.map.get(&probe);
        let live = slot.filter(|slot| slot.entry.expires_at().is_none_or(|end| end > self.clock.now()));
        let Some(slot) = live else {
            self.reads.miss();
            return None;
        };
        let ring_is_full = self.reads.hit(Noted { handle: slot.handle, tag: policy::tag(probe.hash) });
        if ring_is_full && let Some(mut kept) = self.kept.try_lock() {
            kept.drain(&self.reads);
        }
        Some(slot.entry)
    }

    /// Looks at what is there, and changes it as `decide` says, all in one. An entry that has expired is not there.
    pub(super) fn update<R>(
        &self,
        probe: Probe<'_>,
        decide: impl FnOnce(Option<&Entry>, Timestamp) -> (Change, R),
    ) -> R {
        let mut kept = self.lock();
        let now = self.clock.now();
        let current = kept.current(&self.map, probe, now);
        let (change, answer) = decide(current.as_ref().map(|slot| &slot.entry), now);
        match change {
            Change::Conflict => kept.counts.conflicts += 1,
            Change::Keep => {}
            Change::Put(entry) => {
                kept.counts.sets += 1;
                kept.put(&self.map, probe, current, entry, now);
            }
            Change::Remove => {
                if let Some(slot) = current {
                    kept.counts.deletes += 1;
                    kept.take(&self.map, &slot);
                }
            }
        }
        answer
    }

    /// Writes the entry that `make` gives for this moment, if the condition holds.
    pub(super) fn set(
        &self,
        probe: Probe<'_>,
        condition: Condition,
        make: impl FnOnce(Timestamp) -> Entry,
    ) -> SetOutcome {
        self.update(probe, |current, now| {
            let current = state(current);
            if !condition.holds(current) {
                return (Change::Conflict, SetOutcome::Conflict(current));
            }
            let entry = make(now);
            (Change::Put(entry.clone()), SetOutcome::Stored(entry))
        })
    }

    /// Removes an entry, if the condition holds.
    pub(super) fn remove(&self, probe: Probe<'_>, condition: Condition) -> RemoveOutcome {
        self.update(probe, |current, _| match state(current) {
            Current::Missing => (Change::Keep, RemoveOutcome::Missing),
            current if !condition.holds(current) => (Change::Conflict, RemoveOutcome::Conflict(current)),
            Current::Version(version) => (Change::Remove, RemoveOutcome::Removed(version)),
        })
    }

    /// Takes out entries that have expired, at most `limit`, and says how many. Lets go of the lock in between.
    pub(super) fn sweep(&self, limit: usize) -> usize {
        let now = self.clock.now();
        let mut taken = 0;
        while taken < limit {
            let mut kept = self.lock();
            let batch = REAPED_AT_ONCE.min(limit - taken);
            let reaped = (0..batch).take_while(|_| kept.reap(&self.map, now)).count();
            taken += reaped;
            if reaped < batch {
                break;
            }
        }
        taken
    }

    pub(super) fn stats(&self) -> ShardStats {
        let kept = self.kept.lock();
        let (hits, misses) = (self.reads.hits(), self.reads.misses());
        ShardStats { held: kept.held(), hits, misses, counts: kept.counts }
    }

    /// Locks for a change; the policy then knows what was read before it.
    fn lock(&self) -> MutexGuard<'_, Kept> {
        let mut kept = self.kept.lock();
        kept.drain(&self.reads);
        kept
    }
}

/// What a condition sees.
fn state(current: Option<&Entry>) -> Current {
    current.map_or(Current::Missing, |entry| Current::Version(entry.version()))
}

#[cfg(test)]
mod tests;
