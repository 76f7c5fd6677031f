//! Load generators of others, on core 1.

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use tokio::process::Command;

/// Calls at the same time, for every server alike: 10 connections x 10 streams, or 100 connections.
pub(crate) const CONNECTIONS: u32 = 10;
pub(crate) const STREAMS: u32 = 10;
/// Calls of one round.
pub(crate) const CALLS: u32 = 300_000;

/// How many calls, and how many at the same time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) connections: usize,
    /// In flight on each connection.
    pub(crate) streams: usize,
    pub(crate) calls: usize,
}

/// Calls a second of a unary rpc, by h2load.
pub(crate) async fn h2load(address: &str, path: &str, body: &Path) -> Result<f64> {
    let shape = Shape { connections: CONNECTIONS as usize, streams: STREAMS as usize, calls: CALLS as usize };
    h2load_with(address, path, body, shape, &[]).await
}

/// The same of another shape, with further arguments.
pub(crate) async fn h2load_with(
    address: &str,
    path: &str,
    body: &Path,
    shape: Shape,
    further: &[&str],
) -> Result<f64> {
    let Shape { connections, streams, calls } = shape;
    let mut command = Command::new("taskset");
    command.args(["-c", "1", "h2load", "-t", "1"]).args(further);
    command.args(["-n", &calls.to_string(), "-c", &connections.to_string(), "-m", &streams.to_string()]);
    command.args(["-H", "content-type: application/grpc", "-H", "te: trailers", "-d"]).arg(body);
    command.arg(format!("http://{address}{path}"));
    let text = output(command, "h2load (Debian: nghttp2-client)").await?;
    let complete = format!("{calls} succeeded");
    if !text.contains(&complete) {
        bail!("h2load did not complete all calls:\n{text}");
    }
    let line =
        text.lines().find(|line| line.starts_with("finished in")).context("h2load printed no result")?;
    number_before(line, " req/s").context("h2load's result has another form")
}

/// Gets a second, by redis-benchmark without pipelining.
pub(crate) async fn redis_benchmark(port: u16) -> Result<f64> {
    let clients = (CONNECTIONS * STREAMS) as usize;
    redis_benchmark_with(port, &["-t", "get", "-d", "64"], [clients, 1, CALLS as usize]).await
}

/// Requests a second of connections, each with a pipeline.
pub(crate) async fn redis_benchmark_with(
    port: u16,
    what: &[&str],
    [connections, pipeline, requests]: [usize; 3],
) -> Result<f64> {
    let mut command = Command::new("taskset");
    command.args(["-c", "1", "redis-benchmark", "-p", &port.to_string(), "-c", &connections.to_string()]);
    command.args(["-P", &pipeline.to_string(), "-n", &requests.to_string(), "-q"]).args(what);
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
