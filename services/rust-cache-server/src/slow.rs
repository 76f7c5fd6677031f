//! The log of slow calls: the last ones that took longer than `slow.threshold`.
//!
//! The idea: every call is timed anyway; one that was slow is put into a ring. Neither keys nor values are kept: a key has
//! a hash of its own process, by which ExplainKey finds it again.
//!
//! Promise: bounded memory. Cost of a call that is not slow: a comparison; of one whose request is used up by it, such as
//! GetOrCompute, a hash of its key and the lengths of its fields besides.

mod about;

use std::collections::VecDeque;
use std::hash::{BuildHasher as _, RandomState};
use std::time::{Duration, Instant};

use metrics::counter;
use parking_lot::Mutex;

pub(crate) use self::about::{About, Asked};
use crate::config;

/// Bytes of the name of a namespace that are kept; a valid one is no longer.
const NAMESPACE_BYTES: usize = 64;

/// The log.
pub(crate) struct Slow {
    threshold: Duration,
    most: usize,
    hasher: RandomState,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    /// The newest last.
    records: VecDeque<Record>,
    total: u64,
}

/// A slow call.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) operation: &'static str,
    pub(crate) asked: Asked,
    pub(crate) took: Duration,
    /// Of the request and the answer.
    pub(crate) bytes: u64,
    pub(crate) ended: Instant,
}

impl Slow {
    /// An empty log.
    pub(crate) fn new(config: &config::Slow) -> Self {
        let (threshold, most) = (config.threshold, config.max_records);
        Self { threshold, most, hasher: RandomState::new(), kept: Mutex::default() }
    }

    pub(crate) fn threshold(&self) -> Duration {
        self.threshold
    }

    /// Whether that is slow.
    pub(crate) fn is(&self, took: Duration) -> bool {
        took > self.threshold
    }

    /// What stands for a key: keyed at random for each process, so that nobody can tell a key from it who does not know
    /// the key.
    pub(crate) fn hash(&self, key: &str) -> u64 {
        self.hasher.hash_one(key)
    }

    /// Keeps a slow call.
    pub(crate) fn record(&self, operation: &'static str, asked: Asked, took: Duration, answer_bytes: u64) {
        counter!("slow_operations_total", "operation" => operation).increment(1);
        let bytes = asked.bytes + answer_bytes;
        let mut kept = self.kept.lock();
        kept.total += 1;
        if kept.records.len() >= self.most {
            kept.records.pop_front();
        }
        if self.most > 0 {
            kept.records.push_back(Record { operation, asked, took, bytes, ended: Instant::now() });
        }
    }

    /// The last ones, at most `limit`, the newest first; and how many there were in all.
    pub(crate) fn last(&self, limit: usize) -> (Vec<Record>, u64) {
        let kept = self.kept.lock();
        (kept.records.iter().rev().take(limit).cloned().collect(), kept.total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_slow_calls_are_kept_and_all_are_counted() {
        let slow = Slow::new(&config::Slow { max_records: 2, ..config::Slow::default() });
        assert!(!slow.is(Duration::from_millis(5)));
        assert!(slow.is(Duration::from_micros(5_001)));
        for key in ["a", "b", "c"] {
            let asked = Asked::new("space", Some(key), 10, 7, &slow);
            slow.record("Get", asked, Duration::from_millis(6), 5);
        }
        let (records, total) = slow.last(usize::MAX);
        let hashes: Vec<Option<u64>> = records.iter().map(|record| record.asked.key_hash).collect();
        assert_eq!(hashes, [Some(slow.hash("c")), Some(slow.hash("b"))]);
        assert_eq!((total, records[0].bytes, slow.last(1).0.len()), (3, 15, 1));
    }

    #[test]
    fn a_name_that_is_too_long_is_cut() {
        let slow = Slow::new(&config::Slow::default());
        let asked = Asked::new(&"é".repeat(100), None, 0, 1, &slow);
        assert_eq!(asked.namespace, "é".repeat(32));
    }
}
