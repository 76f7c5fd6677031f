//! That nothing is left behind, however an entry goes.

use std::time::Duration;

use super::*;
use crate::{
    Body, Key, ManualClock, NamespaceConfig, Ttl, Value, local::hashed::KeyHasher, version::VersionSource,
};

struct Bench {
    clock: Arc<ManualClock>,
    shard: Shard,
    versions: VersionSource,
    hasher: KeyHasher,
}

impl Bench {
    fn new(capacity_bytes: u64) -> Self {
        let clock = Arc::new(ManualClock::default());
        let config = NamespaceConfig { capacity_bytes, ..NamespaceConfig::default() };
        let shard = Shard::new(&Quota::of(&config).unwrap(), clock.clone());
        Self { shard, versions: VersionSource::seeded(clock.wall()), clock, hasher: KeyHasher::new() }
    }

    /// Writes an entry that lives a second and is charged 1,000 bytes.
    fn put(&self, name: &str) {
        let value = Value::new(Body::text(""), "").unwrap();
        let ttl = Ttl::After(Duration::from_secs(1));
        let make = |now| Entry::new(value, self.versions.next(), ttl.expires_at(now, None), 1_000);
        let key = Key::new(name).unwrap();
        self.shard.set(Probe::new(&key, &self.hasher), Condition::Always, make);
    }

    fn remove(&self, name: &str) {
        let key = Key::new(name).unwrap();
        self.shard.remove(Probe::new(&key, &self.hasher), Condition::Always);
    }

    /// So many entries are there for all who count: the sums, the index and a walk over the map.
    fn check(&self, entries: u64) {
        let held = self.shard.stats().held;
        assert_eq!((held.entries, held.bytes), (entries, entries * 1_000));
        assert_eq!(self.shard.kept.lock().indexed() as u64, entries);
        let walk: u64 = self.shard.map.iter().map(|(_, slot)| u64::from(slot.entry.charge())).sum();
        assert_eq!(walk, held.bytes);
    }
}

#[test]
fn nothing_stays_in_the_index_however_an_entry_goes() {
    let bench = Bench::new(1 << 20);
    bench.put("replaced");
    bench.put("replaced");
    bench.check(1);
    bench.put("removed");
    bench.remove("removed");
    bench.check(1);
    bench.put("swept");
    bench.clock.advance(Duration::from_secs(1));
    bench.check(2);
    bench.put("replaced");
    assert_eq!(bench.shard.sweep(usize::MAX), 1);
    bench.check(1);
    assert_eq!(bench.shard.stats().counts.expirations, 2);
}

#[test]
fn nothing_stays_in_the_index_of_what_made_room() {
    let bench = Bench::new(10_000);
    for number in 0..100 {
        bench.put(&number.to_string());
    }
    let entries = bench.shard.stats().held.entries;
    assert!(entries <= 10);
    bench.check(entries);
    assert_eq!(bench.shard.stats().counts.evictions, 100 - entries);
}

#[test]
fn an_expired_entry_makes_room_before_any_other() {
    let bench = Bench::new(10_000);
    for number in 0..8 {
        bench.put(&number.to_string());
    }
    bench.clock.advance(Duration::from_millis(500));
    bench.put("young");
    bench.clock.advance(Duration::from_millis(500));
    for number in 10..18 {
        bench.put(&number.to_string());
    }
    let counts = bench.shard.stats().counts;
    assert_eq!((counts.expirations, counts.evictions), (8, 0));
    bench.check(9);
}
