//! Background tasks: named, in the span that spawned them, joined at drain.
//!
//! Promise: [`crate::run`] returns only when every task ended or the drain timed out. A task that loops ends when
//! [`Tasks::draining`] resolves. Cost: one atomic count more than a bare spawn.

use std::future::Future;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

/// The tasks of one service; clones share them. Make one, keep a clone, give it to [`crate::Service::tasks`].
#[derive(Debug, Clone, Default)]
pub struct Tasks {
    tracker: TaskTracker,
    draining: CancellationToken,
}

impl Tasks {
    /// No tasks yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Spawns `future` under a span of this name. Dropping the handle does not stop the task.
    #[allow(
        clippy::disallowed_methods,
        reason = "the one place that names, instruments and tracks what it spawns"
    )]
    pub fn spawn<F>(&self, name: &'static str, future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let span = tracing::debug_span!("task", name);
        tokio::spawn(self.tracker.track_future(future.instrument(span)))
    }

    /// Resolves when the drain begins; from then on finish what is begun and end.
    pub fn draining(&self) -> impl Future<Output = ()> + Send + 'static {
        self.draining.clone().cancelled_owned()
    }

    /// The drain has begun.
    pub fn is_draining(&self) -> bool {
        self.draining.is_cancelled()
    }

    pub(crate) fn token(&self) -> &CancellationToken {
        &self.draining
    }

    /// Resolves when no task is left.
    pub(crate) async fn join(&self) {
        self.tracker.close();
        self.tracker.wait().await;
    }

    pub(crate) fn count(&self) -> usize {
        self.tracker.len()
    }
}
