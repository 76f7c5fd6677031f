//! Documents in the cache: reading and changing a part of one, against sending the whole over.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use client::{CacheClient, DocumentClient};
use context::Context;
use fastjson_proto::rustcache::v1 as pb;

/// What a path get and a patch of one field may take in the server.
const MOST_GET: Duration = Duration::from_micros(200);
const MOST_PATCH: Duration = Duration::from_millis(1);
const CALLS: usize = 300;
const KEY: &str = "twitter";

pub(super) async fn run(address: &str) -> Result<()> {
    let config = client::Config::at(format!("http://{address}"));
    let (cache, documents) = (CacheClient::new(config.clone())?, DocumentClient::new(config)?);
    let corpus = crate::corpus::corpus()?;
    let found = corpus.into_iter().find(|(name, _)| name.contains("twitter"));
    let (_, bytes) = found.context("the corpus has twitter.json")?;
    let value = Some(pb::Value { body: Some(pb::value::Body::Data(bytes.into())), ..Default::default() });
    let request = pb::PutDocumentRequest { key: KEY.to_owned(), value, ..Default::default() };
    documents.put(&Context::background(), request).await?;
    println!("{:<44} {:>10} {:>10} {:>8}", "documents (631 KB)", "whole, ms", "part, ms", "ratio");
    let (mut wholes, mut parts, mut changes) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..CALLS {
        wholes.push(timed(cache.get(&Context::background(), whole())).await?);
        parts.push(timed(documents.get(&Context::background(), part())).await?);
        changes.push(timed(documents.patch(&Context::background(), change(number))).await?);
    }
    let [whole, part, change] = [wholes, parts, changes].map(median);
    row("one value of it, for the caller", whole, part);
    row("one field of it changed, against one Get", whole, change);
    in_server(&cache).await
}

/// What the server says of its own time.
async fn in_server(cache: &CacheClient) -> Result<()> {
    let stats = cache.stats(&Context::background(), pb::StatsRequest::default()).await?;
    for (name, most) in [("GetDocument", MOST_GET), ("PatchDocument", MOST_PATCH)] {
        let found = stats.operations.iter().find(|operation| operation.operation == name);
        let p50 = found.and_then(|operation| operation.p50).context("it was called")?;
        let p50 = Duration::try_from(p50)?;
        let mark = if p50 > most { "  missed" } else { "" };
        println!("{name:<44} {:>21.3} of {:.3} ms in the server{mark}", millis(p50), millis(most));
    }
    Ok(())
}

fn whole() -> pb::GetRequest {
    pb::GetRequest { key: KEY.to_owned(), ..Default::default() }
}

fn part() -> pb::GetDocumentRequest {
    let pointer = "/statuses/50/user/screen_name".to_owned();
    let path = pb::DocumentPath { kind: Some(pb::document_path::Kind::Pointer(pointer)) };
    pb::GetDocumentRequest { key: KEY.to_owned(), paths: vec![path], ..Default::default() }
}

fn change(number: usize) -> pb::PatchDocumentRequest {
    let text = format!(r#"[{{"op":"replace","path":"/statuses/50/user/id","value":{number}}}]"#);
    let patch = Some(pb::DocumentPatch { body: Some(pb::document_patch::Body::Text(text)) });
    pb::PatchDocumentRequest { key: KEY.to_owned(), patch, ..Default::default() }
}

async fn timed<T>(call: impl Future<Output = Result<T, client::Error>>) -> Result<Duration> {
    let begun = Instant::now();
    call.await?;
    Ok(begun.elapsed())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn row(name: &str, whole: Duration, part: Duration) {
    let ratio = whole.as_secs_f64() / part.as_secs_f64();
    println!("{name:<44} {:>10.3} {:>10.3} {ratio:>7.2}x", millis(whole), millis(part));
}
