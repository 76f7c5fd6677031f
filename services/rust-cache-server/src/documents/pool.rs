//! The pool: where work on large documents and programs runs, so that no async worker is held.
//!
//! Promise: at most `workers` run at a time and at most `queue` wait. Cost: some 20 us a piece of work.

use std::sync::Arc;
use std::time::Duration;

use chassis::Failure;
use tokio::sync::Semaphore;

use crate::config;

/// Places for work.
pub(super) struct Pool {
    workers: Arc<Semaphore>,
    waiting: Semaphore,
    queue: usize,
}

impl Pool {
    /// A pool of the size that the settings say.
    pub(super) fn new(config: &config::Documents) -> Self {
        let workers = Arc::new(Semaphore::new(config.workers.max(1)));
        Self { workers, waiting: Semaphore::new(config.queue), queue: config.queue }
    }

    /// Runs `work` when there is a place. Work that has begun goes on to its end, whether or not somebody waits for it.
    pub(super) async fn run<T, F>(&self, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let worker = match Arc::clone(&self.workers).try_acquire_owned() {
            Ok(worker) => worker,
            Err(_) => {
                let _waits = self.waiting.try_acquire().map_err(|_| self.overloaded())?;
                let free = Arc::clone(&self.workers).acquire_owned().await;
                free.map_err(|_| Failure::unavailable("DRAINING", "the server is shutting down"))?
            }
        };
        let task = tokio::task::spawn_blocking(move || {
            let _held_to_the_end = worker;
            work()
        });
        task.await.map_err(|error| {
            tracing::error!(%error, "work on a document panicked");
            Failure::internal("PANIC", "the work failed by a fault of the server")
        })
    }

    fn overloaded(&self) -> Failure {
        Failure::exhausted("OVERLOADED", format!("{} calls wait for a worker already", self.queue))
            .with("limit", "documents.queue")
            .with("allowed", self.queue)
            .retry_after(Duration::from_millis(100))
    }
}
