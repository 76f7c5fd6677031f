//! What a caller of a unary Get waits for while the server is half busy.

use anyhow::{Context as _, Result};

use crate::get;
use crate::load::{CALLS, CONNECTIONS, STREAMS, Shape, h2load_with};
use crate::server::{self, Which};

/// Seconds of the measurement.
const SECONDS: f64 = 5.0;

/// Prints p50, p99 and the longest.
pub(super) async fn run() -> Result<()> {
    let cache = server::start(Which::Cache).await?;
    let body = get::prepare(&cache.address).await?;
    let all = Shape { connections: CONNECTIONS as usize, streams: STREAMS as usize, calls: CALLS as usize };
    let most = h2load_with(&cache.address, get::PATH, &body, all, &[]).await?;
    let rate_of_one = (most / 2.0 / f64::from(CONNECTIONS)).floor();
    let calls = (rate_of_one * f64::from(CONNECTIONS) * SECONDS) as usize;
    let log = tempfile::NamedTempFile::new()?.into_temp_path();
    // h2load appends, and only to what is not there yet.
    std::fs::remove_file(&log)?;
    let log_text = log.to_str().context("the name of a temporary file is text")?.to_owned();
    let rate_text = rate_of_one.to_string();
    let extra = ["--rps", &rate_text, "--log-file", &log_text];
    h2load_with(&cache.address, get::PATH, &body, Shape { calls, ..all }, &extra).await?;
    // A line a call: when it began, its status, and how many microseconds it took.
    let text = std::fs::read_to_string(&log)?;
    let times = text.lines().map(|line| line.rsplit('\t').next().unwrap_or_default().parse::<u64>());
    let mut times = times.collect::<Result<Vec<u64>, _>>().context("h2load's log has another form")?;
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
    let mark = if at(99) < 1_000 { "" } else { "  missed" };
    println!(
        "\nunary Get at {:.0}/s of {most:.0}/s: p50 {} us, p99 {} us (below 1,000){mark}, longest {} us",
        rate_of_one * f64::from(CONNECTIONS),
        at(50),
        at(99),
        at(100)
    );
    std::fs::remove_file(&body)?;
    Ok(())
}
