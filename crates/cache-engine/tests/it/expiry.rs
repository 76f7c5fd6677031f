//! A great many entries that expire at once.

use std::{sync::Arc, time::Duration};

use cache_engine::{Condition, Draft, LocalStore, ManualClock, NamespaceName, Store, Ttl};

use crate::{key, ready, stats, value};

const ENTRIES: usize = 20_000;

fn store_of_expired_entries() -> LocalStore {
    let clock = Arc::new(ManualClock::default());
    let store = LocalStore::new(vec![], clock.clone()).unwrap();
    for number in 0..ENTRIES {
        let (key, ttl) = (key(number.to_string()), Ttl::After(Duration::from_secs(60)));
        ready(store.set(&NamespaceName::default(), key, Draft::new(value(8), ttl), Condition::Always))
            .unwrap();
    }
    clock.advance(Duration::from_secs(60));
    store
}

#[test]
fn a_read_serves_no_expired_entry_and_clears_none_away() {
    let store = store_of_expired_entries();
    for number in 0..ENTRIES {
        let found = ready(store.get(&NamespaceName::default(), &key(number.to_string())));
        assert_eq!(found, Ok(None));
    }
    let stats = stats(&store);
    assert_eq!((stats.misses, stats.hits), (ENTRIES as u64, 0));
    assert_eq!((stats.entries, stats.expirations), (ENTRIES as u64, 0));
}

#[test]
fn a_sweep_takes_no_more_than_its_budget() {
    let store = store_of_expired_entries();
    let mut left = ENTRIES;
    while left > 0 {
        let taken = store.sweep(300);
        assert_eq!(taken, left.min(300));
        left -= taken;
        let stats = stats(&store);
        assert_eq!((stats.entries, stats.expirations), (left as u64, (ENTRIES - left) as u64));
    }
    assert_eq!(store.sweep(300), 0);
    let stats = stats(&store);
    assert_eq!((stats.live_bytes, stats.evictions), (0, 0));
}

#[test]
fn a_sweep_without_budget_does_nothing() {
    let store = store_of_expired_entries();
    assert_eq!(store.sweep(0), 0);
    assert_eq!(stats(&store).entries, ENTRIES as u64);
}
