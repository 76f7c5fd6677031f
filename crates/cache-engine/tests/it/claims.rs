//! Claims: one computes, the others get what came of it.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
    thread,
    time::Duration,
};

use cache_engine::{
    Arrival, Arriving, Body, Claim, Claims, Condition, Draft, Error, LoadError, LocalStore, ManualClock,
    NamespaceConfig, NamespaceName, Store as _, Ttl, Turn, Value,
};
use tokio::runtime::Builder;

const SECOND: Duration = Duration::from_secs(1);

type Answer = Result<u32, String>;

struct World {
    clock: Arc<ManualClock>,
    claims: Arc<Claims<&'static str, Answer>>,
}

fn world(max_claims: usize) -> World {
    let clock = Arc::new(ManualClock::default());
    World { claims: Arc::new(Claims::new(max_claims, SECOND, clock.clone())), clock }
}

impl World {
    fn first(&self, key: &'static str) -> Claim {
        match self.claims.claim(&key, SECOND).unwrap() {
            Turn::Claimed(claim) => claim,
            Turn::Waits(arriving) => panic!("{arriving:?}"),
        }
    }

    fn wait(&self, key: &'static str) -> Arriving<&'static str, Answer> {
        match self.claims.claim(&key, SECOND).unwrap() {
            Turn::Waits(arriving) => arriving,
            Turn::Claimed(claim) => panic!("{claim:?}"),
        }
    }

    fn complete(&self, token: u64, answer: Answer) -> Result<(), Error> {
        self.claims.land(&"k", token).map(|landing| landing.finish(&answer))
    }
}

fn poll(arriving: &mut Arriving<&'static str, Answer>) -> Option<Arrival<Answer>> {
    match Pin::new(arriving).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(arrival) => Some(arrival),
        Poll::Pending => None,
    }
}

fn claimed(arriving: &mut Arriving<&'static str, Answer>) -> Claim {
    match poll(arriving) {
        Some(Arrival::Claimed(claim)) => claim,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_thousand_callers_get_what_one_of_them_computed() {
    for answer in [Ok(7), Err("no".to_owned())] {
        let world = world(1);
        let claim = world.first("k");
        let waiting: Vec<_> = (0..999).map(|_| world.wait("k")).collect();
        world.complete(claim.token, answer.clone()).unwrap();
        for mut arriving in waiting {
            assert_eq!(poll(&mut arriving), Some(Arrival::Result(answer.clone())));
        }
        assert_eq!(world.claims.claimed(), 0);
    }
}

#[test]
fn the_claim_of_a_caller_that_died_goes_to_whoever_waited_longest() {
    let world = world(1);
    let dead = world.first("k");
    let (mut second, mut third) = (world.wait("k"), world.wait("k"));
    world.clock.advance(SECOND);
    world.claims.sweep();
    let claim = claimed(&mut second);
    assert!(claim.token > dead.token);
    assert_eq!(poll(&mut third), None);
    assert_eq!(world.complete(dead.token, Ok(1)), Err(LoadError::ClaimLost.into()), "it came too late");
    world.complete(claim.token, Ok(2)).unwrap();
    assert_eq!(poll(&mut third), Some(Arrival::Result(Ok(2))));
    assert_eq!(world.complete(claim.token, Ok(2)), Err(LoadError::ClaimLost.into()), "once is enough");
}

#[test]
fn a_claim_that_nobody_waits_for_ends_and_the_key_is_free() {
    let world = world(1);
    world.first("k");
    world.clock.advance(SECOND);
    assert_eq!(world.claims.claimed(), 0);
    world.first("k");
}

#[test]
fn whoever_goes_away_leaves_no_trace() {
    let world = world(1);
    world.first("k");
    let (second, third, mut fourth) = (world.wait("k"), world.wait("k"), world.wait("k"));
    drop(second);
    world.clock.advance(SECOND);
    world.claims.sweep();
    drop(third); // the claim was on its way to it
    let claim = claimed(&mut fourth);
    world.complete(claim.token, Ok(4)).unwrap();
}

#[test]
fn while_a_result_is_stored_the_claim_does_not_end() {
    let world = world(1);
    let claim = world.first("k");
    let mut second = world.wait("k");
    let landing = world.claims.land(&"k", claim.token).unwrap();
    world.clock.advance(10 * SECOND);
    assert_eq!(poll(&mut second), None);
    assert!(world.claims.land(&"k", claim.token).is_err(), "nobody lands twice");
    drop(landing); // it could not be stored
    let claim = claimed(&mut second);
    world.complete(claim.token, Ok(2)).unwrap();
}

#[test]
fn every_limit_is_kept_one_past_it() {
    let world = world(1);
    let too_long = SECOND + Duration::from_nanos(1);
    let limit = LoadError::LeaseTtlInvalid { allowed: SECOND, actual: too_long };
    assert_eq!(world.claims.claim(&"k", too_long).unwrap_err(), limit.into());
    world.first("k");
    let full = world.claims.claim(&"other", SECOND).unwrap_err();
    assert_eq!(full, Error::FlightsLimit { allowed: 1 });
    drop(world.wait("k"));
}

/// Threads that need one value, of which some die with the claim or go away; gives how many computed it.
fn computed_by(threads: usize, deaths: usize) -> usize {
    let world = world(1);
    let (computed, died, is_stored) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(false));
    let need = || {
        let runtime = Builder::new_current_thread().build().unwrap();
        loop {
            if is_stored.load(Ordering::SeqCst) {
                return;
            }
            let claim = match world.claims.claim(&"k", SECOND).unwrap() {
                Turn::Claimed(claim) => claim,
                Turn::Waits(arriving) => match runtime.block_on(arriving) {
                    Arrival::Result(answer) => return assert_eq!(answer, Ok(1)),
                    Arrival::Claimed(claim) => claim,
                },
            };
            if died.fetch_add(1, Ordering::SeqCst) < deaths {
                world.clock.advance(SECOND);
                world.claims.sweep();
                continue;
            }
            // Somebody may have stored it between this caller's look and its claim.
            let landing = world.claims.land(&"k", claim.token).unwrap();
            if !is_stored.swap(true, Ordering::SeqCst) {
                computed.fetch_add(1, Ordering::SeqCst);
            }
            return landing.finish(&Ok(1));
        }
    };
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(need);
        }
    });
    assert_eq!(world.claims.claimed(), 0);
    computed.into_inner()
}

#[test]
fn threads_compute_once_also_when_the_first_ones_die() {
    for deaths in [0, 1, 7] {
        assert_eq!(computed_by(32, deaths), 1);
    }
}

#[test]
fn those_who_wait_share_what_tells_them_of_a_write() {
    let world = world(10);
    let (name, key) = (NamespaceName::default(), crate::key("k"));
    let store = LocalStore::new(vec![NamespaceConfig::default()], world.clock.clone()).unwrap();
    let put_up = AtomicUsize::new(0);
    let news = || {
        let guard = world.claims.news(&"k", || {
            put_up.fetch_add(1, Ordering::SeqCst);
            store.guard(&name, &key)
        });
        guard.unwrap()
    };
    assert!(news().is_none(), "nobody computes it");
    let _claim = world.first("k");
    let (first, second) = (news().unwrap(), news().unwrap());
    assert_eq!(put_up.load(Ordering::SeqCst), 1);
    let value = Value::new(Body::text("v"), "").unwrap();
    let draft = Draft::new(value, Ttl::NamespaceDefault);
    crate::ready(store.set(&name, key.clone(), draft, Condition::Always)).unwrap();
    assert!(first.has_fallen() && second.has_fallen());
    assert!(!news().unwrap().has_fallen(), "the next write is told, too");
    assert_eq!(put_up.load(Ordering::SeqCst), 2);
}
