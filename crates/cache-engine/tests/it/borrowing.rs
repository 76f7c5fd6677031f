//! Namespaces that borrow what others do not use.

use std::sync::Arc;

use cache_engine::{
    Condition, Draft, Error, LocalStore, ManualClock, NamespaceChange, NamespaceConfig, NamespaceName,
    NamespaceStats, SetOutcome, Store, StoreLimits, Ttl,
};
use proptest::prelude::*;

use crate::{key, ready, value};

const KIB: u64 = 1 << 10;
const LIMIT: u64 = 1_024 * KIB;

fn name(number: u8) -> NamespaceName {
    NamespaceName::parse(&format!("n{number}")).unwrap()
}

fn config(number: u8, capacity_bytes: u64, max_bytes: Option<u64>) -> NamespaceConfig {
    NamespaceConfig { capacity_bytes, max_bytes, max_value_bytes: 500, ..NamespaceConfig::new(name(number)) }
}

/// An owner of half the memory that does not borrow, and two borrowers; `default` is small.
fn store() -> LocalStore {
    let default = NamespaceConfig { capacity_bytes: 1, max_value_bytes: 1, ..NamespaceConfig::default() };
    let configs = vec![
        default,
        config(0, 512 * KIB, None),
        config(1, 256 * KIB, Some(LIMIT)),
        config(2, 128 * KIB, Some(LIMIT)),
    ];
    let limits = StoreLimits { memory_limit_bytes: Some(LIMIT), ..StoreLimits::default() };
    LocalStore::with_limits(configs, limits, Arc::new(ManualClock::default())).unwrap()
}

fn put(store: &LocalStore, namespace: u8, number: usize) {
    let draft = Draft::new(value(number % 400), Ttl::NamespaceDefault);
    let set = ready(store.set(&name(namespace), key(number.to_string()), draft, Condition::Always));
    assert!(matches!(set, Ok(SetOutcome::Stored(_))));
    assert!(ready(store.get(&name(namespace), &key(number.to_string()))).unwrap().is_some());
}

fn stats(store: &LocalStore, namespace: u8) -> NamespaceStats {
    ready(store.stats(Some(&name(namespace)))).unwrap().remove(0)
}

/// What the two rules of a share must always give.
fn check_sums(store: &LocalStore) {
    let rows = ready(store.stats(None)).unwrap();
    let live: u64 = rows.iter().map(|row| row.live_bytes).sum();
    let taken: u64 = rows.iter().map(|row| row.room_bytes.max(row.live_bytes)).sum();
    assert!(live <= LIMIT && taken <= LIMIT, "{rows:?}");
}

/// Writes and shares out in turn, as a server does.
fn fill(store: &LocalStore, namespace: u8, rounds: usize) {
    for number in 0..rounds * 100 {
        put(store, namespace, number);
        if number % 20 == 0 {
            store.balance(100);
            check_sums(store);
        }
    }
}

#[test]
fn a_borrower_takes_what_is_free_and_the_owner_gets_its_guarantee_back() {
    let store = store();
    fill(&store, 1, 40);
    let borrowed = stats(&store, 1).live_bytes;
    assert!(borrowed > 512 * KIB, "it holds more than twice its guarantee: {borrowed}");
    fill(&store, 0, 40);
    let owner = stats(&store, 0);
    assert!(owner.live_bytes > 512 * KIB * 85 / 100 && owner.room_bytes == 512 * KIB, "{owner:?}");
    assert_eq!(owner.reclaims, 0);
    let borrower = stats(&store, 1);
    assert!(borrower.live_bytes <= 512 * KIB && borrower.live_bytes > 200 * KIB, "{borrower:?}");
    assert!(borrower.reclaims > 0, "{borrower:?}");
}

#[test]
fn borrowers_share_what_is_free() {
    let store = store();
    for round in 0..40 {
        for number in 0..100 {
            put(&store, 1, round * 100 + number);
            put(&store, 2, round * 100 + number);
        }
        store.balance(usize::MAX);
        check_sums(&store);
    }
    let beyond = [(1, 256 * KIB), (2, 128 * KIB)].map(|(number, own)| stats(&store, number).room_bytes - own);
    assert!(beyond[0].abs_diff(beyond[1]) < 64 * KIB, "{beyond:?}");
    assert!(beyond[0] > 150 * KIB, "{beyond:?}");
}

#[test]
fn a_namespace_that_is_made_or_grows_gets_its_room_from_the_borrowers() {
    let store = store();
    fill(&store, 1, 60);
    fill(&store, 2, 60);
    assert!(ready(store.create_namespace(config(3, 64 * KIB, None))).is_ok());
    check_sums(&store);
    while store.balance(50) > 0 {
        check_sums(&store);
    }
    store.balance(0);
    assert!(stats(&store, 3).room_bytes >= 64 * KIB / 8, "room for the first entries");
    let change = NamespaceChange { capacity_bytes: Some(96 * KIB), ..NamespaceChange::default() };
    ready(store.update_namespace(&name(3), change)).unwrap();
    check_sums(&store);
    fill(&store, 3, 10);
    assert!(stats(&store, 3).live_bytes > 80 * KIB);
}

#[test]
fn a_namespace_cannot_have_less_than_its_guarantee_at_most() {
    let store = store();
    let error = ready(store.create_namespace(config(3, 64 * KIB, Some(KIB)))).unwrap_err();
    let problem = "max_bytes is at least capacity_bytes".to_owned();
    assert_eq!(error, Error::ConfigInvalid { name: name(3), problem });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn all_hold_no_more_than_there_is_and_an_owner_can_always_reach_its_guarantee(
        writes in prop::collection::vec((0..3_u8, 1..150_usize, 0..200_usize), 1..40),
        owner in 0..3_u8,
    ) {
        let store = store();
        for (namespace, count, budget) in writes {
            for number in 0..count {
                put(&store, namespace, number * 7);
            }
            store.balance(budget);
            check_sums(&store);
        }
        fill(&store, owner, 30);
        let reached = stats(&store, owner);
        prop_assert!(reached.live_bytes > reached.capacity_bytes * 85 / 100, "{reached:?}");
        prop_assert_eq!(stats(&store, 0).reclaims, 0);
    }
}
