//! How calls follow each other: as fast as they are answered, or at a rate.

use std::time::{Duration, Instant};

use anyhow::Result;
use client::JsonClient;
use tokio::task::JoinSet;

use super::request::Request;
use crate::paced::{self, Waits};
use crate::race;
use crate::server::Serving;

/// Calls under way where the next begins when one is answered.
const IN_FLIGHT: usize = 4;
/// How long each side of a race runs, and how often both do; the best counts.
const ROUND: Duration = Duration::from_millis(400);
const ROUNDS: u32 = 3;
/// How long the rate is looked for that is all the service can do, and how long calls come at 80 % of it.
const FULL: Duration = Duration::from_millis(300);
const PACED: Duration = Duration::from_millis(700);
/// Runs at a rate. On the machines that we measure on the kernel holds a core for 10 ms now and then, to reclaim memory, and
/// whoever comes meanwhile waits as long; so the best run counts, and the worst is shown beside it.
pub(super) const RUNS: usize = 3;
/// The part of the full rate at which waits are measured, and the least that is tried.
const LOAD: f64 = 0.8;
const LEAST_LOAD: f64 = 0.35;

/// Calls a second: as they were answered, as one core of the server alone could answer them, and of `engine` in process.
pub(super) struct Rates {
    pub(super) answered: f64,
    pub(super) by_processor_time: f64,
    pub(super) engine: f64,
}

/// Races the service with `engine`.
pub(super) async fn in_turns(
    server: &Serving,
    client: &JsonClient,
    request: &Request,
    mut engine: impl FnMut() -> Result<()>,
) -> Result<Rates> {
    engine()?;
    let mut rates = Rates { answered: 0.0, by_processor_time: 0.0, engine: 0.0 };
    for _ in 0..ROUNDS {
        let before = server.processor_time()?;
        let answered = full_rate(client, request, ROUND).await?;
        let spent = server.processor_time()?.saturating_sub(before).as_secs_f64();
        rates.answered = rates.answered.max(answered);
        rates.by_processor_time = rates.by_processor_time.max(answered * ROUND.as_secs_f64() / spent);
        rates.engine = rates.engine.max(1.0 / race::best(|| drop(engine())).as_secs_f64());
    }
    Ok(rates)
}

/// What was waited at a load.
pub(super) struct Paced {
    /// The part of the full rate; less than [`LOAD`] where the load generator could not keep up with that.
    pub(super) load: f64,
    /// Calls a second.
    pub(super) rate: f64,
    /// The runs, best first.
    pub(super) runs: [Waits; RUNS],
}

/// Calls at 80 % of the full rate, or at the highest load below it at which the load generator itself is in time.
pub(super) async fn at_80_percent(client: &JsonClient, request: &Request) -> Result<Paced> {
    let full = full_rate(client, request, FULL).await?;
    let mut load = LOAD;
    loop {
        let rate = load * full;
        let mut runs = [run(client, request, rate).await?; RUNS];
        for again in &mut runs[1..] {
            *again = run(client, request, rate).await?;
        }
        runs.sort_unstable_by_key(|waits| waits.p99);
        if runs[0].is_in_time() || load < LEAST_LOAD {
            return Ok(Paced { load, rate, runs });
        }
        load -= 0.1;
    }
}

async fn run(client: &JsonClient, request: &Request, rate: f64) -> Result<Waits> {
    let send = || {
        let (client, request) = (client.clone(), request.clone());
        async move { request.send(&client).await }
    };
    paced::waits(rate, PACED, send).await
}

/// Calls a second where [`IN_FLIGHT`] calls are always under way; the first ones warm up.
async fn full_rate(client: &JsonClient, request: &Request, time: Duration) -> Result<f64> {
    request.send(client).await?;
    let begun = Instant::now();
    let mut callers = JoinSet::new();
    for _ in 0..IN_FLIGHT {
        let (client, request) = (client.clone(), request.clone());
        callers.spawn(async move {
            let mut answers = 0_u64;
            while begun.elapsed() < time {
                request.send(&client).await?;
                answers += 1;
            }
            anyhow::Ok(answers)
        });
    }
    let mut answers = 0;
    while let Some(caller) = callers.join_next().await {
        answers += caller??;
    }
    Ok(answers as f64 / begun.elapsed().as_secs_f64())
}
