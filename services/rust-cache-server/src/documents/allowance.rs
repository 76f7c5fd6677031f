//! What a call may use of time and memory; its time begins with its work, so that nobody pays for having waited.

use std::sync::Arc;
use std::time::{Duration, Instant};

use json_engine::Budget;

/// What a call may use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowance {
    pub(crate) time: Duration,
    pub(crate) memory_bytes: u64,
}

impl Allowance {
    /// The budget of work that begins now.
    pub(crate) fn budget(self) -> Budget {
        let begun = Instant::now();
        Budget::new(Arc::new(move || begun.elapsed()), self.time, self.memory_bytes)
    }
}
