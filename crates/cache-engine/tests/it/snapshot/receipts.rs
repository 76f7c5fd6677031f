//! What else a snapshot keeps: receipts, what entries took to make, and files of the release before.

use cache_engine::{Error, Increment, MapKind, Presence, REQUEST_ID_WINDOW, Receipt, RequestId, Write};

use super::*;

fn counted(store: &LocalStore, id: &str, by: i64) -> Result<Receipt, Error> {
    let write = Write::Increment { key: key("visits"), increment: Increment::by(by) };
    ready(store.once(&NamespaceName::default(), &RequestId::new(id).unwrap(), write))
}

fn count(store: &LocalStore) -> Option<String> {
    get(store, "visits").map(|entry| String::from_utf8(entry.value().body().to_bytes().to_vec()).unwrap())
}

#[test]
fn a_write_that_is_sent_again_after_a_restart_is_not_done_again() {
    let clock = ManualClock::new(noon());
    let first = store(&clock);
    let receipt = counted(&first, "id", 3).unwrap();
    let (second, clock, restored) = restore(&save(&first), noon() + SECOND);
    assert_eq!(restored.receipts, 1);
    assert_eq!(counted(&second, "id", 3), Ok(receipt));
    assert_eq!(counted(&second, "id", 4), Err(Error::RequestIdReused));
    assert_eq!(count(&second).as_deref(), Some("3"));
    // A second counts that no process ran.
    clock.advance(REQUEST_ID_WINDOW - SECOND);
    assert_ne!(counted(&second, "id", 3), Ok(receipt));
    assert_eq!(count(&second).as_deref(), Some("6"));
}

#[test]
fn a_receipt_counts_over_many_restarts_and_no_longer_than_its_window() {
    let clock = ManualClock::new(noon());
    let first = store(&clock);
    let receipt = counted(&first, "id", 3).unwrap();
    clock.advance(100 * SECOND);
    let (second, clock, _) = restore(&save(&first), noon() + 200 * SECOND);
    clock.advance(99 * SECOND);
    let bytes = save(&second);
    assert_eq!(counted(&restore(&bytes, noon() + 299 * SECOND).0, "id", 3), Ok(receipt));
    let (late, _, restored) = restore(&bytes, noon() + 300 * SECOND);
    assert_eq!(restored.receipts, 0);
    assert_ne!(counted(&late, "id", 3), Ok(receipt));
}

#[test]
fn many_receipts_are_all_there() {
    let clock = ManualClock::new(noon());
    let config = || NamespaceConfig { capacity_bytes: 1 << 30, ..NamespaceConfig::default() };
    let make = || LocalStore::new(vec![config()], clock.clone()).unwrap();
    let first = make();
    let receipts: Vec<_> = (0..5_000).map(|number| counted(&first, &number.to_string(), 1)).collect();
    let (second, restored) = make().restore(&*save(&first)).unwrap();
    assert_eq!(restored.receipts, 5_000);
    for (number, receipt) in receipts.into_iter().enumerate() {
        assert_eq!(counted(&second, &number.to_string(), 1), receipt);
    }
    assert_eq!(count(&second).as_deref(), Some("5000"));
}

#[test]
fn what_was_dear_to_make_is_known_to_have_been() {
    for map in [MapKind::Moka, MapKind::Compact] {
        let clock = ManualClock::new(noon());
        let limits = StoreLimits { map, ..StoreLimits::default() };
        let make = || LocalStore::with_limits(Vec::new(), limits, clock.clone()).unwrap();
        let first = make();
        let dear = Draft::new(value(3), Ttl::NamespaceDefault).costing(2 * SECOND);
        ready(first.set(&NamespaceName::default(), key("dear"), dear, Condition::Always)).unwrap();
        put(&first, "usual", Life::default(), &[]);
        let (second, _) = make().restore(&*save(&first)).unwrap();
        for name in ["dear", "usual"] {
            assert_eq!(cost(&second, name), cost(&first, name));
        }
        assert!(cost(&second, "dear") > Some(SECOND) && cost(&second, "usual").is_none());
    }
}

fn cost(store: &LocalStore, name: &str) -> Option<Duration> {
    match store.explain(&NamespaceName::default(), &key(name)).unwrap().presence {
        Presence::Present(present) => present.standing.cost,
        Presence::Absent => panic!("it is there"),
    }
}

/// Written at noon by the release before: an entry `plain`, and one `tagged` that lives a minute.
const FORMAT_1: &[u8] = include_bytes!("format-1.snapshot");

#[test]
fn a_snapshot_of_the_format_before_is_read() {
    let (store, clock, restored) = restore(FORMAT_1, noon() + SECOND);
    assert_eq!((restored.entries, restored.receipts), (2, 0));
    assert!(get(&store, "plain").is_some());
    let tagged = get(&store, "tagged").unwrap();
    assert_eq!(tagged.remaining(clock.now()), Some(59 * SECOND));
    assert_eq!(tagged.tags().map(Tag::as_str).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(save(&store)[16], 2, "and written in the new one");
}
