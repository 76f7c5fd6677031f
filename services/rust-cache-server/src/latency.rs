//! How often operations are called and how long they take.
//!
//! The idea: a time is counted in one of a fixed number of buckets, 16 to a power of two, as of HDR Histogram (Tene).
//!
//! Promise: nothing is lost, and a quantile is at most 1/16 above the time that it stands for. Cost of a call: two
//! readings of a clock and one atomic addition, 40 ns together; 3.5 KB an operation. A frame of a session costs as a call, and one
//! atomic addition more for each kind of operation in it. A watch is a call until it begins; the time that a caller chose to wait for a lease counts.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// What is counted apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    AcquireLease,
    CompleteLease,
    Delete,
    DeleteMany,
    Get,
    GetDocument,
    GetMany,
    GetOrCompute,
    Increment,
    InvalidateTags,
    MergeDocument,
    PatchDocument,
    PutDocument,
    ReleaseLease,
    RenewLease,
    Scan,
    Session,
    Set,
    SetMany,
    TakeTokens,
    Touch,
    Watch,
}

impl Operation {
    /// All, in the order of their numbers and names.
    const ALL: [Self; 22] = [
        Self::AcquireLease,
        Self::CompleteLease,
        Self::Delete,
        Self::DeleteMany,
        Self::Get,
        Self::GetDocument,
        Self::GetMany,
        Self::GetOrCompute,
        Self::Increment,
        Self::InvalidateTags,
        Self::MergeDocument,
        Self::PatchDocument,
        Self::PutDocument,
        Self::ReleaseLease,
        Self::RenewLease,
        Self::Scan,
        Self::Session,
        Self::Set,
        Self::SetMany,
        Self::TakeTokens,
        Self::Touch,
        Self::Watch,
    ];

    /// The name of its rpc.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::AcquireLease => "AcquireLease",
            Self::CompleteLease => "CompleteLease",
            Self::Delete => "Delete",
            Self::DeleteMany => "DeleteMany",
            Self::Get => "Get",
            Self::GetDocument => "GetDocument",
            Self::GetMany => "GetMany",
            Self::GetOrCompute => "GetOrCompute",
            Self::Increment => "Increment",
            Self::InvalidateTags => "InvalidateTags",
            Self::MergeDocument => "MergeDocument",
            Self::PatchDocument => "PatchDocument",
            Self::PutDocument => "PutDocument",
            Self::ReleaseLease => "ReleaseLease",
            Self::RenewLease => "RenewLease",
            Self::Scan => "Scan",
            Self::Session => "Session",
            Self::Set => "Set",
            Self::SetMany => "SetMany",
            Self::TakeTokens => "TakeTokens",
            Self::Touch => "Touch",
            Self::Watch => "Watch",
        }
    }
}

/// How many operations of each kind one call had.
#[derive(Debug, Default)]
pub(crate) struct Tally([u32; Operation::ALL.len()]);

impl Tally {
    /// Counts one.
    pub(crate) fn count(&mut self, operation: Operation) {
        self.0[operation as usize] += 1;
    }
}

/// The times of all operations.
#[derive(Debug, Default)]
pub(crate) struct Latencies([Histogram; Operation::ALL.len()]);

/// What became of one operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Summary {
    pub(crate) operation: Operation,
    pub(crate) calls: u64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    pub(crate) longest: Duration,
}

impl Latencies {
    /// Counts a call when it ends, and says how long it took. One that is dropped before does not count.
    pub(crate) async fn time<T>(&self, operation: Operation, call: impl Future<Output = T>) -> (T, Duration) {
        let began = Instant::now();
        let answer = call.await;
        let took = began.elapsed();
        self.0[operation as usize].record(took, 1);
        (answer, took)
    }

    /// Counts a frame of a session that took so long, and what it was made of: each of its operations is taken to have had an
    /// equal share of the time.
    pub(crate) fn share(&self, tally: &Tally, took: Duration) {
        self.0[Operation::Session as usize].record(took, 1);
        let operations: u32 = tally.0.iter().sum();
        let share = took / operations.max(1);
        for (times, &count) in self.0.iter().zip(&tally.0).filter(|(_, count)| **count > 0) {
            times.record(share, count.into());
        }
    }

    /// Those that were called, by name.
    pub(crate) fn summaries(&self) -> Vec<Summary> {
        let called = Operation::ALL.into_iter().zip(&self.0);
        called.filter_map(|(operation, times)| times.summary(operation)).collect()
    }
}

/// Powers of two that have buckets of their own, from 256 ns to 34 s.
const LEAST_EXPONENT: u32 = 8;
const MOST_EXPONENT: u32 = 34;
const PARTS: usize = 16;
const BUCKETS: usize = (MOST_EXPONENT - LEAST_EXPONENT + 1) as usize * PARTS;

#[derive(Debug)]
struct Histogram {
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
    fn record(&self, time: Duration, calls: u64) {
        let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.counts[bucket(nanos)].fetch_add(calls, Relaxed);
        if nanos > self.longest.load(Relaxed) {
            self.longest.fetch_max(nanos, Relaxed);
        }
    }

    /// `None`: it was never called.
    fn summary(&self, operation: Operation) -> Option<Summary> {
        let counts: Vec<u64> = self.counts.iter().map(|count| count.load(Relaxed)).collect();
        let calls: u64 = counts.iter().sum();
        let longest = self.longest.load(Relaxed);
        // The nearest rank: so many of a hundred calls took at most so long.
        let quantile = |percent: u64| {
            let mut missing = (calls * percent).div_ceil(100);
            let at = counts.iter().position(|&count| {
                let is_here = missing <= count;
                missing = missing.saturating_sub(count);
                is_here
            });
            Duration::from_nanos(at.map_or(longest, upper_end).min(longest))
        };
        (calls > 0).then(|| Summary {
            operation,
            calls,
            p50: quantile(50),
            p99: quantile(99),
            longest: Duration::from_nanos(longest),
        })
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
    let exponent = LEAST_EXPONENT + (bucket / PARTS) as u32; // below 35
    let part = 1 << (exponent - PARTS.ilog2());
    (1 << exponent) + (bucket % PARTS + 1) as u64 * part - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_in_a_bucket_that_ends_at_most_a_sixteenth_above_it() {
        for nanos in
            (8..34).flat_map(|exponent| (0..100).map(move |part| (1_u64 << exponent) * (100 + part) / 100))
        {
            let end = upper_end(bucket(nanos));
            assert!(end >= nanos && end - nanos <= nanos / 16, "{nanos} in a bucket up to {end}");
        }
        assert_eq!((bucket(0), bucket(255), bucket(256), bucket(u64::MAX)), (0, 0, 0, BUCKETS - 1));
    }

    #[test]
    fn of_a_thousand_calls_the_quantiles_are_those_of_their_ranks() {
        let times = Histogram::default();
        assert_eq!(times.summary(Operation::Get), None);
        for micros in 1..=1_000 {
            times.record(Duration::from_micros(micros), 1);
        }
        let summary = times.summary(Operation::Get).unwrap();
        let check = |found: Duration, micros| {
            let exact = Duration::from_micros(micros);
            assert!(found >= exact && found <= exact * 17 / 16, "{found:?} for {exact:?}");
        };
        assert_eq!(summary.calls, 1_000);
        check(summary.p50, 500);
        check(summary.p99, 990);
        assert_eq!(summary.longest, Duration::from_micros(1_000));
    }

    #[test]
    fn operations_of_a_frame_share_its_time() {
        let latencies = Latencies::default();
        let mut tally = Tally::default();
        (0..3).for_each(|_| tally.count(Operation::Get));
        tally.count(Operation::Set);
        latencies.share(&tally, Duration::from_micros(40));
        latencies.share(&Tally::default(), Duration::from_micros(1));
        let found = latencies.summaries().into_iter();
        let found: Vec<_> = found.map(|row| (row.operation, row.calls, row.longest.as_micros())).collect();
        assert_eq!(found, [(Operation::Get, 3, 10), (Operation::Session, 2, 40), (Operation::Set, 1, 10)]);
    }

    #[test]
    fn operations_have_their_numbers_and_the_order_of_their_names() {
        for (number, operation) in Operation::ALL.into_iter().enumerate() {
            assert_eq!(operation as usize, number);
        }
        assert!(Operation::ALL.is_sorted_by_key(|operation| operation.name()));
    }
}
