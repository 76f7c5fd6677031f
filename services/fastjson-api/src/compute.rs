//! Where work runs: small byte work on the thread that received it, everything else on a bounded pool.
//!
//! Promise: an async worker is never blocked for long, at most `workers` computations run at the same time, at most
//! `queue` calls wait, and a call that is gone stops its program within a look at the clock.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chassis::Failure;
use context::Context;
use json_engine::{Budget, Clock};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};

use crate::config;

/// The bounded pool; clones share it.
#[derive(Clone, Debug)]
pub struct Compute {
    workers: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    queue: usize,
    inline_bytes: usize,
}

/// How heavy a piece of work is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// One pass over this many bytes.
    Bytes(usize),
    /// A program runs, whatever the size.
    Program,
}

impl Compute {
    /// A pool of this size.
    pub fn new(config: &config::Compute) -> Self {
        Self {
            workers: Arc::new(Semaphore::new(config.workers.max(1))),
            waiting: Arc::new(Semaphore::new(config.queue)),
            queue: config.queue,
            inline_bytes: config.inline_bytes,
        }
    }

    /// Runs `work` where its weight says.
    pub async fn run<T, F>(&self, weight: Weight, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        match weight {
            Weight::Bytes(bytes) if bytes <= self.inline_bytes => {
                metrics::counter!("compute_total", "place" => "inline").increment(1);
                Ok(work())
            }
            Weight::Bytes(_) | Weight::Program => self.run_on_pool(work).await,
        }
    }

    async fn run_on_pool<T, F>(&self, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let worker = match Arc::clone(&self.workers).try_acquire_owned() {
            Ok(worker) => worker,
            Err(TryAcquireError::NoPermits) => {
                let _place = self.waiting.try_acquire().map_err(|_| self.overloaded())?;
                let free = Arc::clone(&self.workers).acquire_owned().await;
                free.map_err(|_| closed())?
            }
            Err(TryAcquireError::Closed) => return Err(closed()),
        };
        on_worker(worker, work).await
    }

    /// Runs `work` on the pool when its turn comes, however many wait: for callers that bound themselves what they ask for.
    pub(crate) async fn run_in_turn<T, F>(&self, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let worker = Arc::clone(&self.workers).acquire_owned().await.map_err(|_| closed())?;
        on_worker(worker, work).await
    }

    fn overloaded(&self) -> Failure {
        metrics::counter!("compute_refused_total").increment(1);
        Failure::exhausted("OVERLOADED", format!("{} calls wait for a worker already", self.queue))
            .with("limit", "compute.queue")
            .with("allowed", self.queue)
            .retry_after(Duration::from_millis(100))
    }
}

async fn on_worker<T, F>(worker: OwnedSemaphorePermit, work: F) -> Result<T, Failure>
where
    T: Send + 'static,
    F: FnOnce() -> T + Send + 'static,
{
    metrics::counter!("compute_total", "place" => "pool").increment(1);
    let task = tokio::task::spawn_blocking(move || {
        let _worker = worker;
        work()
    });
    task.await.map_err(|error| {
        tracing::error!(%error, "a computation panicked");
        Failure::internal("PANIC", "the computation failed by a fault of the server")
    })
}

fn closed() -> Failure {
    Failure::unavailable("DRAINING", "the server is shutting down")
}

/// Sets the flag of a program when its call is gone, so that it stops.
#[derive(Debug)]
pub(crate) struct CancelOnDrop(Arc<AtomicBool>);

impl CancelOnDrop {
    /// Stops it now.
    pub(crate) fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.cancel();
    }
}

#[derive(Debug)]
struct MonotonicClock(Instant);

impl Clock for MonotonicClock {
    fn now(&self) -> Duration {
        self.0.elapsed()
    }
}

/// The budget of one query: the configured time, cut to the call's deadline. Keep the guard as long as the call lives.
pub(crate) fn program_budget(limits: &config::Limits, context: &Context) -> (Budget, CancelOnDrop) {
    budget(limits.program_time, limits, context)
}

/// The same for work whose time grows with its documents alone.
pub(crate) fn document_budget(limits: &config::Limits, context: &Context) -> (Budget, CancelOnDrop) {
    budget(limits.document_time, limits, context)
}

fn budget(time: Duration, limits: &config::Limits, context: &Context) -> (Budget, CancelOnDrop) {
    let time = match context.deadline {
        Some(deadline) => time.min(deadline.remaining()),
        None => time,
    };
    let cancel = Arc::new(AtomicBool::new(false));
    let clock = Arc::new(MonotonicClock(Instant::now()));
    let budget = Budget::new(clock, time, limits.program_memory_bytes).with_cancel(Arc::clone(&cancel));
    (budget, CancelOnDrop(cancel))
}

/// What each of many runs may use, and one flag that stops them all.
#[derive(Debug, Clone)]
pub(crate) struct Allowance {
    clock: Arc<MonotonicClock>,
    time: Duration,
    memory_bytes: u64,
    cancel: Arc<AtomicBool>,
}

impl Allowance {
    /// `time` for each run, and the configured memory. Keep the guard as long as the call lives.
    pub(crate) fn new(time: Duration, limits: &config::Limits) -> (Allowance, CancelOnDrop) {
        let cancel = Arc::new(AtomicBool::new(false));
        let clock = Arc::new(MonotonicClock(Instant::now()));
        let memory_bytes = limits.program_memory_bytes;
        (Allowance { clock, time, memory_bytes, cancel: Arc::clone(&cancel) }, CancelOnDrop(cancel))
    }

    /// The budget of one run, from now on.
    pub(crate) fn budget(&self) -> Budget {
        let clock: Arc<dyn Clock> = Arc::<MonotonicClock>::clone(&self.clock);
        Budget::new(clock, self.time, self.memory_bytes).with_cancel(Arc::clone(&self.cancel))
    }

    /// Whether the call is gone.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }
}
