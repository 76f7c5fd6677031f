//! That nothing is left behind, however an entry goes.

use std::time::Duration;

use super::*;
use crate::{
    Body, Key, Life, ManualClock, NamespaceConfig, Scope, Tags, Ttl, Value,
    events::Publisher,
    life::Dice,
    local::{dependencies::Dependencies, hashed::KeyHasher},
    version::VersionSource,
};

struct Bench {
    clock: Arc<ManualClock>,
    shard: Shard,
    epochs: Arc<Epochs>,
    versions: VersionSource,
    hasher: KeyHasher,
}

impl Bench {
    fn new(capacity_bytes: u64) -> Self {
        Self::with_map(MapKind::Moka, capacity_bytes)
    }

    fn with_map(map: MapKind, capacity_bytes: u64) -> Self {
        let clock = Arc::new(ManualClock::default());
        let config = NamespaceConfig { capacity_bytes, ..NamespaceConfig::default() };
        let epochs = Arc::new(Epochs::new());
        let events = Publisher::new(config.events, Arc::clone(&epochs), Arc::default(), 0);
        let quota = Quota::of(&config, map).unwrap();
        let dependencies = Arc::new(Dependencies::new(0));
        let teller = Arc::new(Teller { namespace: config.name, dependencies });
        let log = Arc::clone(events.log());
        let shard = Shard::new(&quota, map, Arc::clone(&epochs), log, clock.clone(), teller);
        Self { shard, epochs, versions: VersionSource::seeded(clock.wall()), clock, hasher: KeyHasher::new() }
    }

    /// Writes an entry that lives a second and is charged 1,000 bytes.
    fn put(&self, name: &str) {
        self.put_living(name, Ttl::After(Duration::from_secs(1)).into(), &[]);
    }

    fn put_living(&self, name: &str, life: Life, tags: &[&str]) {
        let value = Value::new(Body::text(""), "").unwrap();
        let marks = self.epochs.marks(&Tags::new(tags).unwrap());
        let dice = Dice::seeded(self.clock.wall());
        let make = |now| Entry::new(value, self.versions.next(), life.begin(now, None, &dice), marks, 1_000);
        let key = Key::new(name).unwrap();
        self.shard.set(Probe::new(&key, &self.hasher), Condition::Always, Cost::UNKNOWN, make).unwrap();
    }

    fn get(&self, name: &str) -> Option<Entry> {
        let key = Key::new(name).unwrap();
        self.shard.get(Probe::new(&key, &self.hasher))
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
        let walk: u64 = self.shard.map.entries().iter().map(|entry| u64::from(entry.charge())).sum();
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

#[test]
fn an_entry_that_slides_is_swept_after_its_last_use_and_not_before() {
    let bench = Bench::new(1 << 20);
    let life = Life::default().sliding(Duration::from_secs(2)).unwrap();
    bench.put_living("read", life, &[]);
    bench.put_living("left", life, &[]);
    bench.clock.advance(Duration::from_secs(1));
    assert!(bench.get("read").is_some());
    bench.clock.advance(Duration::from_secs(1));
    bench.shard.sweep(usize::MAX);
    bench.check(1);
    bench.clock.advance(Duration::from_secs(1));
    bench.shard.sweep(usize::MAX);
    bench.check(0);
    assert_eq!(bench.shard.stats().counts.expirations, 2);
}

#[test]
fn the_bytes_of_invalidated_entries_are_freed_when_they_are_swept_or_met() {
    let bench = Bench::new(1 << 20);
    let life = Life::from(Ttl::After(Duration::from_secs(60)));
    for number in 0..100 {
        let tag = if number % 2 == 0 { "even" } else { "odd" };
        bench.put_living(&number.to_string(), life, &[tag]);
    }
    let even = Scope::Tags(Tags::new(&["even"]).unwrap());
    bench.epochs.invalidate(&even, bench.versions.next());
    bench.check(100);
    bench.remove("0");
    bench.check(99);
    assert_eq!(bench.shard.sweep(10), 10, "a sweep looks at no more than it may");
    bench.shard.sweep(usize::MAX);
    bench.check(50);
    assert_eq!(bench.shard.sweep(usize::MAX), 0, "once is enough");
    bench.epochs.invalidate(&Scope::All, bench.versions.next());
    bench.shard.sweep(usize::MAX);
    bench.check(0);
    let counts = bench.shard.stats().counts;
    assert_eq!((counts.invalidations, counts.expirations, counts.deletes), (100, 0, 0));
}

#[test]
fn an_invalidation_in_the_middle_of_a_sweep_is_not_missed() {
    for first in 0..52 {
        let bench = Bench::new(1 << 20);
        for number in 0..50 {
            bench.put_living(&number.to_string(), Life::default(), &["a"]);
        }
        bench.epochs.invalidate(&Scope::Tags(Tags::new(&["b"]).unwrap()), bench.versions.next());
        bench.shard.sweep(first);
        bench.epochs.invalidate(&Scope::Tags(Tags::new(&["a"]).unwrap()), bench.versions.next());
        bench.shard.sweep(usize::MAX);
        assert_eq!(bench.shard.stats().held.entries, 0, "after {first}");
    }
}
