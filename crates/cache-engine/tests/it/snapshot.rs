//! Snapshots: what a store holds is there again in the next one, and lives no longer than it would have.

mod receipts;

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, SystemTime},
};

use cache_engine::{
    Acquired, Ask, Body, Claims, Clock, Condition, Draft, Entry, EventFilter, Freshness, LeaseConfig, Leases,
    Life, LocalStore, ManualClock, NamespaceConfig, NamespaceName, Restored, Scope, SetOutcome,
    SnapshotError, Store, StoreLimits, Tag, Tags, Ttl, Turn, Value,
};
use proptest::prelude::*;

use crate::{key, ready, stats, value};

const SECOND: Duration = Duration::from_secs(1);

/// Noon of some day.
fn noon() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_735_732_800)
}

fn store(clock: &Arc<ManualClock>) -> LocalStore {
    LocalStore::new(Vec::new(), Arc::clone(clock) as Arc<dyn Clock>).unwrap()
}

fn save(store: &LocalStore) -> Vec<u8> {
    let mut bytes = Vec::new();
    let saved = store.save(&mut bytes).unwrap();
    assert_eq!(saved.bytes, bytes.len() as u64);
    bytes
}

/// The next process, which starts at this time of the wall.
fn restore(bytes: &[u8], wall: SystemTime) -> (LocalStore, Arc<ManualClock>, Restored) {
    let clock = ManualClock::new(wall);
    let (store, restored) = store(&clock).restore(bytes).unwrap();
    (store, clock, restored)
}

fn put(store: &LocalStore, name: &str, life: Life, tags: &[&str]) -> Entry {
    let draft = Draft { value: value(3), life, tags: Tags::new(tags).unwrap(), cost: None };
    match ready(store.set(&NamespaceName::default(), key(name), draft, Condition::Always)).unwrap() {
        SetOutcome::Stored(entry) => entry,
        SetOutcome::Conflict(current) => panic!("{current:?}"),
    }
}

fn get(store: &LocalStore, name: &str) -> Option<Entry> {
    ready(store.get(&NamespaceName::default(), &key(name))).unwrap()
}

fn lives(seconds: u64) -> Life {
    Ttl::after(seconds as u32 * SECOND).unwrap().into()
}

#[test]
fn an_entry_is_there_with_its_version_value_and_tags() {
    let clock = ManualClock::new(noon());
    let first = store(&clock);
    let name = NamespaceName::default();
    let text = Value::new(Body::text("né"), "text/plain").unwrap();
    let draft =
        Draft { value: text, life: Life::default(), tags: Tags::new(&["b", "a"]).unwrap(), cost: None };
    ready(first.set(&name, key("text"), draft, Condition::Always)).unwrap();
    put(&first, "data", Life::default(), &[]);
    let (second, _, restored) = restore(&save(&first), noon() + SECOND);
    assert_eq!((restored.entries, restored.expired, restored.age_seconds), (2, 0, 1));
    for name in ["text", "data"] {
        assert_eq!(get(&second, name), get(&first, name));
    }
    assert_eq!(get(&second, "text").unwrap().tags().map(Tag::as_str).collect::<Vec<_>>(), ["a", "b"]);
    assert_eq!(stats(&second).live_bytes, stats(&first).live_bytes);
    ready(second.invalidate(&name, Scope::Tags(Tags::new(&["a"]).unwrap()))).unwrap();
    assert_eq!((get(&second, "text"), get(&second, "data").is_some()), (None, true));
}

/// Writes an entry that lives 10 s, saves it after `before` seconds, restores it `away` seconds later (or earlier): it
/// then has `left` seconds.
fn check_left(before: u64, away: i64, left: Option<u64>) {
    let clock = ManualClock::new(noon());
    let first = store(&clock);
    put(&first, "k", lives(10), &[]);
    clock.advance(before as u32 * SECOND);
    let bytes = save(&first);
    let saved_at = noon() + before as u32 * SECOND;
    let shift = away.unsigned_abs() as u32 * SECOND;
    let (second, clock, restored) =
        restore(&bytes, if away < 0 { saved_at - shift } else { saved_at + shift });
    let remaining = get(&second, "k").map(|entry| entry.remaining(clock.now()).unwrap());
    assert_eq!(remaining, left.map(Duration::from_secs));
    assert_eq!((restored.entries, restored.expired), if left.is_some() { (1, 0) } else { (0, 1) });
    if let Some(left) = left {
        clock.advance(left as u32 * SECOND);
        assert_eq!(get(&second, "k"), None);
    }
}

#[test]
fn the_time_between_two_processes_counts() {
    check_left(0, 0, Some(10));
    check_left(3, 5, Some(2));
    check_left(3, 7, None);
    check_left(3, 1_000_000, None);
}

#[test]
fn a_clock_that_was_set_back_gives_an_entry_no_more_time_than_it_had() {
    check_left(3, -1, Some(7));
    check_left(3, -1_000_000, Some(7));
}

#[test]
fn what_slides_and_what_is_stale_goes_on_as_it_was() {
    let clock = ManualClock::new(noon());
    let first = store(&clock);
    put(&first, "slides", Life::default().sliding(10 * SECOND).unwrap(), &[]);
    put(&first, "stale", lives(100).fresh_for(5 * SECOND).unwrap(), &["t"]);
    clock.advance(4 * SECOND);
    assert!(get(&first, "slides").is_some());
    clock.advance(4 * SECOND);
    let (second, clock, _) = restore(&save(&first), noon() + 9 * SECOND);
    let remaining = |store: &LocalStore, name: &str| get(store, name).unwrap().remaining(clock.now());
    // Read after 4 s, so that it ended at 14 s; it is 9 s, and this read puts the end off again.
    let entry = get(&second, "slides").unwrap();
    assert_eq!(entry.remaining(clock.now()), Some(10 * SECOND));
    assert_eq!(remaining(&second, "stale"), Some(91 * SECOND));
    assert_eq!(get(&second, "stale").unwrap().freshness(clock.now()), Freshness::Refresh);
    clock.advance(10 * SECOND);
    assert_eq!(get(&second, "slides"), None);
    assert_eq!(second.sweep(10), 1);
}

#[test]
fn what_slides_ends_where_its_last_use_left_it() {
    let clock = ManualClock::new(noon());
    let first = store(&clock);
    put(&first, "slides", Life::default().sliding(10 * SECOND).unwrap(), &[]);
    clock.advance(4 * SECOND);
    assert!(get(&first, "slides").is_some());
    let bytes = save(&first);
    let (_, _, restored) = restore(&bytes, noon() + 13 * SECOND);
    assert_eq!((restored.entries, restored.expired), (1, 0));
    let (_, _, restored) = restore(&bytes, noon() + 14 * SECOND);
    assert_eq!((restored.entries, restored.expired), (0, 1));
}

#[test]
fn what_is_over_is_not_written() {
    let clock = ManualClock::new(noon());
    let first = store(&clock);
    put(&first, "expires", lives(1), &[]);
    put(&first, "tagged", Life::default(), &["t"]);
    put(&first, "removed", Life::default(), &[]);
    put(&first, "stays", Life::default(), &["u"]);
    ready(first.remove(&NamespaceName::default(), &key("removed"), Condition::Always)).unwrap();
    ready(first.invalidate(&NamespaceName::default(), Scope::Tags(Tags::new(&["t"]).unwrap()))).unwrap();
    clock.advance(SECOND);
    let mut bytes = Vec::new();
    assert_eq!(first.save(&mut bytes).unwrap().entries, 1);
    let (second, _, _) = restore(&bytes, noon());
    assert!(get(&second, "stays").is_some());
}

#[test]
fn no_version_is_given_again_though_the_clock_was_set_back_and_the_snapshot_is_old() {
    let clock = ManualClock::new(noon());
    let first = store(&clock);
    put(&first, "k", Life::default(), &[]);
    let bytes = save(&first);
    let after_the_snapshot =
        (0..1_000).map(|_| put(&first, "k", Life::default(), &[]).version()).max().unwrap();
    let (second, _, _) = restore(&bytes, noon() - 1_000_000 * SECOND);
    let next = put(&second, "other", Life::default(), &[]).version();
    assert!(next > after_the_snapshot);
    let (third, _, _) = restore(&save(&second), noon() - 2_000_000 * SECOND);
    assert!(put(&third, "k", Life::default(), &[]).version() > next);
}

/// It was, where the clock stood as it had when the first process began: it was told the writes of the second one as if it had missed none.
#[test]
fn a_watch_does_not_go_on_over_a_restart_though_the_clock_was_set_back() {
    let clock = ManualClock::new(noon());
    let first = store(&clock);
    let watch = |store: &LocalStore, resume| {
        ready(store.subscribe(&NamespaceName::default(), EventFilter::All, resume)).unwrap()
    };
    let mut watcher = watch(&first, None);
    put(&first, "k", Life::default(), &[]);
    let bytes = save(&first);
    (0..100).for_each(|_| drop(put(&first, "k", Life::default(), &[])));
    assert_eq!(watcher.try_next().unwrap().events.len(), 101);
    for wall in [noon(), noon() - SECOND, noon() + Duration::from_micros(50)] {
        let (second, _, _) = restore(&bytes, wall);
        let _of_others = watch(&second, None);
        (0..200).for_each(|_| drop(put(&second, "k", Life::default(), &[])));
        let told = watch(&second, Some(watcher.sequence())).try_next().unwrap();
        assert!(told.lost.is_some(), "{wall:?}");
    }
}

#[test]
fn fencing_tokens_grow_over_a_restart_though_the_clock_was_set_back() {
    let token = |store: &LocalStore, clock: &Arc<ManualClock>| {
        let leases = Leases::new(LeaseConfig::default(), clock.clone()).fenced_by(store.fencing_tokens());
        match leases.try_acquire(&Ask::new(key("n"), 1, SECOND).unwrap()).unwrap() {
            Acquired::Granted(lease) => lease.token,
            Acquired::Denied(denied) => panic!("{denied:?}"),
        }
    };
    let claim = |store: &LocalStore, clock: &Arc<ManualClock>| {
        let claims = Claims::<_, ()>::new(1, SECOND, clock.clone()).fenced_by(store.fencing_tokens());
        match Arc::new(claims).claim(&key("n"), SECOND).unwrap() {
            Turn::Claimed(claim) => claim.token,
            Turn::Waits(_) => panic!("nobody else claims"),
        }
    };
    let clock = ManualClock::new(noon());
    let first = store(&clock);
    let before = token(&first, &clock);
    let bytes = save(&first);
    let after_the_snapshot = claim(&first, &clock);
    assert!(after_the_snapshot > before);
    let (second, clock, _) = restore(&bytes, noon() - 1_000_000 * SECOND);
    assert!(token(&second, &clock) > after_the_snapshot);
    assert!(claim(&second, &clock) > after_the_snapshot);
}

#[test]
fn a_namespace_has_the_limits_of_the_settings_or_those_that_it_had() {
    let config = |name: &str, max_value_bytes| NamespaceConfig {
        max_value_bytes,
        ..NamespaceConfig::new(NamespaceName::parse(name).unwrap())
    };
    let clock = ManualClock::new(noon());
    let first =
        LocalStore::new(vec![config("known", 100), config("gone", 101)], Arc::clone(&clock) as _).unwrap();
    for (room, bytes) in [("known", 100), ("known", 10), ("gone", 101)] {
        let draft = Draft::new(value(bytes), Ttl::NamespaceDefault);
        let name = key(bytes.to_string());
        ready(first.set(&NamespaceName::parse(room).unwrap(), name, draft, Condition::Always)).unwrap();
    }
    let bytes = save(&first);
    let (second, restored) =
        LocalStore::new(vec![config("known", 50)], clock).unwrap().restore(&bytes[..]).unwrap();
    assert_eq!((restored.entries, restored.left_out, restored.namespaces_added), (2, 1, 1));
    let names: Vec<_> =
        ready(second.stats(None)).unwrap().into_iter().map(|row| row.namespace.to_string()).collect();
    assert_eq!(names, ["default", "gone", "known"]);
    let write = |room: &str, bytes| {
        let draft = Draft::new(value(bytes), Ttl::NamespaceDefault);
        ready(second.set(&NamespaceName::parse(room).unwrap(), key("k"), draft, Condition::Always)).is_ok()
    };
    assert_eq!(
        [write("known", 50), write("known", 51), write("gone", 101), write("gone", 102)],
        [true, false, true, false]
    );
}

#[test]
fn a_namespace_that_the_limits_no_longer_take_is_left_out_with_its_entries_and_the_rest_is_there() {
    let clock = ManualClock::new(noon());
    let first = store(&clock);
    put(&first, "k", Life::default(), &[]);
    let config = NamespaceConfig::new(NamespaceName::parse("other").unwrap());
    ready(first.create_namespace(config.clone())).unwrap();
    let draft = Draft::new(value(1), Ttl::NamespaceDefault);
    ready(first.set(&config.name, key("k"), draft, Condition::Always)).unwrap();
    let limits = StoreLimits { max_namespaces: 1, ..StoreLimits::default() };
    let empty = LocalStore::with_limits(Vec::new(), limits, clock).unwrap();
    let (second, restored) = empty.restore(&save(&first)[..]).unwrap();
    let expected = Restored { entries: 1, left_out: 1, namespaces_left_out: 1, ..Restored::default() };
    assert_eq!((restored, get(&second, "k").is_some()), (expected, true));
}

#[test]
fn a_refused_file_makes_no_store() {
    let clock = ManualClock::new(noon());
    let first = store(&clock);
    put(&first, "k", Life::default(), &[]);
    let mut bytes = save(&first);
    bytes.pop();
    let refused = store(&clock).restore(&bytes[..]).map(|_| ()).unwrap_err();
    assert!(matches!(refused, SnapshotError::Torn { .. }), "{refused}");
}

#[test]
fn what_was_acknowledged_before_a_snapshot_is_in_it_while_others_write_and_remove() {
    let clock = ManualClock::new(noon());
    let first = store(&clock);
    for number in 0..5_000 {
        put(&first, &format!("stays {number}"), Life::default(), &[]);
    }
    let is_over = AtomicBool::new(false);
    let files: Vec<Vec<u8>> = thread::scope(|scope| {
        let churn = scope.spawn(|| {
            for round in 0.. {
                if is_over.load(Ordering::Acquire) {
                    return;
                }
                let name = format!("comes and goes {}", round % 500);
                put(&first, &name, Life::default(), &[]);
                put(&first, &format!("stays {}", round % 5_000), Life::default(), &[]);
                ready(first.remove(&NamespaceName::default(), &key(&name), Condition::Always)).unwrap();
            }
        });
        let files = (0..5).map(|_| save(&first)).collect();
        is_over.store(true, Ordering::Release);
        churn.join().unwrap();
        files
    });
    for file in files {
        let (second, _, _) = restore(&file, noon());
        for number in 0..5_000 {
            let name = format!("stays {number}");
            let (then, now) = (get(&second, &name).expect("it is never absent"), get(&first, &name).unwrap());
            assert!(then.version() <= now.version());
        }
    }
}

fn any_life() -> impl Strategy<Value = Life> {
    (1..60_u64, prop::option::of(1..60_u32), prop::option::of(1..60_u32), any::<bool>()).prop_map(
        |(ttl, idle, fresh, ends)| {
            let life = if ends { lives(ttl) } else { Life::default() };
            let life = idle.map_or(life, |idle| life.sliding(idle * SECOND).unwrap());
            // One above the time to live is refused.
            fresh.and_then(|fresh| life.fresh_for(fresh * SECOND).ok()).unwrap_or(life)
        },
    )
}

proptest! {
    #[test]
    fn a_store_is_as_if_nothing_had_happened_but_time(
        entries in prop::collection::vec((0..40_u8, any_life(), 0..3_usize, 0..2_000_usize), 0..60),
        before in 0..20_u32,
        away in 0..60_u32,
    ) {
        let clock = ManualClock::new(noon());
        let first = store(&clock);
        let mut model = BTreeMap::new();
        for (name, life, tags, bytes) in entries {
            let draft = Draft { value: value(bytes), life, tags: Tags::new(&["a", "b", "c"][..tags]).unwrap(), cost: None };
            ready(first.set(&NamespaceName::default(), key(name.to_string()), draft, Condition::Always)).unwrap();
            model.insert(name, ());
            clock.advance(Duration::from_millis(1));
        }
        clock.advance(before * SECOND);
        let bytes = save(&first);
        let saved_at = clock.wall();
        let (second, later, _) = restore(&bytes, saved_at + away * SECOND);
        clock.advance(away * SECOND);
        for name in model.keys() {
            let name = name.to_string();
            let left = |store: &LocalStore, clock: &ManualClock| get(store, &name).map(|entry| {
                let tags: Vec<Tag> = entry.tags().cloned().collect();
                let stale = entry.freshness(clock.now());
                (entry.version(), entry.value().clone(), entry.remaining(clock.now()), tags, stale)
            });
            prop_assert_eq!(left(&first, &clock), left(&second, &later));
        }
    }

    #[test]
    fn no_change_of_a_file_is_taken_and_none_panics(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
    ) {
        let clock = ManualClock::new(noon());
        let first = store(&clock);
        for number in 0..20 {
            put(&first, &number.to_string(), lives(10), &["t"]);
        }
        let bytes = save(&first);
        let mut changed = bytes.clone();
        for (place, byte) in changes {
            let place = place.index(changed.len());
            changed[place] = byte;
        }
        if is_cut {
            changed.truncate(cut.index(changed.len()));
        }
        let taken = store(&clock).restore(&changed[..]).is_ok();
        prop_assert_eq!(taken, changed == bytes);
    }
}
