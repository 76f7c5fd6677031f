//! What may become of a watcher and of the store that it watches, in any order.

use std::time::SystemTime;

use cache_engine::Clock as _;
use proptest::prelude::*;

use super::*;

/// Few, so that they meet; and more than there is room for.
const KEYS_OF_A_STORY: u64 = 24;

#[derive(Debug, Clone)]
enum Step {
    /// So many writes, removals, invalidations and sweeps: few of them, or more than the log holds.
    Writes(u64),
    /// The watcher takes in so many batches of what it is told.
    Follow(usize),
    /// The watcher dies, or comes back with the last sequence that it has seen.
    Kill,
    Resume,
    /// Somebody else watches; then the log is kept while the watcher is away.
    Other,
    OtherLeaves,
    /// Another namespace takes the room of a log that nobody watches.
    RoomIsNeeded,
    /// The namespace is deleted, and one of its name is made.
    MakeAnew,
    /// The process ends, and the next one restores its snapshot; so many microseconds of the wall later or earlier.
    Restart(i64),
    /// The same, and what was written behind the snapshot is lost.
    RestartFromAnOldSnapshot(i64),
    /// The next process begins with nothing, a second later.
    Crash,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let micros = || prop_oneof![Just(0), -200..200_i64, -5_000_000..5_000_000_i64];
    let step = prop_oneof![
        6 => (1..4_u64).prop_map(Step::Writes),
        4 => (4..40_u64).prop_map(Step::Writes),
        6 => (0..4_usize).prop_map(Step::Follow),
        4 => Just(Step::Kill),
        6 => Just(Step::Resume),
        1 => Just(Step::Other),
        1 => Just(Step::OtherLeaves),
        1 => Just(Step::RoomIsNeeded),
        1 => Just(Step::MakeAnew),
        1 => micros().prop_map(Step::Restart),
        1 => micros().prop_map(Step::RestartFromAnOldSnapshot),
        1 => Just(Step::Crash),
    ];
    prop::collection::vec(step, 1..60)
}

fn filters() -> impl Strategy<Value = EventFilter> {
    prop_oneof![
        Just(EventFilter::All),
        Just(EventFilter::Prefix("even:".into())),
        Just(EventFilter::Keys((0..5).map(name).collect())),
        Just(EventFilter::Tags(Tags::new(&["0", "3"]).unwrap())),
    ]
}

/// What is told, and a namespace that wants the room of its log.
fn configs() -> Vec<NamespaceConfig> {
    let named = |name| NamespaceConfig {
        capacity_bytes: 20_000,
        max_value_bytes: 1_000,
        events: EventLimits { events: 12, bytes: 4_000 },
        ..NamespaceConfig::new(NamespaceName::parse(name).unwrap())
    };
    vec![named("told"), named("other")]
}

fn store(clock: &Arc<ManualClock>) -> LocalStore {
    let limits = StoreLimits { max_watch_log_bytes: 4_000, ..StoreLimits::default() };
    LocalStore::with_limits(configs(), limits, Arc::clone(clock) as _).unwrap()
}

struct Story {
    world: World,
    dice: Dice,
    view: View,
    watcher: Option<Subscription>,
    seen: u64,
    other: Option<Subscription>,
    old_snapshot: Vec<u8>,
}

impl Story {
    fn begin(filter: EventFilter, seed: u64) -> Self {
        let clock = Arc::new(ManualClock::default());
        let (store, namespace) = (store(&clock), NamespaceName::parse("told").unwrap());
        let world = World { store, clock, namespace, keys: KEYS_OF_A_STORY, ended: AtomicBool::default() };
        let mut view = View::new(filter);
        let watcher = world.watch(&view.filter, None);
        view.load(&world);
        let (seen, old_snapshot) = (watcher.sequence(), saved(&world.store));
        Self { world, dice: Dice(seed), view, watcher: Some(watcher), seen, other: None, old_snapshot }
    }

    fn apply(&mut self, step: Step) {
        match step {
            Step::Writes(count) => (0..count).for_each(|_| self.world.write(&mut self.dice)),
            Step::Follow(batches) => drop(self.follow(batches)),
            Step::Kill => self.watcher = None,
            Step::Resume => self.resume(),
            Step::Other => self.other = Some(self.world.watch(&EventFilter::All, None)),
            Step::OtherLeaves => self.other = None,
            Step::RoomIsNeeded => {
                let other = NamespaceName::parse("other").unwrap();
                // Refused while the room is in use.
                drop(ready(self.world.store.subscribe(&other, EventFilter::All, None)));
            }
            Step::MakeAnew => {
                self.leave();
                ready(self.world.store.delete_namespace(&self.world.namespace)).unwrap();
                self.world.store.sweep(usize::MAX);
                ready(self.world.store.create_namespace(configs().remove(0))).unwrap();
            }
            Step::Restart(micros) => {
                let bytes = saved(&self.world.store);
                self.restart(micros, Some(&bytes));
            }
            Step::RestartFromAnOldSnapshot(micros) => {
                let bytes = std::mem::take(&mut self.old_snapshot);
                self.restart(micros, Some(&bytes));
            }
            Step::Crash => self.restart(1_000_000, None),
        }
    }

    fn follow(&mut self, batches: usize) -> bool {
        let Some(watcher) = &mut self.watcher else { return false };
        let is_all = self.view.follow(&self.world, watcher, batches);
        self.seen = watcher.sequence();
        is_all
    }

    fn resume(&mut self) {
        if self.watcher.is_none() {
            self.watcher = Some(self.world.watch(&self.view.filter, Some(self.seen)));
        }
    }

    fn leave(&mut self) {
        (self.watcher, self.other) = (None, None);
    }

    fn restart(&mut self, micros: i64, snapshot: Option<&[u8]>) {
        self.leave();
        let (wall, by) = (self.world.clock.wall(), Duration::from_micros(micros.unsigned_abs()));
        let wall: SystemTime = if micros < 0 { wall - by } else { wall + by };
        let clock = ManualClock::new(wall);
        let empty = store(&clock);
        self.world.store = match snapshot {
            Some(bytes) => empty.restore(bytes).unwrap().0,
            None => empty,
        };
        self.world.clock = clock;
        self.old_snapshot = saved(&self.world.store);
    }

    /// Whatever was, the view is that of the store when all is told.
    fn end(mut self) {
        self.world.store.sweep(usize::MAX);
        self.resume();
        assert!(self.follow(usize::MAX));
        self.view.check(&self.world);
    }
}

fn saved(store: &LocalStore) -> Vec<u8> {
    let mut bytes = Vec::new();
    store.save(&mut bytes).unwrap();
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_view_equals_the_store_whatever_became_of_both(
        filter in filters(),
        seed in 1..u64::MAX,
        steps in steps(),
    ) {
        let mut story = Story::begin(filter, seed);
        steps.into_iter().for_each(|step| story.apply(step));
        story.end();
    }
}
