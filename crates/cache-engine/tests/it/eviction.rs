//! A full namespace.

use std::{sync::Arc, thread, time::Duration};

use cache_engine::{
    Condition, Draft, Error, Increment, LocalStore, ManualClock, MapKind, NamespaceChange, NamespaceConfig,
    NamespaceName, PolicyKind, Scope, SetOutcome, Store, StoreLimits, Tags, Ttl,
};

use crate::{key, ready, stats, value};

const VALUE_BYTES: usize = 100;

fn name(number: usize) -> String {
    format!("key-{number:08}")
}

fn charge() -> u64 {
    charge_in(MapKind::Moka)
}

fn charge_in(map: MapKind) -> u64 {
    map.entry_overhead_bytes() + (VALUE_BYTES + name(0).len()) as u64
}

fn config(capacity_bytes: u64, max_value_bytes: u64) -> NamespaceConfig {
    NamespaceConfig { capacity_bytes, max_value_bytes, ..NamespaceConfig::default() }
}

fn store_of(configs: Vec<NamespaceConfig>) -> LocalStore {
    LocalStore::new(configs, Arc::new(ManualClock::default())).unwrap()
}

fn put(store: &LocalStore, namespace: &NamespaceName, number: usize, bytes: usize) {
    let set = store.set(
        namespace,
        key(name(number)),
        Draft::new(value(bytes), Ttl::NamespaceDefault),
        Condition::Always,
    );
    assert!(matches!(ready(set).unwrap(), SetOutcome::Stored(_)));
}

fn has(store: &LocalStore, number: usize) -> bool {
    ready(store.get(&NamespaceName::default(), &key(name(number)))).unwrap().is_some()
}

/// Fills three times what fits.
fn check_fill(capacity_bytes: u64, max_value_bytes: u64) {
    let store = store_of(vec![config(capacity_bytes, max_value_bytes)]);
    let inserts = usize::try_from(3 * capacity_bytes / charge()).unwrap();
    for number in 0..inserts {
        put(&store, &NamespaceName::default(), number, VALUE_BYTES);
        assert!(stats(&store).live_bytes <= capacity_bytes, "after {number}");
    }
    let stats = stats(&store);
    assert_eq!(stats.entries + stats.evictions, inserts as u64);
    assert_eq!(stats.live_bytes, stats.entries * charge());
    assert!(stats.live_bytes >= capacity_bytes * 9 / 10, "room is used: {stats:?}");
    assert!((inserts - 100..inserts).all(|number| has(&store, number)), "fresh entries stay");
}

#[test]
fn a_full_namespace_keeps_to_its_capacity_and_counts_what_it_throws_out() {
    check_fill(8 << 20, 1_000); // 16 shards
    check_fill(1 << 20, 1 << 20); // one shard
}

#[test]
fn a_compact_map_has_room_for_more_entries() {
    let capacity_bytes = 8 << 20;
    let entries = |map| {
        let limits = StoreLimits { map, ..StoreLimits::default() };
        let configs = vec![config(capacity_bytes, 1_000)];
        let store = LocalStore::with_limits(configs, limits, Arc::new(ManualClock::default())).unwrap();
        for number in 0..40_000 {
            put(&store, &NamespaceName::default(), number, VALUE_BYTES);
            assert!(stats(&store).live_bytes <= capacity_bytes);
        }
        assert_eq!(stats(&store).live_bytes, stats(&store).entries * charge_in(map));
        stats(&store).entries
    };
    let (moka, compact) = (entries(MapKind::Moka), entries(MapKind::Compact));
    assert!(compact * 100 > moka * 145, "{compact} against {moka}");
}

#[test]
fn the_least_recently_used_entry_goes_first_where_that_is_the_policy() {
    let lru = NamespaceConfig { policy: PolicyKind::Lru, ..config(1 << 20, 1 << 20) };
    let store = store_of(vec![lru]);
    let inserts = usize::try_from(3 * (1 << 20) / charge()).unwrap();
    put(&store, &NamespaceName::default(), 0, VALUE_BYTES);
    for number in 1..inserts {
        put(&store, &NamespaceName::default(), number, VALUE_BYTES);
        assert!(has(&store, 0), "after {number}");
    }
    assert!(!has(&store, 1));
}

#[test]
fn a_namespace_that_throws_nothing_out_refuses_what_finds_no_room() {
    let capacity_bytes = 4 * charge() * 64 / 63 + 1 + 256; // with the slack of the map, and one receipt
    let refuse = NamespaceConfig { policy: PolicyKind::Refuse, ..config(capacity_bytes, 1_000) };
    let clock = Arc::new(ManualClock::default());
    let store = LocalStore::new(vec![refuse], clock.clone()).unwrap();
    let namespace = NamespaceName::default();
    let set = |number, bytes, ttl| {
        ready(store.set(&namespace, key(name(number)), Draft::new(value(bytes), ttl), Condition::Always))
    };
    let full = |bytes: u64| Err(Error::NamespaceFull { actual: bytes });
    for number in 0..3 {
        set(number, VALUE_BYTES, Ttl::NamespaceDefault).unwrap();
    }
    set(3, VALUE_BYTES, Ttl::After(Duration::from_secs(1))).unwrap();
    assert_eq!(set(4, VALUE_BYTES, Ttl::NamespaceDefault), full(charge()));
    assert_eq!(set(0, VALUE_BYTES + 2, Ttl::NamespaceDefault), full(charge() + 2));
    let counted = ready(store.increment(&namespace, &key("n"), Increment::by(1)));
    assert_eq!(counted.unwrap_err().reason(), "NAMESPACE_FULL");
    set(0, VALUE_BYTES, Ttl::NamespaceDefault).unwrap();
    assert!((0..4).all(|number| has(&store, number)), "nothing has changed");
    clock.advance(Duration::from_secs(1));
    set(4, VALUE_BYTES, Ttl::NamespaceDefault).expect("what has expired makes room");
    let smaller = NamespaceChange { capacity_bytes: Some(capacity_bytes / 2), ..NamespaceChange::default() };
    ready(store.update_namespace(&namespace, smaller)).unwrap();
    assert_eq!((store.trim(&namespace, 9), store.sweep(9)), (Ok(0), 0));
    set(0, VALUE_BYTES, Ttl::NamespaceDefault).expect("it takes no more than before");
    assert_eq!(set(0, VALUE_BYTES + 1, Ttl::NamespaceDefault), full(charge() + 1));
    assert!([0, 1, 2, 4].into_iter().all(|number| has(&store, number)));
    assert_eq!((stats(&store).evictions, stats(&store).reclaims), (0, 0));
}

#[test]
fn a_value_as_large_as_its_namespace_can_be_stored_when_it_is_full() {
    let store = store_of(vec![config(1 << 20, 1 << 20)]);
    for number in 0..5_000 {
        put(&store, &NamespaceName::default(), number, VALUE_BYTES);
    }
    put(&store, &NamespaceName::default(), 5_000, 1_000_000);
    assert!(has(&store, 5_000));
    assert!(stats(&store).live_bytes <= 1 << 20);
}

#[test]
fn every_value_that_a_sharded_namespace_takes_can_be_stored() {
    let max_value_bytes = 64 << 10;
    let store = store_of(vec![config(16 << 20, max_value_bytes)]);
    for number in 0..1_000 {
        put(&store, &NamespaceName::default(), number, 64 << 10);
        assert!(has(&store, number), "{number}");
    }
}

#[test]
fn a_full_namespace_throws_out_its_own_entries_only() {
    let crowded = NamespaceName::parse("crowded").unwrap();
    let crowded_config = NamespaceConfig { name: crowded.clone(), ..config(1 << 20, 1_000) };
    let store = store_of(vec![config(1 << 20, 1_000), crowded_config]);
    for number in 0..1_000 {
        put(&store, &NamespaceName::default(), number, VALUE_BYTES);
    }
    for number in 0..10_000 {
        put(&store, &crowded, number, VALUE_BYTES);
    }
    assert_eq!(stats(&store).evictions, 0);
    assert!((0..1_000).all(|number| has(&store, number)));
}

/// Replaced bodies wait in the backlog of the map; that is worked off by bytes, not by number.
#[test]
fn replaced_values_do_not_pile_up() {
    let store = store_of(vec![config(16 << 20, 1 << 20)]);
    let namespace = NamespaceName::default();
    let mut kept = Vec::new();
    for _ in 0..100 {
        put(&store, &namespace, 0, 1 << 20);
        let entry = ready(store.get(&namespace, &key(name(0)))).unwrap().unwrap();
        kept.push(entry.value().body().clone());
    }
    // moka frees by epochs, so a few may linger; without working off the backlog more than sixty do.
    let alive = kept.iter().filter(|body| body.owners() > 1).count();
    assert!(alive < 30, "{alive} bodies are alive");
}

#[test]
fn live_bytes_keep_to_the_capacity_while_threads_write() {
    const THREADS: usize = 4;
    let capacity_bytes = 4 << 20;
    let store = store_of(vec![config(capacity_bytes, 1_000)]);
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let store = &store;
            scope.spawn(move || {
                for number in 0..10_000 {
                    put(store, &NamespaceName::default(), thread * 10_000 + number, VALUE_BYTES);
                    assert!(stats(store).live_bytes <= capacity_bytes);
                }
            });
        }
    });
    let stats = stats(&store);
    assert_eq!(stats.entries + stats.evictions, (THREADS * 10_000) as u64);
}

#[test]
fn fresh_entries_of_a_full_namespace_are_there_when_they_are_read_at_once() {
    let store = store_of(vec![config(16 << 20, 1_000)]);
    for number in 0..40_000 {
        put(&store, &NamespaceName::default(), number, VALUE_BYTES);
    }
    for number in 200_000..205_000 {
        put(&store, &NamespaceName::default(), number, VALUE_BYTES);
    }
    let there = (200_000..205_000).filter(|&number| has(&store, number)).count();
    assert!(there > 4_750, "{there} of 5,000");
}

#[test]
fn entries_that_are_read_survive_a_scan() {
    let store = store_of(vec![config(4 << 20, 1_000)]);
    for _ in 0..5 {
        for number in 0..500 {
            if !has(&store, number) {
                put(&store, &NamespaceName::default(), number, VALUE_BYTES);
            }
        }
    }
    (1_000..21_000).for_each(|number| put(&store, &NamespaceName::default(), number, VALUE_BYTES));
    let there = (0..500).filter(|&number| has(&store, number)).count();
    assert!(there > 400, "{there} of 500");
}

#[test]
fn a_namespace_holds_no_more_entries_than_it_may() {
    let store = store_of(vec![NamespaceConfig { max_entries: Some(2_000), ..config(64 << 20, 1_000) }]);
    for number in 0..10_000 {
        put(&store, &NamespaceName::default(), number, VALUE_BYTES);
        assert!(stats(&store).entries <= 2_000);
    }
    assert!(stats(&store).entries > 1_900);
}

#[test]
fn nothing_is_held_after_everything_was_invalidated_in_a_full_namespace() {
    let store = store_of(vec![config(4 << 20, 1_000)]);
    let namespace = NamespaceName::default();
    for number in 0..20_000_usize {
        let tags = Tags::new(&[(number % 7).to_string()]).unwrap();
        let draft = Draft { tags, ..Draft::new(value(number % 300), Ttl::NamespaceDefault) };
        ready(store.set(&namespace, key(name(number)), draft, Condition::Always)).unwrap();
        if number % 1_000 == 0 {
            ready(store.invalidate(&namespace, Scope::Tags(Tags::new(&["3"]).unwrap()))).unwrap();
        }
        if number % 17 == 0 {
            store.sweep(20);
        }
        assert!(stats(&store).live_bytes <= 4 << 20);
    }
    let full = stats(&store);
    assert_eq!(full.entries + full.evictions + full.invalidations, 20_000);
    assert!(full.evictions > 0 && full.invalidations > 0, "{full:?}");
    ready(store.invalidate(&namespace, Scope::All)).unwrap();
    store.sweep(usize::MAX);
    let empty = stats(&store);
    assert_eq!((empty.entries, empty.live_bytes), (0, 0));
}
