//! Load generators of others, on core 1.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use tokio::process::Command;

/// Calls at the same time, for every server alike: 10 connections x 10 streams, or 100 connections.
pub(crate) const CONNECTIONS: u32 = 10;
pub(crate) const STREAMS: u32 = 10;
/// Calls of one round.
pub(crate) const CALLS: u32 = 300_000;

/// Calls a second of a unary rpc, by h2load.
pub(crate) async fn h2load(address: &str, path: &str, body: &Path) -> Result<f64> {
    let mut command = Command::new("taskset");
    command.args(["-c", "1", "h2load", "-t", "1"]);
    command.args(["-n", &CALLS.to_string(), "-c", &CONNECTIONS.to_string(), "-m", &STREAMS.to_string()]);
    command.args(["-H", "content-type: application/grpc", "-H", "te: trailers", "-d"]).arg(body);
    command.arg(format!("http://{address}{path}"));
    let text = output(command, "h2load (Debian: nghttp2-client)").await?;
    let complete = format!("{CALLS} succeeded");
    if !text.contains(&complete) {
        bail!("h2load did not complete all calls:\n{text}");
    }
    let line =
        text.lines().find(|line| line.starts_with("finished in")).context("h2load printed no result")?;
    number_before(line, " req/s").context("h2load's result has another form")
}

/// Gets a second, by redis-benchmark without pipelining.
pub(crate) async fn redis_benchmark(port: u16) -> Result<f64> {
    let clients = (CONNECTIONS * STREAMS).to_string();
    let mut command = Command::new("taskset");
    command.args(["-c", "1", "redis-benchmark", "-p", &port.to_string(), "-c", &clients, "-P", "1"]);
    command.args(["-t", "get", "-n", &CALLS.to_string(), "-d", "64", "-q"]);
    let text = output(command, "redis-benchmark (Debian: redis-tools)").await?;
    let line = text.rsplit(['\r', '\n']).find(|line| line.contains("requests per second"));
    number_before(line.context("redis-benchmark printed no result")?, " requests per second")
        .context("redis-benchmark's result has another form")
}

async fn output(mut command: Command, what: &str) -> Result<String> {
    let output = command.output().await.with_context(|| format!("{what} is needed"))?;
    if !output.status.success() {
        bail!("{what} failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The number that stands before `unit` in `line`.
fn number_before(line: &str, unit: &str) -> Option<f64> {
    let before = &line[..line.find(unit)?];
    before.rsplit(' ').next()?.parse().ok()
}
