//! How soon the pair is as it was when a fault between its services ends: callers go on meanwhile, and the breakers are open.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use client::{CacheClient, JsonClient};
use context::{Context, Deadline};
use fastjson_proto::fastjson::v1 as json;
use fastjson_proto::rustcache::v1 as cache;
use testkit::{Fault, Pair, PairConfig, Plugged};
use tokio::task::JoinSet;

/// Both ways answer again at most this long after a fault has ended.
const MOST: Duration = Duration::from_secs(1);
/// Callers at the same time.
const CALLERS: usize = 8;
/// How long a fault lasts: long enough that breakers wait their longest.
const LASTS: Duration = Duration::from_secs(3);
/// How long an answer is held back by the fault that delays.
const DELAY: Duration = Duration::from_millis(20);
/// How long a caller waits.
const PATIENCE: Duration = Duration::from_millis(250);
const KEY: &str = "bench/recovery";

pub(super) async fn run() -> Result<()> {
    println!("{:<44} {:>10} {:>10}", "recovery after a fault, ms", "to cache", "to json");
    let Plugged { pair, to_json, to_cache } = Pair::with_plugs(PairConfig::default()).await;
    let callers = Callers { json: pair.json_client(), cache: pair.cache_client() };
    callers.store().await?;
    let is_over = Arc::new(AtomicBool::new(false));
    let mut load: JoinSet<()> = (0..CALLERS).map(|one| callers.clone().go_on(one, is_over.clone())).collect();
    for fault in Fault::all(DELAY) {
        let mut took = Vec::new();
        for plug in [&to_cache, &to_json] {
            plug.set(fault);
            tokio::time::sleep(LASTS).await;
            plug.set(Fault::Pass);
            took.push(callers.until_both_answer(&format!("{fault:?}/{}", took.len())).await);
        }
        let mark = if took.iter().any(|took| *took > MOST) { "  missed" } else { "" };
        let [to_cache, to_json] = [took[0], took[1]].map(|took| took.as_secs_f64() * 1e3);
        let name = format!("{fault:?} (at most {} ms)", MOST.as_millis());
        println!("{name:<44} {to_cache:>10.1} {to_json:>10.1}{mark}");
    }
    is_over.store(true, Ordering::Relaxed);
    while let Some(ended) = load.join_next().await {
        ended.context("a caller ended early")?;
    }
    pair.stop().await;
    Ok(())
}

#[derive(Clone)]
struct Callers {
    json: JsonClient,
    cache: CacheClient,
}

impl Callers {
    async fn store(&self) -> Result<()> {
        let body = Some(cache::value::Body::Text("[1]".to_owned()));
        let value = Some(cache::Value { body, ..Default::default() });
        let request = cache::SetRequest { key: KEY.to_owned(), value, ..Default::default() };
        self.cache.set(&Context::background(), request).await?;
        Ok(())
    }

    /// Asks over both ways, one call after the other, whatever comes of them.
    async fn go_on(self, caller: usize, is_over: Arc<AtomicBool>) {
        let mut number = 0_u64;
        while !is_over.load(Ordering::Relaxed) {
            number += 1;
            let _faulty = self.ask_cache().await;
            let _faulty = self.ask_json(&format!("{caller}/{number}")).await;
            tokio::task::yield_now().await;
        }
    }

    async fn until_both_answer(&self, key: &str) -> Duration {
        let begun = Instant::now();
        while self.ask_cache().await.is_err() {
            tokio::task::yield_now().await;
        }
        let mut attempt = 0;
        while self.ask_json(&format!("{key}/{attempt}")).await.is_err() {
            attempt += 1;
            tokio::task::yield_now().await;
        }
        begun.elapsed()
    }

    /// The JSON service asks the cache service.
    async fn ask_cache(&self) -> Result<(), client::Error> {
        let reference = json::CacheRef { key: KEY.to_owned(), ..Default::default() };
        let source = Some(json::input::Source::Ref(reference));
        let input = Some(json::Input { source, ..Default::default() });
        self.json.validate(&patient(), json::ValidateRequest { input, ..Default::default() }).await?;
        Ok(())
    }

    /// The cache service asks the JSON service.
    async fn ask_json(&self, key: &str) -> Result<(), client::Error> {
        let style = json::FormatStyle::Minify.into();
        let step = json::step::Step::Format(json::FormatStep { style, ..Default::default() });
        let recipe = Some(json::Recipe { steps: vec![json::Step { step: Some(step) }] });
        let source = Some(json::input::Source::Text("[ 1 ]".to_owned()));
        let input = Some(json::Input { source, ..Default::default() });
        let request = cache::GetOrComputeRequest { key: key.to_owned(), recipe, input, ..Default::default() };
        self.cache.get_or_compute(&patient(), request).await?;
        Ok(())
    }
}

fn patient() -> Context {
    Context { deadline: Some(Deadline::after(PATIENCE)), ..Context::background() }
}
