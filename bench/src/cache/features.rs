//! What insight costs: Get with all of it at work against a server with as little as can be, and the time of an explanation.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use cache_engine::{
    Condition, Draft, Key, LocalStore, NamespaceConfig, NamespaceName, Store as _, SystemClock, Ttl, Value,
};
use client::CacheClient;
use context::Context;
use fastjson_proto::rustcache::v1 as pb;

use super::{median, ratio};
use crate::get::{self, Round};
use crate::server::{self, Serving, Which};

/// Many and short, so that what else the machine does hits both alike.
const ROUNDS: usize = 9;
/// Least share of the calls a second that all features leave.
const LEAST: f64 = 0.95;

const ENTRIES: u64 = 1_000_000;
const ASKED: u64 = 100_000;
/// The longest time of 99 of 100 explanations.
const MOST: Duration = Duration::from_micros(50);
const CALLS: u64 = 2_000;

/// Prints the ratio and the times.
pub(super) async fn run() -> Result<()> {
    let (all, plain) = (server::start(Which::Cache).await?, server::start(Which::PlainCache).await?);
    let body = get::prepare(&all.address).await?;
    get::seed(&plain.address).await?;
    let client = CacheClient::new(client::Config::at(format!("http://{}", all.address)))?;
    let mut watch = client.watch(&Context::background(), pb::WatchRequest::default()).await?;
    watch.next().await.context("the watch says where it begins")??;
    let rounds = rounds(&all, &plain, &body).await;
    std::fs::remove_file(&body)?;
    let rounds = rounds?;
    let of = |value: fn(&(Round, Round)) -> f64| median(rounds.iter().map(value).collect());
    println!(
        "\nunary Get, {ROUNDS} rounds: with a watch, hot keys, ends of keys and the slow log {:.0}/s; no watch, no slow log {:.0}/s",
        of(|r| r.0.rate),
        of(|r| r.1.rate)
    );
    println!("  by the clock          {}", ratio(of(|r| r.0.rate / r.1.rate), 1.0, LEAST));
    println!("  by processor time     {}", ratio(of(|r| r.1.micros / r.0.micros), 1.0, LEAST));
    calls(&client).await?;
    tokio::task::spawn_blocking(explanations).await?
}

async fn rounds(all: &Serving, plain: &Serving, body: &Path) -> Result<Vec<(Round, Round)>> {
    let mut rounds = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let without = Round::of(plain, body).await?;
        rounds.push((Round::of(all, body).await?, without));
    }
    Ok(rounds)
}

/// ExplainKey beside a Get, both of keys that never were, one call after the other.
async fn calls(client: &CacheClient) -> Result<()> {
    let (mut explained, mut got) = (Vec::new(), Vec::new());
    for number in 0..CALLS {
        let (namespace, key) = (String::new(), format!("never:{number}"));
        let begun = Instant::now();
        let about = pb::ExplainKeyRequest { namespace: namespace.clone(), key: key.clone() };
        client.explain_key(&Context::background(), about).await?;
        let between = Instant::now();
        client.get(&Context::background(), pb::GetRequest { namespace, key }).await?;
        explained.push(between - begun);
        got.push(between.elapsed());
    }
    let half = |mut times: Vec<Duration>| {
        times.sort_unstable();
        times[times.len() / 2]
    };
    println!(
        "ExplainKey of a key that never was, p50 over gRPC {:.1?}; a Get of it {:.1?}",
        half(explained),
        half(got)
    );
    Ok(())
}

/// The same in the engine.
fn explanations() -> Result<()> {
    let name = NamespaceName::default();
    let config = NamespaceConfig { capacity_bytes: 2 << 30, ..NamespaceConfig::default() };
    let store = LocalStore::new(vec![config], Arc::new(SystemClock::new()))?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let value = Value::new(cache_engine::Body::data(vec![0; 100]), "")?;
    for number in 0..ENTRIES {
        let draft = Draft::new(value.clone(), Ttl::NamespaceDefault);
        let key = Key::new(format!("key:{number:012}"))?;
        runtime.block_on(store.set(&name, key, draft, Condition::Always))?;
    }
    let mut times = Vec::with_capacity(ASKED as usize);
    for number in 0..ASKED {
        let key = Key::new(format!("never:{number:012}"))?;
        let begun = Instant::now();
        store.explain(&name, &key)?;
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    let at = |percent: usize| times.get(times.len() * percent / 100).copied().unwrap_or_default();
    ensure!(!times.is_empty(), "some were asked for");
    let mark = if at(99) < MOST { "" } else { "  missed" };
    println!(
        "  in the engine, beside {ENTRIES} entries: p50 {:.1?}, p99 {:.1?} (below {MOST:?}){mark}",
        at(50),
        at(99)
    );
    Ok(())
}
