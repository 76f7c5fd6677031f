//! Token buckets: never too many, and never refused without need.

use std::{
    sync::{
        Arc, Barrier,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, SystemTime},
};

use cache_engine::{Clock, LoadError, ManualClock, Rate, Take, TakeMode, Timestamp, Tokens};
use proptest::prelude::*;

use crate::key;

const INTERVAL: u64 = 1_000;
const THREADS: u64 = 64;
/// Rounds in which they take.
const ROUNDS: u64 = 10;

/// A clock that goes where it is told, back, too.
#[derive(Default)]
struct JumpingClock(AtomicU64);

impl Clock for JumpingClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_nanos(self.0.load(Ordering::SeqCst))
    }

    fn wall(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }
}

/// A token every microsecond.
fn take(name: &str, burst: u64, cost: u64) -> Take {
    let rate = Rate::new(1_000, Duration::from_millis(1), burst).unwrap();
    Take::new(key(name), rate, cost).unwrap()
}

fn is_allowed(tokens: &Tokens, takes: &[Take], mode: TakeMode) -> bool {
    tokens.take(takes, mode).unwrap().iter().all(|decision| decision.allowed)
}

/// What was given of one key: when, and how many.
#[derive(Default)]
struct History(Vec<(u64, u64)>);

impl History {
    /// Whether `cost` more tokens at `now` keep within the burst in every span that ends now.
    fn has_room(&self, burst: u64, cost: u64, now: u64) -> bool {
        let mut given = cost;
        given <= burst
            && self.0.iter().rev().all(|(at, tokens)| {
                given += tokens;
                given * INTERVAL <= burst * INTERVAL + (now - at)
            })
    }
}

#[derive(Debug, Clone)]
enum Step {
    Take { key: usize, cost: u64 },
    Forward(u64),
    Back(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (0..3_usize, 1..=5_u64).prop_map(|(key, cost)| Step::Take { key, cost }),
        2 => (0..6 * INTERVAL).prop_map(Step::Forward),
        1 => (0..20 * INTERVAL).prop_map(Step::Back),
    ];
    prop::collection::vec(step, 1..200)
}

proptest! {
    /// Both ways: nothing beyond rate x time + burst in any span is given, and nothing within it is refused.
    #[test]
    fn tokens_are_given_up_to_the_rate_and_never_beyond(steps in steps()) {
        let clock = Arc::new(JumpingClock::default());
        let tokens = Tokens::new(100, clock.clone());
        let mut histories: [History; 3] = Default::default();
        let mut latest = 0;
        for step in steps {
            match step {
                Step::Forward(nanos) => drop(clock.0.fetch_add(nanos, Ordering::SeqCst)),
                Step::Back(nanos) => {
                    let now = clock.0.load(Ordering::SeqCst);
                    clock.0.store(now.saturating_sub(nanos), Ordering::SeqCst);
                }
                Step::Take { key, cost } => {
                    latest = latest.max(clock.0.load(Ordering::SeqCst));
                    let history = &mut histories[key];
                    let expected = history.has_room(5, cost, latest);
                    let wanted = [take(&key.to_string(), 5, cost)];
                    prop_assert_eq!(is_allowed(&tokens, &wanted, TakeMode::Each), expected);
                    if expected {
                        history.0.push((latest, cost));
                    }
                }
            }
        }
    }
}

/// 64 threads take of one key until it is refused at the latest moment, in rounds, while the clock jumps about below it. Tells
/// how many tokens they had got at the end of each round, which began `jump` tokens after the one before.
fn given_to_many(burst: u64, jump: u64) -> Vec<u64> {
    let clock = Arc::new(JumpingClock::default());
    let tokens = Tokens::new(100, clock.clone());
    let (barrier, given) = (Barrier::new(THREADS as usize + 1), AtomicU64::new(0));
    let jumping = AtomicBool::new(false);
    let take_while_there_are_some = || {
        let wanted = [take("hot", burst, 1)];
        loop {
            let is_over = !jumping.load(Ordering::SeqCst);
            match is_allowed(&tokens, &wanted, TakeMode::Each) {
                true => drop(given.fetch_add(1, Ordering::SeqCst)),
                false if is_over => return,
                false => {}
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for _ in 0..ROUNDS {
                    barrier.wait();
                    take_while_there_are_some();
                    barrier.wait();
                }
            });
        }
        let round = |round: u64| {
            jumping.store(true, Ordering::SeqCst);
            barrier.wait();
            let latest = round * jump * INTERVAL;
            for back in 0..100 {
                clock.0.store(latest.saturating_sub(back * INTERVAL), Ordering::SeqCst);
            }
            clock.0.store(latest, Ordering::SeqCst);
            jumping.store(false, Ordering::SeqCst);
            barrier.wait();
            given.load(Ordering::SeqCst)
        };
        (0..ROUNDS).map(round).collect()
    })
}

/// They ask for more than there is, so that what they get is exact: one more is one too many, and one less was refused without need.
#[test]
fn sixty_four_threads_get_all_of_rate_and_burst_and_no_more_while_the_clock_jumps() {
    for (burst, jump) in [(1, 1), (100, 7), (5_000, 5_000)] {
        let expected: Vec<u64> = (0..ROUNDS).map(|round| burst + round * jump).collect();
        assert_eq!(given_to_many(burst, jump), expected, "burst {burst}, jumps of {jump}");
    }
}

#[test]
fn a_take_of_all_takes_from_all_or_from_none() {
    let tokens = Tokens::new(100, Arc::new(ManualClock::default()));
    let both = |cost| [take("a", 5, cost), take("b", 3, cost)];
    assert!(is_allowed(&tokens, &both(2), TakeMode::All));
    let refused = tokens.take(&both(2), TakeMode::All).unwrap();
    assert_eq!([refused[0].allowed, refused[1].allowed], [true, false]);
    assert_eq!([refused[0].remaining, refused[1].remaining], [3, 1], "nothing was taken");
    assert_eq!(refused[1].retry_after, Duration::from_micros(1));
    let each = tokens.take(&both(2), TakeMode::Each).unwrap();
    assert_eq!([each[0].remaining, each[1].remaining], [1, 1], "the first was taken");
}

#[test]
fn a_key_that_stands_twice_in_a_call_is_taken_from_twice() {
    let tokens = Tokens::new(100, Arc::new(ManualClock::default()));
    let twice = [take("a", 3, 2), take("a", 3, 2)];
    assert!(!is_allowed(&tokens, &twice, TakeMode::All));
    assert!(is_allowed(&tokens, &[take("a", 3, 3)], TakeMode::All), "nothing was taken");
}

/// Each asks for more than there is: all of the smaller burst is given, and not one more.
#[test]
fn threads_that_take_of_two_keys_in_either_order_take_of_both() {
    let tokens = Tokens::new(1 << 20, Arc::new(ManualClock::default()));
    let given = AtomicU64::new(0);
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let (tokens, given) = (&tokens, &given);
            let mut takes = vec![take("a", 10_000, 1), take("b", 5_000, 1)];
            if thread % 2 == 0 {
                takes.reverse();
            }
            scope.spawn(move || {
                while is_allowed(tokens, &takes, TakeMode::All) {
                    given.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
    });
    assert_eq!(given.into_inner(), 5_000);
    let left = tokens.take(&[take("a", 10_000, 0), take("b", 5_000, 0)], TakeMode::Each).unwrap();
    assert_eq!([left[0].remaining, left[1].remaining], [5_000, 0]);
}

#[test]
fn a_full_table_refuses_a_new_key_and_forgets_none_that_limits() {
    let clock = Arc::new(ManualClock::default());
    let tokens = Tokens::new(2, clock.clone());
    assert!(is_allowed(&tokens, &[take("a", 5, 1), take("b", 5, 5)], TakeMode::Each));
    let full = Err(LoadError::LimitKeys { allowed: 2 }.into());
    assert_eq!(tokens.take(&[take("a", 5, 1), take("c", 5, 1)], TakeMode::Each), full);
    let a = tokens.take(&[take("a", 5, 0)], TakeMode::Each).unwrap();
    assert_eq!(a[0].remaining, 4, "a call that fails takes nothing");
    assert!(tokens.take(&[take("c", 5, 0)], TakeMode::Each).unwrap()[0].allowed, "a look needs no place");
    clock.advance(Duration::from_millis(2));
    assert!(is_allowed(&tokens, &[take("c", 5, 1)], TakeMode::Each));
    assert_eq!(tokens.keys(), 1);
}
