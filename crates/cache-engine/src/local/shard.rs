//! A shard: a map that readers use, what it keeps in order, and the lock under which it is written.

mod guarded;
mod insight;
mod saved;

use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};

use super::{
    dependencies::{Teller, Told},
    hashed::Probe,
    kept::{Counts, Kept},
    map::{Map, MapKind},
    reads::{Noted, Reads},
};
use crate::{
    Clock, Condition, Current, End, Entry, Error, Found, RemoveOutcome, SetOutcome, Timestamp, TouchOutcome,
    Version,
    epochs::Epochs,
    events::EventLog,
    policy,
    policy::{Cost, Size},
    quota::Quota,
    scan::Filter,
};

/// Entries that a sweep takes out under one lock.
const REAPED_AT_ONCE: usize = 16;

/// Part of a namespace. A read goes to the map alone and leaves a note; a write holds the lock from the look at what is
/// there to the change, which makes its condition exact.
pub(super) struct Shard {
    clock: Arc<dyn Clock>,
    epochs: Arc<Epochs>,
    map: Map,
    reads: Reads,
    teller: Arc<Teller>,
    kept: Mutex<Kept>,
}

/// What is to become of the entry that an operation looked at.
pub(super) enum Change {
    /// It stays as it is, because the condition did not hold; counted.
    Conflict,
    /// It stays as it is.
    Keep,
    /// This one takes its place, which took so much to make.
    Put(Entry, Cost),
    /// This one takes its place, which differs in its life alone.
    Touch(Entry),
    /// It goes.
    Remove,
    /// It goes, because what it was computed from has changed.
    Invalidate,
}

/// What a shard holds and counted.
pub(super) struct ShardStats {
    pub(super) held: Size,
    pub(super) hits: u64,
    pub(super) misses: u64,
    pub(super) counts: Counts,
}

impl Shard {
    pub(super) fn new(
        quota: &Quota,
        map: MapKind,
        epochs: Arc<Epochs>,
        events: Arc<EventLog>,
        clock: Arc<dyn Clock>,
        teller: Arc<Teller>,
    ) -> Self {
        let kept = Mutex::new(Kept::new(quota, Arc::clone(&epochs), events));
        Self { clock, epochs, map: Map::new(map), reads: Reads::new(), teller, kept }
    }

    /// Reads an entry; the clock is read only if it can expire.
    pub(super) fn get(&self, probe: Probe<'_>) -> Option<Entry> {
        let found = self.map.get(probe);
        let Some(entry) = found.filter(|entry| self.serves(entry)) else {
            self.reads.miss();
            return None;
        };
        let ring_is_full = self.reads.hit(Noted { handle: entry.handle(), tag: policy::tag(probe.hash) });
        if ring_is_full && let Some(mut kept) = self.kept.try_lock() {
            kept.drain(&self.reads);
        }
        Some(entry)
    }

    /// Whether it is there for readers; it has then been used.
    fn serves(&self, entry: &Entry) -> bool {
        if self.epochs.is_void(entry) {
            return false;
        }
        let Some(end) = entry.expires_at() else { return true };
        let now = self.clock.now();
        if end <= now {
            return false;
        }
        entry.touch(now);
        true
    }

    /// Looks at what is there, and changes it as `decide` says, all in one. An entry that has expired is not there. When it
    /// returns, what was computed from the entry has gone.
    ///
    /// # Errors
    /// [`Error::NamespaceFull`], of a write alone; then nothing is changed.
    pub(super) fn update<R>(
        &self,
        probe: Probe<'_>,
        decide: impl FnOnce(Option<&Entry>, Timestamp) -> (Change, R),
    ) -> Result<R, Error> {
        let (answer, told) = self.change(probe, decide)?;
        self.teller.tell(probe.key, told);
        Ok(answer)
    }

    /// As [`Shard::update`], without what follows from it; says what that is.
    fn change<R>(
        &self,
        probe: Probe<'_>,
        decide: impl FnOnce(Option<&Entry>, Timestamp) -> (Change, R),
    ) -> Result<(R, Told), Error> {
        self.change_under(&mut self.lock(), probe, decide)
    }

    /// The same for who holds the lock.
    fn change_under<R>(
        &self,
        kept: &mut Kept,
        probe: Probe<'_>,
        decide: impl FnOnce(Option<&Entry>, Timestamp) -> (Change, R),
    ) -> Result<(R, Told), Error> {
        let now = self.clock.now();
        let current = kept.current(&self.map, probe, now);
        let (change, answer) = decide(current.as_ref(), now);
        if let Change::Put(entry, _) | Change::Touch(entry) = &change {
            kept.check_room(&self.map, current.as_ref(), entry, now)?;
        }
        if matches!(change, Change::Put(..) | Change::Remove) {
            kept.guards.revoke(probe.key);
        }
        let told = match (change, current) {
            (Change::Conflict, _) => {
                kept.counts.conflicts += 1;
                Told::Nothing
            }
            (Change::Keep, _) | (Change::Remove | Change::Invalidate, None) => Told::Nothing,
            (Change::Put(entry, cost), current) => {
                kept.counts.sets += 1;
                let told = Told::written(&entry);
                kept.written(&entry, now);
                let handle = kept.put(&self.map, probe, current, entry, now);
                kept.set_cost(handle, cost);
                told
            }
            (Change::Touch(entry), current) => {
                kept.counts.touches += 1;
                let told = Told::written(&entry);
                kept.put(&self.map, probe, current, entry, now);
                told
            }
            (Change::Remove, Some(entry)) => {
                kept.counts.deletes += 1;
                kept.take(&self.map, &entry, End::Deleted, now);
                Told::Removed(entry.version())
            }
            (Change::Invalidate, Some(entry)) => {
                kept.counts.invalidations += 1;
                kept.take(&self.map, &entry, End::InvalidatedSource, now);
                Told::Removed(entry.version())
            }
        };
        Ok((answer, told))
    }

    /// Takes out what was computed, if it still has this version. Tells nobody: whoever calls this goes on with what was computed
    /// from it.
    pub(super) fn take_derived(&self, probe: Probe<'_>, version: Version) {
        let taken = self.change(probe, |current, _| match current {
            Some(entry) if entry.version() == version => (Change::Invalidate, ()),
            Some(_) | None => (Change::Keep, ()),
        });
        taken.map(|((), _told)| ()).expect("a removal needs no room");
    }

    /// Whether there is an entry, as readers see it. No use of it.
    pub(super) fn has(&self, probe: Probe<'_>) -> bool {
        let found = self.map.get(probe);
        found.is_some_and(|entry| !self.epochs.is_void(&entry) && !entry.is_expired(self.clock.now()))
    }

    /// Whether the entry has this version, when every write that had begun before has ended.
    pub(super) fn has_version(&self, probe: Probe<'_>, version: Version) -> bool {
        let _no_writer = self.kept.lock();
        self.has(probe) && self.map.get(probe).is_some_and(|entry| entry.version() == version)
    }

    /// Writes the entry that `make` gives for this moment, if the condition holds.
    pub(super) fn set(
        &self,
        probe: Probe<'_>,
        condition: Condition,
        cost: Cost,
        make: impl FnOnce(Timestamp) -> Entry,
    ) -> Result<SetOutcome, Error> {
        self.update(probe, |current, now| {
            let current = state(current);
            if !condition.holds(current) {
                return (Change::Conflict, SetOutcome::Conflict(current));
            }
            let entry = make(now);
            (Change::Put(entry.clone(), cost), SetOutcome::Stored(entry))
        })
    }

    /// Replaces an entry by the one that `make` gives, if the condition holds.
    pub(super) fn touch(
        &self,
        probe: Probe<'_>,
        condition: Condition,
        make: impl FnOnce(&Entry, Timestamp) -> Result<Entry, Error>,
    ) -> Result<TouchOutcome, Error> {
        self.update(probe, |current, now| {
            let Some(entry) = current else { return (Change::Keep, Ok(TouchOutcome::Missing)) };
            let seen = state(current);
            if !condition.holds(seen) {
                return (Change::Conflict, Ok(TouchOutcome::Conflict(seen)));
            }
            match make(entry, now) {
                Ok(touched) => (Change::Touch(touched.clone()), Ok(TouchOutcome::Touched(touched))),
                Err(error) => (Change::Keep, Err(error)),
            }
        })?
    }

    /// Removes an entry, if the condition holds.
    pub(super) fn remove(&self, probe: Probe<'_>, condition: Condition) -> RemoveOutcome {
        let removed = self.update(probe, |current, _| match state(current) {
            // Whoever computes it does so from what was there before.
            Current::Missing => (Change::Remove, RemoveOutcome::Missing),
            current if !condition.holds(current) => (Change::Conflict, RemoveOutcome::Conflict(current)),
            Current::Version(version) => (Change::Remove, RemoveOutcome::Removed(version)),
        });
        removed.expect("a removal needs no room")
    }

    /// Takes out entries that have expired or were invalidated. Looks at most at `limit` and says at how many; lets go of
    /// the lock in between.
    pub(super) fn sweep(&self, limit: usize) -> usize {
        let now = self.clock.now();
        let mut taken = 0;
        while taken < limit {
            let mut kept = self.lock();
            kept.age(now);
            let batch = REAPED_AT_ONCE.min(limit - taken);
            let reaped = (0..batch).take_while(|_| kept.reap(&self.map, now)).count();
            let looked = kept.purge(&self.map, batch - reaped, now);
            kept.settle_now(&self.map);
            taken += reaped + looked;
            if reaped + looked < batch {
                break;
            }
        }
        taken
    }

    /// Gives it another room; what is above that goes by [`Shard::trim`].
    pub(super) fn resize(&self, quota: &Quota) {
        self.lock().resize(quota);
    }

    /// Throws out what is above the room, `limit` entries and the rest of a batch, and says how many; lets go of the lock in
    /// between.
    pub(super) fn trim(&self, limit: usize) -> usize {
        let mut gone = 0;
        while gone < limit {
            match self.lock().trim(&self.map, self.clock.now()) {
                0 => break,
                batch => gone += batch,
            }
        }
        gone
    }

    /// Adds to `found` those entries of the next handles from `from` on, at most `limit`, that are there and wanted; says
    /// where to go on, `None` at the end.
    pub(super) fn visit(
        &self,
        from: u32,
        limit: u32,
        filter: &Filter<'_>,
        found: &mut Vec<Found>,
    ) -> Option<u32> {
        self.kept.lock().visit(&self.map, from..from.saturating_add(limit), filter, found)
    }

    pub(super) fn stats(&self) -> ShardStats {
        let kept = self.kept.lock();
        let (hits, misses) = (self.reads.hits(), self.reads.misses());
        ShardStats { held: kept.held(), hits, misses, counts: kept.counts }
    }

    /// Returns when every write that had begun before has ended.
    pub(super) fn pass_writers(&self) {
        drop(self.kept.lock());
    }

    /// Locks for a change; the policy then knows what was read before it.
    fn lock(&self) -> MutexGuard<'_, Kept> {
        let mut kept = self.kept.lock();
        kept.drain(&self.reads);
        kept
    }
}

/// What a condition sees.
pub(super) fn state(current: Option<&Entry>) -> Current {
    current.map_or(Current::Missing, |entry| Current::Version(entry.version()))
}

#[cfg(test)]
mod tests;
