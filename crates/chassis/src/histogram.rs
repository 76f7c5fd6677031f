//! How long calls took: counts by length, so that any number of them takes the same memory.
//!
//! The idea: a time is counted in one of a fixed number of buckets, 32 to a power of two, as of HDR Histogram (Tene). Promise: nothing
//! is lost, a share is at most 1/32 above the time that it stands for, and the longest time is exact. Cost: 7 KB; a call is an
//! atomic addition, in any number of threads.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// Powers of two that have buckets of their own, from 256 ns to 34 s.
const LEAST_EXPONENT: u32 = 8;
const MOST_EXPONENT: u32 = 34;
const PARTS: usize = 32;
const BUCKETS: usize = (MOST_EXPONENT - LEAST_EXPONENT + 1) as usize * PARTS;

/// Counts by length.
#[derive(Debug)]
pub struct Histogram {
    counts: Box<[AtomicU64]>,
    longest: AtomicU64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: (0..BUCKETS).map(|_| AtomicU64::new(0)).collect(), longest: AtomicU64::new(0) }
    }
}

impl Histogram {
    /// Counts `calls` that took so long each.
    pub fn record(&self, time: Duration, calls: u64) {
        let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.counts[bucket(nanos)].fetch_add(calls, Relaxed);
        if nanos > self.longest.load(Relaxed) {
            self.longest.fetch_max(nanos, Relaxed);
        }
    }

    /// What was counted until now; counts that are added meanwhile may be in it or not.
    pub fn read(&self) -> Times {
        Times {
            counts: self.counts.iter().map(|count| count.load(Relaxed)).collect(),
            longest: self.longest.load(Relaxed),
        }
    }
}

/// What a [`Histogram`] had counted.
#[derive(Debug, Clone)]
pub struct Times {
    counts: Vec<u64>,
    longest: u64,
}

impl Times {
    /// How many calls there were.
    pub fn calls(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// The time within which `permille` of a thousand calls ended, by the nearest rank; zero if there were none.
    pub fn within(&self, permille: u64) -> Duration {
        let rank = u128::from(self.calls()) * u128::from(permille);
        let mut missing = u64::try_from(rank.div_ceil(1_000)).unwrap_or(u64::MAX);
        let at = self.counts.iter().position(|&count| {
            let is_here = missing <= count;
            missing = missing.saturating_sub(count);
            is_here
        });
        Duration::from_nanos(at.map_or(self.longest, upper_end).min(self.longest))
    }

    /// The time of the call that took longest; zero if there was none.
    pub fn longest(&self) -> Duration {
        Duration::from_nanos(self.longest)
    }
}

/// Which bucket a time belongs to; the first one has all that is shorter, the last one all that is longer.
fn bucket(nanos: u64) -> usize {
    let exponent = nanos.max(1).ilog2();
    if exponent < LEAST_EXPONENT {
        return 0;
    }
    let part = (nanos >> (exponent - PARTS.ilog2())) as usize % PARTS;
    ((exponent - LEAST_EXPONENT) as usize * PARTS + part).min(BUCKETS - 1)
}

/// The longest time in nanoseconds that belongs to a bucket.
fn upper_end(bucket: usize) -> u64 {
    if bucket == BUCKETS - 1 {
        return u64::MAX;
    }
    let exponent = LEAST_EXPONENT + (bucket / PARTS) as u32; // below 35
    let part = 1 << (exponent - PARTS.ilog2());
    (1 << exponent) + (bucket % PARTS + 1) as u64 * part - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_in_a_bucket_that_ends_at_most_a_thirty_second_above_it() {
        for nanos in
            (8..34).flat_map(|exponent| (0..100).map(move |part| (1_u64 << exponent) * (100 + part) / 100))
        {
            let end = upper_end(bucket(nanos));
            assert!(end >= nanos && end - nanos <= nanos / 32, "{nanos} in a bucket up to {end}");
        }
        assert_eq!((bucket(0), bucket(255), bucket(256), bucket(u64::MAX)), (0, 0, 0, BUCKETS - 1));
    }

    #[test]
    fn of_a_thousand_calls_the_shares_are_those_of_their_ranks() {
        let histogram = Histogram::default();
        let none = histogram.read();
        assert_eq!((none.calls(), none.within(500), none.longest()), (0, Duration::ZERO, Duration::ZERO));
        (1..=1_000).for_each(|micros| histogram.record(Duration::from_micros(micros), 1));
        let times = histogram.read();
        let check = |permille, micros| {
            let (found, exact) = (times.within(permille), Duration::from_micros(micros));
            assert!(found >= exact && found <= exact * 33 / 32, "{found:?} for {exact:?}");
        };
        assert_eq!(times.calls(), 1_000);
        check(500, 500);
        check(990, 990);
        check(999, 999);
        assert_eq!((times.within(1_000), times.longest()), (times.longest(), Duration::from_millis(1)));
    }

    #[test]
    fn what_is_longer_than_all_buckets_is_told_by_the_longest() {
        let histogram = Histogram::default();
        histogram.record(Duration::from_secs(60), 2);
        assert_eq!(histogram.read().within(500), Duration::from_secs(60));
    }
}
