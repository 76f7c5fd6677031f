//! Counts.

use super::world::{World, key, namespace};
use crate::{Condition, NamespaceStats, Store};

pub(super) async fn every_operation_is_counted<S: Store>(world: World<S>) {
    let before = world.stats("default").await;
    world.put("a").await;
    world.put("a").await;
    world.put("b").await;
    world.get("a").await;
    world.get("missing").await;
    let keys = ["a", "b", "missing"].map(key);
    world.store.get_many(&namespace("default"), &keys).await.expect("a read works");
    world.set("a", crate::Ttl::NamespaceDefault, Condition::IfAbsent).await;
    world.remove("a", Condition::IfAbsent).await;
    world.remove("a", Condition::Always).await;
    world.remove("a", Condition::Always).await;
    let after = world.stats("default").await;
    let live_bytes = after.live_bytes;
    let expected = NamespaceStats {
        entries: 1,
        live_bytes,
        hits: 3,
        misses: 2,
        sets: 3,
        conflicts: 2,
        deletes: 1,
        ..before
    };
    assert_eq!(after, expected);
    assert!(live_bytes > 0);
}

pub(super) async fn live_bytes_return_to_zero<S: Store>(world: World<S>) {
    let name = |number: u32| format!("key-{number}");
    for number in 0..500 {
        world.put(&name(number)).await;
        world.put(&name(number / 2)).await;
    }
    let full = world.stats("default").await;
    assert_eq!(full.entries, 500);
    for number in 0..500 {
        world.remove(&name(number), Condition::Always).await;
    }
    let empty = world.stats("default").await;
    assert_eq!((empty.entries, empty.live_bytes, empty.deletes), (0, 0, 500));
}

pub(super) async fn a_row_for_each_namespace_by_name<S: Store>(world: World<S>) {
    let rows = world.store.stats(None).await.expect("stats of all work");
    let names: Vec<&str> = rows.iter().map(|row| row.namespace.as_str()).collect();
    assert_eq!(names, ["default", "short", "small", "tight"]);
    assert_eq!(rows[3].capacity_bytes, 6_400);
}
