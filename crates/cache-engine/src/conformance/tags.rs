//! Invalidation, by tag and of all.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::world::{World, key, namespace, stored, value};
use crate::{
    Condition, Current, Draft, Increment, Life, RemoveOutcome, Scope, SetOutcome, Store, Tags, TouchOutcome,
    Ttl,
};

fn tags(tags: &[&str]) -> Tags {
    Tags::new(tags).expect("the suite uses valid tags")
}

fn tagged(text: &str, of: &[&str]) -> Draft {
    Draft { tags: tags(of), ..Draft::new(value(text), Ttl::NamespaceDefault) }
}

async fn put<S: Store>(world: &World<S>, room: &str, name: &str, of: &[&str]) {
    let outcome = world.store.set(&namespace(room), key(name), tagged(name, of), Condition::Always).await;
    stored(outcome.expect("a small write works"));
}

async fn invalidate<S: Store>(world: &World<S>, scope: Scope) {
    world.store.invalidate(&namespace("default"), scope).await.expect("a known namespace");
}

async fn present<S: Store>(world: &World<S>, names: &[&str]) -> Vec<bool> {
    let keys: Vec<_> = names.iter().map(key_of).collect();
    let found = world.store.get_many(&namespace("default"), &keys).await.expect("a read works");
    found.iter().map(Option::is_some).collect()
}

fn key_of(name: &&str) -> crate::Key {
    key(name)
}

pub(super) async fn a_tag_invalidates_what_has_it_and_nothing_else<S: Store>(world: World<S>) {
    put(&world, "default", "red", &["red"]).await;
    put(&world, "default", "both", &["blue", "red"]).await;
    put(&world, "default", "blue", &["blue"]).await;
    put(&world, "default", "none", &[]).await;
    put(&world, "small", "other", &["red"]).await;
    let all = ["red", "both", "blue", "none"];
    invalidate(&world, Scope::Tags(tags(&["unknown"]))).await;
    assert_eq!(present(&world, &all).await, [true; 4]);
    invalidate(&world, Scope::Tags(tags(&["red", "unknown"]))).await;
    assert_eq!(present(&world, &all).await, [false, false, true, true]);
    let other = world.store.get(&namespace("small"), &key("other")).await.expect("a read works");
    assert!(other.is_some(), "tags of another namespace are other tags");
    put(&world, "default", "red", &["red"]).await;
    assert_eq!(present(&world, &all).await, [true, false, true, true], "what is written afterwards is there");
    invalidate(&world, Scope::All).await;
    assert_eq!(present(&world, &all).await, [false; 4]);
    put(&world, "default", "none", &[]).await;
    assert_eq!(present(&world, &all).await, [false, false, false, true]);
}

pub(super) async fn an_invalidated_entry_counts_as_absent<S: Store>(world: World<S>) {
    let names = ["present", "removed", "touched", "counted", "absent"];
    for name in names {
        put(&world, "default", name, &["t"]).await;
    }
    invalidate(&world, Scope::Tags(tags(&["t"]))).await;
    let missing = SetOutcome::Conflict(Current::Missing);
    assert_eq!(world.set("present", Ttl::NamespaceDefault, Condition::IfPresent).await, missing);
    assert_eq!(world.remove("removed", Condition::Always).await, RemoveOutcome::Missing);
    let space = namespace("default");
    let touched = world.store.touch(&space, &key("touched"), Life::default(), Condition::Always).await;
    assert_eq!(touched, Ok(TouchOutcome::Missing));
    let counted = world.store.increment(&space, &key("counted"), Increment::by(1)).await;
    assert_eq!(counted.map(|counted| counted.number), Ok(1));
    stored(world.set("absent", Ttl::NamespaceDefault, Condition::IfAbsent).await);
}

pub(super) async fn a_touched_or_counted_entry_keeps_its_tags<S: Store>(world: World<S>) {
    put(&world, "default", "touched", &["t"]).await;
    put(&world, "default", "1", &["t"]).await;
    let space = namespace("default");
    world
        .store
        .touch(&space, &key("touched"), Life::default(), Condition::Always)
        .await
        .expect("it is there");
    world.store.increment(&space, &key("1"), Increment::by(1)).await.expect("it is a number");
    let entry = world.get("1").await.expect("it is there");
    assert_eq!(entry.tags().map(crate::Tag::as_str).collect::<Vec<_>>(), ["t"]);
    invalidate(&world, Scope::Tags(tags(&["t"]))).await;
    assert_eq!(present(&world, &["touched", "1"]).await, [false, false]);
}

/// Each writer invalidates its own tag after it wrote and looks whether that took effect, while others do the same.
pub(super) async fn what_was_written_before_is_gone_after<S: Store>(world: World<S>) {
    let callers = (0..8).map(|caller: u32| {
        let store = Arc::clone(&world.store);
        async move {
            let (space, name, tag) = (namespace("default"), caller.to_string(), format!("tag-{caller}"));
            let (own, shared) = (tags(&[&tag]), ["everyone", tag.as_str()]);
            for _ in 0..100 {
                let set = store.set(&space, key(&name), tagged("v", &shared), Condition::Always).await;
                stored(set.expect("a small write works"));
                let found = store.get(&space, &key(&name)).await.expect("a read works");
                assert!(found.is_some(), "nobody else invalidates it");
                store.invalidate(&space, Scope::Tags(own.clone())).await.expect("a known namespace");
                assert_eq!(store.get(&space, &key(&name)).await, Ok(None));
            }
        }
    });
    callers.collect::<JoinSet<()>>().join_all().await;
}
