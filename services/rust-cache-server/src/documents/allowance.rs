//! What a call may use of time and memory; its time begins with its work, so that nobody pays for having waited.

use std::sync::Arc;
use std::time::{Duration, Instant};

use json_engine::{Budget, Clock};

/// What a call may use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowance {
    pub(super) time: Duration,
    pub(super) memory_bytes: u64,
}

#[derive(Debug)]
struct MonotonicClock(Instant);

impl Clock for MonotonicClock {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }
}

impl Allowance {
    /// The budget of work that begins now.
    pub(crate) fn budget(self) -> Budget {
        Budget::new(Arc::new(MonotonicClock(Instant::now())), self.time, self.memory_bytes)
    }
}
