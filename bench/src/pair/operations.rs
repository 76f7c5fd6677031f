//! Kept answers of single operations: what a hit saves, on a document of 631 KB.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use client::JsonClient;
use context::Context;
use fastjson_proto::fastjson::v1 as pb;

use super::memo::median;

/// Calls of each side of a row, in turns, and calls before them, in which the memo learns what they cost.
const CALLS: usize = 40;
const WARM_UP: usize = 10;

pub(super) async fn run(json: &JsonClient) -> Result<()> {
    println!("{:<44} {:>10} {:>10} {:>8}", "memo, operations (631 KB)", "off, ms", "auto, ms", "ratio");
    let corpus = crate::corpus::corpus()?;
    let found = corpus.into_iter().find(|(name, _)| name.contains("twitter"));
    let (_, bytes) = found.context("the corpus has twitter.json")?;
    let document = String::from_utf8(bytes)?;
    row("Query: every number, by jq", async |memo| query(json, &document, memo).await).await?;
    row("Convert to YAML", async |memo| convert(json, &document, memo).await).await?;
    row("CheckSchema", async |memo| check_schema(json, &document, memo).await).await?;
    let changed = document.replace("\"lang\": \"ja\"", "\"lang\": \"en\"");
    row("Diff, some hundred changes", async |memo| diff(json, (&document, &changed), memo).await).await
}

/// The medians with the memo and without, and what came of asking last.
async fn row(name: &str, call: impl AsyncFn(pb::Memo) -> Result<Option<pb::MemoReport>>) -> Result<()> {
    let (mut off, mut auto, mut outcome) = (Vec::new(), Vec::new(), String::new());
    for number in 0..WARM_UP + CALLS {
        let without = timed(&call, pb::Memo::Off).await?.0;
        let (with, report) = timed(&call, pb::Memo::Auto).await?;
        outcome = report.unwrap_or_default().outcome;
        if number >= WARM_UP {
            off.push(without);
            auto.push(with);
        }
    }
    let [off, auto] = [off, auto].map(|times| median(times).as_secs_f64() * 1e3);
    println!("{name:<44} {off:>10.3} {auto:>10.3} {:>7.2}x  {outcome}", off / auto);
    Ok(())
}

async fn timed(
    call: &impl AsyncFn(pb::Memo) -> Result<Option<pb::MemoReport>>,
    memo: pb::Memo,
) -> Result<(Duration, Option<pb::MemoReport>)> {
    let begun = Instant::now();
    let report = call(memo).await?;
    Ok((begun.elapsed(), report))
}

async fn query(json: &JsonClient, document: &str, memo: pb::Memo) -> Result<Option<pb::MemoReport>> {
    let request = pb::QueryRequest {
        input: input(document),
        language: pb::QueryLanguage::Jq.into(),
        query: "[.. | numbers] | group_by(.) | map([.[0], length])".to_owned(),
        memo: memo.into(),
        ..Default::default()
    };
    Ok(json.query(&Context::background(), request).await?.memo)
}

async fn convert(json: &JsonClient, document: &str, memo: pb::Memo) -> Result<Option<pb::MemoReport>> {
    let request = pb::ConvertRequest {
        input: input(document),
        to: pb::Format::Yaml.into(),
        memo: memo.into(),
        ..Default::default()
    };
    Ok(json.convert(&Context::background(), request).await?.memo)
}

async fn check_schema(json: &JsonClient, document: &str, memo: pb::Memo) -> Result<Option<pb::MemoReport>> {
    let schema = r##"{"additionalProperties":{"$ref":"#/$defs/any"},"$defs":{"any":{"anyOf":[
        {"type":"object","additionalProperties":{"$ref":"#/$defs/any"}},{"type":"array","items":{"$ref":"#/$defs/any"}},
        {"type":["string","null"],"pattern":"^[^\u0000]*$"},{"type":["number","boolean"]}]}}}"##;
    let request = pb::CheckSchemaRequest {
        input: input(document),
        schema: input(schema),
        memo: memo.into(),
        ..Default::default()
    };
    Ok(json.check_schema(&Context::background(), request).await?.memo)
}

async fn diff(json: &JsonClient, (from, to): (&str, &str), memo: pb::Memo) -> Result<Option<pb::MemoReport>> {
    let request =
        pb::DiffRequest { from: input(from), to: input(to), memo: memo.into(), ..Default::default() };
    Ok(json.diff(&Context::background(), request).await?.memo)
}

fn input(text: &str) -> Option<pb::Input> {
    Some(pb::Input { source: Some(pb::input::Source::Text(text.to_owned())), format: 0 })
}
