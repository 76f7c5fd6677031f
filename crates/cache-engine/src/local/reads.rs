//! What readers leave for the policy: a ring of the last hits.
//!
//! The idea: the number of hits, which is counted anyway, says at which place of the ring a hit is noted. A reader
//! writes one word and goes on; whoever holds the lock of the shard takes the words out. What comes round before that
//! is overwritten: the policy then sees a part of the hits, and of all keys the same part.
//!
//! Promise: a reader never waits, and a hit is given to the policy at most once. A word names an entry by handle and by
//! 32 bits of its hash, so that a hit whose entry has gone counts for nobody. Cost: a counter and a word a hit; 1 KiB a
//! shard.

use crate::{
    policy::Handle,
    sync::{AtomicU64, Ordering::Relaxed},
};

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
