//! What watchers are told.

use std::{
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use super::world::{World, key, namespace, namespaces, stored, ttl, value};
use crate::{
    Condition, Draft, EventFilter, EventKind, Increment, ManualClock, NamespaceConfig, Scope, Store, Subject,
    Subscription, Tags, Ttl, Version,
};

async fn watch<S: Store>(store: &S, filter: EventFilter, resume: Option<u64>) -> Subscription {
    store.subscribe(&namespace("default"), filter, resume).await.expect("a known namespace")
}

/// What is told now: kind, key (`*` for a scope) and version.
fn told(watcher: &mut Subscription) -> Vec<(EventKind, String, Version)> {
    let Some(batch) = watcher.try_next() else { return Vec::new() };
    assert_eq!(batch.lost, None);
    let brief = |event: crate::Event| match event.subject {
        Subject::Entry { key, .. } => (event.kind, key.as_str().to_owned(), event.version),
        Subject::Scope(_) => (event.kind, "*".to_owned(), event.version),
    };
    batch.events.into_iter().map(brief).collect()
}

fn event(kind: EventKind, key: &str, version: Version) -> (EventKind, String, Version) {
    (kind, key.to_owned(), version)
}

pub(super) async fn every_change_is_told_in_its_order<S: Store>(world: World<S>) {
    let unseen = world.put("1").await;
    let mut watcher = watch(&*world.store, EventFilter::All, None).await;
    let first = world.put_for("1", 5).await.version();
    let space = namespace("default");
    let counted = world.store.increment(&space, &key("1"), Increment::by(1)).await.expect("it is a number");
    let counted = counted.entry.version();
    let life = ttl(1).into();
    world.store.touch(&space, &key("1"), life, Condition::Always).await.expect("it is there");
    world.remove("absent", Condition::Always).await;
    world.set("1", ttl(1), Condition::IfVersion(unseen.version())).await;
    world.clock.advance(Duration::from_secs(1));
    let second = world.put("1").await.version();
    world.remove("1", Condition::Always).await;
    let expected = [
        event(EventKind::Set, "1", first),
        event(EventKind::Set, "1", counted),
        event(EventKind::Touched, "1", counted),
        event(EventKind::Expired, "1", counted),
        event(EventKind::Set, "1", second),
        event(EventKind::Deleted, "1", second),
    ];
    assert_eq!(told(&mut watcher), expected);
    assert_eq!(told(&mut watcher), []);
}

pub(super) async fn an_invalidation_is_told_once_with_its_scope<S: Store>(world: World<S>) {
    let mut watcher = watch(&*world.store, EventFilter::Prefix("a".into()), None).await;
    let tags = Tags::new(&["t"]).expect("valid tags");
    let mut versions = Vec::new();
    for name in ["a", "b"] {
        let draft = Draft { tags: tags.clone(), ..Draft::new(value("v"), Ttl::NamespaceDefault) };
        let outcome = world.store.set(&namespace("default"), key(name), draft, Condition::Always).await;
        versions.push(stored(outcome.expect("a small write works")).version());
    }
    let scope = Scope::Tags(tags);
    world.store.invalidate(&namespace("default"), scope.clone()).await.expect("a known namespace");
    let batch = watcher.try_next().expect("there are events");
    let [set, invalidated] = &batch.events[..] else { panic!("{batch:?}") };
    assert_eq!((set.kind, set.version, set.tags().len()), (EventKind::Set, versions[0], 1));
    assert_eq!((invalidated.kind, &invalidated.subject), (EventKind::Invalidated, &Subject::Scope(scope)));
    assert!(invalidated.version > versions[1]);
    assert_eq!(world.get("a").await, None);
    assert_eq!(told(&mut watcher), []);
}

pub(super) async fn a_watch_goes_on_where_it_ended<S: Store>(world: World<S>) {
    let mut watcher = watch(&*world.store, EventFilter::All, None).await;
    world.put("a").await;
    assert_eq!(told(&mut watcher).len(), 1);
    let sequence = watcher.sequence();
    drop(watcher);
    let version = world.put("b").await.version();
    let mut watcher = watch(&*world.store, EventFilter::All, Some(sequence)).await;
    assert_eq!(told(&mut watcher), [event(EventKind::Set, "b", version)]);
    let mut foreign = watch(&*world.store, EventFilter::All, Some(1)).await;
    let lost = foreign.try_next().and_then(|batch| batch.lost).expect("it cannot go on from there");
    assert_eq!((lost.from, lost.to), (2, watcher.sequence() + 1));
    let nowhere = world.store.subscribe(&namespace("nowhere"), EventFilter::All, None).await;
    assert_eq!(nowhere.err().map(|error| error.reason()), Some("NAMESPACE_NOT_FOUND"));
}

/// The second store starts a second later.
pub(super) async fn a_watch_does_not_go_on_over_a_restart<S, M>(make: &M)
where
    S: Store,
    M: Fn(Vec<NamespaceConfig>, Arc<ManualClock>) -> S,
{
    let clock = Arc::new(ManualClock::default());
    let sequence = watch(&make(namespaces(), Arc::clone(&clock)), EventFilter::All, None).await.sequence();
    clock.advance(Duration::from_secs(1));
    let second = make(namespaces(), clock);
    let mut watcher = watch(&second, EventFilter::All, Some(sequence)).await;
    assert!(watcher.try_next().and_then(|batch| batch.lost).is_some());
}

/// Both are made at the same moment of the wall, and the second is told as much as the first.
pub(super) async fn a_watch_does_not_go_on_in_a_later_namespace_of_that_name<S: Store>(world: World<S>) {
    let name = namespace("passing");
    let config = NamespaceConfig {
        capacity_bytes: 1 << 20,
        max_value_bytes: 1_000,
        ..NamespaceConfig::new(name.clone())
    };
    let mut seen = None;
    for round in 0..3 {
        world.store.create_namespace(config.clone()).await.expect("the name is free");
        let mut watcher = world.store.subscribe(&name, EventFilter::All, None).await.expect("it is there");
        for text in ["a", "b", "c"] {
            let written =
                world.set_in("passing", text, value(text), Ttl::NamespaceDefault, Condition::Always);
            written.await.expect("a small write works");
            world.store.remove(&name, &key(text), Condition::Always).await.expect("it is there");
        }
        assert_eq!(told(&mut watcher).len(), 6);
        if seen.is_some() {
            let mut resumed =
                world.store.subscribe(&name, EventFilter::All, seen).await.expect("it is there");
            let lost = resumed.try_next().and_then(|batch| batch.lost);
            assert!(lost.is_some(), "round {round}: all that it knew of is gone");
        }
        seen = Some(watcher.sequence());
        world.store.delete_namespace(&name).await.expect("it is there");
    }
}

pub(super) async fn a_namespace_that_is_deleted_ends_its_watches<S: Store>(world: World<S>) {
    let name = namespace("passing");
    let small = NamespaceConfig { capacity_bytes: 1 << 20, ..NamespaceConfig::new(name.clone()) };
    let config = NamespaceConfig { max_value_bytes: 1_000, ..small };
    world.store.create_namespace(config).await.expect("the name is free");
    let mut watcher = world.store.subscribe(&name, EventFilter::All, None).await.expect("it is there");
    world.store.delete_namespace(&name).await.expect("it is there");
    let ended = watcher.poll_next(&mut Context::from_waker(Waker::noop()));
    assert_eq!(ended, Poll::Ready(None));
}
