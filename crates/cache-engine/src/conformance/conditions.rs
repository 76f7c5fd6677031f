//! Conditions of writes and removals.

use super::world::{World, stored};
use crate::{Condition, Current, RemoveOutcome, SetOutcome, Store, Ttl, Version};

fn old() -> Version {
    Version::new(1).expect("1 is a version")
}

pub(super) async fn a_write_happens_only_if_its_condition_holds<S: Store>(world: World<S>) {
    let set = async |condition| world.set("k", Ttl::NamespaceDefault, condition).await;
    let missing = SetOutcome::Conflict(Current::Missing);
    assert_eq!(set(Condition::IfPresent).await, missing);
    assert_eq!(set(Condition::IfVersion(old())).await, missing);
    assert_eq!(world.get("k").await, None);

    let first = stored(set(Condition::IfAbsent).await);
    let present = SetOutcome::Conflict(Current::Version(first.version()));
    assert_eq!(set(Condition::IfAbsent).await, present);
    assert_eq!(set(Condition::IfVersion(old())).await, present);
    assert_eq!(world.get("k").await, Some(first.clone()));

    let second = stored(set(Condition::IfVersion(first.version())).await);
    assert!(second.version() > first.version());
    let third = stored(set(Condition::IfPresent).await);
    let fourth = stored(set(Condition::Always).await);
    assert!(fourth.version() > third.version() && third.version() > second.version());
    assert_eq!(world.get("k").await, Some(fourth));
}

pub(super) async fn a_removal_happens_only_if_its_condition_holds<S: Store>(world: World<S>) {
    let all = [Condition::Always, Condition::IfAbsent, Condition::IfPresent, Condition::IfVersion(old())];
    for condition in all {
        assert_eq!(world.remove("k", condition).await, RemoveOutcome::Missing);
    }
    let entry = world.put("k").await;
    let conflict = RemoveOutcome::Conflict(Current::Version(entry.version()));
    assert_eq!(world.remove("k", Condition::IfAbsent).await, conflict);
    assert_eq!(world.remove("k", Condition::IfVersion(old())).await, conflict);
    assert_eq!(world.get("k").await, Some(entry.clone()));
    for condition in [Condition::IfVersion(entry.version()), Condition::IfPresent, Condition::Always] {
        let version = world.get("k").await.expect("it was written").version();
        assert_eq!(world.remove("k", condition).await, RemoveOutcome::Removed(version));
        assert_eq!(world.get("k").await, None);
        world.put("k").await;
    }
}
