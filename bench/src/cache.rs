//! The cache against redis and memcached on this machine, at equal concurrency; the server has core 0, the load core 1.
//!
//! Every topic takes its sides in turns within one run and prints ratios beside their targets. A ratio below its target says
//! `missed`.

mod batches;
mod engine;
mod expiry;
mod features;
mod latency;
mod memory;
mod peers;
mod pipeline;
mod seed;

pub(crate) use pipeline::{Load, drive};

use anyhow::Result;

/// Rounds of each side; their median counts.
const ROUNDS: usize = 3;

/// Runs the topics whose name has the given part.
pub(crate) async fn run(topic: &str) -> Result<()> {
    let is_wanted = |name: &str| name.contains(topic);
    if is_wanted("unary") {
        crate::get::run().await?;
    }
    if is_wanted("session") {
        pipeline::run().await?;
    }
    if is_wanted("batches") {
        batches::run().await?;
    }
    if is_wanted("latency") {
        latency::run().await?;
    }
    if is_wanted("engine") {
        engine::run().await?;
    }
    if is_wanted("memory") {
        memory::run().await?;
    }
    if is_wanted("features") {
        features::run().await?;
    }
    if is_wanted("expiry") {
        expiry::run().await?;
    }
    Ok(())
}

/// A ratio and whether it is what it should be.
fn ratio(ours: f64, theirs: f64, least: f64) -> String {
    let ratio = ours / theirs;
    let mark = if ratio < least { "  missed" } else { "" };
    format!("{ratio:>6.2}  (at least {least}){mark}")
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
