//! The hop between the services: Validate of a document that the other one holds, against one that comes with the call.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use client::JsonClient;
use context::Context;
use fastjson_proto::fastjson::v1 as pb;

use super::memo::median;

/// The hop adds at most this to the median.
const MOST_ADDED: Duration = Duration::from_micros(300);
/// Calls of each side, in turns.
const CALLS: usize = 4_000;
const WARM_UP: usize = 500;
const KEY: &str = "bench/hop";

pub(super) async fn run(json: &JsonClient) -> Result<()> {
    println!("{:<44} {:>10} {:>10} {:>8}", "hop", "value, ms", "ref, ms", "added");
    let document = r#"{"id":1234567,"name":"a document as callers send it","tags":["a","b"],"price":12.50}"#;
    store(json, document).await?;
    let (mut by_value, mut by_ref) = (Vec::new(), Vec::new());
    for call in 0..WARM_UP + CALLS {
        let value = validate(json, pb::input::Source::Text(document.to_owned())).await?;
        let reference = validate(json, pb::input::Source::Ref(reference())).await?;
        if call >= WARM_UP {
            by_value.push(value);
            by_ref.push(reference);
        }
    }
    let [value, reference] = [by_value, by_ref].map(median);
    let added = reference.saturating_sub(value);
    let mark = if added > MOST_ADDED { "  missed" } else { "" };
    let [value, reference, added] = [value, reference, added].map(|time| time.as_secs_f64() * 1e3);
    println!(
        "{:<44} {value:>10.3} {reference:>10.3} {added:>8.3}{mark}",
        "Validate, median (adds at most 0.3 ms)"
    );
    Ok(())
}

fn reference() -> pb::CacheRef {
    pb::CacheRef { key: KEY.to_owned(), ..Default::default() }
}

async fn store(json: &JsonClient, document: &str) -> Result<()> {
    let input =
        Some(pb::Input { source: Some(pb::input::Source::Text(document.to_owned())), ..Default::default() });
    let store_as = Some(pb::StoreAs { target: Some(reference()), ..Default::default() });
    json.format(&Context::background(), pb::FormatRequest { input, store_as, ..Default::default() }).await?;
    Ok(())
}

async fn validate(json: &JsonClient, source: pb::input::Source) -> Result<Duration> {
    let input = Some(pb::Input { source: Some(source), ..Default::default() });
    let begun = Instant::now();
    let answer =
        json.validate(&Context::background(), pb::ValidateRequest { input, ..Default::default() }).await?;
    let took = begun.elapsed();
    ensure!(answer.valid, "the document is valid");
    Ok(took)
}
