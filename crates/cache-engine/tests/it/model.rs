//! The local store answers as the model does, whatever is done to both.

use std::{collections::HashMap, ops::Range, sync::Arc, time::Duration};

use cache_engine::{
    Condition, Draft, Increment, Key, Life, LocalStore, ManualClock, ModelStore, NamespaceConfig,
    NamespaceName, NamespaceStats, REQUEST_ID_WINDOW, Receipt, RequestId, Scope, SetOutcome, Store, Tags,
    Ttl, Version, Write,
};
use proptest::prelude::*;

use crate::{key, ready, value};

#[derive(Debug, Clone)]
enum Operation {
    Get(u8),
    GetMany(Vec<u8>),
    Set {
        key: u8,
        bytes: usize,
        life: Life,
        tag: Option<u8>,
        condition: Pick,
    },
    Touch {
        key: u8,
        life: Life,
        condition: Pick,
    },
    Increment {
        key: u8,
        by: i64,
    },
    InvalidateTag(u8),
    InvalidateAll,
    Remove {
        key: u8,
        condition: Pick,
    },
    /// With a request id, which may have been taken.
    Once {
        id: u8,
        write: Intent,
    },
    /// The last one of that id, word for word.
    SendAgain {
        id: u8,
    },
    Advance {
        ms: u64,
    },
    SweepSome(usize),
    CompareStats,
}

/// A write that is to have an id.
#[derive(Debug, Clone)]
enum Intent {
    Set { key: u8, bytes: usize, life: Life, tag: Option<u8>, condition: Pick },
    Remove { key: u8, condition: Pick },
    Increment { key: u8, by: i64 },
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
    let set = (keys(), sizes(), lives(), tag_numbers(), picks())
        .prop_map(|(key, bytes, life, tag, condition)| Operation::Set { key, bytes, life, tag, condition });
    let touch = (keys(), lives(), picks()).prop_map(|(key, life, condition)| Operation::Touch {
        key,
        life,
        condition,
    });
    let operation = prop_oneof![
        6 => set,
        2 => touch,
        2 => (keys(), -2..3_i64).prop_map(|(key, by)| Operation::Increment { key, by }),
        1 => (0..3_u8).prop_map(Operation::InvalidateTag),
        1 => Just(Operation::InvalidateAll),
        3 => keys().prop_map(Operation::Get),
        1 => prop::collection::vec(keys(), 0..5).prop_map(Operation::GetMany),
        3 => (keys(), picks()).prop_map(|(key, condition)| Operation::Remove { key, condition }),
        4 => (ids(), intents()).prop_map(|(id, write)| Operation::Once { id, write }),
        3 => ids().prop_map(|id| Operation::SendAgain { id }),
        3 => (0..100_u64).prop_map(|ms| Operation::Advance { ms }),
        1 => Just(Operation::Advance { ms: REQUEST_ID_WINDOW.as_millis() as u64 / 2 }),
        1 => (0..4_usize).prop_map(Operation::SweepSome),
        1 => Just(Operation::CompareStats),
    ];
    prop::collection::vec(operation, 1..200)
}

fn intents() -> impl Strategy<Value = Intent> {
    let set = (keys(), sizes(), lives(), tag_numbers(), picks())
        .prop_map(|(key, bytes, life, tag, condition)| Intent::Set { key, bytes, life, tag, condition });
    prop_oneof![
        2 => set,
        1 => (keys(), picks()).prop_map(|(key, condition)| Intent::Remove { key, condition }),
        2 => (keys(), -2..3_i64).prop_map(|(key, by)| Intent::Increment { key, by }),
    ]
}

fn keys() -> Range<u8> {
    0..8
}

fn ids() -> Range<u8> {
    0..12
}

/// Some are above the largest value.
fn sizes() -> Range<usize> {
    0..1_100
}

fn tag_numbers() -> impl Strategy<Value = Option<u8>> {
    prop::option::of(0..3_u8)
}

fn picks() -> impl Strategy<Value = Pick> {
    prop::sample::select(vec![
        Pick::Always,
        Pick::IfAbsent,
        Pick::IfPresent,
        Pick::IfLastVersion,
        Pick::IfOldVersion,
    ])
}

/// With an end, sliding, with jitter, or stale after a while, in any mixture.
fn lives() -> impl Strategy<Value = Life> {
    let ms = || prop::option::of(1..200_u64);
    (ms(), ms(), ms(), ms()).prop_map(|(ttl, sliding, jitter, fresh_for)| {
        let millis = |ms: Option<u64>| ms.map(Duration::from_millis);
        let mut life = Life::from(millis(ttl).map_or(Ttl::NamespaceDefault, Ttl::After));
        life = millis(jitter).and_then(|most| life.jitter(most).ok()).unwrap_or(life);
        life = millis(sliding).and_then(|idle| life.sliding(idle).ok()).unwrap_or(life);
        millis(fresh_for).and_then(|fresh| life.fresh_for(fresh).ok()).unwrap_or(life)
    })
}

struct Pair {
    clock: Arc<ManualClock>,
    local: LocalStore,
    model: ModelStore,
    namespace: NamespaceName,
    last_versions: HashMap<u8, Version>,
    /// The last write of each id.
    sent: HashMap<u8, Write>,
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
            sent: HashMap::new(),
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
            Operation::Set { key, bytes, life, tag, condition } => {
                let tags = tag.map(tags).unwrap_or_default();
                self.set(key, Draft { value: value(bytes), life, tags, cost: None }, condition);
            }
            Operation::Touch { key, life, condition } => {
                let (key, condition) = (name(key), self.condition(key, condition));
                let local = self.local.touch(&self.namespace, &key, life, condition);
                assert_eq!(ready(local), ready(self.model.touch(&self.namespace, &key, life, condition)));
            }
            Operation::Increment { key, by } => {
                let (key, increment) = (name(key), Increment::by(by));
                let local = self.local.increment(&self.namespace, &key, increment);
                assert_eq!(ready(local), ready(self.model.increment(&self.namespace, &key, increment)));
            }
            Operation::InvalidateTag(tag) => self.invalidate(&Scope::Tags(tags(tag))),
            Operation::InvalidateAll => self.invalidate(&Scope::All),
            Operation::Remove { key, condition } => {
                let (key, condition) = (name(key), self.condition(key, condition));
                let local = self.local.remove(&self.namespace, &key, condition);
                assert_eq!(ready(local), ready(self.model.remove(&self.namespace, &key, condition)));
            }
            Operation::Once { id, write } => self.once(id, write),
            Operation::SendAgain { id } => self.send_again(id),
            Operation::Advance { ms } => self.clock.advance(Duration::from_millis(ms)),
            Operation::SweepSome(budget) => assert!(self.local.sweep(budget) <= budget),
            Operation::CompareStats => self.compare_stats(),
        }
    }

    fn set(&mut self, number: u8, draft: Draft, pick: Pick) {
        let condition = self.condition(number, pick);
        let key = name(number);
        let outcome = ready(self.local.set(&self.namespace, key.clone(), draft.clone(), condition));
        assert_eq!(outcome, ready(self.model.set(&self.namespace, key, draft, condition)));
        if let Ok(SetOutcome::Stored(entry)) = outcome {
            self.last_versions.insert(number, entry.version());
        }
    }

    fn once(&mut self, id: u8, intent: Intent) {
        let (number, write) = self.write(intent);
        self.sent.insert(id, write.clone());
        if let Some(Receipt::Stored(version) | Receipt::Counted(_, version)) = self.send(id, write) {
            self.last_versions.insert(number, version);
        }
    }

    fn send_again(&self, id: u8) {
        if let Some(write) = self.sent.get(&id) {
            self.send(id, write.clone());
        }
    }

    /// The key and the write, of which the conditions are resolved.
    fn write(&self, intent: Intent) -> (u8, Write) {
        match intent {
            Intent::Set { key: number, bytes, life, tag, condition } => {
                let draft =
                    Draft { value: value(bytes), life, tags: tag.map(tags).unwrap_or_default(), cost: None };
                let condition = self.condition(number, condition);
                (number, Write::Set { key: name(number), draft, condition })
            }
            Intent::Remove { key: number, condition } => {
                (number, Write::Remove { key: name(number), condition: self.condition(number, condition) })
            }
            Intent::Increment { key: number, by } => {
                (number, Write::Increment { key: name(number), increment: Increment::by(by) })
            }
        }
    }

    /// Both answer alike, and if the write had been done, neither does it again.
    fn send(&self, id: u8, write: Write) -> Option<Receipt> {
        let id = RequestId::new(&format!("id-{id}")).unwrap();
        let receipt = ready(self.local.once(&self.namespace, &id, write.clone()));
        assert_eq!(receipt, ready(self.model.once(&self.namespace, &id, write)));
        receipt.ok()
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

    fn invalidate(&self, scope: &Scope) {
        ready(self.local.invalidate(&self.namespace, scope.clone())).unwrap();
        ready(self.model.invalidate(&self.namespace, scope.clone())).unwrap();
    }

    /// The model drops what is over at every call; the local store when it is swept.
    fn compare_stats(&self) {
        self.local.sweep(usize::MAX);
        assert_eq!(over(ready(self.local.stats(None))), over(ready(self.model.stats(None))));
    }
}

/// What has expired and was then invalidated, before anybody looked, counts as either.
fn over(rows: Result<Vec<NamespaceStats>, cache_engine::Error>) -> Vec<NamespaceStats> {
    let sum = |row: NamespaceStats| NamespaceStats {
        expirations: row.expirations + row.invalidations,
        invalidations: 0,
        ..row
    };
    rows.unwrap().into_iter().map(sum).collect()
}

fn tags(number: u8) -> Tags {
    Tags::new(&[number.to_string()]).unwrap()
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
