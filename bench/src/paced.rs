//! Calls that begin evenly spaced, whatever became of those before: what their callers wait for at a given load.
//!
//! A wait counts from when the call was due, so that one that had to wait for its turn is not taken for a quick one. The
//! generator is one thread that never sleeps while a call is due: a timer of the runtime is late by up to a millisecond.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use tokio::process::Command;
use tokio::task::JoinSet;

/// A load generator that begins its calls later than this measures itself.
const IN_TIME: Duration = Duration::from_micros(500);

/// What callers waited in one run.
#[derive(Clone, Copy)]
pub(crate) struct Waits {
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    pub(crate) longest: Duration,
    /// p99 of how late the load generator itself began a call.
    late: Duration,
}

impl Waits {
    /// Whether the load generator kept up with itself.
    pub(crate) fn is_in_time(&self) -> bool {
        self.late < IN_TIME
    }
}

/// Keeps this thread off the server's core.
pub(crate) async fn leave_core_0() -> Result<()> {
    let last = std::thread::available_parallelism()?.get() - 1;
    anyhow::ensure!(last > 0, "two cores are needed: one for the server, one for its callers");
    let this = std::fs::read_link("/proc/thread-self")?;
    let id = this.file_name().context("a thread has an id")?;
    let mut command = Command::new("taskset");
    command.args(["-p", "-c", &format!("1-{last}")]).arg(id).stdout(std::process::Stdio::null());
    anyhow::ensure!(command.status().await?.success(), "taskset failed");
    Ok(())
}

/// Makes `rate` calls a second for so long. The runtime must have one thread.
pub(crate) async fn waits<C>(rate: f64, time: Duration, mut call: impl FnMut() -> C) -> Result<Waits>
where
    C: Future<Output = Result<()>> + Send + 'static,
{
    let calls = (time.as_secs_f64() * rate).ceil().max(1.0) as u32;
    let (begun, space) = (Instant::now(), Duration::from_secs_f64(1.0 / rate));
    let mut callers = JoinSet::new();
    for number in 0..calls {
        let due = begun + space * number;
        while Instant::now() < due {
            tokio::task::yield_now().await;
        }
        let call = call();
        callers.spawn(async move {
            let late = due.elapsed();
            call.await?;
            anyhow::Ok((due.elapsed(), late))
        });
    }
    let mut times = Vec::with_capacity(calls as usize);
    while let Some(time) = callers.join_next().await {
        times.push(time??);
    }
    let (mut waits, mut late): (Vec<_>, Vec<_>) = times.into_iter().unzip();
    waits.sort_unstable();
    late.sort_unstable();
    let at = |times: &[Duration], percent: usize| times.get(times.len() * percent / 100).copied();
    let longest = waits.last().copied().context("no call was made")?;
    let [p50, p99] = [50, 99].map(|percent| at(&waits, percent).unwrap_or(longest));
    Ok(Waits { p50, p99, longest, late: at(&late, 99).unwrap_or(longest) })
}
