//! What the store says about keys, against a full log of what was done to it.

use std::{collections::HashMap, sync::Arc, time::Duration};

use cache_engine::{
    Clock, Condition, Draft, End, Entry, Explanation, Gone, LocalStore, ManualClock, NamespaceConfig,
    NamespaceName, Presence, RemoveOutcome, Scope, Segment, SetOutcome, Store, Tags, Timestamp, Ttl, Verdict,
};
use proptest::prelude::*;

use crate::{key, ready, value};

/// A value as the log has it.
struct Written {
    entry: Entry,
    at: Timestamp,
    /// The tag or, if empty, the whole by which it was invalidated, and when.
    invalidated: Vec<(String, Timestamp)>,
}

#[derive(Default)]
struct Line {
    current: Option<Written>,
    deleted: Option<Gone>,
    replaced: u32,
}

struct World {
    store: LocalStore,
    clock: Arc<ManualClock>,
    namespace: NamespaceName,
    log: HashMap<u8, Line>,
}

#[derive(Debug, Clone)]
enum Step {
    Set { key: u8, ttl_millis: u64, tag: u8 },
    Get(u8),
    Remove(u8),
    Invalidate(u8),
    Advance(u64),
    Sweep,
    Explain(u8),
}

fn steps(keys: u8) -> impl Strategy<Value = Vec<Step>> {
    let key = 0..keys;
    let step = prop_oneof![
        10 => (key.clone(), 1..5_000_u64, 0..4_u8).prop_map(|(key, ttl_millis, tag)| Step::Set { key, ttl_millis, tag }),
        6 => key.clone().prop_map(Step::Get),
        3 => key.clone().prop_map(Step::Remove),
        1 => (0..5_u8).prop_map(Step::Invalidate),
        3 => (0..900_u64).prop_map(Step::Advance),
        1 => Just(Step::Sweep),
        6 => key.prop_map(Step::Explain),
    ];
    prop::collection::vec(step, 1..400)
}

impl World {
    fn of(capacity_bytes: u64) -> Self {
        let config = NamespaceConfig { capacity_bytes, max_value_bytes: 1_000, ..NamespaceConfig::default() };
        let clock = Arc::new(ManualClock::default());
        let store = LocalStore::new(vec![config], clock.clone()).unwrap();
        Self { store, clock, namespace: NamespaceName::default(), log: HashMap::new() }
    }

    fn explain(&self, number: u8) -> Explanation {
        self.store.explain(&self.namespace, &key(number.to_string())).unwrap()
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Set { key, ttl_millis, tag } => self.set(key, Duration::from_millis(ttl_millis), tag),
            Step::Get(number) => {
                drop(ready(self.store.get(&self.namespace, &key(number.to_string()))).unwrap());
            }
            Step::Remove(number) => self.remove(number),
            Step::Invalidate(tag) => self.invalidate(tag),
            Step::Advance(millis) => self.clock.advance(Duration::from_millis(millis)),
            Step::Sweep => drop(self.store.sweep(1_000)),
            Step::Explain(number) => self.check(number),
        }
    }

    fn set(&mut self, number: u8, ttl: Duration, tag: u8) {
        let there = matches!(self.explain(number).presence, Presence::Present(_));
        let mut draft = Draft::new(value(50), Ttl::after(ttl).unwrap());
        if tag > 0 {
            draft.tags = Tags::new(&[tag.to_string()]).unwrap();
        }
        let set = self.store.set(&self.namespace, key(number.to_string()), draft, Condition::Always);
        let SetOutcome::Stored(entry) = ready(set).unwrap() else { panic!("no condition") };
        let line = self.log.entry(number).or_default();
        line.current = Some(Written { entry, at: self.clock.now(), invalidated: Vec::new() });
        line.replaced += u32::from(there);
    }

    fn remove(&mut self, number: u8) {
        let key = key(number.to_string());
        let removed = ready(self.store.remove(&self.namespace, &key, Condition::Always)).unwrap();
        if let RemoveOutcome::Removed(version) = removed {
            let line = self.log.entry(number).or_default();
            line.current = None;
            line.deleted = Some(Gone { end: End::Deleted, at: self.clock.now(), version });
        }
    }

    /// Zero: all of it.
    fn invalidate(&mut self, tag: u8) {
        let name = if tag == 0 { String::new() } else { tag.to_string() };
        let scope = if tag == 0 { Scope::All } else { Scope::Tags(Tags::new(&[&name]).unwrap()) };
        ready(self.store.invalidate(&self.namespace, scope)).unwrap();
        for written in self.log.values_mut().filter_map(|line| line.current.as_mut()) {
            if tag == 0 || written.entry.tags().any(|has| has.as_str() == name) {
                written.invalidated.push((name.clone(), self.clock.now()));
            }
        }
    }

    fn check(&self, number: u8) {
        let told = self.explain(number);
        let unknown = Line::default();
        let line = self.log.get(&number).unwrap_or(&unknown);
        assert_eq!(told.at, self.clock.now());
        assert!(told.replaced <= line.replaced, "{} of {}", told.replaced, line.replaced);
        match (&told.presence, &line.current) {
            (Presence::Present(present), Some(written)) => {
                assert_eq!(present.entry, written.entry);
                assert!(written.invalidated.is_empty() && !written.entry.is_expired(told.at));
                let since = present.written.unwrap();
                assert!(since <= written.at && written.at.since(since) <= Duration::from_millis(100));
            }
            (Presence::Present(_), None) => panic!("it was deleted"),
            (Presence::Absent, Some(written)) => check_end(&told, written),
            (Presence::Absent, None) if told.last_end.is_none() => {
                let end = line.deleted.as_ref().map(|gone| gone.at);
                assert!(end.is_none() || end <= told.forgotten_until, "{told:?}");
            }
            (Presence::Absent, None) => assert_eq!(told.last_end, line.deleted),
        }
    }
}

/// What was written and not deleted is absent.
fn check_end(told: &Explanation, written: &Written) {
    let Some(gone) = &told.last_end else {
        assert!(told.forgotten_until >= Some(written.at), "{told:?}");
        return;
    };
    assert_eq!(gone.version, written.entry.version());
    let was_invalidated =
        |by: &str| written.invalidated.iter().any(|(name, at)| name == by && *at <= gone.at);
    match &gone.end {
        End::Deleted => panic!("it was not"),
        End::Expired => assert_eq!(Some(gone.at), written.entry.expires_at()),
        End::Evicted => {
            assert!(gone.at >= written.at && !written.entry.is_expired(gone.at));
            assert!(written.invalidated.iter().all(|(_, at)| *at >= gone.at));
        }
        End::InvalidatedSource => panic!("it has none"),
        End::InvalidatedAll => assert!(was_invalidated("")),
        End::InvalidatedTag(Some(tag)) => assert!(was_invalidated(tag.as_str())),
        End::InvalidatedTag(None) => assert!(!written.invalidated.is_empty()),
    }
}

fn check_story(capacity_bytes: u64, steps: Vec<Step>, keys: u8) {
    let mut world = World::of(capacity_bytes);
    steps.into_iter().for_each(|step| world.step(step));
    (0..keys).for_each(|number| world.check(number));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn explanations_agree_with_a_full_log_in_a_small_window(steps in steps(60)) {
        check_story(16 << 10, steps, 60);
    }

    #[test]
    fn explanations_agree_with_a_full_log_in_a_window_for_all(steps in steps(100)) {
        check_story(256 << 10, steps, 100);
    }

    /// A sample of one in eight is within six standard deviations.
    #[test]
    fn hot_keys_agree_with_a_full_log(uses in prop::collection::vec((0..200_u8, any::<bool>()), 1_000..4_000)) {
        let mut world = World::of(1 << 20);
        (0..210).for_each(|number| world.set(number, Duration::from_secs(100), 0));
        let mut log = HashMap::new();
        for (cold, is_hot) in uses {
            let number = if is_hot { 200 + cold % 8 } else { cold };
            world.step(Step::Get(number));
            *log.entry(number.to_string()).or_insert(0_u64) += 1;
        }
        check_hot(&world, &log);
    }
}

fn check_hot(world: &World, log: &HashMap<String, u64>) {
    let hot = world.store.hot_keys(&world.namespace, 100).unwrap();
    assert!(hot.is_sorted_by(|one, other| one.uses >= other.uses));
    let all: u64 = log.values().sum();
    let by_chance = |uses: u64| 6 * (7 * uses).isqrt() + 64;
    for (name, &uses) in log {
        let Some(told) = hot.iter().find(|told| told.key.as_str() == name) else {
            // What was set before is counted, too: at most 210 more.
            assert!(uses <= (all + 210) / 64 + by_chance(uses), "{uses} of {all}");
            continue;
        };
        assert!(told.uses + by_chance(uses) >= uses, "{told:?}, in truth {uses}");
        assert!(told.uses - told.error <= uses + 1 + by_chance(uses), "{told:?}, in truth {uses}");
        assert!(told.bytes > 50);
    }
}

#[test]
fn a_key_that_was_never_written_was_never_seen() {
    let world = World::of(1 << 20);
    let told = world.explain(1);
    assert_eq!((told.presence, told.last_end, told.forgotten_until), (Presence::Absent, None, None));
}

#[test]
fn an_entry_is_shown_with_its_age_and_what_the_policy_thinks_of_it() {
    let mut world = World::of(1 << 20);
    world.set(1, Duration::from_secs(60), 2);
    world.clock.advance(Duration::from_secs(3));
    (0..2_000).for_each(|_| world.step(Step::Get(1)));
    let told = world.explain(1);
    let Presence::Present(present) = told.presence else { panic!("it is there") };
    assert_eq!(present.written.map(|at| told.at.since(at)), Some(Duration::from_secs(3)));
    assert_eq!(present.entry.remaining(told.at), Some(Duration::from_secs(57)));
    assert_eq!(present.standing.segment, Segment::Window);
    assert_eq!(present.standing.verdict, Verdict::NothingToDecide);
    assert_eq!(present.standing.frequency, Some(15));
    assert!(present.uses.is_some_and(|(uses, _)| (1_500..2_500).contains(&uses)), "{:?}", present.uses);
}

#[test]
fn of_a_full_namespace_what_was_used_once_goes_and_what_is_used_much_stays() {
    let mut world = World::of(16 << 10);
    (0..60).for_each(|number| {
        world.set(number, Duration::from_secs(60), 0);
        (0..10).for_each(|_| world.step(Step::Get(0)));
    });
    let verdict = |number| match world.explain(number).presence {
        Presence::Present(present) => Some(present.standing.verdict),
        Presence::Absent => None,
    };
    assert_eq!(verdict(0), Some(Verdict::Stays));
    let going = (0..60).filter(|&number| verdict(number) == Some(Verdict::Goes)).count();
    assert_eq!(going, 1, "one is next");
}
