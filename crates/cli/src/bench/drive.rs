//! The callers: each sends a call, waits for its answer, and sends the next.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use context::{Context, Deadline};
use tokio::task::JoinSet;

use super::times::Times;
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
#[derive(Debug, Default)]
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
    let (turns, since) = (Arc::new(AtomicU64::new(0)), Instant::now());
    let mut callers = JoinSet::new();
    for _ in 0..load.callers {
        callers.spawn(caller(Arc::clone(&work), load, Arc::clone(&turns), since));
    }
    let mut all = Outcome::default();
    while let Some(ended) = callers.join_next().await {
        let of_one = ended.map_err(|error| Error::Serve(format!("a caller ended early: {error}")))?;
        all.times.add(&of_one.times);
        for (reason, count) in of_one.failures {
            *all.failures.entry(reason).or_default() += count;
        }
    }
    all.took = since.elapsed();
    Ok(all)
}

async fn caller(work: Arc<Work>, load: Load, turns: Arc<AtomicU64>, since: Instant) -> Outcome {
    let mut outcome = Outcome::default();
    loop {
        let turn = turns.fetch_add(1, Ordering::Relaxed);
        let is_over = match load.end {
            End::After(time) => since.elapsed() >= time,
            End::Calls(calls) => turn >= calls,
        };
        if is_over {
            return outcome;
        }
        let sent = Instant::now();
        let answer = work.call(&context(load.timeout), turn).await;
        outcome.times.record(sent.elapsed());
        if let Err(error) = answer {
            let reason = error.rejection().map(|rejection| rejection.reason);
            *outcome.failures.entry(reason.unwrap_or_else(|| error.to_string())).or_default() += 1;
        }
    }
}

fn context(timeout: Duration) -> Context {
    Context { deadline: Some(Deadline::after(timeout)), ..Context::background() }
}
