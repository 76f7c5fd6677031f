//! Where work runs: small byte work on the thread that received it, everything else on a bounded pool.
//!
//! Promise: an async worker is never blocked for long, at most `workers` short and `long_workers` long computations run at the
//! same time, at most `queue` calls wait, and a call that is gone stops its program within a look at the clock.
//!
//! Programs that use up their time would hold all workers and let every other wait for as long. So a computation that has
//! lasted for 5 ms gives its worker to the next as soon as there is a place among the long ones; the two share the cores.
//! Cost: a timer a computation.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use chassis::Failure;
use context::{Context, Deadline};
use json_engine::Budget;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};
use tokio::task::{JoinError, JoinHandle};

use crate::config;

/// Longer than nearly all queries of documents of a megabyte take, and shorter than anybody minds to wait.
const SHORT: Duration = Duration::from_millis(5);

/// The bounded pool; clones share it.
#[derive(Clone, Debug)]
pub struct Compute {
    workers: Arc<Semaphore>,
    long: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    queue: usize,
    inline_bytes: usize,
}

/// What a computation holds while it runs: a worker, or a place among the long ones.
type Place = Mutex<OwnedSemaphorePermit>;

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
            long: Arc::new(Semaphore::new(config.long_workers)),
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

    /// As [`Compute::run`], with how long `work` itself took.
    pub(crate) async fn measure<T, F>(&self, weight: Weight, work: F) -> Result<(T, Duration), Failure>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let timed = move || {
            let started = Instant::now();
            let result = work();
            (result, started.elapsed())
        };
        self.run(weight, timed).await
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
        self.on_worker(worker, work).await
    }

    /// Runs `work` on the pool when its turn comes, however many wait: for callers that bound themselves what they ask for.
    pub(crate) async fn run_in_turn<T, F>(&self, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let worker = Arc::clone(&self.workers).acquire_owned().await.map_err(|_| closed())?;
        self.on_worker(worker, work).await
    }

    async fn on_worker<T, F>(&self, worker: OwnedSemaphorePermit, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        metrics::counter!("compute_total", "place" => "pool").increment(1);
        let place = Arc::new(Mutex::new(worker));
        let held = Arc::downgrade(&place);
        let mut task = tokio::task::spawn_blocking(move || {
            let _place = place;
            work()
        });
        let ended = match tokio::time::timeout(SHORT, &mut task).await {
            Ok(ended) => ended,
            Err(_) => self.make_way(&held, task).await,
        };
        ended.map_err(|error| {
            tracing::error!(%error, "a computation panicked");
            Failure::internal("PANIC", "the computation failed by a fault of the server")
        })
    }

    /// Waits for a long computation, which gives up its worker when there is a place among the long ones.
    async fn make_way<T>(&self, held: &Weak<Place>, mut task: JoinHandle<T>) -> Result<T, JoinError> {
        tokio::select! {
            ended = &mut task => return ended,
            Ok(long) = Arc::clone(&self.long).acquire_owned() => {
                metrics::counter!("compute_long_total").increment(1);
                if let Some(place) = held.upgrade() {
                    *place.lock().unwrap_or_else(PoisonError::into_inner) = long;
                }
            }
        }
        task.await
    }

    fn overloaded(&self) -> Failure {
        metrics::counter!("compute_refused_total").increment(1);
        Failure::exhausted("OVERLOADED", format!("{} calls wait for a worker already", self.queue))
            .with("limit", "compute.queue")
            .with("allowed", self.queue)
            .retry_after(Duration::from_millis(100))
    }
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

/// What one query may use: the configured time, cut to the call's deadline. Keep the guard as long as the call lives.
pub(crate) fn program_budget(limits: &config::Limits, context: &Context) -> (Allowance, CancelOnDrop) {
    let (allowance, guard) = Allowance::new(limits.program_time, limits);
    (Allowance { deadline: context.deadline, ..allowance }, guard)
}

/// The same for work whose time grows with its documents alone.
pub(crate) fn document_budget(limits: &config::Limits, context: &Context) -> (Allowance, CancelOnDrop) {
    let (allowance, guard) = Allowance::new(limits.document_time, limits);
    (Allowance { deadline: context.deadline, ..allowance }, guard)
}

/// What each run may use, and one flag that stops them all. The time of a run begins with it: a call that had to wait for a
/// worker is no dearer for that.
#[derive(Debug, Clone)]
pub(crate) struct Allowance {
    time: Duration,
    memory_bytes: u64,
    deadline: Option<Deadline>,
    cancel: Arc<AtomicBool>,
}

impl Allowance {
    /// `time` for each run, and the configured memory. Keep the guard as long as the call lives.
    pub(crate) fn new(time: Duration, limits: &config::Limits) -> (Allowance, CancelOnDrop) {
        let cancel = Arc::new(AtomicBool::new(false));
        let (memory_bytes, deadline) = (limits.program_memory_bytes, None);
        (Allowance { time, memory_bytes, deadline, cancel: Arc::clone(&cancel) }, CancelOnDrop(cancel))
    }

    /// The budget of one run, from now on.
    pub(crate) fn budget(&self) -> Budget {
        let begun = Instant::now();
        let time = self.deadline.map_or(self.time, |deadline| self.time.min(deadline.remaining()));
        Budget::new(Arc::new(move || begun.elapsed()), time, self.memory_bytes)
            .with_cancel(Arc::clone(&self.cancel))
    }

    /// Whether the call is gone.
    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(long_workers: usize) -> Compute {
        Compute::new(&config::Compute { workers: 1, long_workers, ..config::Compute::default() })
    }

    /// Programs of other callers once held every worker until their time was over.
    #[tokio::test]
    async fn a_long_computation_makes_way_for_the_next() {
        let pool = pool(1);
        let (end, ended) = std::sync::mpsc::channel();
        let long = pool.run(Weight::Program, move || ended.recv().is_ok());
        let short = async {
            let answer = pool.run(Weight::Program, || 7).await;
            end.send(()).map(|()| answer)
        };
        let (long, short) = tokio::join!(long, short);
        assert_eq!((long.ok(), short.unwrap().ok()), (Some(true), Some(7)));
        assert_eq!((pool.workers.available_permits(), pool.long.available_permits()), (1, 1));
    }

    #[tokio::test]
    async fn long_computations_are_as_many_as_allowed() {
        let pool = pool(0);
        let over = Arc::new(AtomicBool::new(false));
        let (set, seen) = (Arc::clone(&over), over);
        let long = pool.run(Weight::Program, move || {
            std::thread::park_timeout(4 * SHORT);
            set.store(true, Ordering::Relaxed);
        });
        let short = pool.run(Weight::Program, move || seen.load(Ordering::Relaxed));
        let (long, short) = tokio::join!(long, short);
        assert_eq!((long.is_ok(), short.ok()), (true, Some(true)));
    }
}
