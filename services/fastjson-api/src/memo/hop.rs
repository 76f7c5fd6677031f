//! What a look-up in the cache service costs, learnt from those that were made.
//!
//! Promise: an estimate for a length of input and answer, which follows the network within some tens of look-ups, and falls
//! back by itself while it keeps everybody from asking. Cost: a load an estimate; samples that meet may lose one of them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A look-up of a short answer, until one was made, in nanoseconds.
const USUAL_NANOS: u64 = 400_000;
/// 1,024 bytes of an answer on their way, until one was seen, in nanoseconds.
const USUAL_KIB_NANOS: u64 = 2_000;
/// Hashing 1,024 bytes of a document, in nanoseconds.
const HASH_KIB_NANOS: u64 = 700;
/// Answers shorter than these say what a look-up takes, longer ones what their bytes add.
const SHORT_BYTES: u64 = 16 << 10;
/// Between these a look-up is taken to be, in nanoseconds.
const RANGE_NANOS: (u64, u64) = (20_000, 1_000_000_000);
/// A sample moves the median by this part of it.
const STEP: u64 = 16;
/// Each call that is kept from asking makes asking cheaper by this part, until it is as usual.
const FALL: u64 = 256;

/// What look-ups cost; an estimate of their median.
#[derive(Debug)]
pub(crate) struct Hop {
    short_nanos: AtomicU64,
    kib_nanos: AtomicU64,
}

impl Default for Hop {
    fn default() -> Self {
        Self { short_nanos: AtomicU64::new(USUAL_NANOS), kib_nanos: AtomicU64::new(USUAL_KIB_NANOS) }
    }
}

impl Hop {
    /// A look-up for a document of `input_bytes` and an answer of `answer_bytes`, its hash included.
    pub(crate) fn estimate(&self, input_bytes: u64, answer_bytes: u64) -> Duration {
        let hash = Duration::from_nanos(kib(input_bytes).saturating_mul(HASH_KIB_NANOS));
        hash + self.fetch() + self.transfer(answer_bytes)
    }

    /// A look-up by itself.
    pub(crate) fn fetch(&self) -> Duration {
        Duration::from_nanos(self.short_nanos.load(Ordering::Relaxed))
    }

    /// The way of an answer of so many bytes.
    pub(crate) fn transfer(&self, bytes: u64) -> Duration {
        Duration::from_nanos(kib(bytes).saturating_mul(self.kib_nanos.load(Ordering::Relaxed)))
    }

    /// Takes in what a look-up took that brought `answer_bytes`.
    pub(crate) fn learn(&self, took: Duration, answer_bytes: u64) {
        let took = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        let short = self.short_nanos.load(Ordering::Relaxed);
        if answer_bytes < SHORT_BYTES {
            let moved = if took > short { short + short / STEP } else { short - short / STEP };
            self.short_nanos.store(moved.clamp(RANGE_NANOS.0, RANGE_NANOS.1), Ordering::Relaxed);
            return;
        }
        let sample = took.saturating_sub(short) / kib(answer_bytes);
        let mean = self.kib_nanos.load(Ordering::Relaxed);
        self.kib_nanos.store((mean - mean / STEP + sample / STEP).max(1), Ordering::Relaxed);
    }

    /// A call did not ask, since that costs too much: what is known may be old.
    pub(crate) fn forget_a_little(&self) {
        let short = self.short_nanos.load(Ordering::Relaxed);
        if short > USUAL_NANOS {
            self.short_nanos.store((short - short / FALL).max(USUAL_NANOS), Ordering::Relaxed);
        }
    }
}

fn kib(bytes: u64) -> u64 {
    bytes.div_ceil(1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_estimate_follows_what_look_ups_take() {
        let hop = Hop::default();
        assert_eq!(hop.estimate(0, 0), Duration::from_micros(400));
        for _ in 0..200 {
            hop.learn(Duration::from_millis(5), 0);
        }
        let short = hop.fetch();
        assert!(short > Duration::from_millis(4) && short < Duration::from_millis(6), "{short:?}");
        for _ in 0..200 {
            hop.learn(short + Duration::from_millis(1), 1 << 20);
        }
        let long = hop.estimate(0, 1 << 20) - short;
        assert!(long > Duration::from_micros(900) && long < Duration::from_micros(1_100), "{long:?}");
        assert!(hop.estimate(4 << 20, 0) > short + Duration::from_millis(2), "hashing counts");
    }

    /// A cache that was slow once would never be asked again.
    #[test]
    fn a_slow_time_is_forgotten_while_nobody_asks() {
        let hop = Hop::default();
        for _ in 0..200 {
            hop.learn(Duration::from_secs(1), 0);
        }
        assert!(hop.fetch() > Duration::from_millis(900));
        for _ in 0..3_000 {
            hop.forget_a_little();
        }
        assert_eq!(hop.fetch(), Duration::from_nanos(USUAL_NANOS));
    }
}
