//! What readers leave for the policy: a ring of the last hits.
//!
//! The idea: the number of hits, which is counted anyway, says at which place of the ring a hit is noted. A reader
//! writes one word and goes on; whoever holds the lock of the shard takes the words out. What comes round before that
//! is overwritten: the policy then sees a part of the hits, and of all keys the same part.
//!
//! Promise: a reader never waits, and a hit is given to the policy at most once. A word names an entry by handle and by
//! 32 bits of its hash, so that a hit whose entry has gone counts for nobody. Cost: a counter and a word a hit; 1 KiB a
//! shard.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::policy::Handle;

/// Hits that the ring holds.
const PLACES: usize = 64;

const EMPTY: u64 = u64::MAX;

/// What readers count and note, on cache lines of its own (two, since processors fetch them in pairs). Orders are
/// relaxed: each word stands for itself.
#[repr(align(128))]
pub(super) struct Reads {
    hits: AtomicU64,
    misses: AtomicU64,
    ring: [AtomicU64; PLACES],
}

/// A hit as it was noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Noted {
    pub(super) handle: Handle,
    /// The [`policy::tag`](crate::policy::tag) of its hash.
    pub(super) tag: u32,
}

impl Reads {
    pub(super) fn new() -> Self {
        let ring = std::array::from_fn(|_| AtomicU64::new(EMPTY));
        Self { hits: AtomicU64::new(0), misses: AtomicU64::new(0), ring }
    }

    pub(super) fn miss(&self) {
        self.misses.fetch_add(1, Relaxed);
    }

    /// Notes a hit; says whether the ring has come round.
    pub(super) fn hit(&self, hit: Noted) -> bool {
        let number = self.hits.fetch_add(1, Relaxed);
        let word = u64::from(hit.tag) << 32 | u64::from(hit.handle.index());
        self.ring[place(number)].store(word, Relaxed);
        place(number) == PLACES - 1
    }

    /// Takes out the hits since the one of number `since`, which it moves on. Only one at a time may: its caller holds
    /// a lock.
    pub(super) fn drain(&self, since: &mut u64, mut each: impl FnMut(Noted)) {
        let until = self.hits.load(Relaxed);
        for number in until.saturating_sub(PLACES as u64).max(*since)..until {
            let word = self.ring[place(number)].swap(EMPTY, Relaxed);
            if word != EMPTY {
                // The low half is the handle.
                each(Noted { handle: Handle::from_index(word as u32), tag: (word >> 32) as u32 });
            }
        }
        *since = until;
    }

    pub(super) fn hits(&self) -> u64 {
        self.hits.load(Relaxed)
    }

    pub(super) fn misses(&self) -> u64 {
        self.misses.load(Relaxed)
    }
}

fn place(number: u64) -> usize {
    number as usize % PLACES
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
