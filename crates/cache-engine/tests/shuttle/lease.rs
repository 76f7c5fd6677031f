//! Leases: those who take, wait, go away and die at once.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use shuttle::{future::block_on, thread};

use crate::{
    Key, ManualClock,
    load::{Ask, Lease, LeaseConfig, Leases},
    sync::Mutex,
};

const LIMIT: u32 = 2;
const TTL: Duration = Duration::from_secs(1_000);

struct World {
    leases: Arc<Leases>,
    clock: Arc<ManualClock>,
    holders: AtomicUsize,
    /// Above it is every token that is given to whoever asks from now on.
    highest: AtomicU64,
    /// Tokens in the order in which those who got them came.
    tokens: Mutex<Vec<(usize, u64)>>,
    arrivals: Mutex<usize>,
}

impl World {
    fn new() -> Arc<Self> {
        let clock = Arc::new(ManualClock::default());
        Arc::new(Self {
            leases: Arc::new(Leases::new(LeaseConfig::default(), clock.clone())),
            clock,
            holders: AtomicUsize::new(0),
            highest: AtomicU64::new(0),
            tokens: Mutex::new(Vec::new()),
            arrivals: Mutex::new(0),
        })
    }

    fn ask(ttl: Duration) -> Ask {
        Ask::new(Key::new("name").unwrap(), LIMIT, ttl).unwrap()
    }

    /// Waits for a lease, and looks whether it is one that may be.
    fn take(&self, ttl: Duration) -> Lease {
        let known = self.highest.load(SeqCst);
        let (place, waiting) = {
            let mut arrivals = self.arrivals.lock();
            *arrivals += 1;
            (*arrivals, self.leases.acquire(Self::ask(ttl)).unwrap())
        };
        let lease = block_on(waiting);
        assert!(self.holders.fetch_add(1, SeqCst) < LIMIT as usize, "too many hold it");
        assert!(lease.token > known, "tokens only grow");
        self.highest.fetch_max(lease.token, SeqCst);
        self.tokens.lock().push((place, lease.token));
        lease
    }

    /// Holds one for a while, and gives it back.
    fn hold(&self) {
        let lease = self.take(TTL);
        thread::yield_now();
        self.holders.fetch_sub(1, SeqCst);
        assert!(self.leases.release(lease.id));
    }

    /// Takes one and dies; its time passes.
    fn die(&self) {
        let _never_given_back = self.take(Duration::from_secs(1));
        self.holders.fetch_sub(1, SeqCst);
        self.clock.advance(Duration::from_secs(2));
        self.leases.sweep();
    }

    /// Goes away before it was served, or just then.
    fn leave(&self) {
        drop(self.leases.acquire(Self::ask(TTL)).unwrap());
    }
}

fn check(world: &World) {
    assert_eq!(world.leases.places(), 0, "nothing is left");
    let mut tokens = world.tokens.lock();
    tokens.sort_unstable();
    assert!(tokens.is_sorted_by(|one, other| one.1 < other.1), "whoever came first was served first");
}

#[test]
fn leases_are_never_more_than_allowed_grow_are_fair_and_outlive_the_dead_in_any_order_of_threads() {
    shuttle::check_random(
        || {
            let world = World::new();
            let acts: [fn(&World); 5] = [World::hold, World::hold, World::die, World::leave, World::hold];
            let threads = acts.map(|act| {
                let world = Arc::clone(&world);
                thread::spawn(move || act(&world))
            });
            threads.into_iter().for_each(|thread| thread.join().unwrap());
            check(&world);
        },
        2_000,
    );
}
