//! Lives that slide, are touched, or grow stale.

use std::time::Duration;

use super::world::{World, key, namespace, stored, ttl, value};
use crate::{Clock, Condition, Current, Draft, Entry, Freshness, Life, Store, TouchOutcome, Ttl, Version};

const SECOND: Duration = Duration::from_secs(1);

fn sliding(ttl: Ttl, seconds: u64) -> Life {
    Life::from(ttl).sliding(Duration::from_secs(seconds)).expect("the suite uses valid durations")
}

async fn put<S: Store>(world: &World<S>, room: &str, name: &str, life: Life) -> Entry {
    let draft = Draft { life, ..Draft::new(value(name), Ttl::NamespaceDefault) };
    let outcome = world.store.set(&namespace(room), key(name), draft, Condition::Always).await;
    stored(outcome.expect("a small write works"))
}

async fn touch<S: Store>(world: &World<S>, name: &str, life: Life, condition: Condition) -> TouchOutcome {
    let outcome = world.store.touch(&namespace("default"), &key(name), life, condition).await;
    outcome.expect("a touch works")
}

pub(super) async fn an_entry_that_slides_lives_while_it_is_read<S: Store>(world: World<S>) {
    put(&world, "default", "read", sliding(Ttl::NamespaceDefault, 3)).await;
    put(&world, "default", "left", sliding(Ttl::NamespaceDefault, 3)).await;
    put(&world, "default", "bounded", sliding(ttl(5), 3)).await;
    for second in 0..10 {
        assert!(world.get("read").await.is_some(), "after {second} s");
        assert_eq!(world.get("bounded").await.is_some(), second < 5, "after {second} s");
        world.clock.advance(SECOND);
    }
    assert_eq!(world.get("left").await, None);
    world.clock.advance(2 * SECOND);
    assert_eq!(world.get("read").await, None);
}

pub(super) async fn an_entry_that_slides_has_no_default_end<S: Store>(world: World<S>) {
    put(&world, "short", "k", sliding(Ttl::NamespaceDefault, 60)).await;
    world.clock.advance(50 * SECOND);
    let found = world.store.get(&namespace("short"), &key("k")).await.expect("a read works");
    assert_eq!(found.and_then(|entry| entry.remaining(world.clock.now())), Some(60 * SECOND));
}

pub(super) async fn a_touch_gives_another_life_and_nothing_else<S: Store>(world: World<S>) {
    let entry = world.put_for("k", 5).await;
    world.clock.advance(4 * SECOND);
    let outcome = touch(&world, "k", ttl(60).into(), Condition::Always).await;
    let TouchOutcome::Touched(touched) = outcome else { panic!("it is there: {outcome:?}") };
    assert_eq!((touched.version(), touched.value()), (entry.version(), entry.value()));
    assert_eq!(touched.remaining(world.clock.now()), Some(60 * SECOND));
    world.clock.advance(59 * SECOND);
    assert_eq!(world.get("k").await, Some(touched));
    let idle = touch(&world, "k", sliding(Ttl::NamespaceDefault, 2), Condition::Always).await;
    assert!(matches!(idle, TouchOutcome::Touched(_)));
    let full = world.stats("default").await;
    world.clock.advance(2 * SECOND);
    assert_eq!(world.get("k").await, None);
    assert_eq!((full.entries, full.sets, full.touches), (1, 1, 2));
}

pub(super) async fn a_touch_happens_only_if_its_condition_holds<S: Store>(world: World<S>) {
    let life = Life::from(ttl(60));
    assert_eq!(touch(&world, "k", life, Condition::Always).await, TouchOutcome::Missing);
    assert_eq!(touch(&world, "k", life, Condition::IfAbsent).await, TouchOutcome::Missing);
    let entry = world.put("k").await;
    let conflict = TouchOutcome::Conflict(Current::Version(entry.version()));
    let old = Condition::IfVersion(Version::new(1).expect("1 is a version"));
    assert_eq!(touch(&world, "k", life, Condition::IfAbsent).await, conflict);
    assert_eq!(touch(&world, "k", life, old).await, conflict);
    assert_eq!(world.get("k").await, Some(entry.clone()));
    for condition in [Condition::IfVersion(entry.version()), Condition::IfPresent] {
        assert!(matches!(touch(&world, "k", life, condition).await, TouchOutcome::Touched(_)));
    }
    assert_eq!(world.stats("default").await.conflicts, 2);
}

pub(super) async fn one_reader_of_a_stale_entry_is_told_to_refresh_it<S: Store>(world: World<S>) {
    let life = Life::from(ttl(60)).fresh_for(5 * SECOND).expect("a valid duration");
    put(&world, "default", "k", life).await;
    let ask = async || world.get("k").await.map(|entry| entry.freshness(world.clock.now()));
    assert_eq!(ask().await, Some(Freshness::Fresh));
    world.clock.advance(5 * SECOND);
    assert_eq!([ask().await, ask().await], [Some(Freshness::Refresh), Some(Freshness::Stale)]);
    put(&world, "default", "k", life).await;
    assert_eq!(ask().await, Some(Freshness::Fresh));
    world.clock.advance(60 * SECOND);
    assert_eq!(ask().await, None);
}

pub(super) async fn jitter_ends_a_life_sooner_and_never_later<S: Store>(world: World<S>) {
    let life = Life::from(ttl(10)).jitter(4 * SECOND).expect("a valid duration");
    let mut ends = std::collections::BTreeSet::new();
    for number in 0..100 {
        let entry = put(&world, "default", &number.to_string(), life).await;
        let left = entry.remaining(world.clock.now()).expect("it has an end");
        assert!(left >= 6 * SECOND && left <= 10 * SECOND, "{left:?}");
        ends.insert(left);
    }
    assert!(ends.len() > 90, "{} different ends of 100", ends.len());
}
