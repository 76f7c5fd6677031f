//! The ring by itself. Apart from it, since tests/shuttle compiles that file with atomics of its own.

use super::reads::*;
use crate::policy::Handle;

fn noted(number: u32) -> Noted {
    Noted { handle: Handle::from_index(number), tag: !number }
}

fn drained(reads: &Reads, since: &mut u64) -> Vec<Noted> {
    let mut all = Vec::new();
    reads.drain(since, |hit| all.push(hit));
    all
}

#[test]
fn hits_come_out_once_and_in_order() {
    let (reads, mut since) = (Reads::new(), 0);
    assert!((0..40).all(|number| !reads.hit(noted(number))));
    assert_eq!(drained(&reads, &mut since), (0..40).map(noted).collect::<Vec<_>>());
    assert_eq!(drained(&reads, &mut since), []);
    assert_eq!((40..100).filter(|&number| reads.hit(noted(number))).collect::<Vec<_>>(), [63]);
    assert_eq!(drained(&reads, &mut since), (40..100).map(noted).collect::<Vec<_>>());
}

#[test]
fn what_comes_round_too_soon_is_lost_and_counted_all_the_same() {
    let (reads, mut since) = (Reads::new(), 0);
    for number in 0..1_000 {
        reads.hit(noted(number));
    }
    assert_eq!(drained(&reads, &mut since), (936..1_000).map(noted).collect::<Vec<_>>());
    assert_eq!(reads.hits(), 1_000);
}

#[test]
fn no_hit_comes_out_twice_while_threads_note_them() {
    const THREADS: u32 = 4;
    const EACH: u32 = 5_000;
    let (reads, mut since) = (Reads::new(), 0);
    let mut all = Vec::new();
    std::thread::scope(|scope| {
        let noting: Vec<_> = (0..THREADS)
            .map(|thread| {
                let reads = &reads;
                scope.spawn(move || {
                    for number in 0..EACH {
                        reads.hit(noted(thread * EACH + number));
                    }
                })
            })
            .collect();
        while noting.iter().any(|thread| !thread.is_finished()) {
            all.extend(drained(&reads, &mut since));
        }
    });
    all.extend(drained(&reads, &mut since));
    assert!(all.iter().all(|hit| hit.tag == !hit.handle.index()));
    let different: std::collections::BTreeSet<u32> = all.iter().map(|hit| hit.handle.index()).collect();
    assert_eq!(different.len(), all.len());
    assert_eq!(reads.hits(), u64::from(THREADS * EACH));
}
