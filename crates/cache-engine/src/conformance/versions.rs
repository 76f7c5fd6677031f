//! Versions grow and are never used again.

use std::{sync::Arc, time::Duration};

use super::world::{World, key, namespace, stored, value};
use crate::{Condition, Draft, ManualClock, NamespaceConfig, Store, Ttl};

pub(super) async fn a_version_is_never_used_again<S: Store>(world: World<S>) {
    let mut last = world.put("k").await.version();
    for round in 0..20 {
        if round % 3 == 0 {
            world.remove("k", Condition::Always).await;
        }
        let next = world.put("k").await.version();
        assert!(next > last, "round {round}: {next} after {last}");
        last = next;
    }
    let of_another_key = world.put("other").await.version();
    assert_ne!(of_another_key, last);
}

/// A second store, made a second later, as after a restart.
pub(super) async fn versions_grow_over_a_restart<S, M>(make: &M)
where
    S: Store,
    M: Fn(Vec<NamespaceConfig>, Arc<ManualClock>) -> S,
{
    let world = World::new(make);
    let mut before = world.put("k").await.version();
    for _ in 0..1_000 {
        before = world.put("k").await.version();
    }
    world.clock.advance(Duration::from_secs(1));
    let restarted = make(super::namespaces(), Arc::clone(&world.clock));
    let (ttl, condition) = (Ttl::NamespaceDefault, Condition::Always);
    let outcome =
        restarted.set(&namespace("default"), key("k"), Draft::new(value("v"), ttl), condition).await;
    let after = stored(outcome.expect("a small write works")).version();
    assert!(after > before, "{after} after {before}");
}
