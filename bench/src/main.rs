//! The measurements behind every claim of speed. Each prints what it compares, in one run, as a ratio.
//!
//! Load comes from programs of others (h2load, redis-benchmark) on the second core while the server has the first, so
//! that the ratio is not one of our client's making. Nothing here is a test: figures go into commits and docs.

#![allow(clippy::print_stdout, reason = "a benchmark is read by people")]

mod cache;
mod corpus;
mod get;
mod hit_ratio;
mod hostile;
mod json;
mod latency;
mod load;
mod load_service;
mod memory;
mod paced;
mod pair;
mod query;
mod race;
mod server;
mod service;
mod soak;
mod stream;
mod watch;
mod wire;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "bench", about = "The measurements behind every claim of speed")]
struct Cli {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Subcommand)]
enum What {
    /// The JSON engine in process, against the crates that people use, on each corpus file.
    Json {
        /// Only documents with this in their name.
        #[arg(default_value = "")]
        document: String,
        /// Only topics with this in their name: text, parse, memory, formats.
        #[arg(long, default_value = "")]
        topic: String,
    },
    /// Queries and schema checks in process, against the crates that people use, on each corpus file.
    Query {
        /// Only documents with this in their name.
        #[arg(default_value = "")]
        document: String,
        /// Only topics with this in their name: jsonpath, jmespath, schema, jq.
        #[arg(long, default_value = "")]
        topic: String,
    },
    /// Unary Get at 10 connections x 10 in flight, against a bare echo on the same chassis and redis.
    Get,
    /// TakeTokens against Get on the same server.
    Tokens,
    /// The cache against redis and memcached: pipelines, batches, latency, memory, expiry; its engine alone; and what insight costs.
    Cache {
        /// Only topics with this in their name: unary, session, batches, latency, engine, memory, features, expiry.
        #[arg(long, default_value = "")]
        topic: String,
    },
    /// A million calls of 32 callers, judged for linearizability; prints a line.
    Soak {
        /// Calls.
        #[arg(long, default_value_t = 1_000_000)]
        calls: usize,
    },
    /// Hit ratios of cache policies on real traces, ours against LRU, moka and redis.
    HitRatio {
        /// Only traces with this in their name.
        #[arg(default_value = "")]
        trace: String,
    },
    /// Validate and Format through gRPC, p50 and p99 on each corpus file.
    Latency,
    /// The service at full and at 80 % load: its throughput against the engine in process, p99 of every operation and recipe.
    Service {
        /// Only documents with this in their name.
        #[arg(default_value = "")]
        document: String,
        /// Only topics with this in their name: throughput, latency, recipes.
        #[arg(long, default_value = "")]
        topic: String,
    },
    /// The pair at work: kept answers of recipes against computing, parts of documents against the whole.
    Pair {
        /// Only topics with this in their name: hop, memo, recovery, documents.
        #[arg(long, default_value = "")]
        topic: String,
    },
    /// RunStream with jq programs over 140 MB of NDJSON, against the jq of this machine, one core each.
    Stream,
    /// Hostile requests beside 100 normal ones: how each ends and when, what the others wait, what memory is held afterwards.
    Hostile {
        /// How long all of them run in a loop at the end.
        #[arg(long, default_value_t = 60)]
        seconds: u64,
    },
    /// 10,000 watchers of one prefix: when all are told, what other calls wait meanwhile; and a hit of the near cache.
    Watch {
        /// How many watchers.
        #[arg(long, default_value_t = 10_000)]
        watchers: usize,
    },
    /// A caller for the benchmarks themselves: a Get every half millisecond; prints p50 and p99 in microseconds.
    #[command(hide = true)]
    Probe {
        /// Address of the server.
        address: String,
        /// How many calls.
        calls: usize,
    },
    /// A server for the benchmarks themselves: prints its address, serves until its standard input closes.
    #[command(hide = true)]
    Serve {
        /// Which one.
        which: server::Which,
    },
    /// A load for the benchmarks themselves: prints operations a second.
    #[command(hide = true)]
    Load {
        /// What speaks at the other end.
        load: cache::Load,
        /// Where.
        address: String,
        /// Operations in flight on each connection.
        frame: usize,
    },
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Cli::parse().what {
        Some(What::Json { document, topic }) => json::run(&document, &topic),
        Some(What::Query { document, topic }) => query::run(&document, &topic),
        Some(What::Get) => get::run().await,
        Some(What::Tokens) => load_service::run().await,
        Some(What::Cache { topic }) => cache::run(&topic).await,
        Some(What::Soak { calls }) => soak::run(calls).await,
        Some(What::Load { load, address, frame }) => cache::drive(load, &address, frame),
        Some(What::HitRatio { trace }) => hit_ratio::run(&trace),
        Some(What::Latency) => latency::run().await,
        Some(What::Service { document, topic }) => {
            // It has a runtime of its own, which must not begin inside another.
            tokio::task::spawn_blocking(move || service::run(&document, &topic)).await?
        }
        Some(What::Pair { topic }) => pair::run(&topic).await,
        Some(What::Stream) => stream::run().await,
        Some(What::Hostile { seconds }) => hostile::run(std::time::Duration::from_secs(seconds)).await,
        Some(What::Watch { watchers }) => watch::run(watchers).await,
        Some(What::Probe { address, calls }) => watch::probe(&address, calls).await,
        Some(What::Serve { which }) => server::serve(which).await,
        None => {
            json::run("", "")?;
            query::run("", "")?;
            get::run().await?;
            latency::run().await?;
            stream::run().await
        }
    }
}
