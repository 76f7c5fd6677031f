//! The callers: each sends a call, waits for its answer, and sends the next.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use chassis::histogram::{Histogram, Times};
use context::{Context, Deadline};
use tokio::task::JoinSet;

use super::work::Work;
use crate::error::Error;

/// How much there is to do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Load {
    pub(super) callers: u16,
    pub(super) end: End,
    /// Of a call.
    pub(super) timeout: Duration,
}

/// When no further call is sent.
#[derive(Debug, Clone, Copy)]
pub(super) enum End {
    After(Duration),
    Calls(u64),
}

/// What came of it.
#[derive(Debug)]
pub(super) struct Outcome {
    /// Of all calls, failed ones too.
    pub(super) times: Times,
    /// How many failed, by their reason.
    pub(super) failures: BTreeMap<String, u64>,
    pub(super) took: Duration,
}

/// Does the work. One call goes before all others and is not counted: where it finds nobody, that is all there is to say.
pub(super) async fn run(work: Arc<Work>, load: Load) -> Result<Outcome, Error> {
    match work.call(&context(load.timeout), 0).await {
        Err(error) if error.rejection().is_none() => return Err(error.into()),
        Ok(()) | Err(_) => {}
    }
    let shared = Arc::new(Shared::new(work, load));
    let mut callers = JoinSet::new();
    for _ in 0..load.callers {
        callers.spawn(caller(Arc::clone(&shared)));
    }
    let mut failures = BTreeMap::<String, u64>::new();
    while let Some(ended) = callers.join_next().await {
        let of_one = ended.map_err(|error| Error::Serve(format!("a caller ended early: {error}")))?;
        for (reason, count) in of_one {
            *failures.entry(reason).or_default() += count;
        }
    }
    Ok(Outcome { times: shared.times.read(), failures, took: shared.since.elapsed() })
}

/// What the callers have together.
struct Shared {
    work: Arc<Work>,
    load: Load,
    turns: AtomicU64,
    times: Histogram,
    since: Instant,
}

impl Shared {
    fn new(work: Arc<Work>, load: Load) -> Self {
        let (turns, times) = (AtomicU64::new(0), Histogram::default());
        Self { work, load, turns, times, since: Instant::now() }
    }
}

/// Gives how many calls failed, by their reason.
async fn caller(shared: Arc<Shared>) -> BTreeMap<String, u64> {
    let mut failures = BTreeMap::new();
    loop {
        let turn = shared.turns.fetch_add(1, Ordering::Relaxed);
        let is_over = match shared.load.end {
            End::After(time) => shared.since.elapsed() >= time,
            End::Calls(calls) => turn >= calls,
        };
        if is_over {
            return failures;
        }
        let sent = Instant::now();
        let answer = shared.work.call(&context(shared.load.timeout), turn).await;
        shared.times.record(sent.elapsed(), 1);
        if let Err(error) = answer {
            let reason = error.rejection().map(|rejection| rejection.reason);
            *failures.entry(reason.unwrap_or_else(|| error.to_string())).or_default() += 1;
        }
    }
}

fn context(timeout: Duration) -> Context {
    Context { deadline: Some(Deadline::after(timeout)), ..Context::background() }
}
