//! The measurements behind every claim of speed. Each prints what it compares, in one run, as a ratio.
//!
//! Load comes from programs of others (h2load, redis-benchmark) on the second core while the server has the first, so
//! that the ratio is not one of our client's making. Nothing here is a test: figures go into commits and docs.

#![allow(clippy::print_stdout, reason = "a benchmark is read by people")]

mod engine;
mod get;
mod latency;
mod load;
mod server;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "bench", about = "The measurements behind every claim of speed")]
struct Cli {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Subcommand)]
enum What {
    /// Validate and minify in process, against serde_json, on each corpus file.
    Engine,
    /// Unary Get at 10 connections x 10 in flight, against a bare echo on the same chassis and redis.
    Get,
    /// Validate and Format through gRPC, p50 and p99 on each corpus file.
    Latency,
    /// A server for the benchmarks themselves: prints its address, serves until its standard input closes.
    #[command(hide = true)]
    Serve {
        /// Which one.
        which: server::Which,
    },
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Cli::parse().what {
        Some(What::Engine) => engine::run(),
        Some(What::Get) => get::run().await,
        Some(What::Latency) => latency::run().await,
        Some(What::Serve { which }) => server::serve(which).await,
        None => {
            engine::run()?;
            get::run().await?;
            latency::run().await
        }
    }
}
