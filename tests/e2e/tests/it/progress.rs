//! Calls that go on beside a story, which waits until enough of them have ended.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::sync::Notify;

/// What the callers of a load and the story share.
#[derive(Default)]
pub(crate) struct Progress {
    ended: AtomicUsize,
    one_ended: Notify,
    is_over: AtomicBool,
}

impl Progress {
    /// Whether callers are to stop.
    pub(crate) fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    /// Tells callers to stop.
    pub(crate) fn end(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }

    /// Counts a call that has ended.
    pub(crate) async fn call_ended(&self) {
        self.ended.fetch_add(1, Ordering::Relaxed);
        self.one_ended.notify_waiters();
        // A failure that takes no time must not keep others from theirs.
        tokio::task::yield_now().await;
    }

    /// Waits until so many more have ended.
    pub(crate) async fn more_calls(&self, calls: usize) {
        let goal = self.ended.load(Ordering::Relaxed) + calls;
        loop {
            let next = self.one_ended.notified();
            if self.ended.load(Ordering::Relaxed) >= goal {
                return;
            }
            next.await;
        }
    }
}
