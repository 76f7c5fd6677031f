//! What a caller of a unary Get waits for while the server is half busy.

use std::time::Duration;

use anyhow::Result;
use client::CacheClient;
use context::Context;
use fastjson_proto::rustcache::v1 as pb;

use super::seed;
use crate::get;
use crate::load::{CALLS, CONNECTIONS, STREAMS, Shape, h2load_with};
use crate::paced::{self, Waits};
use crate::server::{self, Which};

/// How long each run takes, and how many there are: the kernel of a machine holds a core for 10 ms now and then, so the best one
/// counts and the worst is shown beside it.
const TIME: Duration = Duration::from_secs(2);
const RUNS: usize = 3;

/// Prints p50, p99 and the longest.
pub(super) async fn run() -> Result<()> {
    let cache = server::start(Which::Cache).await?;
    let body = get::prepare(&cache.address).await?;
    let all = Shape { connections: CONNECTIONS as usize, streams: STREAMS as usize, calls: CALLS as usize };
    let most = h2load_with(&cache.address, get::PATH, &body, all, &[]).await?;
    std::fs::remove_file(&body)?;
    let keys = seed::keys(1);
    seed::fill(&cache.address, &keys, 64, None).await?;
    let (address, rate) = (cache.address.clone(), most / 2.0);
    let mut runs = tokio::task::spawn_blocking(move || callers(&address, &keys[0], rate)).await??;
    runs.sort_unstable_by_key(|waits| waits.p99);
    let (best, worst) = (runs[0], runs[RUNS - 1]);
    let mark = if best.p99 < Duration::from_millis(1) { "" } else { "  missed" };
    let late = if best.is_in_time() { "" } else { ", of which the load generator is a part" };
    println!(
        "\nunary Get at {rate:.0}/s of {most:.0}/s: p50 {:.0?}, p99 {:.0?} (below 1 ms){mark}, longest {:.0?}; worst of {RUNS}: p99 {:.0?}{late}",
        best.p50, best.p99, best.longest, worst.p99
    );
    Ok(())
}

/// Runs on a runtime of one thread.
fn callers(address: &str, key: &str, rate: f64) -> Result<[Waits; RUNS]> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        paced::leave_core_0().await?;
        let client = CacheClient::new(client::Config::at(format!("http://{address}")))?;
        let call = || {
            let (client, key) = (client.clone(), key.to_owned());
            async move {
                let request = pb::GetRequest { namespace: String::new(), key };
                client.get(&Context::background(), request).await?;
                Ok(())
            }
        };
        let mut runs = [paced::waits(rate, TIME, call).await?; RUNS];
        for again in &mut runs[1..] {
            *again = paced::waits(rate, TIME, call).await?;
        }
        Ok(runs)
    })
}
