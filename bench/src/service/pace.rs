//! How calls follow each other: as fast as they are answered, or at a rate.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use client::JsonClient;
use tokio::task::JoinSet;

use super::request::Request;
use crate::race;

/// Calls under way where the next begins when one is answered.
const IN_FLIGHT: usize = 4;
/// How long each side of a race runs, and how often both do; the best counts.
const ROUND: Duration = Duration::from_millis(400);
const ROUNDS: u32 = 3;
/// How long the rate is looked for that is all the service can do, and how long calls come at 80 % of it.
const FULL: Duration = Duration::from_millis(300);
const PACED: Duration = Duration::from_millis(900);
/// The part of the full rate at which waits are measured.
const LOAD: f64 = 0.8;

/// What callers waited.
pub(super) struct Waits {
    pub(super) p50: Duration,
    pub(super) p99: Duration,
    pub(super) max: Duration,
}

/// Calls a second of the service and of `engine` in process.
pub(super) async fn in_turns(
    client: &JsonClient,
    request: &Request,
    mut engine: impl FnMut() -> Result<()>,
) -> Result<[f64; 2]> {
    engine()?;
    let (mut service, mut alone) = (0.0_f64, 0.0_f64);
    for _ in 0..ROUNDS {
        service = service.max(full_rate(client, request, ROUND).await?);
        let time = race::best(|| drop(engine()));
        alone = alone.max(1.0 / time.as_secs_f64());
    }
    Ok([service, alone])
}

/// The rate in calls a second, and what was waited at it.
pub(super) async fn at_80_percent(client: &JsonClient, request: &Request) -> Result<(f64, Waits)> {
    let rate = LOAD * full_rate(client, request, FULL).await?;
    let mut waits = paced(client, request, rate).await?;
    waits.sort_unstable();
    let at = |percent: usize| waits.get(waits.len() * percent / 100).copied();
    let max = waits.last().copied().context("no call was made")?;
    Ok((rate, Waits { p50: at(50).unwrap_or(max), p99: at(99).unwrap_or(max), max }))
}

/// Answers a second where [`IN_FLIGHT`] calls are always under way; the first ones warm up.
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

/// Waits of calls that begin evenly spaced, `rate` a second.
async fn paced(client: &JsonClient, request: &Request, rate: f64) -> Result<Vec<Duration>> {
    let calls = (PACED.as_secs_f64() * rate).ceil().max(1.0) as u32;
    let (begun, space) = (Instant::now(), Duration::from_secs_f64(1.0 / rate));
    let mut callers = JoinSet::new();
    for call in 0..calls {
        let due = begun + space * call;
        while Instant::now() < due {
            tokio::task::yield_now().await;
        }
        let (client, request) = (client.clone(), request.clone());
        callers.spawn(async move {
            request.send(&client).await?;
            anyhow::Ok(due.elapsed())
        });
    }
    let mut waits = Vec::with_capacity(calls as usize);
    while let Some(wait) = callers.join_next().await {
        waits.push(wait??);
    }
    Ok(waits)
}
