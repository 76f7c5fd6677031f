//! A shard: one moka map, its ledger, and the lock under which it is written.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering::Relaxed},
};

use moka::{policy::EvictionPolicy, sync::Cache};
use parking_lot::Mutex;

use super::ledger::Ledger;
use crate::{
    Clock, Condition, Current, Entry, Key, RemoveOutcome, SetOutcome, Timestamp, Version, quota::Quota,
};

pub(super) type Hasher = std::hash::RandomState;

/// Part of a namespace. A read goes to the map alone; a write holds `writes` from the look at what is there to the
/// change, which makes its condition exact. moka's own `entry()` would do the same for one key, at twice the cost and
/// only if nothing else ever wrote.
pub(super) struct Shard {
    clock: Arc<dyn Clock>,
    map: Cache<Key, Entry, Hasher>,
    ledger: Arc<Ledger>,
    slack_bytes: u64,
    writes: Mutex<Writes>,
    reads: Reads,
}

/// What only writers touch.
#[derive(Default)]
struct Writes {
    /// Bytes put in or taken out since the map last worked off its backlog.
    unsettled: u64,
    sets: u64,
    conflicts: u64,
    deletes: u64,
}

/// What readers count, on cache lines of its own (two, since processors fetch them in pairs).
#[derive(Default)]
#[repr(align(128))]
struct Reads {
    hits: AtomicU64,
    misses: AtomicU64,
}

/// What a shard counted.
pub(super) struct ShardStats {
    pub(super) entries: u64,
    pub(super) live_bytes: u64,
    pub(super) hits: u64,
    pub(super) misses: u64,
    pub(super) sets: u64,
    pub(super) conflicts: u64,
    pub(super) deletes: u64,
    pub(super) expirations: u64,
    pub(super) evictions: u64,
}

impl Shard {
    pub(super) fn new(quota: &Quota, hasher: Hasher, clock: Arc<dyn Clock>) -> Self {
        let ledger = Arc::new(Ledger::new(Arc::clone(&clock)));
        let listener = Arc::clone(&ledger);
        let map = Cache::builder()
            .max_capacity(quota.map_bytes)
            .weigher(|_, entry: &Entry| entry.charge())
            .eviction_policy(EvictionPolicy::lru())
            .eviction_listener(move |_, entry, cause| listener.strike_out(&entry, cause))
            .build_with_hasher(hasher);
        let (slack_bytes, writes, reads) = (quota.slack_bytes, Mutex::default(), Reads::default());
        Self { clock, map, ledger, slack_bytes, writes, reads }
    }

    /// Reads an entry; the clock is read only if it can expire.
    pub(super) fn get(&self, key: &Key) -> Option<Entry> {
        let entry = self.map.get(key);
        let live = entry.filter(|entry| entry.expires_at().is_none_or(|end| end > self.clock.now()));
        let count = if live.is_some() { &self.reads.hits } else { &self.reads.misses };
        count.fetch_add(1, Relaxed);
        live
    }

    /// Writes the entry that `make` gives for this moment, if the condition holds.
    pub(super) fn set(
        &self,
        key: Key,
        condition: Condition,
        make: impl FnOnce(Timestamp) -> Entry,
    ) -> SetOutcome {
        let mut writes = self.writes.lock();
        let now = self.clock.now();
        let current = self.current(&key, now);
        if !condition.holds(current) {
            writes.conflicts += 1;
            return SetOutcome::Conflict(current);
        }
        let entry = make(now);
        self.ledger.enter(&key, &entry);
        self.map.insert(key, entry.clone());
        writes.sets += 1;
        self.settle(&mut writes, entry.charge());
        SetOutcome::Stored(entry)
    }

    /// Removes an entry, if the condition holds.
    pub(super) fn remove(&self, key: &Key, condition: Condition) -> RemoveOutcome {
        let mut writes = self.writes.lock();
        let current = self.current(key, self.clock.now());
        if current == Current::Missing {
            return RemoveOutcome::Missing;
        }
        if !condition.holds(current) {
            writes.conflicts += 1;
            return RemoveOutcome::Conflict(current);
        }
        let Some(entry) = self.map.remove(key) else {
            return RemoveOutcome::Missing; // made room for another one since we looked
        };
        writes.deletes += 1;
        self.settle(&mut writes, entry.charge());
        RemoveOutcome::Removed(entry.version())
    }

    /// Takes out entries that have expired, at most `limit`, and says how many were due. Locks for one at a time.
    pub(super) fn sweep(&self, limit: usize) -> usize {
        let due = self.ledger.take_due(limit);
        for (key, version) in &due {
            let mut writes = self.writes.lock();
            self.reap(&mut writes, key, *version);
        }
        due.len()
    }

    pub(super) fn stats(&self) -> ShardStats {
        let writes = self.writes.lock();
        ShardStats {
            entries: self.ledger.entries(),
            live_bytes: self.ledger.live_bytes(),
            hits: self.reads.hits.load(Relaxed),
            misses: self.reads.misses.load(Relaxed),
            sets: writes.sets,
            conflicts: writes.conflicts,
            deletes: writes.deletes,
            expirations: self.ledger.expirations(),
            evictions: self.ledger.evictions(),
        }
    }

    /// What a condition sees. An entry that has expired is taken out on the way, so that whoever takes it out, a
    /// writer, the sweep or the map making room, counts it, and nobody else.
    fn current(&self, key: &Key, now: Timestamp) -> Current {
        let Some(entry) = self.map.get(key) else { return Current::Missing };
        if !entry.is_expired(now) {
            return Current::Version(entry.version());
        }
        if self.map.remove(key).is_some() {
            self.ledger.count_expiration();
        }
        Current::Missing
    }

    fn reap(&self, writes: &mut Writes, key: &Key, version: Version) {
        if self.map.get(key).is_none_or(|entry| entry.version() != version) {
            return; // gone, or written anew, since it was found due
        }
        if let Some(entry) = self.map.remove(key) {
            self.ledger.count_expiration();
            self.settle(writes, entry.charge());
        }
    }

    /// Lets the map work off its backlog (evict, and let go of what was replaced or removed) once that has grown.
    fn settle(&self, writes: &mut Writes, charge: u32) {
        writes.unsettled += u64::from(charge);
        if writes.unsettled > self.slack_bytes {
            writes.unsettled = 0;
            self.map.run_pending_tasks();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{Body, ManualClock, NamespaceConfig, Ttl, Value, version::VersionSource};

    struct Bench {
        clock: Arc<ManualClock>,
        shard: Shard,
        versions: VersionSource,
    }

    impl Bench {
        fn new(capacity_bytes: u64) -> Self {
            let clock = Arc::new(ManualClock::default());
            let config = NamespaceConfig { capacity_bytes, ..NamespaceConfig::default() };
            let quota = Quota::of(&config).unwrap();
            let shard = Shard::new(&quota, Hasher::new(), clock.clone());
            Self { shard, versions: VersionSource::seeded(clock.wall()), clock }
        }

        /// Writes an entry that lives a second and is charged 1,000 bytes.
        fn put(&self, name: &str) {
            let value = Value::new(Body::text(""), "").unwrap();
            let ttl = Ttl::After(Duration::from_secs(1));
            let make = |now| Entry::new(value, self.versions.next(), ttl.expires_at(now, None), 1_000);
            self.shard.set(Key::new(name).unwrap(), Condition::Always, make);
        }

        fn check(&self, entries: u64) {
            let stats = self.shard.stats();
            assert_eq!((stats.entries, stats.live_bytes), (entries, entries * 1_000));
            assert_eq!(self.shard.ledger.indexed() as u64, entries);
        }
    }

    #[test]
    fn nothing_stays_in_the_index_however_an_entry_goes() {
        let bench = Bench::new(1 << 20);
        bench.put("replaced");
        bench.put("replaced");
        bench.check(1);
        bench.put("removed");
        bench.shard.remove(&Key::new("removed").unwrap(), Condition::Always);
        bench.check(1);
        bench.put("swept");
        bench.clock.advance(Duration::from_secs(1));
        bench.check(2);
        bench.put("replaced");
        assert_eq!(bench.shard.sweep(usize::MAX), 1);
        bench.check(1);
        assert_eq!(bench.shard.stats().expirations, 2);
    }

    #[test]
    fn nothing_stays_in_the_index_of_what_made_room() {
        let bench = Bench::new(10_000);
        for number in 0..100 {
            bench.put(&number.to_string());
        }
        let entries = bench.shard.stats().entries;
        assert!(entries <= 10);
        bench.check(entries);
        assert_eq!(bench.shard.stats().evictions, 100 - entries);
    }

    #[test]
    fn an_expired_entry_that_makes_room_counts_as_expired() {
        let bench = Bench::new(10_000);
        for number in 0..9 {
            bench.put(&number.to_string());
        }
        bench.clock.advance(Duration::from_secs(1));
        for number in 10..19 {
            bench.put(&number.to_string());
        }
        let stats = bench.shard.stats();
        assert_eq!((stats.expirations, stats.evictions), (9, 0));
    }
}
