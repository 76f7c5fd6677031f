//! Claims: of those who miss a key at once, one computes, also when some die or go away.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use shuttle::{future::block_on, thread};

use crate::{
    ManualClock,
    claims::{Arrival, Claim, Claims, Turn},
};

const TTL: Duration = Duration::from_secs(1_000);

struct World {
    claims: Arc<Claims<u8, u64>>,
    clock: Arc<ManualClock>,
    /// Those who believe that they are the one, and live.
    computing: AtomicUsize,
    highest: AtomicU64,
}

impl World {
    fn new() -> Arc<Self> {
        let clock = Arc::new(ManualClock::default());
        let claims = Arc::new(Claims::new(10, TTL, clock.clone()));
        Arc::new(Self { claims, clock, computing: AtomicUsize::new(0), highest: AtomicU64::new(0) })
    }

    fn begin(&self, claim: Claim) {
        assert_eq!(self.computing.fetch_add(1, SeqCst), 0, "one computes");
        assert!(self.highest.fetch_max(claim.token, SeqCst) < claim.token, "tokens only grow");
        thread::yield_now();
        self.computing.fetch_sub(1, SeqCst);
    }

    /// Claims the key, or waits for what comes of it.
    fn arrive(&self, ttl: Duration) -> Arrival<u64> {
        match self.claims.claim(&1, ttl).unwrap() {
            Turn::Claimed(claim) => Arrival::Claimed(claim),
            Turn::Waits(arriving) => block_on(arriving),
        }
    }

    /// A caller as it should be.
    fn call(&self) {
        if let Arrival::Claimed(claim) = self.arrive(TTL) {
            self.begin(claim);
            let landing = self.claims.land(&1, claim.token).expect("it lives, and its time is not over");
            landing.finish(&claim.token);
            assert!(self.claims.land(&1, claim.token).is_err(), "a result comes once");
        }
    }

    /// One that dies, if it is to compute; its time passes.
    fn die(&self) {
        if let Arrival::Claimed(claim) = self.arrive(Duration::from_secs(1)) {
            self.begin(claim);
            self.clock.advance(Duration::from_secs(2));
            self.claims.sweep();
            assert!(self.claims.land(&1, claim.token).is_err(), "it is too late");
        }
    }

    /// One that goes away before it computes or has a result; what it did not want, another one gets.
    fn leave(&self) {
        match self.claims.claim(&1, TTL).unwrap() {
            Turn::Claimed(claim) => {
                self.begin(claim);
                drop(self.claims.land(&1, claim.token).unwrap());
            }
            Turn::Waits(arriving) => drop(arriving),
        }
    }
}

#[test]
fn one_computes_and_all_who_wait_get_it_though_some_die_or_leave_in_any_order_of_threads() {
    shuttle::check_random(
        || {
            let world = World::new();
            let acts: [fn(&World); 5] = [World::call, World::die, World::call, World::leave, World::call];
            let threads = acts.map(|act| {
                let world = Arc::clone(&world);
                thread::spawn(move || act(&world))
            });
            threads.into_iter().for_each(|thread| thread.join().unwrap());
            assert_eq!(world.claims.claimed(), 0, "nothing is left");
        },
        2_000,
    );
}
