//! The life of an entry.

use std::time::Duration;

use super::world::{World, key, namespace, stored, ttl, value};
use crate::{Clock, Condition, Current, MAX_TTL, RemoveOutcome, SetOutcome, Store, Ttl};

const NANOSECOND: Duration = Duration::from_nanos(1);

pub(super) async fn an_entry_is_gone_at_the_end_of_its_life<S: Store>(world: World<S>) {
    let forever = world.put("forever").await;
    let entry = world.put_for("k", 5).await;
    assert_eq!(entry.remaining(world.clock.now()), Some(Duration::from_secs(5)));
    world.clock.advance(Duration::from_secs(5) - NANOSECOND);
    assert_eq!(world.get("k").await, Some(entry.clone()));
    assert_eq!(entry.remaining(world.clock.now()), Some(NANOSECOND));
    world.clock.advance(NANOSECOND);
    assert_eq!(world.get("k").await, None);
    let found = world.store.get_many(&namespace("default"), &[key("k"), key("forever")]).await;
    assert_eq!(found, Ok(vec![None, Some(forever.clone())]));
    world.clock.advance(MAX_TTL);
    assert_eq!(world.get("forever").await, Some(forever));
}

pub(super) async fn the_namespace_gives_the_default<S: Store>(world: World<S>) {
    let check = async |name: &str, ttl: Ttl, expected: Duration| {
        let outcome = world.set_in("short", name, value("v"), ttl, Condition::Always).await;
        let entry = stored(outcome.expect("a small write works"));
        assert_eq!(entry.remaining(world.clock.now()), Some(expected));
    };
    check("default", Ttl::NamespaceDefault, Duration::from_secs(10)).await;
    check("own", ttl(60), Duration::from_secs(60)).await;
    world.clock.advance(Duration::from_secs(10));
    let found = world.store.get_many(&namespace("short"), &[key("default"), key("own")]).await;
    let present: Vec<bool> = found.expect("a read works").iter().map(Option::is_some).collect();
    assert_eq!(present, [false, true]);
}

pub(super) async fn a_write_starts_a_new_life<S: Store>(world: World<S>) {
    world.put_for("longer", 5).await;
    world.put_for("endless", 5).await;
    world.put("shorter").await;
    world.clock.advance(Duration::from_secs(4));
    world.put_for("longer", 5).await;
    world.put("endless").await;
    world.put_for("shorter", 1).await;
    world.clock.advance(Duration::from_secs(4));
    assert!(world.get("longer").await.is_some());
    assert!(world.get("endless").await.is_some());
    assert_eq!(world.get("shorter").await, None);
}

pub(super) async fn an_expired_entry_counts_as_absent<S: Store>(world: World<S>) {
    for name in ["absent", "present", "version", "removed"] {
        world.put_for(name, 1).await;
    }
    let version = world.get("version").await.expect("it still lives").version();
    world.clock.advance(Duration::from_secs(1));
    let missing = SetOutcome::Conflict(Current::Missing);
    assert_eq!(world.set("present", ttl(1), Condition::IfPresent).await, missing);
    assert_eq!(world.set("version", ttl(1), Condition::IfVersion(version)).await, missing);
    assert_eq!(world.remove("removed", Condition::Always).await, RemoveOutcome::Missing);
    let again = stored(world.set("absent", ttl(1), Condition::IfAbsent).await);
    assert_eq!(world.get("absent").await, Some(again));
}
