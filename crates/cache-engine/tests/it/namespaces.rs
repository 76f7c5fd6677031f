//! Namespaces of the local store that come, change and go.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use cache_engine::{
    Condition, Draft, Error, LocalStore, ManualClock, NamespaceChange, NamespaceConfig, NamespaceName,
    NamespaceStats, SetOutcome, Store, StoreLimits, Ttl, Version,
};

use crate::{key, ready, value};

const MIB: u64 = 1 << 20;

fn store(limits: StoreLimits) -> LocalStore {
    let default = NamespaceConfig { capacity_bytes: 16 * MIB, ..NamespaceConfig::default() };
    LocalStore::with_limits(vec![default], limits, Arc::new(ManualClock::default())).unwrap()
}

fn team() -> NamespaceName {
    NamespaceName::parse("team").unwrap()
}

fn config(capacity_bytes: u64) -> NamespaceConfig {
    NamespaceConfig { capacity_bytes, max_value_bytes: 10_000, ..NamespaceConfig::new(team()) }
}

fn create(store: &LocalStore, config: NamespaceConfig) -> Result<NamespaceConfig, Error> {
    ready(store.create_namespace(config))
}

fn resize(store: &LocalStore, capacity_bytes: u64) -> Result<NamespaceConfig, Error> {
    let change = NamespaceChange { capacity_bytes: Some(capacity_bytes), ..NamespaceChange::default() };
    ready(store.update_namespace(&team(), change))
}

fn put(store: &LocalStore, number: usize) -> Result<Version, Error> {
    let draft = Draft::new(value(1_000), Ttl::NamespaceDefault);
    match ready(store.set(&team(), key(number.to_string()), draft, Condition::Always))? {
        SetOutcome::Stored(entry) => Ok(entry.version()),
        other @ SetOutcome::Conflict(_) => panic!("{other:?}"),
    }
}

fn fill(store: &LocalStore, numbers: std::ops::Range<usize>) {
    for number in numbers {
        put(store, number).unwrap();
    }
}

fn stats(store: &LocalStore) -> NamespaceStats {
    ready(store.stats(Some(&team()))).unwrap().remove(0)
}

#[test]
fn a_namespace_made_smaller_gives_its_room_back_batch_by_batch() {
    let store = store(StoreLimits::default());
    create(&store, config(8 * MIB)).unwrap();
    fill(&store, 0..10_000);
    let full = stats(&store);
    assert!(full.live_bytes > 7 * MIB, "{full:?}");
    resize(&store, 4 * MIB).unwrap();
    let mut batches = 0;
    while store.trim(&team(), 100).unwrap() > 0 {
        batches += 1;
    }
    let half = stats(&store);
    assert!(half.live_bytes <= 4 * MIB && half.live_bytes > 3 * MIB, "{half:?}");
    assert_eq!((half.evictions, half.entries + half.reclaims), (full.evictions, full.entries));
    assert!(half.reclaims / batches <= 100 + 16, "{batches} batches of {}", half.reclaims);
    resize(&store, 8 * MIB).unwrap();
    fill(&store, 0..10_000);
    assert!(stats(&store).live_bytes > 7 * MIB);
    resize(&store, 2 * MIB).unwrap();
    store.sweep(usize::MAX);
    assert!(stats(&store).live_bytes <= 2 * MIB, "the sweep does it, too");
}

#[test]
fn a_namespace_holds_fewer_entries_when_it_may_hold_fewer() {
    let store = store(StoreLimits::default());
    create(&store, config(8 * MIB)).unwrap();
    fill(&store, 0..2_000);
    let change = NamespaceChange { max_entries: Some(Some(500)), ..NamespaceChange::default() };
    ready(store.update_namespace(&team(), change)).unwrap();
    store.sweep(usize::MAX);
    let entries = stats(&store).entries;
    assert!(entries <= 500 && entries > 400, "{entries}");
    let few = NamespaceChange { max_entries: Some(Some(1)), ..NamespaceChange::default() };
    let error = ready(store.update_namespace(&team(), few)).unwrap_err();
    assert_eq!(error.to_string(), "namespace \"team\": max_entries is at least 16, one for each shard");
}

#[test]
fn a_namespace_of_many_shards_cannot_be_made_too_small_for_its_values() {
    let store = store(StoreLimits::default());
    create(&store, config(8 * MIB)).unwrap();
    let error = resize(&store, 100_000).unwrap_err();
    assert_eq!(error.reason(), "NAMESPACE_INVALID");
    let message = error.to_string();
    let least = message.split_once("at least ").and_then(|(_, rest)| rest.split(' ').next()).unwrap();
    assert!(resize(&store, least.parse().unwrap()).is_ok(), "{message}");
    let draft = Draft::new(value(10_000), Ttl::NamespaceDefault);
    let longest = key("k".repeat(1_024));
    ready(store.set(&team(), longest, draft, Condition::Always)).unwrap();
}

#[test]
fn namespaces_are_promised_no_more_bytes_than_there_are() {
    let store = store(StoreLimits { memory_limit_bytes: Some(24 * MIB), ..StoreLimits::default() });
    let too_large = |actual| Err(Error::MemoryLimit { allowed: 24 * MIB, actual });
    assert_eq!(create(&store, config(8 * MIB + 1)), too_large(24 * MIB + 1));
    assert!(create(&store, config(8 * MIB)).is_ok());
    assert_eq!(resize(&store, 9 * MIB), too_large(25 * MIB));
    assert!(resize(&store, 7 * MIB).is_ok());
    ready(store.delete_namespace(&team())).unwrap();
    assert!(create(&store, config(8 * MIB)).is_ok(), "a deleted one is promised nothing");
}

#[test]
fn one_namespace_past_the_most_is_refused() {
    let store = store(StoreLimits { max_namespaces: 2, ..StoreLimits::default() });
    create(&store, config(MIB)).unwrap();
    let other = NamespaceConfig { name: NamespaceName::parse("other").unwrap(), ..config(MIB) };
    assert_eq!(create(&store, other.clone()), Err(Error::NamespacesLimit { allowed: 2 }));
    ready(store.delete_namespace(&team())).unwrap();
    store.sweep(usize::MAX);
    assert!(create(&store, other).is_ok(), "when it is freed there is room for another one");
}

/// Writers go on in a namespace that is deleted and made anew under them.
#[test]
fn no_version_is_given_twice_while_a_namespace_is_deleted_and_made_anew() {
    let store = store(StoreLimits::default());
    let done = AtomicBool::new(false);
    let versions: Vec<Version> = thread::scope(|scope| {
        let writing: Vec<_> = (0..3)
            .map(|thread| {
                let (store, done) = (&store, &done);
                scope.spawn(move || {
                    let mut versions = Vec::new();
                    while !done.load(Ordering::Relaxed) {
                        match put(store, thread) {
                            Ok(version) => versions.push(version),
                            Err(error) => assert_eq!(error.reason(), "NAMESPACE_NOT_FOUND"),
                        }
                    }
                    assert!(versions.is_sorted());
                    versions
                })
            })
            .collect();
        for round in 0..200 {
            create(&store, config(MIB)).unwrap();
            put(&store, 4).unwrap();
            ready(store.delete_namespace(&team())).unwrap();
            store.sweep(if round % 3 == 0 { usize::MAX } else { 10 });
        }
        done.store(true, Ordering::Relaxed);
        writing.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let mut different = versions.clone();
    different.sort_unstable();
    different.dedup();
    assert_eq!(different.len(), versions.len());
    // The first finds what was written into a namespace that was gone and swept already; the second frees it.
    store.sweep(usize::MAX);
    store.sweep(usize::MAX);
    let most = StoreLimits::default().max_namespaces;
    for number in 1..most {
        let name = NamespaceName::parse(&number.to_string()).unwrap();
        assert!(create(&store, NamespaceConfig { name, ..config(MIB) }).is_ok(), "all are freed");
    }
}
