//! A long history through the real API, judged.

use std::time::{Instant, SystemTime};

use anyhow::{Result, anyhow};
use client::CacheClient;
use testkit::linear::{Plan, check, record};

use crate::server::{self, Which};

/// Prints what was judged; fails on a history that no order explains.
pub(crate) async fn run(calls: usize) -> Result<()> {
    let server = server::start_on_all(Which::LargeCache).await?;
    let client = CacheClient::new(client::Config::at(format!("http://{}", server.address)))?;
    let seed = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
    let plan = Plan { callers: 32, calls, calls_of_a_key: 500, seed };
    let begun = Instant::now();
    let history = record(&client, plan).await?;
    let recorded = begun.elapsed();
    let judged =
        check(&history).map_err(|violation| anyhow!("seed {seed}: not linearizable: {violation:#?}"))?;
    println!(
        "linearizable: {} calls of {} callers on {} keys, up to {} at once on one; recorded in {recorded:.1?}, judged in {:.1?}; seed {seed}",
        judged.calls,
        plan.callers,
        judged.keys,
        judged.most_at_once,
        begun.elapsed().saturating_sub(recorded)
    );
    Ok(())
}
