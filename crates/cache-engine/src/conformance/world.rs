//! What a check works on: a store, its clock, and short ways to call them.

use std::{sync::Arc, time::Duration};

use crate::{
    Body, Condition, Draft, Entry, Error, Key, ManualClock, NamespaceConfig, NamespaceName, NamespaceStats,
    RemoveOutcome, SetOutcome, Store, Ttl, Value,
};

/// The namespaces of the suite: `default` as it is, `short` where entries live 10 s, `small` that takes values of
/// 1,000 bytes, `tight` that holds less than it takes.
#[must_use]
pub fn namespaces() -> Vec<NamespaceConfig> {
    let named = |name| NamespaceConfig::new(namespace(name));
    vec![
        named("default"),
        NamespaceConfig { default_ttl: Some(Duration::from_secs(10)), ..named("short") },
        NamespaceConfig { max_value_bytes: 1_000, ..named("small") },
        NamespaceConfig { capacity_bytes: 6_400, max_value_bytes: 1 << 20, ..named("tight") },
    ]
}

pub(super) struct World<S> {
    pub(super) store: Arc<S>,
    pub(super) clock: Arc<ManualClock>,
}

impl<S: Store> World<S> {
    pub(super) fn new(make: impl Fn(Vec<NamespaceConfig>, Arc<ManualClock>) -> S) -> Self {
        let clock = Arc::new(ManualClock::default());
        Self { store: Arc::new(make(namespaces(), Arc::clone(&clock))), clock }
    }

    pub(super) async fn get(&self, name: &str) -> Option<Entry> {
        self.store.get(&namespace("default"), &key(name)).await.expect("a read of a known namespace works")
    }

    pub(super) async fn set(&self, name: &str, ttl: Ttl, condition: Condition) -> SetOutcome {
        self.set_in("default", name, value(name), ttl, condition).await.expect("a small write works")
    }

    pub(super) async fn set_in(
        &self,
        room: &str,
        name: &str,
        value: Value,
        ttl: Ttl,
        condition: Condition,
    ) -> Result<SetOutcome, Error> {
        self.store.set(&namespace(room), key(name), Draft::new(value, ttl), condition).await
    }

    /// Writes without a condition.
    pub(super) async fn put(&self, name: &str) -> Entry {
        stored(self.set(name, Ttl::NamespaceDefault, Condition::Always).await)
    }

    /// Writes an entry that lives so many seconds.
    pub(super) async fn put_for(&self, name: &str, seconds: u64) -> Entry {
        stored(self.set(name, ttl(seconds), Condition::Always).await)
    }

    pub(super) async fn remove(&self, name: &str, condition: Condition) -> RemoveOutcome {
        self.store.remove(&namespace("default"), &key(name), condition).await.expect("a removal works")
    }

    pub(super) async fn stats(&self, room: &str) -> NamespaceStats {
        let rows = self.store.stats(Some(&namespace(room))).await.expect("stats of a known namespace work");
        let [row] = <[NamespaceStats; 1]>::try_from(rows).expect("one namespace gives one row");
        row
    }
}

pub(super) fn namespace(name: &str) -> NamespaceName {
    NamespaceName::parse(name).expect("the suite uses valid names")
}

pub(super) fn key(name: &str) -> Key {
    Key::new(name).expect("the suite uses valid keys")
}

/// A small value that says `text`.
pub(super) fn value(text: &str) -> Value {
    Value::new(Body::text(text), "text/plain").expect("a short media type")
}

pub(super) fn ttl(seconds: u64) -> Ttl {
    Ttl::after(Duration::from_secs(seconds)).expect("the suite uses valid durations")
}

#[track_caller]
pub(super) fn stored(outcome: SetOutcome) -> Entry {
    match outcome {
        SetOutcome::Stored(entry) => entry,
        SetOutcome::Conflict(current) => panic!("not stored: {current:?} was there"),
    }
}
