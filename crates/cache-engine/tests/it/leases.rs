//! Leases: never too many holders, served in order, tokens that grow.

use std::{
    collections::VecDeque,
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
    thread,
    time::{Duration, SystemTime},
};

use cache_engine::{
    Acquired, Ask, Error, Lease, LeaseConfig, LeaseId, Leases, LoadError, ManualClock, Waiting,
};
use proptest::prelude::*;
use tokio::runtime::Builder;

use crate::key;

const SECOND: Duration = Duration::from_secs(1);

struct World {
    clock: Arc<ManualClock>,
    leases: Arc<Leases>,
}

fn world(config: LeaseConfig) -> World {
    let clock = Arc::new(ManualClock::default());
    World { leases: Arc::new(Leases::new(config, clock.clone())), clock }
}

fn ask(name: &str, limit: u32, ttl: Duration) -> Ask {
    Ask::new(key(name), limit, ttl).unwrap()
}

fn poll(waiting: &mut Waiting) -> Option<Lease> {
    match Pin::new(waiting).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(lease) => Some(lease),
        Poll::Pending => None,
    }
}

impl World {
    /// Tries for a lease of 1 s of `n`.
    fn try_one(&self, limit: u32) -> Option<Lease> {
        match self.leases.try_acquire(&ask("n", limit, SECOND)).unwrap() {
            Acquired::Granted(lease) => Some(lease),
            Acquired::Denied(_) => None,
        }
    }

    /// Waits for a lease of 1 s of `n`.
    fn wait(&self, limit: u32) -> Waiting {
        self.leases.acquire(ask("n", limit, SECOND)).unwrap()
    }
}

#[test]
fn as_many_hold_as_may_and_the_next_learns_when_to_come_back() {
    let world = world(LeaseConfig::default());
    let first = world.try_one(2).unwrap();
    world.clock.advance(SECOND / 4);
    let second = world.try_one(2).unwrap();
    assert!(second.token > first.token);
    let denied = world.leases.try_acquire(&ask("n", 2, SECOND)).unwrap();
    let Acquired::Denied(denied) = denied else { panic!("{denied:?}") };
    assert_eq!((denied.held, denied.waiting, denied.retry_after), (2, 0, SECOND * 3 / 4));
    world.clock.advance(denied.retry_after);
    assert!(world.try_one(2).is_some());
}

#[test]
fn a_release_serves_whoever_waited_longest() {
    let world = world(LeaseConfig::default());
    let holder = world.try_one(1).unwrap();
    let (mut first, mut second) = (world.wait(1), world.wait(1));
    assert_eq!((poll(&mut first), poll(&mut second)), (None, None));
    assert!(world.leases.release(holder.id));
    assert!(!world.leases.release(holder.id), "a second release finds nothing");
    assert!(world.try_one(1).is_none(), "nobody overtakes those who wait");
    let granted = poll(&mut first).unwrap();
    assert!(granted.token > holder.token);
    assert_eq!(poll(&mut second), None);
    assert!(world.leases.release(granted.id));
    assert!(poll(&mut second).is_some());
}

#[test]
fn a_holder_that_died_makes_way_when_its_time_is_over() {
    let world = world(LeaseConfig::default());
    let dead = world.try_one(1).unwrap();
    let mut waiting = world.wait(1);
    world.clock.advance(SECOND);
    world.leases.sweep();
    let lease = poll(&mut waiting).unwrap();
    assert_eq!(world.leases.renew(dead.id, SECOND), Ok(None), "it has lost the lease");
    assert!(!world.leases.release(dead.id), "and takes nothing from the next one");
    assert!(world.leases.renew(lease.id, SECOND).unwrap().is_some());
}

#[test]
fn a_renewal_puts_off_the_end() {
    let world = world(LeaseConfig::default());
    let lease = world.try_one(1).unwrap();
    world.clock.advance(SECOND / 2);
    assert_eq!(world.leases.renew(lease.id, SECOND).unwrap().unwrap().token, lease.token);
    world.clock.advance(SECOND * 3 / 4);
    assert!(world.try_one(1).is_none());
    world.clock.advance(SECOND / 4);
    assert!(world.try_one(1).is_some());
}

#[test]
fn whoever_stops_waiting_leaves_the_queue() {
    let world = world(LeaseConfig::default());
    let holder = world.try_one(1).unwrap();
    let (first, mut second) = (world.wait(1), world.wait(1));
    drop(first);
    world.leases.release(holder.id);
    assert!(poll(&mut second).is_some());
    assert_eq!(world.leases.places(), 1);
}

#[test]
fn a_lease_that_came_too_late_for_its_caller_goes_to_the_next() {
    let world = world(LeaseConfig::default());
    let holder = world.try_one(1).unwrap();
    let (first, mut second) = (world.wait(1), world.wait(1));
    world.leases.release(holder.id);
    assert_eq!(poll(&mut second), None, "it was granted to the first, which has not looked yet");
    drop(first);
    assert!(poll(&mut second).is_some());
    drop(world.leases.acquire(ask("m", 1, SECOND)).unwrap());
    assert_eq!(world.leases.places(), 1);
}

#[test]
fn the_newest_call_says_how_many_may_hold() {
    let world = world(LeaseConfig::default());
    let first = world.try_one(1).unwrap();
    let mut second = world.wait(1);
    let mut third = world.wait(2);
    assert!(poll(&mut second).is_some(), "a larger limit lets those who wait in");
    assert_eq!(poll(&mut third), None);
    assert!(world.try_one(1).is_none(), "a smaller one takes nothing from those who hold");
    world.leases.release(first.id);
    assert_eq!(poll(&mut third), None);
}

fn check_error<T: std::fmt::Debug>(outcome: Result<T, Error>, expected: LoadError) {
    assert_eq!(outcome.unwrap_err(), expected.into());
}

#[test]
fn every_limit_is_kept_one_past_it() {
    let world = world(LeaseConfig { max_leases: 4, max_waiters: 2, max_ttl: SECOND });
    let long = ask("n", 1, SECOND + Duration::from_nanos(1));
    let too_long = LoadError::LeaseTtlInvalid { allowed: SECOND, actual: long_ttl() };
    check_error(world.leases.try_acquire(&long), too_long.clone());
    check_error(world.leases.acquire(long), too_long.clone());
    let held = world.try_one(1).unwrap();
    check_error(world.leases.renew(held.id, long_ttl()), too_long);
    let _waiting = [world.wait(1), world.wait(1)];
    check_error(world.leases.acquire(ask("n", 1, SECOND)), LoadError::LeaseWaiters { allowed: 2 });
    assert_eq!(world.leases.places(), 3, "the refused one left no trace");
    let _other = world.leases.try_acquire(&ask("m", 1, SECOND)).unwrap();
    check_error(world.leases.try_acquire(&ask("o", 1, SECOND)), LoadError::Leases { allowed: 4 });
}

fn long_ttl() -> Duration {
    SECOND + Duration::from_nanos(1)
}

#[test]
fn a_made_up_id_names_no_lease() {
    let world = world(LeaseConfig::default());
    let lease = world.try_one(1).unwrap();
    let last = lease.id.to_string().pop().unwrap();
    let other = if last == '0' { "1" } else { "0" };
    let id: LeaseId = format!("{}{other}", &lease.id.to_string()[..29]).parse().unwrap();
    assert!(!world.leases.release(id));
    assert_eq!(world.leases.renew(id, SECOND), Ok(None));
}

#[test]
fn tokens_of_the_next_process_are_larger() {
    let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    let token = |start| {
        let leases = Leases::new(LeaseConfig::default(), ManualClock::new(start));
        let tokens: Vec<u64> = (0..100)
            .map(|number| match leases.try_acquire(&ask(&number.to_string(), 1, SECOND)).unwrap() {
                Acquired::Granted(lease) => lease.token,
                denied @ Acquired::Denied(_) => panic!("{denied:?}"),
            })
            .collect();
        assert!(tokens.is_sorted_by(|a, b| a < b));
        (tokens[0], tokens[99])
    };
    let (before, after) = (token(start), token(start + Duration::from_millis(1)));
    assert!(before.1 < after.0);
}

#[derive(Debug, Clone)]
enum Step {
    Wait { limit: u32, ttl: u64 },
    Cancel(usize),
    Release(usize),
    Renew(usize, u64),
    Advance(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (1..=3_u32, 1..=9_u64).prop_map(|(limit, ttl)| Step::Wait { limit, ttl }),
        1 => any::<usize>().prop_map(Step::Cancel),
        2 => any::<usize>().prop_map(Step::Release),
        1 => (any::<usize>(), 1..=9_u64).prop_map(|(which, ttl)| Step::Renew(which, ttl)),
        1 => (1..5_u64).prop_map(Step::Advance),
    ];
    prop::collection::vec(step, 1..100)
}

/// One semaphore as a list of holders and a list of those who wait; wishes are numbered.
#[derive(Default)]
struct Model {
    now: u64,
    limit: usize,
    held: Vec<(usize, u64)>,
    queue: VecDeque<(usize, u64)>,
}

impl Model {
    fn serve(&mut self) {
        while self.held.len() < self.limit {
            let Some((wish, ttl)) = self.queue.pop_front() else { return };
            self.held.push((wish, self.now + ttl));
        }
    }

    /// Moves on, one end after the other as the engine does; both see the clock only afterwards.
    fn advance(&mut self, by: u64) {
        self.now += by;
        while let Some(first) = self.held.iter().position(|(_, ends)| *ends <= self.now) {
            self.held.remove(first);
            self.serve();
        }
    }
}

/// The engine and the model side by side.
struct Pair {
    world: World,
    model: Model,
    waiting: Vec<(usize, Waiting)>,
    leases: Vec<(usize, Lease)>,
    wishes: usize,
}

fn ms(number: u64) -> Duration {
    Duration::from_millis(number)
}

impl Pair {
    fn apply(&mut self, step: Step) {
        match step {
            Step::Wait { limit, ttl } => {
                self.waiting
                    .push((self.wishes, self.world.leases.acquire(ask("n", limit, ms(ttl))).unwrap()));
                self.model.queue.push_back((self.wishes, ttl));
                self.model.limit = limit as usize;
                self.wishes += 1;
            }
            Step::Cancel(which) if !self.waiting.is_empty() => {
                let (wish, waiting) = self.waiting.remove(which % self.waiting.len());
                drop(waiting);
                self.model.queue.retain(|(queued, _)| *queued != wish);
            }
            Step::Release(which) if !self.leases.is_empty() => {
                let (wish, lease) = self.leases.remove(which % self.leases.len());
                let is_held = self.model.held.iter().any(|(held, _)| *held == wish);
                assert_eq!(self.world.leases.release(lease.id), is_held);
                self.model.held.retain(|(held, _)| *held != wish);
            }
            Step::Renew(which, ttl) if !self.leases.is_empty() => {
                let (wish, lease) = self.leases[which % self.leases.len()];
                let held = self.model.held.iter_mut().find(|(held, _)| *held == wish);
                assert_eq!(self.world.leases.renew(lease.id, ms(ttl)).unwrap().is_some(), held.is_some());
                if let Some((_, ends)) = held {
                    *ends = self.model.now + ttl;
                }
            }
            Step::Advance(by) => {
                self.world.clock.advance(ms(by));
                self.world.leases.sweep();
                self.model.advance(by);
            }
            Step::Cancel(_) | Step::Release(_) | Step::Renew(..) => {}
        }
        self.model.serve();
        self.collect();
    }

    /// Whoever the model serves has its lease now, and nobody else.
    fn collect(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        for (wish, mut waiting) in waiting {
            let is_queued = self.model.queue.iter().any(|(queued, _)| *queued == wish);
            match poll(&mut waiting) {
                Some(lease) => {
                    assert!(!is_queued, "{wish} was served out of turn");
                    let newest = self.leases.iter().map(|(_, lease)| lease.token).max();
                    assert!(newest < Some(lease.token));
                    self.leases.push((wish, lease));
                }
                None => {
                    assert!(is_queued, "{wish} was not served");
                    self.waiting.push((wish, waiting));
                }
            }
        }
        assert_eq!(self.world.leases.places(), self.model.held.len() + self.model.queue.len());
    }
}

proptest! {
    #[test]
    fn leases_do_as_their_model(steps in steps()) {
        let mut pair = Pair {
            world: world(LeaseConfig::default()),
            model: Model::default(),
            waiting: vec![],
            leases: vec![],
            wishes: 0,
        };
        for step in steps {
            pair.apply(step);
        }
    }
}

/// Threads hold leases in turns; gives the tokens in the order of the grants as the holders saw it.
fn history(threads: usize, limit: u32) -> Vec<u64> {
    let world = world(LeaseConfig::default());
    let (inside, tokens) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for thread in 0..threads {
            let (world, inside, tokens) = (&world, &inside, &tokens);
            scope.spawn(move || {
                let runtime = Builder::new_current_thread().build().unwrap();
                for round in 0..100 {
                    if (round + thread) % 7 == 0 {
                        drop(world.wait(limit)); // somebody who loses patience, perhaps with the lease on its way
                    }
                    let lease = runtime.block_on(world.wait(limit));
                    tokens.lock().unwrap().push(lease.token);
                    let holders = inside.fetch_add(1, Ordering::SeqCst) + 1;
                    assert!(holders <= limit as usize, "{holders} hold what {limit} may");
                    thread::yield_now();
                    inside.fetch_sub(1, Ordering::SeqCst);
                    assert!(world.leases.release(lease.id));
                }
            });
        }
    });
    assert_eq!(world.leases.places(), 0, "nothing is left behind");
    tokens.into_inner().unwrap()
}

#[test]
fn threads_never_hold_more_than_the_limit_and_each_gets_a_token_of_its_own() {
    for limit in [2, 5] {
        let mut tokens = history(16, limit);
        tokens.sort_unstable();
        tokens.dedup();
        assert_eq!(tokens.len(), 1_600);
    }
}

#[test]
fn one_holder_after_the_other_sees_tokens_grow() {
    let tokens = history(16, 1);
    assert_eq!(tokens.len(), 1_600);
    assert!(tokens.is_sorted_by(|a, b| a < b));
}
