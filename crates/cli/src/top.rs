//! `fastjson top`: what the cache service does, again and again: namespaces, operations, hot keys.
//!
//! Promise: rates are those between two looks; counts that began anew with the server are shown as zero, never below.
//! Cost: two calls a look.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use client::CacheClient;
use fastjson_proto::rustcache::v1 as pb;

use crate::error::Error;
use crate::output::Reader;
use crate::{Common, output};

/// Moves to the upper left corner of a terminal and clears what is below.
const CLEAR: &str = "\x1b[H\x1b[J";

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Namespace; without it all, and the hot keys of `default`.
    #[arg(long, default_value = "")]
    namespace: String,
    /// Time between two looks.
    #[arg(long, default_value = "2s", value_parser = crate::duration)]
    interval: Duration,
    /// How many looks; without it until it is ended.
    #[arg(long)]
    count: Option<u64>,
    /// How many hot keys, at most 100.
    #[arg(long, default_value_t = 10)]
    keys: u32,
}

/// One look at a server.
struct Look {
    at: Instant,
    stats: pb::StatsResponse,
    hot: Vec<pb::HotKey>,
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<ExitCode, Error> {
    let client = CacheClient::new(client::Config::at(&common.cache_addr))?;
    let mut before = look(common, &client, &args).await?;
    let mut left = args.count.unwrap_or(u64::MAX);
    while left > 0 {
        tokio::time::sleep(args.interval).await;
        let now = look(common, &client, &args).await?;
        let begin = if std::io::stdout().is_terminal() { CLEAR } else { "" };
        let screen = format!("{begin}{}", screen(&common.cache_addr, &before, &now));
        if output::piece(screen.as_bytes())? == Reader::Left {
            break;
        }
        (before, left) = (now, left - 1);
    }
    Ok(ExitCode::SUCCESS)
}

async fn look(common: &Common, client: &CacheClient, args: &Args) -> Result<Look, Error> {
    let namespace = args.namespace.clone();
    let stats = client.stats(&common.context(), pb::StatsRequest { namespace: namespace.clone() }).await?;
    let hot = client.hot_keys(&common.context(), pb::HotKeysRequest { namespace, top: args.keys }).await?;
    Ok(Look { at: Instant::now(), stats, hot: hot.keys })
}

/// What a person sees of two looks.
fn screen(address: &str, before: &Look, now: &Look) -> String {
    let seconds = now.at.duration_since(before.at).as_secs_f64();
    let mut text = format!("{address}\n\n");
    namespaces(&mut text, (&before.stats, &now.stats), seconds);
    operations(&mut text, (&before.stats, &now.stats), seconds);
    hot_keys(&mut text, &now.hot);
    text
}

fn namespaces(text: &mut String, (before, now): (&pb::StatsResponse, &pb::StatsResponse), seconds: f64) {
    let old: HashMap<_, _> = before.namespaces.iter().map(|row| (&row.namespace, row)).collect();
    row(
        text,
        ["NAMESPACE", "ENTRIES", "MIB", "OF", "HIT %", "READS/S", "SETS/S", "EVICT/S"].map(str::to_owned),
    );
    for new in &now.namespaces {
        let none = pb::NamespaceStats::default();
        let old = old.get(&new.namespace).copied().unwrap_or(&none);
        let (reads, hits) = ((new.hits + new.misses, old.hits + old.misses), (new.hits, old.hits));
        row(
            text,
            [
                new.namespace.clone(),
                new.entries.to_string(),
                mebibytes(new.live_bytes),
                mebibytes(new.capacity_bytes),
                percent(hits.0.saturating_sub(hits.1), reads.0.saturating_sub(reads.1)),
                rate(reads.0, reads.1, seconds),
                rate(new.sets, old.sets, seconds),
                rate(new.evictions, old.evictions, seconds),
            ],
        );
    }
    text.push('\n');
}

fn operations(text: &mut String, (before, now): (&pb::StatsResponse, &pb::StatsResponse), seconds: f64) {
    let old: HashMap<_, _> = before.operations.iter().map(|row| (&row.operation, row.calls)).collect();
    row(text, ["OPERATION", "CALLS", "CALLS/S", "P50 MS", "P99 MS", "MAX MS"].map(str::to_owned));
    for new in &now.operations {
        let calls = old.get(&new.operation).copied().unwrap_or_default();
        row(
            text,
            [
                new.operation.clone(),
                new.calls.to_string(),
                rate(new.calls, calls, seconds),
                milliseconds(new.p50.as_ref()),
                milliseconds(new.p99.as_ref()),
                milliseconds(new.max.as_ref()),
            ],
        );
    }
    text.push('\n');
}

fn hot_keys(text: &mut String, keys: &[pb::HotKey]) {
    row(text, ["HOT KEY", "USES/S", "BYTES"].map(str::to_owned));
    for hot in keys {
        row(text, [printable(&hot.key), format!("{:.1}", hot.per_second), hot.bytes.to_string()]);
    }
}

/// A name to the left, figures to the right.
fn row<const COLUMNS: usize>(text: &mut String, cells: [String; COLUMNS]) {
    let (name, figures) = cells.split_first().expect("each table has a name and figures");
    // Writing to a string does not fail.
    let _written = write!(text, "{name:<32}");
    for figure in figures {
        let _written = write!(text, " {figure:>11}");
    }
    text.push('\n');
}

/// A key of any text: nothing in it moves the cursor of a terminal, and it stays on its line.
fn printable(key: &str) -> String {
    let mut shown: String = key.chars().take(32).flat_map(char::escape_debug).take(32).collect();
    if shown.len() < key.len() {
        shown.push('…');
    }
    shown
}

fn rate(new: u64, old: u64, seconds: f64) -> String {
    format!("{:.1}", new.saturating_sub(old) as f64 / seconds.max(f64::EPSILON))
}

fn percent(part: u64, whole: u64) -> String {
    if whole == 0 { "-".to_owned() } else { format!("{:.1}", 100.0 * part as f64 / whole as f64) }
}

fn mebibytes(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / f64::from(1 << 20))
}

fn milliseconds(duration: Option<&prost_types::Duration>) -> String {
    let duration = duration.copied().unwrap_or_default();
    format!("{:.2}", duration.seconds as f64 * 1e3 + f64::from(duration.nanos) / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_cannot_write_over_the_screen() {
        assert_eq!(printable("user:1"), "user:1");
        assert_eq!(printable("a\x1b[2Jb"), "a\\u{1b}[2Jb");
        assert_eq!(printable(&"k".repeat(33)), format!("{}…", "k".repeat(32)));
    }

    #[test]
    fn a_server_that_began_anew_has_no_rate_below_zero() {
        assert_eq!((rate(3, 10, 1.0), rate(10, 4, 2.0)), ("0.0".to_owned(), "3.0".to_owned()));
        assert_eq!((percent(0, 0), percent(1, 4)), ("-".to_owned(), "25.0".to_owned()));
    }
}
