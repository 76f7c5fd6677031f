//! Single flight: of those who call a key at once, one computes for all, also when some go away or a computation dies.

use std::{
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
    task::{Context, Waker},
};

use shuttle::{future::block_on, thread};

use crate::{
    Error,
    flight::{Role, SingleFlight, Spawner},
};

/// What becomes of the first computation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum First {
    Lands,
    /// Before it begins.
    Dies,
}

struct World {
    flights: SingleFlight<u8, usize>,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    /// Computations under way.
    computing: AtomicUsize,
    computed: AtomicUsize,
    /// Callers who were told that their own call computed.
    leaders: AtomicUsize,
    failed: AtomicUsize,
}

impl World {
    /// Computations are threads.
    fn new(first: First) -> Arc<Self> {
        let dies = AtomicBool::new(first == First::Dies);
        let spawner: Spawner = Arc::new(move |computation| {
            if !dies.swap(false, SeqCst) {
                thread::spawn(move || block_on(computation));
            }
        });
        Arc::new(Self { flights: SingleFlight::new(10, spawner), counts: Arc::default() })
    }

    /// The number of the computation is its result.
    fn run(&self) -> impl Future<Output = Result<(usize, Role), Error>> + '_ {
        let counts = Arc::clone(&self.counts);
        self.flights.run(1, move || async move {
            assert_eq!(counts.computing.fetch_add(1, SeqCst), 0, "one computes");
            thread::yield_now();
            counts.computing.fetch_sub(1, SeqCst);
            counts.computed.fetch_add(1, SeqCst) + 1
        })
    }

    fn call(&self) {
        let before = self.counts.computed.load(SeqCst);
        match block_on(self.run()) {
            Ok((result, role)) => {
                assert!(result >= before, "nobody gets what had landed before the call");
                self.counts.leaders.fetch_add(usize::from(role == Role::Leader), SeqCst);
            }
            Err(error) => {
                assert_eq!(error, Error::ComputationFailed);
                self.counts.failed.fetch_add(1, SeqCst);
            }
        }
    }

    /// One that goes away before it has a result.
    fn leave(&self) {
        let mut call = pin!(self.run());
        let _gone = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    }
}

fn check(first: First) {
    shuttle::check_random(
        move || {
            let world = World::new(first);
            let acts: [fn(&World); 4] = [World::leave, World::call, World::call, World::call];
            let threads = acts.map(|act| {
                let world = Arc::clone(&world);
                thread::spawn(move || act(&world))
            });
            threads.into_iter().for_each(|thread| thread.join().unwrap());
            // Nobody waits for a computation that all have left.
            while world.flights.flights() > 0 {
                thread::yield_now();
            }
            let Counts { computed, leaders, failed, .. } = &*world.counts;
            assert!(
                leaders.load(SeqCst) <= computed.load(SeqCst),
                "a leader's result is of a computation of its own"
            );
            assert!(first == First::Dies || failed.load(SeqCst) == 0, "all get it");
        },
        2_000,
    );
}

#[test]
fn one_computes_for_all_who_call_though_one_leaves_in_any_order_of_threads() {
    check(First::Lands);
}

#[test]
fn a_computation_that_dies_fails_its_callers_and_frees_the_key_in_any_order_of_threads() {
    check(First::Dies);
}
