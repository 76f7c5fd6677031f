//! Many watchers of one hot prefix: when all are told of a write, and what others wait for a Get meanwhile. A hit of the near cache.

mod crowd;

use std::hint::black_box;
use std::num::NonZeroU8;
use std::pin::pin;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use client::{CacheClient, NearCache, NearConfig};
use context::Context;
use fastjson_proto::rustcache::v1 as pb;
use tokio::process::Command;

use self::crowd::Told;
use crate::server::{self, Which};

/// Pause between two writes to the hot prefix.
const PAUSE: Duration = Duration::from_millis(100);
/// Calls of a probe, and the pause between two of them.
const CALLS: usize = 8_000;
const BETWEEN_CALLS: Duration = Duration::from_micros(500);

/// Prints the time to all watchers, the latencies of a Get beside them, and a hit.
pub(crate) async fn run(watchers: usize) -> Result<()> {
    let server = server::start(Which::Cache).await?;
    leave_core_0().await?;
    let address = server.address.clone();
    let cache = client(&address, 1)?;
    set(&cache, "probe").await?;
    let alone = probed(&address).await?;
    let told = Arc::new(Told::default());
    let before = server.resident_bytes()?;
    let mut tasks = crowd::watch_all(&address, watchers, "hot:", &told).await?;
    let held = (server.resident_bytes()? - before) / watchers as u64;
    let quiet = probed(&address).await?;
    let idle = server.processor_time()?;
    let (mut times, busy) = told_and_probed(&cache, &address, watchers, &told).await?;
    let used = server.processor_time()? - idle;
    tasks.abort_all();
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!(
        "{watchers} watchers of one prefix, a write every {PAUSE:?}; server on one core, watchers on the other"
    );
    println!(
        "  told to all after, ms  p50 {:.1}  p90 {:.1}  max {:.1}  (target: 50)",
        at(0.5),
        at(0.9),
        at(1.0)
    );
    println!(
        "  server time a watcher and write, us {:.2}, the Gets meanwhile included",
        used.as_secs_f64() * 1e6 / (times.len() * watchers) as f64
    );
    println!("  bytes a watcher        {held}");
    for (name, [p50, p99]) in [("nobody watches", alone), ("nothing happens", quiet), ("they are told", busy)]
    {
        println!("  Get, us, {name:<16} p50 {p50:>6.0}  p99 {p99:>6.0}  p99 ratio {:.2}", p99 / quiet[1]);
    }
    hit(&cache).await
}

/// Writes for as long as the probe calls: the times to all watchers, and what the probe saw.
async fn told_and_probed(
    cache: &CacheClient,
    address: &str,
    watchers: usize,
    told: &Told,
) -> Result<(Vec<Duration>, [f64; 2])> {
    let mut probe = pin!(probed(address));
    let mut times = Vec::new();
    loop {
        let write = async {
            let time = round(cache, watchers, told).await;
            tokio::time::sleep(PAUSE).await;
            time
        };
        tokio::select! {
            seen = &mut probe => return Ok((times, seen?)),
            time = write => times.push(time?),
        }
    }
}

/// Keeps this process off the server's core.
async fn leave_core_0() -> Result<()> {
    let mut command = Command::new("taskset");
    command.args(["-a", "-p", "-c", "1"]).arg(std::process::id().to_string());
    ensure!(command.stdout(Stdio::null()).status().await?.success(), "taskset failed");
    Ok(())
}

fn client(address: &str, channels: u8) -> Result<CacheClient> {
    let channels = NonZeroU8::new(channels).context("at least one channel")?;
    Ok(CacheClient::new(client::Config { channels, ..client::Config::at(format!("http://{address}")) })?)
}

async fn set(cache: &CacheClient, key: &str) -> Result<()> {
    let request = pb::SetRequest { key: key.to_owned(), value: Some(server::value()), ..Default::default() };
    cache.set(&Context::background(), request).await?;
    Ok(())
}

async fn round(cache: &CacheClient, watchers: usize, told: &Told) -> Result<Duration> {
    told.begin(watchers);
    let begun = Instant::now();
    set(cache, "hot:1").await?;
    let all = tokio::time::timeout(Duration::from_secs(10), told.all());
    all.await.context("not all were told within 10 s")?;
    Ok(begun.elapsed())
}

/// Latencies as another process sees them, which does not wait for the core that it shares with the watchers of this one.
async fn probed(address: &str) -> Result<[f64; 2]> {
    let mut command = Command::new("chrt");
    command.args(["--fifo", "1", "taskset", "-c", "1"]).arg(std::env::current_exe()?);
    let output = command.args(["probe", address, &CALLS.to_string()]).output().await?;
    let text = String::from_utf8_lossy(&output.stdout);
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    <[f64; 2]>::try_from(numbers).ok().with_context(|| format!("the probe said {text:?}"))
}

/// The child's part: one Get after the other, at a pace.
pub(crate) async fn probe(address: &str, calls: usize) -> Result<()> {
    let cache = client(address, 1)?;
    let mut times = Vec::with_capacity(calls);
    for _ in 0..calls {
        let request = pb::GetRequest { namespace: String::new(), key: "probe".to_owned() };
        let begun = Instant::now();
        cache.get(&Context::background(), request).await?;
        times.push(begun.elapsed());
        tokio::time::sleep(BETWEEN_CALLS).await;
    }
    times.sort();
    let micros = |place: usize| times[place].as_secs_f64() * 1e6;
    println!("{:.1} {:.1}", micros(calls / 2), micros(calls * 99 / 100));
    Ok(())
}

async fn hit(cache: &CacheClient) -> Result<()> {
    const KEYS: usize = 1_000;
    const READS: usize = 2_000_000;
    let near = NearCache::new(cache.clone(), NearConfig::default());
    near.coherent().await;
    let keys: Vec<String> = (0..KEYS).map(|number| format!("near:key:{number:012}")).collect();
    for key in &keys {
        set(cache, key).await?;
        while near.peek(key).is_none() {
            near.get(&Context::background(), key).await?;
        }
    }
    let best = (0..5).map(|_| {
        let begun = Instant::now();
        for number in 0..READS {
            black_box(near.peek(&keys[number * 7 % KEYS]));
        }
        begun.elapsed() / u32::try_from(READS).unwrap_or(u32::MAX)
    });
    let best = best.min().unwrap_or_default();
    ensure!(near.stats().hits >= 5 * READS as u64, "every read is a hit");
    println!("  a hit of the near cache {best:?}  (target: 200 ns)");
    Ok(())
}
