//! A scan against a log of all writes: what is there all along is listed exactly once, and nothing is listed that never
//! was there meanwhile.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use cache_engine::{
    Condition, Cursor, Draft, Key, LocalStore, ManualClock, NamespaceConfig, NamespaceName, SCAN_LOOKS, Scan,
    Scope, Store, Tag, Tags, Ttl,
};
use proptest::prelude::*;

use crate::{key, ready, value};

#[derive(Debug, Clone)]
enum Write {
    Set { key: u8, tagged: bool, ms: Option<u64> },
    Remove(u8),
    InvalidateTag,
    Advance(u64),
    Sweep(usize),
}

fn writes(most: usize) -> impl Strategy<Value = Vec<Write>> {
    let set = (any::<u8>(), any::<bool>(), prop::option::weighted(0.2, 1..50_u64))
        .prop_map(|(key, tagged, ms)| Write::Set { key, tagged, ms });
    let write = prop_oneof![
        12 => set,
        6 => any::<u8>().prop_map(Write::Remove),
        1 => Just(Write::InvalidateTag),
        2 => (1..20_u64).prop_map(Write::Advance),
        1 => (1..100_usize).prop_map(Write::Sweep),
    ];
    prop::collection::vec(write, 0..most)
}

/// The store, what is there, and what happened to it since the scan began.
struct Log {
    store: LocalStore,
    clock: Arc<ManualClock>,
    now: u64,
    /// Tag and end, in ms.
    present: BTreeMap<u8, (bool, u64)>,
    went: BTreeSet<u8>,
    came: BTreeSet<u8>,
}

impl Log {
    fn new(shards: bool) -> Self {
        let clock = Arc::new(ManualClock::default());
        let max_value_bytes = if shards { 1_000 } else { 64 << 20 };
        let config = NamespaceConfig { max_value_bytes, ..NamespaceConfig::default() };
        let store = LocalStore::new(vec![config], clock.clone()).unwrap();
        Self { store, clock, now: 0, present: BTreeMap::new(), went: BTreeSet::new(), came: BTreeSet::new() }
    }

    fn apply(&mut self, write: &Write) {
        let namespace = NamespaceName::default();
        match *write {
            Write::Set { key, tagged, ms } => {
                let ttl = ms.map_or(Ttl::NamespaceDefault, |ms| Ttl::After(Duration::from_millis(ms)));
                let tags = if tagged { tag() } else { Tags::default() };
                let draft = Draft { tags, ..Draft::new(value(10), ttl) };
                ready(self.store.set(&namespace, name(key), draft, Condition::Always)).unwrap();
                self.present.insert(key, (tagged, ms.map_or(u64::MAX, |ms| self.now + ms)));
                self.came.insert(key);
            }
            Write::Remove(key) => {
                ready(self.store.remove(&namespace, &name(key), Condition::Always)).unwrap();
                self.leave(|left, _| left == key);
            }
            Write::InvalidateTag => {
                ready(self.store.invalidate(&namespace, Scope::Tags(tag()))).unwrap();
                self.leave(|_, (tagged, _)| tagged);
            }
            Write::Advance(ms) => {
                self.clock.advance(Duration::from_millis(ms));
                self.now += ms;
                let now = self.now;
                self.leave(|_, (_, end)| end <= now);
            }
            Write::Sweep(budget) => assert!(self.store.sweep(budget) <= budget),
        }
    }

    fn leave(&mut self, goes: impl Fn(u8, (bool, u64)) -> bool) {
        let went = &mut self.went;
        self.present.retain(|&key, &mut entry| {
            let leaves = goes(key, entry);
            if leaves {
                went.insert(key);
            }
            !leaves
        });
    }

    fn check(&mut self, between: &[Vec<Write>], page_size: usize) {
        let before: BTreeSet<u8> = self.present.keys().copied().collect();
        self.went.clear();
        self.came.clear();
        let mut scan = Scan { page_size, ..Scan::default() };
        let (mut times, mut pages) = (BTreeMap::<String, u32>::new(), 0);
        loop {
            let page = ready(self.store.scan(&NamespaceName::default(), &scan)).unwrap();
            page.found.iter().for_each(|found| *times.entry(found.key.as_str().into()).or_default() += 1);
            scan.cursor = page.next;
            if scan.cursor.is_none() {
                break;
            }
            between.get(pages).into_iter().flatten().for_each(|write| self.apply(write));
            pages += 1;
        }
        for &key in before.difference(&self.went) {
            assert_eq!(times.get(name(key).as_str()), Some(&1), "{key} was there all along");
        }
        let known: BTreeSet<String> =
            before.union(&self.came).map(|&key| name(key).as_str().to_owned()).collect();
        assert!(times.keys().all(|listed| known.contains(listed)), "nothing else is listed");
    }
}

fn name(number: u8) -> Key {
    key(format!("key-{number}"))
}

fn tag() -> Tags {
    Tags::new(&["t"]).unwrap()
}

proptest! {
    #[test]
    fn what_is_there_all_along_is_listed_exactly_once(
        before in writes(300),
        between in prop::collection::vec(writes(20), 0..40),
        page_size in 1..20_usize,
        shards in any::<bool>(),
    ) {
        let mut log = Log::new(shards);
        before.iter().for_each(|write| log.apply(write));
        log.check(&between, page_size);
    }
}

#[test]
fn a_page_looks_at_a_bounded_number_of_places_and_says_that_there_is_more() {
    let mut log = Log::new(false);
    for number in 0..3 * SCAN_LOOKS {
        let draft = Draft::new(value(1), Ttl::NamespaceDefault);
        let name = key(number.to_string());
        ready(log.store.set(&NamespaceName::default(), name, draft, Condition::Always)).unwrap();
    }
    log.apply(&Write::Set { key: 1, tagged: true, ms: None });
    let tag = Some(Tag::new("t").unwrap());
    let mut scan = Scan { prefix: "key-".to_owned(), tag, page_size: 10, cursor: None };
    let mut found = Vec::new();
    loop {
        let page = ready(log.store.scan(&NamespaceName::default(), &scan)).unwrap();
        found.push(page.found.len());
        let Some(next) = page.next else { break };
        scan.cursor = Some(Cursor::new(next.as_str()).unwrap());
    }
    assert_eq!(found, [0, 0, 0, 1]);
}
