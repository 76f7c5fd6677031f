//! Unary Get against a bare echo on the same chassis, and against redis at equal concurrency.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result};
use client::CacheClient;
use context::Context;
use fastjson_proto::rustcache::v1 as pb;
use prost::Message as _;
use tokio::process::{Child, Command};

use crate::load::{CALLS, CONNECTIONS, STREAMS, Shape, h2load_with, redis_benchmark};
use crate::server::{self, Serving, Which};

pub(crate) const PATH: &str = "/rustcache.v1.CacheService/Get";
pub(crate) const KEY: &str = "bench:key:000000000042";
/// Many and short, so that what else the machine does hits all three alike.
const ROUNDS: usize = 9;
const CALLS_A_ROUND: u32 = CALLS / 3;

/// Prints calls a second of all three and the ratios. The servers take turns; a ratio is the median of those of the rounds.
/// The time that the servers' processors were busy tells more than the clock on a machine that does something else, too.
pub(crate) async fn run() -> Result<()> {
    let (cache, echo) = (server::start(Which::Cache).await?, server::start(Which::Echo).await?);
    let body = prepare(&cache.address).await?;
    let (_redis, port) = start_redis().await?;
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let echo = Round::of(&echo, &body).await?;
        let get = Round::of(&cache, &body).await?;
        rounds.push((get, echo, redis_benchmark(port).await?));
    }
    std::fs::remove_file(&body)?;
    let of = |value: fn(&(Round, Round, f64)) -> f64| median(rounds.iter().map(value).collect());
    println!(
        "unary Get, {CONNECTIONS} connections x {STREAMS} in flight, {ROUNDS} rounds of {CALLS_A_ROUND} calls, medians; server on one core, load on the other"
    );
    println!("  get   {:>9.0}/s  {:>6.1} us of processor a call", of(|r| r.0.rate), of(|r| r.0.micros));
    println!("  echo  {:>9.0}/s  {:>6.1} us", of(|r| r.1.rate), of(|r| r.1.micros));
    println!("  redis {:>9.0}/s  (redis-benchmark -P 1, {} clients)", of(|r| r.2), CONNECTIONS * STREAMS);
    println!(
        "  get/echo  {:.2} by the clock, {:.2} by processor time  (at least 0.95)",
        of(|r| r.0.rate / r.1.rate),
        of(|r| r.1.micros / r.0.micros)
    );
    println!("  get/redis {:.2}", of(|r| r.0.rate / r.2));
    Ok(())
}

/// What a server did in one round.
pub(crate) struct Round {
    /// Calls a second.
    pub(crate) rate: f64,
    /// Processor time of a call.
    pub(crate) micros: f64,
}

impl Round {
    pub(crate) async fn of(server: &Serving, body: &Path) -> Result<Self> {
        let shape = Shape {
            connections: CONNECTIONS as usize,
            streams: STREAMS as usize,
            calls: CALLS_A_ROUND as usize,
        };
        let before = server.processor_time()?;
        let rate = h2load_with(&server.address, PATH, body, shape, &[]).await?;
        let spent = server.processor_time()?.saturating_sub(before);
        Ok(Self { rate, micros: spent.as_secs_f64() * 1e6 / f64::from(CALLS_A_ROUND) })
    }
}

/// Writes the entry; gives the file that holds a call for it.
pub(crate) async fn prepare(address: &str) -> Result<PathBuf> {
    seed(address).await?;
    let body = std::env::temp_dir().join(format!("bench-get-{}.bin", std::process::id()));
    std::fs::write(&body, frame())?;
    Ok(body)
}

/// Writes the entry that is read.
pub(crate) async fn seed(address: &str) -> Result<()> {
    let client = CacheClient::new(client::Config::at(format!("http://{address}")))?;
    let set = pb::SetRequest { key: KEY.to_owned(), value: Some(server::value()), ..Default::default() };
    client.set(&Context::background(), set).await?;
    let get = pb::GetRequest { namespace: String::new(), key: KEY.to_owned() };
    let found = client.get(&Context::background(), get).await?;
    anyhow::ensure!(
        matches!(found.outcome, Some(pb::get_response::Outcome::Found(_))),
        "the entry is not there"
    );
    Ok(())
}

/// A Get of the entry.
pub(crate) fn frame() -> Vec<u8> {
    frame_of(&pb::GetRequest { namespace: String::new(), key: KEY.to_owned() }.encode_to_vec())
}

/// One gRPC message: no compression, length, message.
pub(crate) fn frame_of(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap_or(u32::MAX).to_be_bytes();
    [&[0], &length[..], message].concat()
}

async fn start_redis() -> Result<(Child, u16)> {
    let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
    let child = Command::new("taskset")
        .args(["-c", "0", "redis-server", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
        .args(["--port", &port.to_string()])
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .context("redis-server (Debian: redis-server) is needed")?;
    for _ in 0..100 {
        if tokio::net::TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            return Ok((child, port));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    anyhow::bail!("redis-server does not listen")
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
