//! The longest Get while a million entries end at one moment.

use std::time::{Duration, Instant, SystemTime};

use anyhow::{Result, ensure};
use client::CacheClient;
use context::Context;
use fastjson_proto::rustcache::v1 as pb;

use super::seed;
use crate::server::{self, Which};

const ENTRIES: usize = 1_000_000;
/// Time for writing them all.
const LIFE: Duration = Duration::from_secs(20);
/// How long Gets are measured before and after the moment.
const WATCHED: Duration = Duration::from_secs(4);

/// Prints the longest Get of the seconds before, and of those behind.
pub(super) async fn run() -> Result<()> {
    let cache = server::start(Which::LargeCache).await?;
    let keys = seed::keys(ENTRIES + 1);
    let (kept, ending) = keys.split_first().expect("there are more than none");
    seed::fill(&cache.address, std::slice::from_ref(kept), 64, None).await?;
    let end = SystemTime::now() + LIFE;
    seed::fill(&cache.address, ending, 64, Some(end)).await?;
    let left = end.duration_since(SystemTime::now()).unwrap_or_default();
    ensure!(left > WATCHED, "the entries were not written in time: {left:?} are left");
    tokio::time::sleep(left - WATCHED).await;
    let client = CacheClient::new(client::Config::at(format!("http://{}", cache.address)))?;
    let before = longest(&client, kept, WATCHED - Duration::from_millis(100)).await?;
    let behind = longest(&client, kept, WATCHED).await?;
    let more = behind.saturating_sub(before);
    let mark = if more < Duration::from_millis(1) { "" } else { "  missed" };
    println!("\n{ENTRIES} entries end at one moment; longest Get of one caller in {WATCHED:?}");
    println!("  before {before:.0?}, behind {behind:.0?}: {more:.0?} more (below 1 ms){mark}");
    Ok(())
}

async fn longest(client: &CacheClient, key: &str, time: Duration) -> Result<Duration> {
    let (begun, mut longest) = (Instant::now(), Duration::ZERO);
    while begun.elapsed() < time {
        let asked = Instant::now();
        let request = pb::GetRequest { namespace: String::new(), key: key.to_owned() };
        client.get(&Context::background(), request).await?;
        longest = longest.max(asked.elapsed());
    }
    Ok(longest)
}
