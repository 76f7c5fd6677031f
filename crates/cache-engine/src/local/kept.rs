//! What a shard keeps, and the one place where entries come and go: map, policy, expiry index and counts together.
//!
//! The idea: whoever changes something holds the lock of the shard and has a `Kept`; each change goes through
//! [`Kept::put`] or [`Kept::take`]. So the sums are exact at any time, and nothing is left behind in any index.

mod explain;
mod refuse;
mod resize;
mod visit;

use std::sync::Arc;

use super::{expiry::ExpiryIndex, guards::Guards, hashed::Probe, map::Map, reads::Reads};
use crate::{
    End, Entry, Gone, Key, Timestamp,
    epochs::{Epochs, Invalidated},
    events::{EventKind, EventLog},
    insight::Insight,
    policy::{BATCH, Cost, Handle, Policy, Size},
    quota::Quota,
};

/// What only the holder of the lock touches.
pub(super) struct Kept {
    policy: Policy<Key>,
    expiries: ExpiryIndex,
    epochs: Arc<Epochs>,
    events: Arc<EventLog>,
    walk: Walk,
    /// Number of the first hit that the policy has not seen.
    drained: u64,
    /// Bytes put in or taken out since the map last worked off its backlog.
    unsettled: u64,
    slack_bytes: u64,
    victims: Vec<(u64, Key)>,
    insight: Insight,
    pub(super) counts: Counts,
    pub(super) guards: Guards,
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
    pub(super) reclaims: u64,
    pub(super) expirations_for_room: u64,
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
    pub(super) fn new(quota: &Quota, epochs: Arc<Epochs>, events: Arc<EventLog>) -> Self {
        Self {
            policy: Policy::new(quota.policy, quota.room),
            expiries: ExpiryIndex::default(),
            epochs,
            events,
            walk: Walk::default(),
            drained: 0,
            unsettled: 0,
            slack_bytes: quota.slack_bytes,
            victims: Vec::new(),
            insight: Insight::new(quota.shard_past as usize), // at most 1,024
            counts: Counts::default(),
            guards: Guards::default(),
        }
    }

    pub(super) fn held(&self) -> Size {
        self.policy.held()
    }

    /// Shows the policy what readers noted.
    pub(super) fn drain(&mut self, reads: &Reads) {
        let (policy, insight) = (&mut self.policy, &mut self.insight);
        reads.drain(&mut self.drained, |hit| {
            if let Some(hash) = policy.on_hit(hit.handle, hit.tag) {
                insight.used(hash, hit.handle);
            }
        });
    }

    /// What is there now. An entry that has expired or was invalidated is taken out on the way, so that whoever takes it
    /// out, a writer or the sweep, counts it, and nobody else.
    pub(super) fn current(&mut self, map: &Map, probe: Probe<'_>, now: Timestamp) -> Option<Entry> {
        let entry = map.get(probe)?;
        if !self.is_over(&entry, now) {
            return Some(entry);
        }
        self.drop_over(map, &entry, now);
        None
    }

    /// Writes an entry in the place of `current`; says where it is kept.
    pub(super) fn put(
        &mut self,
        map: &Map,
        probe: Probe<'_>,
        current: Option<Entry>,
        entry: Entry,
        now: Timestamp,
    ) -> Handle {
        let charge = entry.charge();
        let told = self.events.is_recording().then(|| (entry.clone(), current.clone()));
        let handle = match current {
            Some(replaced) => {
                self.expiries.remove(&replaced);
                if replaced.version() != entry.version() {
                    self.insight.replaced(probe.hash);
                }
                self.unsettled += u64::from(replaced.charge());
                self.policy.on_update(replaced.handle(), charge, &mut self.victims);
                replaced.handle()
            }
            None => {
                self.prefer_expired(map, charge, now);
                self.policy.on_insert(probe.hash, charge, probe.key.clone(), &mut self.victims)
            }
        };
        entry.keep_at(handle);
        self.insight.used(probe.hash, handle);
        self.expiries.insert(&entry);
        map.insert(probe, entry);
        if let Some((entry, replaced)) = &told {
            self.events.put(probe.key, entry, replaced.as_ref());
        }
        self.unsettled += u64::from(charge);
        self.evict(map, now);
        self.settle(map);
        handle
    }

    /// Says what an entry took to make.
    pub(super) fn set_cost(&mut self, of: Handle, cost: Cost) {
        self.policy.set_cost(of, cost);
    }

    /// Takes out what is there, and tells watchers how it ended.
    pub(super) fn take(&mut self, map: &Map, entry: &Entry, end: End, now: Timestamp) {
        self.expiries.remove(entry);
        if let Some((hash, key)) = self.policy.on_remove(entry.handle()) {
            self.unsettled += u64::from(entry.charge());
            map.remove(Probe::of(hash, &key));
            self.tell(hash, &key, entry, end, now);
        }
        self.settle(map);
    }

    /// Takes out the entry that is due first, if one is, or sees that it was used and is due later; says whether there
    /// was one.
    pub(super) fn reap(&mut self, map: &Map, now: Timestamp) -> bool {
        let due = self.expiries.first_due(now).and_then(|handle| self.entry(map, handle));
        let Some(entry) = due else { return false };
        if self.is_over(&entry, now) {
            self.drop_over(map, &entry, now);
        } else {
            self.expiries.remove(&entry);
            entry.reindex();
            self.expiries.insert(&entry);
        }
        true
    }

    /// Looks at the next entries, at most `limit`, and takes out those that were invalidated; says at how many it
    /// looked. Zero: since the last invalidation all were looked at.
    pub(super) fn purge(&mut self, map: &Map, limit: usize, now: Timestamp) -> usize {
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
            let entry = self.entry(map, Handle::from_index(self.walk.next));
            self.walk.next += 1;
            if let Some(entry) = entry.filter(|entry| self.epochs.is_void(entry)) {
                self.drop_over(map, &entry, now);
            }
        }
        limit
    }

    fn entry(&self, map: &Map, handle: Handle) -> Option<Entry> {
        self.policy.owner(handle).and_then(|(hash, key)| map.get(Probe::of(hash, key)))
    }

    /// Whether it has expired or was invalidated.
    fn is_over(&self, entry: &Entry, now: Timestamp) -> bool {
        entry.is_expired(now) || self.epochs.is_void(entry)
    }

    /// Takes out an entry that is over.
    fn drop_over(&mut self, map: &Map, entry: &Entry, now: Timestamp) {
        let end = self.count_over(entry);
        self.take(map, entry, end, now);
    }

    /// Counts it, and says how it ended.
    fn count_over(&mut self, entry: &Entry) -> End {
        if let Some(by) = self.epochs.invalidated_by(entry) {
            self.counts.invalidations += 1;
            return match by {
                Invalidated::All => End::InvalidatedAll,
                Invalidated::Tag(tag) => End::InvalidatedTag(Some(tag)),
            };
        }
        self.counts.expirations += 1;
        End::Expired
    }

    /// Takes note of an end, and tells watchers.
    fn tell(&mut self, hash: u64, key: &Key, entry: &Entry, end: End, now: Timestamp) {
        let (what, at) = match &end {
            End::Deleted => (Some(EventKind::Deleted), now),
            End::Expired => (Some(EventKind::Expired), entry.expires_at().map_or(now, |end| end.min(now))),
            End::Evicted => (Some(EventKind::Evicted), now),
            End::InvalidatedSource => (Some(EventKind::Invalidated), now),
            // Of an invalidation watchers know.
            End::InvalidatedAll | End::InvalidatedTag(_) => (None, now),
        };
        if let Some(what) = what {
            self.events.gone(key, entry, what);
        }
        self.insight.gone(hash, Gone { end, at, version: entry.version() });
    }

    /// Makes room by what has expired before anyone is thrown out.
    fn prefer_expired(&mut self, map: &Map, charge: u32, now: Timestamp) {
        let before = self.counts.expirations;
        for _ in 0..BATCH {
            if !self.policy.is_full_for(charge) || !self.reap(map, now) {
                break;
            }
        }
        self.counts.expirations_for_room += self.counts.expirations - before;
    }

    /// Takes the victims of the policy out of map and index.
    fn evict(&mut self, map: &Map, now: Timestamp) {
        while let Some((hash, key)) = self.victims.pop() {
            let Some(entry) = map.remove(Probe::of(hash, &key)) else { continue };
            self.expiries.remove(&entry);
            self.unsettled += u64::from(entry.charge());
            let end = if self.is_over(&entry, now) {
                self.count_over(&entry)
            } else {
                self.counts.evictions += 1;
                End::Evicted
            };
            self.tell(hash, &key, &entry, end, now);
        }
    }

    /// Lets the map let go of what was replaced or removed, once that has grown.
    fn settle(&mut self, map: &Map) {
        if self.unsettled > self.slack_bytes {
            self.settle_now(map);
        }
    }

    /// Lets the map let go of what was replaced or removed, so that no reader has to do it.
    pub(super) fn settle_now(&mut self, map: &Map) {
        if self.unsettled > 0 {
            self.unsettled = 0;
            map.settle();
        }
    }

    #[cfg(test)]
    pub(super) fn indexed(&self) -> usize {
        self.expiries.len()
    }
}
