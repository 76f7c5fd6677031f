//! Whatever becomes of a watcher, the view that it builds equals the store, or it has been told that it does not.

mod story;

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use cache_engine::{
    Condition, Draft, Error, Event, EventFilter, EventKind, EventLimits, Increment, Key, Life, LocalStore,
    ManualClock, NamespaceConfig, NamespaceName, Scope, Store, StoreLimits, Subject, Subscription, Tag, Tags,
    Ttl, Version,
};

use crate::{key, ready, value};

const KEYS: u64 = 1_000;
const WRITERS: u64 = 4;
/// Writes in all; some become several events, some none.
const WRITES: u64 = if cfg!(debug_assertions) { 40_000 } else { 1_600_000 };

struct World {
    store: LocalStore,
    clock: Arc<ManualClock>,
    namespace: NamespaceName,
    keys: u64,
    ended: AtomicBool,
}

impl World {
    /// Room for half of the keys.
    fn new() -> Self {
        let config = NamespaceConfig {
            capacity_bytes: 500_000,
            max_value_bytes: 1_000,
            events: EventLimits { events: 5_000, bytes: 1 << 20 },
            ..NamespaceConfig::default()
        };
        let clock = Arc::new(ManualClock::default());
        let store = LocalStore::new(vec![config], clock.clone()).unwrap();
        let (namespace, ended) = (NamespaceName::default(), AtomicBool::new(false));
        Self { store, clock, namespace, keys: KEYS, ended }
    }

    fn watch(&self, filter: &EventFilter, resume: Option<u64>) -> Subscription {
        ready(self.store.subscribe(&self.namespace, filter.clone(), resume)).unwrap()
    }

    fn write(&self, dice: &mut Dice) {
        let (space, name) = (&self.namespace, name(dice.below(self.keys)));
        match dice.below(1_000) {
            0 => self.clock.advance(Duration::from_millis(1)),
            1 => ready(self.store.invalidate(space, Scope::All)).unwrap(),
            2..10 => {
                let scope = Scope::Tags(Tags::new(&[dice.below(5).to_string()]).unwrap());
                ready(self.store.invalidate(space, scope)).unwrap();
            }
            10..30 => drop(self.store.sweep(16)),
            30..300 => drop(ready(self.store.remove(space, &name, Condition::Always)).unwrap()),
            300..400 => {
                let life = Life::from(Ttl::After(Duration::from_millis(1 + dice.below(5))));
                drop(ready(self.store.touch(space, &name, life, Condition::Always)).unwrap());
            }
            400..450 => drop(ready(self.store.increment(space, &name, Increment::by(1)))),
            _ => self.set(name, dice),
        }
    }

    fn set(&self, name: Key, dice: &mut Dice) {
        let count = dice.below(3);
        let tags: Vec<String> = (0..count).map(|_| dice.below(5).to_string()).collect();
        let life = if dice.below(2) == 0 {
            Ttl::After(Duration::from_millis(1 + dice.below(20)))
        } else {
            Ttl::NamespaceDefault
        };
        let length = usize::try_from(dice.below(900)).unwrap();
        let draft = Draft { tags: Tags::new(&tags).unwrap(), ..Draft::new(value(length), life) };
        let write = self.store.set(&self.namespace, name, draft, Condition::Always);
        drop(ready(write).unwrap());
    }
}

fn name(number: u64) -> Key {
    key(format!("{}:{number}", if number.is_multiple_of(2) { "even" } else { "odd" }))
}

/// Xorshift; see Marsaglia, "Xorshift RNGs", 2003.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

/// Entries with their versions and tags.
type Known = BTreeMap<Key, (Version, Vec<Tag>)>;

/// What a watcher knows.
struct View {
    filter: EventFilter,
    known: Known,
    events: u64,
    lost: u64,
}

impl View {
    fn new(filter: EventFilter) -> Self {
        Self { filter, known: BTreeMap::new(), events: 0, lost: 0 }
    }

    /// Takes in what is told now, at most `batches`; says whether that was all.
    fn follow(&mut self, world: &World, watcher: &mut Subscription, batches: usize) -> bool {
        for _ in 0..batches {
            let Some(batch) = watcher.try_next() else { return true };
            if batch.lost.is_some() {
                self.lost += 1;
                self.load(world);
            }
            self.events += batch.events.len() as u64;
            batch.events.iter().for_each(|event| self.apply(event));
        }
        false
    }

    fn load(&mut self, world: &World) {
        self.known.clear();
        self.known.extend(self.read(world));
    }

    fn read(&self, world: &World) -> Known {
        let mut all = Known::new();
        for key in (0..world.keys).map(name) {
            if let Some(entry) = ready(world.store.get(&world.namespace, &key)).unwrap() {
                all.insert(key, (entry.version(), entry.tags().cloned().collect()));
            }
        }
        all.retain(|key, (_, tags)| self.is_watched(key, tags));
        all
    }

    fn is_watched(&self, key: &Key, tags: &[Tag]) -> bool {
        match &self.filter {
            EventFilter::All => true,
            EventFilter::Keys(keys) => keys.contains(key),
            EventFilter::Prefix(prefix) => key.as_str().starts_with(&**prefix),
            EventFilter::Tags(own) => own.iter().any(|tag| tags.contains(tag)),
        }
    }

    /// Of each key the higher version counts.
    fn apply(&mut self, event: &Event) {
        let version = event.version;
        match &event.subject {
            Subject::Scope(scope) => self.known.retain(|_, (known, tags)| {
                let concerned = match scope {
                    Scope::All => true,
                    Scope::Tags(given) => given.iter().any(|tag| tags.contains(tag)),
                };
                *known > version || !concerned
            }),
            Subject::Entry { key, .. } => {
                if self.known.get(key).is_some_and(|(known, _)| *known > version) {
                    return;
                }
                let is_there = matches!(event.kind, EventKind::Set | EventKind::Touched);
                if is_there && self.is_watched(key, event.tags()) {
                    self.known.insert(key.clone(), (version, event.tags().to_vec()));
                } else {
                    self.known.remove(key);
                }
            }
        }
    }

    fn check(&self, world: &World) {
        let expected = self.read(world);
        let differs = |key: &&Key| self.known.get(key) != expected.get(key);
        let wrong: Vec<_> = self.known.keys().chain(expected.keys()).filter(differs).collect();
        assert!(wrong.is_empty(), "{:?}: {} keys differ", self.filter, wrong.len());
    }
}

/// A watcher that asks as often as it can.
fn fast(world: &World, filter: EventFilter) -> View {
    let mut view = View::new(filter);
    let mut watcher = world.watch(&view.filter, None);
    view.load(world);
    while !world.ended.load(Ordering::SeqCst) {
        if view.follow(world, &mut watcher, usize::MAX) {
            thread::yield_now();
        }
    }
    view.follow(world, &mut watcher, usize::MAX);
    view
}

/// A watcher that asks again only when the store has long gone on.
fn slow(world: &World, filter: EventFilter) -> View {
    let mut view = View::new(filter);
    let mut watcher = world.watch(&view.filter, None);
    view.load(world);
    let mut ahead = world.watch(&EventFilter::All, None);
    while !world.ended.load(Ordering::SeqCst) {
        while ahead.try_next().is_some() {}
        if ahead.sequence() > watcher.sequence() + 8_000 {
            view.follow(world, &mut watcher, 2);
        }
        thread::yield_now();
    }
    view.follow(world, &mut watcher, usize::MAX);
    view
}

/// A watcher that dies after a few batches, perhaps in the midst of what it was told, and resumes.
fn killed(world: &World, filter: EventFilter) -> View {
    let mut view = View::new(filter);
    let mut watcher = world.watch(&view.filter, None);
    view.load(world);
    let mut dice = Dice(99);
    while !world.ended.load(Ordering::SeqCst) {
        view.follow(world, &mut watcher, 3);
        let sequence = watcher.sequence();
        drop(watcher);
        for _ in 0..dice.below(50) {
            thread::yield_now();
        }
        watcher = world.watch(&view.filter, Some(sequence));
    }
    view.follow(world, &mut watcher, usize::MAX);
    view
}

#[test]
fn a_view_equals_the_store_or_is_told_that_it_does_not() {
    let world = World::new();
    let tags = EventFilter::Tags(Tags::new(&["0", "3"]).unwrap());
    let keys = EventFilter::Keys((0..50).map(name).collect());
    let views = thread::scope(|scope| {
        let watchers = [
            scope.spawn(|| fast(&world, EventFilter::All)),
            scope.spawn(|| fast(&world, tags)),
            scope.spawn(|| slow(&world, EventFilter::All)),
            scope.spawn(|| killed(&world, EventFilter::Prefix("even:".into()))),
            scope.spawn(|| killed(&world, keys)),
        ];
        let write = |writer: u64| {
            let (world, mut dice) = (&world, Dice(7 + writer));
            move || (0..WRITES / WRITERS).for_each(|_| world.write(&mut dice))
        };
        let writers: Vec<_> = (0..WRITERS).map(|writer| scope.spawn(write(writer))).collect();
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        world.store.sweep(usize::MAX);
        world.ended.store(true, Ordering::SeqCst);
        watchers.map(|watcher| watcher.join().unwrap())
    });
    for view in &views {
        view.check(&world);
    }
    let [_, _, slow, _, _] = &views;
    assert!(slow.lost > 0, "it was slow");
    assert!(views.iter().all(|view| view.events > 0));
    eprintln!("events and losses: {:?}", views.map(|view| (view.events, view.lost)));
}

#[test]
fn one_log_past_the_room_is_refused_until_one_that_nobody_watches_can_go() {
    let events = EventLimits { events: 8, bytes: 1_000 };
    let config =
        |name| NamespaceConfig { events, ..NamespaceConfig::new(NamespaceName::parse(name).unwrap()) };
    let limits = StoreLimits { max_watch_log_bytes: 2_000, ..StoreLimits::default() };
    let configs = vec![config("default"), config("b"), config("c")];
    let store = LocalStore::with_limits(configs, limits, Arc::new(ManualClock::default())).unwrap();
    let watch = |name, resume| {
        let name = NamespaceName::parse(name).unwrap();
        ready(store.subscribe(&name, EventFilter::All, resume))
    };
    let (first, second) = (watch("default", None).unwrap(), watch("b", None).unwrap());
    let also = watch("b", None).unwrap();
    assert_eq!(watch("c", None).err(), Some(Error::WatchLogsLimit { allowed: 2_000 }));
    // A log is kept for watchers that come back.
    let left_at = first.sequence();
    drop(first);
    let back = watch("default", Some(left_at)).unwrap();
    drop(back);
    let third = watch("c", None).unwrap();
    assert!(watch("default", None).is_err());
    drop((second, also));
    assert!(watch("default", None).is_ok());
    ready(store.delete_namespace(&NamespaceName::parse("c").unwrap())).unwrap();
    drop(third);
}
