//! Kept answers of recipes: what a hit saves, and what a load of cheap recipes loses by there being a memo.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use client::JsonClient;
use context::Context;
use fastjson_proto::fastjson::v1 as pb;

/// A hit is at least so many times faster than computing for this long.
const LEAST_GAIN: f64 = 5.0;
const DEAR: Duration = Duration::from_millis(20);
/// Calls of each side of a row.
const CALLS: usize = 60;
/// A load of cheap recipes loses at most this share.
const MOST_LOSS: f64 = 0.05;
/// Rounds of each side of the load, in turns, and calls of a round.
const ROUNDS: usize = 15;
const LOAD: usize = 400;

pub(super) async fn run(json: &JsonClient) -> Result<()> {
    println!("{:<44} {:>10} {:>10} {:>8}", "memo", "off, ms", "on, ms", "ratio");
    hit(json).await?;
    load(json).await
}

/// The median of a recipe of 20 ms, computed and kept.
async fn hit(json: &JsonClient) -> Result<()> {
    let document = dear_document(json).await?;
    // Measured, kept, and asked for.
    for _ in 0..10 {
        send(json, &dear(&document), pb::Memo::Auto).await?;
    }
    let (mut off, mut on) = (Vec::new(), Vec::new());
    for _ in 0..CALLS {
        off.push(send(json, &dear(&document), pb::Memo::Off).await?.0);
        let (took, answer) = send(json, &dear(&document), pb::Memo::Auto).await?;
        anyhow::ensure!(answer.from_cache == 1, "the answer was not kept: {:?}", answer.memo);
        on.push(took);
    }
    let [off, on] = [off, on].map(median);
    let gain = off.as_secs_f64() / on.as_secs_f64();
    let mark = if gain < LEAST_GAIN { "  missed" } else { "" };
    row("a hit of a recipe of 20 ms (least 5x)", off, on, gain, mark);
    Ok(())
}

/// A mixed load of cheap recipes on documents that do not come again and some that do.
async fn load(json: &JsonClient) -> Result<()> {
    let (mut off, mut on) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let (without, with) = (batch(json, round, pb::Memo::Off), batch(json, round, pb::Memo::Auto));
        // The first round warms up; the sides begin in turns.
        let (without, with) = match round % 2 {
            0 => (without.await?, with.await?),
            _ => {
                let with = with.await?;
                (without.await?, with)
            }
        };
        if round > 0 {
            off.push(without);
            on.push(with);
        }
    }
    let [off, on] = [off, on].map(median);
    let loss = on.as_secs_f64() / off.as_secs_f64() - 1.0;
    let mark = if loss > MOST_LOSS { "  missed" } else { "" };
    row("400 cheap recipes (loss at most 5 %)", off, on, off.as_secs_f64() / on.as_secs_f64(), mark);
    Ok(())
}

fn row(name: &str, off: Duration, on: Duration, ratio: f64, mark: &str) {
    let [off, on] = [off, on].map(|time| time.as_secs_f64() * 1e3);
    println!("{name:<44} {off:>10.3} {on:>10.3} {ratio:>7.2}x{mark}");
}

async fn batch(json: &JsonClient, round: usize, memo: pb::Memo) -> Result<Duration> {
    let begun = Instant::now();
    for call in 0..LOAD {
        send(json, &cheap(round, call), memo).await?;
    }
    Ok(begun.elapsed())
}

/// A recipe and its document.
type Job = (&'static str, String);

fn cheap(round: usize, call: usize) -> Job {
    const RECIPES: [&str; 4] = [
        r#"{"steps":[{"format":{"style":"FORMAT_STYLE_MINIFY"}}]}"#,
        r#"{"steps":[{"query":{"language":"QUERY_LANGUAGE_POINTER","query":"/items/7/name"}}]}"#,
        r#"{"steps":[{"validate":{}},{"query":{"language":"QUERY_LANGUAGE_JQ","query":".items | map(.n) | add"}}]}"#,
        r#"{"steps":[{"convert":{"to":"FORMAT_YAML"}}]}"#,
    ];
    let items = 10 << (call % 5);
    // A third of the documents come again.
    let number = if call.is_multiple_of(3) { 0 } else { round * LOAD + call };
    let item = |at: usize| format!(r#"{{"n": {at}, "name": "item {at} of {number}"}}"#);
    let items: Vec<String> = (0..items).map(item).collect();
    (RECIPES[call % RECIPES.len()], format!(r#"{{"items": [{}]}}"#, items.join(", ")))
}

fn dear(document: &str) -> Job {
    let recipe = r#"{"steps":[{"query":{"language":"QUERY_LANGUAGE_JQ","query":"reduce range(.) as $i (0; . + $i)"}}]}"#;
    (recipe, document.to_owned())
}

/// A document for which the recipe takes as long as it should here.
async fn dear_document(json: &JsonClient) -> Result<String> {
    let mut turns = 1_000_u64;
    loop {
        let mut times = Vec::new();
        for _ in 0..5 {
            let (_, answer) = send(json, &dear(&turns.to_string()), pb::Memo::Off).await?;
            times.push(Duration::from_micros(answer.steps.first().context("a step ran")?.micros));
        }
        let time = median(times);
        if time >= DEAR {
            return Ok(turns.to_string());
        }
        let factor = DEAR.as_secs_f64() / time.as_secs_f64().max(1e-6);
        turns = (turns as f64 * factor.clamp(1.02, 2.0)) as u64;
    }
}

async fn send(json: &JsonClient, job: &Job, memo: pb::Memo) -> Result<(Duration, pb::RunResponse)> {
    let recipe = client::json_mapping::decode("fastjson.v1.Recipe", job.0.as_bytes())?;
    let input = pb::Input { source: Some(pb::input::Source::Data(job.1.clone().into())), format: 0 };
    let request =
        pb::RunRequest { input: Some(input), recipe: Some(recipe), memo: memo.into(), ..Default::default() };
    let begun = Instant::now();
    let answer = json.run(&Context::background(), request).await?;
    Ok((begun.elapsed(), answer))
}

pub(super) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
