//! Who wakes watchers when there are many.
//!
//! A write that woke ten thousand of them would hold up its shard for milliseconds, and they would then stand in the way of all
//! other work. So a write wakes a few at most, and leaves more to a task of the service that wakes them in batches.
//!
//! Promise: where no such task runs, a write wakes all. Cost: two atomics a write that somebody waits for.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

use super::LogRoom;

/// Watchers that a write wakes by itself.
pub(super) const WOKEN_BY_A_WRITE: usize = 8;

/// What writes, logs and the waking task share; one a store.
pub(crate) struct Pump {
    due: Notify,
    runs: AtomicBool,
    pub(super) room: LogRoom,
}

impl Default for Pump {
    fn default() -> Self {
        Self::new(LogRoom::new(u64::MAX))
    }
}

impl Pump {
    /// For logs that have this room together.
    pub(crate) fn new(room: LogRoom) -> Self {
        Self { due: Notify::new(), runs: AtomicBool::new(false), room }
    }

    /// Resolves when there are watchers to be woken. From the first call on, writes rely on the caller.
    pub(crate) async fn due(&self) {
        self.runs.store(true, Ordering::Relaxed);
        self.due.notified().await;
    }

    /// How many of `waiting` a write wakes by itself: all if they are few or nobody else does it, else none.
    pub(super) fn share(&self, waiting: usize) -> usize {
        if waiting <= WOKEN_BY_A_WRITE || !self.runs.load(Ordering::Relaxed) {
            return waiting;
        }
        self.due.notify_one();
        0
    }
}
