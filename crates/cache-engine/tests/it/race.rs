//! Threads against the local store.

use std::{sync::Arc, thread, time::Duration};

use cache_engine::{
    Condition, Draft, Key, LocalStore, ManualClock, NamespaceConfig, NamespaceName, SetOutcome, Store, Ttl,
};

use crate::{key, ready, stats, value};

const THREADS: usize = 32;

fn add_one(store: &LocalStore, namespace: &NamespaceName, key: &Key) -> bool {
    let entry = ready(store.get(namespace, key)).unwrap().unwrap();
    let more = value(entry.value().body().len() + 1);
    let unchanged = Condition::IfVersion(entry.version());
    let outcome =
        ready(store.set(namespace, key.clone(), Draft::new(more, Ttl::NamespaceDefault), unchanged));
    matches!(outcome.unwrap(), SetOutcome::Stored(_))
}

#[test]
fn thirty_two_threads_lose_no_conditional_increment() {
    let store = LocalStore::new(vec![], Arc::new(ManualClock::default())).unwrap();
    let (namespace, key) = (NamespaceName::default(), key("n"));
    ready(store.set(&namespace, key.clone(), Draft::new(value(0), Ttl::NamespaceDefault), Condition::Always))
        .unwrap();
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let mut added = 0;
                while added < 100 {
                    added += usize::from(add_one(&store, &namespace, &key));
                }
            });
        }
    });
    let entry = ready(store.get(&namespace, &key)).unwrap().unwrap();
    assert_eq!(entry.value().body().len(), THREADS * 100);
    assert_eq!(stats(&store).sets, (THREADS * 100 + 1) as u64);
}

/// Sweep, writers and the map making room all find the same expired entries.
#[test]
fn an_expiration_is_counted_once_whoever_finds_it() {
    const ENTRIES: usize = 4_000;
    let clock = Arc::new(ManualClock::default());
    let config =
        NamespaceConfig { capacity_bytes: 4 << 20, max_value_bytes: 1_000, ..NamespaceConfig::default() };
    let store = LocalStore::new(vec![config], clock.clone()).unwrap();
    let namespace = NamespaceName::default();
    let set = |name: String, ttl| {
        ready(store.set(&namespace, key(name), Draft::new(value(10), ttl), Condition::IfAbsent)).unwrap();
    };
    for number in 0..ENTRIES {
        set(format!("old-{number}"), Ttl::After(Duration::from_secs(1)));
    }
    assert_eq!(stats(&store).entries, ENTRIES as u64);
    clock.advance(Duration::from_secs(1));
    thread::scope(|scope| {
        scope.spawn(|| while store.sweep(16) > 0 {});
        scope.spawn(|| (0..ENTRIES).for_each(|number| set(format!("old-{number}"), Ttl::NamespaceDefault)));
        scope.spawn(|| {
            for number in (0..ENTRIES).rev() {
                ready(store.remove(&namespace, &key(format!("old-{number}")), Condition::Always)).unwrap();
            }
        });
        scope.spawn(|| {
            (0..4 * ENTRIES).for_each(|number| set(format!("new-{number}"), Ttl::NamespaceDefault))
        });
    });
    store.sweep(usize::MAX);
    let stats = stats(&store);
    assert_eq!(stats.expirations, ENTRIES as u64);
    assert_eq!(stats.entries + stats.deletes + stats.expirations + stats.evictions, stats.sets);
    assert!(stats.evictions > 0, "{stats:?}");
}
