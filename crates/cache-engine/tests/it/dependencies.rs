//! Entries that were computed from others.

mod rules;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use cache_engine::{
    Body, Condition, Derivation, Derived, Draft, Entry, Error, EventFilter, EventKind, Increment, Life,
    LocalStore, ManualClock, NamespaceConfig, NamespaceName, Place, RequestId, Scope, SetOutcome, Store,
    StoreLimits, Subject, Tags, Ttl, Value, Write,
};

use crate::{key, ready};

const SECOND: Duration = Duration::from_secs(1);

struct World {
    store: LocalStore,
    clock: Arc<ManualClock>,
}

/// A place by its namespace and key: `a` is in `default`, `b/a` in `b`.
fn place(name: &str) -> Place {
    let (namespace, name) = name.split_once('/').unwrap_or(("default", name));
    (NamespaceName::parse(namespace).unwrap(), key(name))
}

fn draft(text: &str, ttl: Ttl, tags: &[&str]) -> Draft {
    let value = Value::new(Body::text(text), "").unwrap();
    Draft { tags: Tags::new(tags).unwrap(), ..Draft::new(value, ttl) }
}

impl World {
    fn new() -> Self {
        Self::with(StoreLimits::default())
    }

    fn with(limits: StoreLimits) -> Self {
        let clock = Arc::new(ManualClock::default());
        let config = |name| NamespaceConfig::new(NamespaceName::parse(name).unwrap());
        let policy = cache_engine::PolicyKind::Lru;
        let tiny =
            NamespaceConfig { max_entries: Some(2), capacity_bytes: 1 << 20, policy, ..config("tiny") };
        let configs = vec![config("other"), config("gone"), tiny];
        Self { store: LocalStore::with_limits(configs, limits, clock.clone()).unwrap(), clock }
    }

    fn set(&self, at: &str, draft: Draft) -> Entry {
        let (namespace, key) = place(at);
        match ready(self.store.set(&namespace, key, draft, Condition::Always)).unwrap() {
            SetOutcome::Stored(entry) => entry,
            SetOutcome::Conflict(_) => panic!("there was no condition"),
        }
    }

    fn put(&self, at: &str, text: &str) {
        self.set(at, draft(text, Ttl::NamespaceDefault, &[]));
    }

    fn get(&self, at: &str) -> Option<String> {
        let (namespace, key) = place(at);
        let found = ready(self.store.get(&namespace, &key)).unwrap();
        found.map(|entry| String::from_utf8(entry.value().body().to_bytes().to_vec()).unwrap())
    }

    fn begin(&self, from: &str, to: &str) -> Result<Derivation, Error> {
        self.store.derive(place(from), place(to))
    }

    /// Computes an entry from what is there.
    fn derive(&self, from: &str, to: &str) -> Derived {
        let derivation = self.begin(from, to).unwrap();
        let (namespace, key) = place(from);
        let source = ready(self.store.get(&namespace, &key)).unwrap().expect("the source is there");
        let text = format!("{to} of {}", self.get(from).unwrap());
        let draft = draft(&text, Ttl::NamespaceDefault, &["derived"]);
        self.store.set_derived(&derivation, draft, source.expires_at()).unwrap()
    }
}

/// Derives from a source in every place and looks what is left when `change` has returned.
fn check_change(change: impl Fn(&World, &Place)) {
    for source in ["source", "gone/source"] {
        let world = World::new();
        world.set(source, draft("1", Ttl::NamespaceDefault, &["tag"]));
        world.put("bystander", "1");
        for (from, to) in [(source, "near"), (source, "other/far"), ("other/far", "farther")] {
            assert!(matches!(world.derive(from, to), Derived::Stored(_)));
        }
        assert!(matches!(world.derive("bystander", "left alone"), Derived::Stored(_)));
        assert_eq!(world.get("farther").unwrap(), "farther of other/far of 1");
        assert_eq!(world.store.dependencies(), 4);
        change(&world, &place(source));
        for gone in ["near", "other/far", "farther"] {
            assert_eq!(world.get(gone), None, "{gone} of {source}");
        }
        assert!(world.get("left alone").is_some());
        assert_eq!(world.store.dependencies(), 1);
    }
}

#[test]
fn whatever_changes_a_source_takes_out_what_was_computed_from_it_over_all_steps() {
    let plain = || draft("2", Ttl::NamespaceDefault, &[]);
    check_change(|world, (namespace, key)| {
        ready(world.store.set(namespace, key.clone(), plain(), Condition::Always)).unwrap();
    });
    check_change(|world, (namespace, key)| {
        ready(world.store.remove(namespace, key, Condition::Always)).unwrap();
    });
    check_change(|world, (namespace, key)| {
        ready(world.store.touch(namespace, key, Life::default(), Condition::Always)).unwrap();
    });
    check_change(|world, (namespace, key)| {
        ready(world.store.increment(namespace, key, Increment::by(1))).unwrap();
    });
    check_change(|world, (namespace, key)| {
        let write = Write::Set { key: key.clone(), draft: plain(), condition: Condition::Always };
        ready(world.store.once(namespace, &RequestId::new("id").unwrap(), write)).unwrap();
    });
    check_change(|world, (namespace, _)| {
        ready(world.store.invalidate(namespace, Scope::Tags(Tags::new(&["tag"]).unwrap()))).unwrap();
    });
}

fn check_end(change: impl Fn(&World, &NamespaceName)) {
    let world = World::new();
    world.put("gone/source", "1");
    world.put("bystander", "1");
    world.derive("gone/source", "a");
    world.derive("a", "other/b");
    world.derive("bystander", "c");
    change(&world, &place("gone/x").0);
    let left = ["a", "other/b", "c"].map(|name| world.get(name).is_some());
    assert_eq!(left, [false, false, true]);
}

#[test]
fn all_of_a_namespace_takes_along_what_was_computed_from_it_elsewhere() {
    check_end(|world, name| ready(world.store.invalidate(name, Scope::All)).unwrap());
    check_end(|world, name| ready(world.store.delete_namespace(name)).unwrap());
}

#[test]
fn what_changes_nothing_takes_nothing_out() {
    let world = World::new();
    world.put("source", "1");
    world.derive("source", "a");
    let (namespace, source) = place("source");
    let refused = ready(world.store.set(
        &namespace,
        source.clone(),
        draft("2", Ttl::NamespaceDefault, &[]),
        Condition::IfAbsent,
    ));
    assert!(matches!(refused.unwrap(), SetOutcome::Conflict(_)));
    ready(world.store.invalidate(&namespace, Scope::Tags(Tags::new(&["another"]).unwrap()))).unwrap();
    assert!(ready(world.store.increment(&namespace, &key("a"), Increment::by(1))).is_err());
    assert_eq!(world.get("a").unwrap(), "a of 1");
}

#[test]
fn what_is_computed_while_its_source_changes_is_not_stored() {
    let world = World::new();
    world.put("source", "1");
    let derivation = world.begin("source", "a").unwrap();
    world.put("source", "2");
    let stored = world.store.set_derived(&derivation, draft("of 1", Ttl::NamespaceDefault, &[]), None);
    assert_eq!((stored, world.get("a"), world.store.dependencies()), (Ok(Derived::Overtaken), None, 0));
    world.derive("source", "a");
    world.derive("a", "b");
    let derivation = world.begin("b", "c").unwrap();
    world.put("source", "3");
    let stored = world.store.set_derived(&derivation, draft("of b", Ttl::NamespaceDefault, &[]), None);
    assert_eq!((stored, world.get("b")), (Ok(Derived::Overtaken), None));
    let dropped = world.begin("source", "a").unwrap();
    assert_eq!(world.store.dependencies(), 1);
    drop(dropped);
    assert_eq!(world.store.dependencies(), 0);
}

#[test]
fn a_refresh_under_way_leaves_the_old_entry_to_its_own_source() {
    let world = World::new();
    for source in ["one", "two"] {
        world.put(source, "1");
    }
    world.derive("one", "a");
    let refresh = world.begin("two", "a").unwrap();
    world.put("two", "2");
    assert_eq!(world.get("a").unwrap(), "a of 1", "it does not depend on the second yet");
    drop(refresh);
    world.derive("two", "a");
    world.put("one", "2");
    assert_eq!(world.get("a").unwrap(), "a of 2", "it does not depend on the first any more");
    world.put("two", "3");
    assert_eq!(world.get("a"), None);
}

#[test]
fn what_was_written_over_a_computed_entry_stays_when_the_source_changes() {
    let world = World::new();
    world.put("source", "1");
    world.derive("source", "a");
    world.derive("a", "b");
    world.put("a", "mine");
    assert_eq!(world.get("b"), None, "what was computed from it goes with it");
    world.put("source", "2");
    assert_eq!(world.get("a").unwrap(), "mine");
    assert_eq!(world.store.dependencies(), 0);
}

#[test]
fn cycles_are_refused_and_chains_have_an_end() {
    let world = World::new();
    world.put("0", "1");
    assert_eq!(world.begin("0", "0").unwrap_err(), Error::DependencyCycle);
    for step in 0..15 {
        world.derive(&step.to_string(), &(step + 1).to_string());
    }
    assert_eq!(world.begin("15", "3").unwrap_err(), Error::DependencyCycle);
    world.derive("15", "16");
    assert_eq!(world.begin("16", "17").unwrap_err(), Error::DependencySteps { allowed: 16 });
    let pending = world.begin("x", "y").unwrap();
    assert_eq!(world.begin("y", "x").unwrap_err(), Error::DependencyCycle, "under way counts");
    drop(pending);
    world.begin("y", "x").unwrap();
    world.put("0", "2");
    assert!((1..=16).all(|step: i32| world.get(&step.to_string()).is_none()));
}

#[test]
fn an_evicted_source_is_no_changed_one_but_what_it_came_from_still_counts() {
    let world = World::new();
    world.put("source", "1");
    world.derive("source", "tiny/middle");
    world.derive("tiny/middle", "end");
    for number in 0..5 {
        world.put(&format!("tiny/{number}"), "x");
    }
    assert_eq!(world.get("tiny/middle"), None);
    assert!(world.get("end").is_some());
    world.put("source", "2");
    assert_eq!(world.get("end"), None);
    assert_eq!(world.store.dependencies(), 0);
}

#[test]
fn there_are_so_many_links_and_those_of_entries_that_went_make_room() {
    let world = World::with(StoreLimits { max_dependencies: 2, ..StoreLimits::default() });
    world.put("source", "1");
    let full = Error::DependenciesLimit { allowed: 2 };
    world.derive("source", "tiny/a");
    world.derive("source", "b");
    assert_eq!(world.begin("source", "c").unwrap_err(), full);
    for number in 0..5 {
        world.put(&format!("tiny/{number}"), "x");
    }
    world.derive("source", "c");
    assert_eq!(world.begin("source", "d").unwrap_err(), full);
    world.put("source", "2");
    assert_eq!(world.store.dependencies(), 0);
}

#[test]
fn what_is_computed_does_not_outlive_its_source() {
    let world = World::new();
    world.set("source", draft("1", Ttl::After(5 * SECOND), &[]));
    let (namespace, a) = place("a");
    let life = |seconds: u32| Life::from(Ttl::After(SECOND * seconds));
    world.clock.advance(SECOND);
    world.derive("source", "a");
    let left = |entry: Entry| entry.remaining(cache_engine::Clock::now(&*world.clock)).unwrap();
    assert_eq!(left(ready(world.store.get(&namespace, &a)).unwrap().unwrap()), 4 * SECOND);
    ready(world.store.touch(&namespace, &a, life(2), Condition::Always)).unwrap();
    assert!(world.get("a").is_some(), "it may end sooner");
    ready(world.store.touch(&namespace, &a, life(5), Condition::Always)).unwrap();
    assert_eq!(world.get("a"), None, "but not later");
    world.derive("source", "a");
    world.clock.advance(4 * SECOND);
    assert_eq!((world.get("source"), world.get("a")), (None, None));
}

#[test]
fn watchers_are_told_what_went_with_its_source() {
    let world = World::new();
    world.put("source", "1");
    let Derived::Stored(stored) = world.derive("source", "other/a") else { panic!("it is stored") };
    let (namespace, watched) = place("other/a");
    let mut watch = ready(world.store.subscribe(&namespace, EventFilter::All, None)).unwrap();
    world.put("source", "2");
    let told = watch.try_next().unwrap();
    let [event] = &told.events[..] else { panic!("{told:?}") };
    assert_eq!((event.kind, event.version), (EventKind::Invalidated, stored.version()));
    assert!(matches!(&event.subject, Subject::Entry { key, .. } if *key == watched));
    let stats = ready(world.store.stats(Some(&namespace))).unwrap();
    assert_eq!((stats[0].entries, stats[0].invalidations), (0, 1));
}

#[test]
fn what_is_computed_is_in_no_snapshot() {
    let world = World::new();
    world.put("source", "1");
    world.derive("source", "a");
    let (namespace, a) = place("a");
    ready(world.store.touch(&namespace, &a, Life::default(), Condition::Always)).unwrap();
    let mut bytes = Vec::new();
    assert_eq!(world.store.save(&mut bytes).unwrap().entries, 1);
    let clock = Arc::new(ManualClock::default());
    let restored = LocalStore::new(vec![], clock.clone()).unwrap().restore(&bytes[..]).unwrap().0;
    let restored = World { store: restored, clock };
    assert_eq!((restored.get("source").unwrap(), restored.get("a")), ("1".to_owned(), None));
}

/// Two threads write a source, two compute from it, one of them over two steps, and a reader never sees less than what was written
/// when it began.
#[test]
fn nobody_reads_what_was_computed_from_less_than_what_was_acknowledged() {
    let world = World::new();
    world.put("source", "0");
    let (acknowledged, is_over) = (AtomicU64::new(0), AtomicBool::new(false));
    let number = |at: &str| world.get(at).map(|text| text.parse::<u64>().unwrap());
    let compute = |from: &str, to: &str| {
        while !is_over.load(Ordering::Acquire) {
            let Ok(derivation) = world.begin(from, to) else { continue };
            let Some(seen) = number(from) else { continue };
            let draft = draft(&seen.to_string(), Ttl::NamespaceDefault, &[]);
            world.store.set_derived(&derivation, draft, None).unwrap();
        }
    };
    let (namespace, source) = place("source");
    thread::scope(|scope| {
        for (from, to) in [("source", "a"), ("source", "other/a"), ("other/a", "b")] {
            let compute = &compute;
            scope.spawn(move || compute(from, to));
        }
        let reader = scope.spawn(|| {
            while !is_over.load(Ordering::Acquire) {
                for at in ["a", "other/a", "b"] {
                    let least = acknowledged.load(Ordering::Acquire);
                    if let Some(seen) = number(at) {
                        assert!(seen >= least, "{at}: {seen}, and {least} was acknowledged");
                    }
                }
            }
        });
        for _ in 0..20_000 {
            let counted = ready(world.store.increment(&namespace, &source, Increment::by(1))).unwrap();
            acknowledged.fetch_max(counted.number.unsigned_abs(), Ordering::AcqRel);
        }
        is_over.store(true, Ordering::Release);
        reader.join().unwrap();
    });
    world.put("source", "1000000");
    assert_eq!(["a", "other/a", "b"].map(|at| world.get(at)), [None, None, None]);
    assert_eq!(world.store.dependencies(), 0);
}
