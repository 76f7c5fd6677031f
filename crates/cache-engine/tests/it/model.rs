//! The local store answers as the model does, whatever is done to both.

use std::{collections::HashMap, sync::Arc, time::Duration};

use cache_engine::{
    Condition, Key, LocalStore, ManualClock, ModelStore, NamespaceConfig, NamespaceName, SetOutcome, Store,
    Ttl, Version,
};
use proptest::prelude::*;

use crate::{key, ready, value};

#[derive(Debug, Clone)]
enum Operation {
    Get(u8),
    GetMany(Vec<u8>),
    Set { key: u8, bytes: usize, ttl_ms: Option<u64>, condition: Pick },
    Remove { key: u8, condition: Pick },
    Advance { ms: u64 },
    SweepSome(usize),
    CompareStats,
}

/// A condition; versions are filled in when it is used.
#[derive(Debug, Clone, Copy)]
enum Pick {
    Always,
    IfAbsent,
    IfPresent,
    IfLastVersion,
    IfOldVersion,
}

fn operations() -> impl Strategy<Value = Vec<Operation>> {
    let key = 0..8_u8;
    let condition = prop::sample::select(vec![
        Pick::Always,
        Pick::IfAbsent,
        Pick::IfPresent,
        Pick::IfLastVersion,
        Pick::IfOldVersion,
    ]);
    let ttl_ms = prop::option::of(1..200_u64);
    let set = (key.clone(), 0..1_100_usize, ttl_ms, condition.clone())
        .prop_map(|(key, bytes, ttl_ms, condition)| Operation::Set { key, bytes, ttl_ms, condition });
    let operation = prop_oneof![
        6 => set,
        3 => key.clone().prop_map(Operation::Get),
        1 => prop::collection::vec(key.clone(), 0..5).prop_map(Operation::GetMany),
        3 => (key, condition).prop_map(|(key, condition)| Operation::Remove { key, condition }),
        3 => (0..100_u64).prop_map(|ms| Operation::Advance { ms }),
        1 => (0..4_usize).prop_map(Operation::SweepSome),
        1 => Just(Operation::CompareStats),
    ];
    prop::collection::vec(operation, 1..200)
}

struct Pair {
    clock: Arc<ManualClock>,
    local: LocalStore,
    model: ModelStore,
    namespace: NamespaceName,
    last_versions: HashMap<u8, Version>,
}

impl Pair {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::default());
        let config = NamespaceConfig {
            default_ttl: Some(Duration::from_millis(150)),
            max_value_bytes: 1_000,
            ..NamespaceConfig::default()
        };
        Self {
            local: LocalStore::new(vec![config.clone()], clock.clone()).unwrap(),
            model: ModelStore::new(vec![config], clock.clone()).unwrap(),
            clock,
            namespace: NamespaceName::default(),
            last_versions: HashMap::new(),
        }
    }

    fn apply(&mut self, operation: Operation) {
        match operation {
            Operation::Get(number) => {
                let key = name(number);
                let (local, model) =
                    (self.local.get(&self.namespace, &key), self.model.get(&self.namespace, &key));
                assert_eq!(ready(local), ready(model));
            }
            Operation::GetMany(numbers) => {
                let keys: Vec<Key> = numbers.into_iter().map(name).collect();
                let local = self.local.get_many(&self.namespace, &keys);
                assert_eq!(ready(local), ready(self.model.get_many(&self.namespace, &keys)));
            }
            Operation::Set { key, bytes, ttl_ms, condition } => {
                let ttl = ttl_ms.map_or(Ttl::NamespaceDefault, |ms| Ttl::After(Duration::from_millis(ms)));
                self.set(key, bytes, ttl, condition);
            }
            Operation::Remove { key, condition } => {
                let (key, condition) = (name(key), self.condition(key, condition));
                let local = self.local.remove(&self.namespace, &key, condition);
                assert_eq!(ready(local), ready(self.model.remove(&self.namespace, &key, condition)));
            }
            Operation::Advance { ms } => self.clock.advance(Duration::from_millis(ms)),
            Operation::SweepSome(budget) => assert!(self.local.sweep(budget) <= budget),
            Operation::CompareStats => self.compare_stats(),
        }
    }

    fn set(&mut self, number: u8, bytes: usize, ttl: Ttl, pick: Pick) {
        let condition = self.condition(number, pick);
        let key = name(number);
        let local = self.local.set(&self.namespace, key.clone(), value(bytes), ttl, condition);
        let outcome = ready(local);
        assert_eq!(outcome, ready(self.model.set(&self.namespace, key, value(bytes), ttl, condition)));
        if let Ok(SetOutcome::Stored(entry)) = outcome {
            self.last_versions.insert(number, entry.version());
        }
    }

    fn condition(&self, number: u8, pick: Pick) -> Condition {
        let old = Version::new(1).unwrap();
        match pick {
            Pick::Always => Condition::Always,
            Pick::IfAbsent => Condition::IfAbsent,
            Pick::IfPresent => Condition::IfPresent,
            Pick::IfLastVersion => Condition::IfVersion(*self.last_versions.get(&number).unwrap_or(&old)),
            Pick::IfOldVersion => Condition::IfVersion(old),
        }
    }

    /// The model drops what has expired at every call; the local store when it is swept.
    fn compare_stats(&self) {
        self.local.sweep(usize::MAX);
        assert_eq!(ready(self.local.stats(None)), ready(self.model.stats(None)));
    }
}

fn name(number: u8) -> Key {
    key(format!("key-{number}"))
}

proptest! {
    #[test]
    fn the_local_store_answers_as_the_model(operations in operations()) {
        let mut pair = Pair::new();
        for operation in operations {
            pair.apply(operation);
        }
        pair.compare_stats();
    }
}
