//! Many at once. Each task is one caller; only the order of writes of one key decides who succeeds.

use std::sync::Arc;

use tokio::task::JoinSet;

use super::world::{World, key, namespace, stored, value};
use crate::{Condition, Draft, RemoveOutcome, SetOutcome, Store, Ttl};

const CALLERS: usize = 16;
const INCREMENTS: usize = 50;

pub(super) async fn no_conditional_increment_is_lost<S: Store>(world: World<S>) {
    let zero = world.set_in("", "n", value("0"), Ttl::NamespaceDefault, Condition::IfAbsent).await;
    stored(zero.expect("a small write works"));
    let callers = (0..CALLERS).map(|_| {
        let store = Arc::clone(&world.store);
        async move {
            for _ in 0..INCREMENTS {
                while !increment(&*store).await {}
            }
        }
    });
    callers.collect::<JoinSet<()>>().join_all().await;
    assert_eq!(count(&*world.store).await.0, CALLERS * INCREMENTS);
}

async fn count<S: Store>(store: &S) -> (usize, Condition) {
    let found = store.get(&namespace("default"), &key("n")).await.expect("a read works");
    let entry = found.expect("nobody removes it");
    let text = entry.value().body().as_text().expect("it was set as text");
    (text.parse().expect("it was set as a number"), Condition::IfVersion(entry.version()))
}

/// Adds one if nobody else did since the read.
async fn increment<S: Store>(store: &S) -> bool {
    let (number, unchanged) = count(store).await;
    let next = value(&(number + 1).to_string());
    let outcome =
        store.set(&namespace("default"), key("n"), Draft::new(next, Ttl::NamespaceDefault), unchanged).await;
    matches!(outcome.expect("a small write works"), SetOutcome::Stored(_))
}

pub(super) async fn one_of_many_writers_finds_the_key_absent<S: Store>(world: World<S>) {
    for round in 0..INCREMENTS {
        let name = format!("round-{round}");
        let callers = (0..CALLERS).map(|caller| {
            let (store, name) = (Arc::clone(&world.store), name.clone());
            async move {
                let (ttl, condition) = (Ttl::NamespaceDefault, Condition::IfAbsent);
                let value = value(&caller.to_string());
                store.set(&namespace("default"), key(&name), Draft::new(value, ttl), condition).await
            }
        });
        let outcomes = callers.collect::<JoinSet<_>>().join_all().await;
        let winners: Vec<_> = outcomes
            .into_iter()
            .filter_map(|outcome| match outcome.expect("a small write works") {
                SetOutcome::Stored(entry) => Some(entry),
                SetOutcome::Conflict(_) => None,
            })
            .collect();
        assert_eq!(winners.len(), 1, "{name}");
        assert_eq!(world.get(&name).await.as_ref(), winners.first());
    }
}

pub(super) async fn one_of_many_removals_removes<S: Store>(world: World<S>) {
    for _ in 0..INCREMENTS {
        let version = world.put("k").await.version();
        let callers = (0..CALLERS).map(|_| {
            let store = Arc::clone(&world.store);
            async move { store.remove(&namespace("default"), &key("k"), Condition::IfVersion(version)).await }
        });
        let outcomes = callers.collect::<JoinSet<_>>().join_all().await;
        let removed = outcomes.iter().filter(|outcome| **outcome == Ok(RemoveOutcome::Removed(version)));
        assert_eq!(removed.count(), 1);
    }
}
