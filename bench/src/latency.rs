//! What a caller waits for: Validate and Format through gRPC, one call at a time.

use std::time::{Duration, Instant};

use anyhow::Result;
use client::JsonClient;
use context::Context;
use fastjson_proto::fastjson::v1 as pb;

use crate::server::{self, Which};

const CALLS: usize = 300;

/// Prints p50 and p99 a document.
pub(crate) async fn run() -> Result<()> {
    let server = server::start(Which::Json).await?;
    let client = JsonClient::new(client::Config::at(format!("http://{}", server.address)))?;
    println!("latency through gRPC, {CALLS} calls one after the other, server on one core, milliseconds");
    println!(
        "{:<22} {:>9}   {:>8} {:>8}   {:>8} {:>8}",
        "document", "bytes", "val p50", "val p99", "fmt p50", "fmt p99"
    );
    for (name, text) in crate::corpus::corpus()? {
        let bytes = text.len();
        let input = pb::Input { source: Some(pb::input::Source::Data(text.into())), format: 0 };
        let validate = measure(async || validate(&client, input.clone()).await).await?;
        let format = measure(async || format(&client, input.clone()).await).await?;
        println!(
            "{name:<22} {bytes:>9}   {:>8.2} {:>8.2}   {:>8.2} {:>8.2}",
            millis(&validate, 50),
            millis(&validate, 99),
            millis(&format, 50),
            millis(&format, 99)
        );
    }
    Ok(())
}

async fn validate(client: &JsonClient, input: pb::Input) -> Result<()> {
    let request = pb::ValidateRequest { input: Some(input), ..Default::default() };
    anyhow::ensure!(client.validate(&Context::background(), request).await?.valid, "the document is valid");
    Ok(())
}

async fn format(client: &JsonClient, input: pb::Input) -> Result<()> {
    let style = pb::FormatStyle::Minify.into();
    let request = pb::FormatRequest { input: Some(input), style, ..Default::default() };
    client.format(&Context::background(), request).await?;
    Ok(())
}

/// Times in ascending order; the first calls warm up and do not count.
async fn measure(mut call: impl AsyncFnMut() -> Result<()>) -> Result<Vec<Duration>> {
    let mut times = Vec::with_capacity(CALLS);
    for turn in 0..CALLS + 20 {
        let begun = Instant::now();
        call().await?;
        if turn >= 20 {
            times.push(begun.elapsed());
        }
    }
    times.sort();
    Ok(times)
}

fn millis(sorted: &[Duration], percent: usize) -> f64 {
    let index = (sorted.len() * percent / 100).min(sorted.len() - 1);
    sorted[index].as_secs_f64() * 1e3
}
