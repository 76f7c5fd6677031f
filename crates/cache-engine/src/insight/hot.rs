//! Which keys are used most.
//!
//! The idea: a fixed number of counters; a key that has none takes over the smallest, count included, and remembers how
//! much of it may be another's (Space-Saving: Metwally, Agrawal, El Abbadi, "Efficient Computation of Frequent and Top-k
//! Elements in Data Streams", ICDT 2005). One use in [`SAMPLED`] is counted, chosen at random, and all counts are
//! halved each [`HALVED_AFTER`], so that what was hot an hour ago is not in the list.
//!
//! Promise: of the sampled uses, a key with more than one part in [`COUNTERS`] has a counter; its true count is at most
//! what the counter says and at least that less its error. Cost: a random number a use, and one look through
//! [`COUNTERS`] words a sampled use; 2 KiB.

use std::time::Duration;

use crate::{Key, Timestamp, policy::Handle};

/// Keys that have a counter.
pub(crate) const COUNTERS: usize = 64;
/// One use in so many is counted.
pub(crate) const SAMPLED: u64 = 8;
/// All counts are halved after so long.
pub(crate) const HALVED_AFTER: Duration = Duration::from_secs(60);
/// After so many halvings at once nothing is left.
const MOST_HALVINGS: u64 = 64;

/// Most keys that one may ask for.
pub const MAX_HOT_KEYS: usize = 100;

/// A key that is used much.
#[derive(Debug, Clone, PartialEq)]
pub struct HotKey {
    /// The key.
    pub key: Key,
    /// Reads that found it and writes, about, each counting half as much with every minute that passes: one use in eight is
    /// looked at, of those that the policy is shown.
    pub uses: u64,
    /// How much of `uses` may be another's.
    pub error: u64,
    /// Uses a second that this comes to.
    pub per_second: f64,
    /// Bytes that it is charged.
    pub bytes: u64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Counter {
    count: u64,
    error: u64,
    handle: u32,
}

/// A key of the list, by what names its entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) hash: u64,
    pub(crate) handle: Handle,
    /// Estimated uses, not only sampled ones.
    pub(crate) uses: u64,
    pub(crate) error: u64,
}

/// The counters of one shard.
#[derive(Debug)]
pub(crate) struct Hot {
    /// Apart from the counters, so that a search reads few cache lines.
    hashes: [u64; COUNTERS],
    counters: [Counter; COUNTERS],
    dice: u64,
    /// When counting began, or the counts were halved last.
    since: Option<Timestamp>,
    /// What remains of the time before that, halved as the counts are.
    before: Duration,
}

impl Hot {
    /// No uses yet.
    pub(crate) fn new() -> Self {
        let counters = [Counter::default(); COUNTERS];
        Self { hashes: [0; COUNTERS], counters, dice: SEED, since: None, before: Duration::ZERO }
    }

    /// Takes note of a use of the entry that has this hash.
    #[inline]
    pub(crate) fn note(&mut self, hash: u64, handle: Handle) {
        if self.roll().is_multiple_of(SAMPLED) {
            self.count(hash, handle);
        }
    }

    fn count(&mut self, hash: u64, handle: Handle) {
        let place = match self.hashes.iter().position(|&known| known == hash) {
            Some(place) if self.counters[place].count > 0 => place,
            Some(_) | None => self.take_over(hash),
        };
        let counter = &mut self.counters[place];
        counter.count += 1;
        counter.handle = handle.index();
    }

    /// Gives the smallest counter to another key.
    fn take_over(&mut self, hash: u64) -> usize {
        let smallest = (0..COUNTERS).min_by_key(|&place| self.counters[place].count).unwrap_or_default();
        self.hashes[smallest] = hash;
        self.counters[smallest].error = self.counters[smallest].count;
        smallest
    }

    /// Halves the counts if it is time for that; to be called now and then.
    pub(crate) fn age(&mut self, now: Timestamp) {
        let mut since = *self.since.get_or_insert(now);
        for _ in 0..MOST_HALVINGS {
            if now.since(since) < HALVED_AFTER {
                break;
            }
            since = since.after(HALVED_AFTER);
            self.halve();
        }
        self.since = Some(if now.since(since) < HALVED_AFTER { since } else { now });
    }

    fn halve(&mut self) {
        self.before = (self.before + HALVED_AFTER) / 2;
        for counter in &mut self.counters {
            counter.count /= 2;
            counter.error /= 2;
        }
    }

    /// The time that the counts stand for.
    pub(crate) fn window(&self, now: Timestamp) -> Duration {
        self.before + self.since.map_or(Duration::ZERO, |since| now.since(since))
    }

    /// The uses of what has this hash, about, and how many may be another's.
    pub(crate) fn of(&self, hash: u64) -> Option<(u64, u64)> {
        self.keys().find(|named| named.hash == hash).map(|named| (named.uses, named.error))
    }

    /// The keys that have a counter, in no order.
    pub(crate) fn keys(&self) -> impl Iterator<Item = Named> {
        self.hashes.iter().zip(&self.counters).filter(|(_, counter)| counter.count > 0).map(
            |(&hash, counter)| Named {
                hash,
                handle: Handle::from_index(counter.handle),
                uses: counter.count * SAMPLED,
                error: counter.error * SAMPLED,
            },
        )
    }

    /// A step of xorshift64 (Marsaglia, "Xorshift RNGs", 2003).
    fn roll(&mut self) -> u64 {
        self.dice ^= self.dice << 13;
        self.dice ^= self.dice >> 7;
        self.dice ^= self.dice << 17;
        self.dice
    }
}

/// Any odd number; that others know it does no harm.
const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    fn hot() -> Hot {
        Hot::new()
    }

    #[test]
    fn counts_are_halved_each_minute_and_rates_stay() {
        let mut hot = hot();
        let minutes = |minutes: u32| Timestamp::default().after(HALVED_AFTER * minutes);
        let uses = |hot: &Hot| hot.of(1).map(|(uses, _)| uses);
        hot.age(minutes(0));
        for _ in 0..9 {
            hot.count(1, Handle::from_index(1));
        }
        hot.age(Timestamp::default().after(HALVED_AFTER - Duration::from_nanos(1)));
        assert_eq!(uses(&hot), Some(9 * SAMPLED));
        hot.age(minutes(1));
        assert_eq!((uses(&hot), hot.window(minutes(1))), (Some(4 * SAMPLED), HALVED_AFTER / 2));
        hot.age(minutes(4));
        assert_eq!(uses(&hot), None);
    }

    #[test]
    fn about_one_use_in_eight_is_counted() {
        let mut hot = hot();
        for hash in 0..80_000 {
            hot.note(hash % 3, Handle::from_index(0));
        }
        let uses: u64 = hot.keys().map(|key| key.uses).sum();
        assert!((76_000..84_000).contains(&uses), "{uses}");
    }

    proptest! {
        /// Against a full log: a frequent key is there, and its true count is between the bounds.
        #[test]
        fn what_is_frequent_is_found(uses in prop::collection::vec((0_u64..2_000, 0_u64..4), 1..5_000)) {
            let (mut hot, mut log) = (hot(), HashMap::<u64, u64>::new());
            for (cold, which) in uses {
                // One in four uses is of one of eight keys.
                let hash = if which == 0 { cold % 8 + 10_000 } else { cold };
                hot.count(hash, Handle::from_index(hash as u32));
                *log.entry(hash).or_default() += 1;
            }
            let all: u64 = log.values().sum();
            let found: HashMap<u64, Named> = hot.keys().map(|key| (key.hash, key)).collect();
            for (hash, count) in log {
                let Some(key) = found.get(&hash) else {
                    prop_assert!(count <= all / COUNTERS as u64, "{} of {}", count, all);
                    continue;
                };
                prop_assert!(key.uses >= count * SAMPLED && key.uses - key.error <= count * SAMPLED);
            }
        }
    }
}
