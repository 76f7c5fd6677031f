//! How much of the cost of the accesses a cache would have saved, when keys differ in what they take to make.
//!
//! The idea: each key costs 1 ms to 512 ms, by ten steps that its number picks by a hash; the same traces, with our policy once
//! without those costs and once with them, and an exact LRU.

use std::time::Duration;

use anyhow::Result;
use cache_engine::policy::Cost;

use super::ours::Ours;
use super::trace::{SPECS, Trace};

/// Prints a row a trace and size, of the traces whose name has the given part.
pub(super) fn run(name: &str) -> Result<()> {
    println!("\ncost saved in percent, where keys cost 1 to 512 ms; sizes in entries\n");
    println!("| trace | entries | lru | ours, no costs told | ours | costs told against not |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: |");
    for spec in SPECS.iter().filter(|spec| spec.name.contains(name)) {
        let trace = Trace::read(spec)?;
        for entries in spec.entries {
            let lru = saved(Ours::lru(entries, trace.distinct), &trace);
            let blind = saved(Ours::adaptive(entries, trace.distinct), &trace);
            let told = saved(Ours::adaptive(entries, trace.distinct).told_costs(cost), &trace);
            let gain = told - blind;
            println!("| {} | {entries} | {lru:.2} | {blind:.2} | {told:.2} | {gain:+.2} |", spec.name);
        }
    }
    Ok(())
}

fn saved(mut cache: Ours, trace: &Trace) -> f64 {
    use super::Simulated as _;
    let (mut saved, mut all) = (0.0, 0.0);
    for &key in &trace.keys {
        let seconds = micros(key) as f64;
        all += seconds;
        if cache.access(key) {
            saved += seconds;
        }
    }
    saved * 100.0 / all
}

fn cost(key: u32) -> Cost {
    Cost::of(Duration::from_micros(micros(key)))
}

/// By the finalizer of splitmix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014).
fn micros(key: u32) -> u64 {
    let mut mixed = (u64::from(key) + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    1_000 << ((mixed ^ (mixed >> 31)) % 10)
}
