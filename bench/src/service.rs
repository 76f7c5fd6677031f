//! The service under load: what of the engine's speed arrives at a caller, and what callers wait at 80 % of what it can do.
//!
//! The server has core 0. Caller and engine in process have the others, in turns with the server, so that each side has one core.
//! A caller that sends and takes large documents on one core cannot keep the server busy, so what counts is processor time.
//! Calls of the second and third table begin evenly spaced, whatever became of those before, and a wait counts from when the
//! call was due.

mod cookbook;
mod in_process;
mod pace;
mod request;

use std::time::Duration;

use anyhow::{Context as _, Result};
use client::JsonClient;

use self::pace::{Paced, RUNS};
use self::request::Request;
use crate::corpus::corpus;
use crate::paced;
use crate::server::{self, Serving, Which};

/// Least share of the engine's throughput that the service has.
const LEAST_SHARE: f64 = 0.8;
/// Longest document of the latency table, and longest small one, in bytes.
const MAX_BYTES: usize = 650_000;
const SMALL_BYTES: usize = 10_000;
/// Longest p99, and longest of a small document.
const MOST: Duration = Duration::from_millis(10);
const MOST_OF_SMALL: Duration = Duration::from_millis(1);

/// Prints the three tables, of documents whose name has `document` in it and topics whose name has `topic`.
pub(crate) fn run(document: &str, topic: &str) -> Result<()> {
    // One thread that never sleeps while a call is due: a timer of the runtime is late by up to a millisecond.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let server = server::start(Which::Json).await?;
        paced::leave_core_0().await?;
        let client = JsonClient::new(client::Config::at(format!("http://{}", server.address)))?;
        let documents: Vec<_> =
            documents()?.into_iter().filter(|(name, _)| name.contains(document)).collect();
        if "throughput".contains(topic) {
            throughput(&server, &client, &documents).await?;
        }
        if "latency".contains(topic) {
            latency(&client, &documents).await?;
        }
        if "recipes".contains(topic) {
            recipes(&client, &documents).await?;
        }
        Ok(())
    })
}

/// The corpus, and one status of twitter.json as a small document.
fn documents() -> Result<Vec<(String, Vec<u8>)>> {
    let mut documents = corpus()?;
    let twitter =
        documents.iter().find(|(name, _)| name == "twitter.json").context("twitter.json is missing")?;
    let twitter: serde_json::Value = serde_json::from_slice(&twitter.1)?;
    let status = serde_json::to_vec_pretty(&twitter["statuses"][0])?;
    anyhow::ensure!(status.len() <= SMALL_BYTES, "a status is a small document");
    documents.insert(0, ("status of twitter.json".to_owned(), status));
    Ok(documents)
}

/// Documents of four sizes.
const SIZES: [&str; 4] =
    ["status of twitter.json", "github_events.json", "twitter.json", "citm_catalog.json"];

async fn throughput(server: &Serving, client: &JsonClient, documents: &[(String, Vec<u8>)]) -> Result<()> {
    println!(
        "throughput: a second of the server's processor at least {LEAST_SHARE} of the engine's; MB/s of the JSON text"
    );
    println!(
        "{:<24} {:<10} {:>9} {:>9} {:>9} {:>7}",
        "document", "operation", "answered", "service", "engine", "share"
    );
    for (name, text) in documents.iter().filter(|(name, _)| SIZES.contains(&name.as_str())) {
        for operation in in_process::OPERATIONS {
            let request = request::of_operation(operation, text);
            let rates = pace::in_turns(server, client, &request, || in_process::run(operation, text)).await?;
            let share = rates.by_processor_time / rates.engine;
            let mark = if share < LEAST_SHARE { "  missed" } else { "" };
            let [answered, service, engine] = [rates.answered, rates.by_processor_time, rates.engine]
                .map(|rate| rate * text.len() as f64 / 1e6);
            let name = format!("{name:<24} {:<10}", operation.name());
            println!("{name} {answered:>9.1} {service:>9.1} {engine:>9.1} {share:>7.2}{mark}");
        }
    }
    Ok(())
}

async fn latency(client: &JsonClient, documents: &[(String, Vec<u8>)]) -> Result<()> {
    println!("\nlatency at 80 % load: p99 below {MOST:?}, up to {SMALL_BYTES} bytes below {MOST_OF_SMALL:?}");
    head("document and operation");
    for (name, text) in documents.iter().filter(|(_, text)| text.len() <= MAX_BYTES) {
        let most = if text.len() <= SMALL_BYTES { MOST_OF_SMALL } else { MOST };
        for (operation, request) in request::every(client, text).await? {
            row(client, &format!("{name} {operation}"), &request, most).await;
        }
    }
    Ok(())
}

async fn recipes(client: &JsonClient, documents: &[(String, Vec<u8>)]) -> Result<()> {
    println!(
        "\nrecipes at 80 % load: p99 below {MOST:?}; those of docs/recipes.md, then those of the corpus"
    );
    head("recipe");
    for (steps, request) in cookbook::recipes()?.into_iter().chain(cookbook::on_corpus(documents)?) {
        row(client, &steps, &request, MOST).await;
    }
    Ok(())
}

fn head(what: &str) {
    println!("{what:<64} {:>9} {:>5} {:>8} {:>8} {:>8}", "calls/s", "load", "p50, ms", "p99, ms", "worst");
}

/// `worst` is the highest p99 of the runs.
async fn row(client: &JsonClient, name: &str, request: &Request, most: Duration) {
    let name: String = name.chars().take(64).collect();
    match pace::at_80_percent(client, request).await {
        Err(error) => println!("{name:<64} not measured: {error:#}"),
        Ok(Paced { load, rate, runs }) => {
            let (best, worst) = (runs[0], runs[RUNS - 1]);
            let mark = if best.p99 > most { "  missed" } else { "" };
            let [p50, p99, worst] = [best.p50, best.p99, worst.p99].map(|wait| wait.as_secs_f64() * 1e3);
            println!("{name:<64} {rate:>9.0} {load:>5.1} {p50:>8.2} {p99:>8.2} {worst:>8.2}{mark}");
        }
    }
}
