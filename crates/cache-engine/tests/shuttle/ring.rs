//! The ring: readers note hits while the holder of the lock takes them out.

use std::collections::BTreeSet;

use shuttle::{sync::Arc, thread};

use crate::{
    policy::Handle,
    reads::{Noted, Reads},
};

/// Enough that the ring of 64 comes round.
const EACH: u32 = 30;
const THREADS: u32 = 3;

fn noted(number: u32) -> Noted {
    Noted { handle: Handle::from_index(number), tag: !number }
}

/// Takes out what is there into `all`, which nobody else does.
fn drain(reads: &Reads, since: &mut u64, all: &mut Vec<Noted>) {
    reads.drain(since, |hit| all.push(hit));
}

#[test]
fn a_hit_comes_out_whole_and_at_most_once_in_any_order_of_threads() {
    shuttle::check_random(
        || {
            let reads = Arc::new(Reads::new());
            let noting: Vec<_> = (0..THREADS)
                .map(|thread| {
                    let reads = Arc::clone(&reads);
                    thread::spawn(move || {
                        for number in 0..EACH {
                            reads.hit(noted(thread * EACH + number));
                        }
                    })
                })
                .collect();
            let (mut since, mut all) = (0, Vec::new());
            for _ in 0..5 {
                drain(&reads, &mut since, &mut all);
            }
            noting.into_iter().for_each(|thread| thread.join().unwrap());
            drain(&reads, &mut since, &mut all);
            let different: BTreeSet<u32> = all.iter().map(|hit| hit.handle.index()).collect();
            assert_eq!(different.len(), all.len());
            assert!(all.iter().all(|hit| hit.tag == !hit.handle.index()));
            assert_eq!(reads.hits(), u64::from(THREADS * EACH));
            let before = all.len();
            reads.hit(noted(1_000));
            drain(&reads, &mut since, &mut all);
            assert_eq!(all[before..].last().map(|hit| hit.handle.index()), Some(1_000));
        },
        500,
    );
}
