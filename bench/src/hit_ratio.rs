//! How many of the accesses of real traces a cache would have answered, by policy.
//!
//! The idea: every policy gets the same keys in the same order, looks each up and takes it in when it is not there;
//! every entry weighs 1. The columns: an exact LRU as a control, moka with its two policies, a real redis-server with
//! its two, and ours. The README of the traces says what the LRU has to give.

mod costs;
mod moka;
mod ours;
mod redis;
mod trace;

use anyhow::Result;

use self::trace::{SPECS, Spec, Trace};

/// A cache of so many entries, as the simulation sees it.
pub(crate) trait Simulated {
    /// Looks a key up, and takes it in if it is not there; says whether it was.
    fn access(&mut self, key: u32) -> bool;
}

/// Makes a cache of so many entries for so many distinct keys.
type Make = fn(usize, usize) -> Box<dyn Simulated>;

/// The policies that run in this process.
const POLICIES: [(&str, Make); 4] = [
    ("lru", |entries, keys| Box::new(ours::Ours::lru(entries, keys))),
    ("moka lru", |entries, _| Box::new(moka::Moka::lru(entries))),
    ("moka tinylfu", |entries, _| Box::new(moka::Moka::tiny_lfu(entries))),
    ("ours", |entries, keys| Box::new(ours::Ours::adaptive(entries, keys))),
];

const REDIS: [&str; 2] = ["allkeys-lru", "allkeys-lfu"];

/// Prints a row a trace and size, of the traces whose name has the given part.
pub(crate) fn run(name: &str) -> Result<()> {
    let columns: Vec<String> = POLICIES
        .iter()
        .map(|(policy, _)| (*policy).to_owned())
        .chain(REDIS.iter().map(|policy| format!("redis {policy}")))
        .collect();
    println!("hit ratio in percent; sizes in entries\n");
    println!("| trace | entries | {} | ours against the best other |", columns.join(" | "));
    println!("| --- | ---: |{} ---: |", " ---: |".repeat(columns.len()));
    let mut sums = vec![0.0; columns.len()];
    let mut rows = 0;
    for spec in SPECS.iter().filter(|spec| spec.name.contains(name)) {
        let trace = Trace::read(spec)?;
        for entries in spec.entries {
            let ratios = row(spec, &trace, entries)?;
            sums.iter_mut().zip(ratios).for_each(|(sum, ratio)| *sum += ratio);
            rows += 1;
        }
    }
    sums.iter_mut().for_each(|sum| *sum /= f64::from(rows.max(1)));
    print_row("mean", "", &sums);
    costs::run(name)
}

fn row(spec: &Spec, trace: &Trace, entries: usize) -> Result<Vec<f64>> {
    let mut ratios = Vec::new();
    for (_, make) in POLICIES {
        let mut cache = make(entries, trace.distinct);
        let hits = trace.keys.iter().filter(|&&key| cache.access(key)).count();
        ratios.push(percent(hits, trace));
    }
    for policy in REDIS {
        ratios.push(percent(redis::hits(policy, entries, &trace.keys)?, trace));
    }
    if let Some((_, expected)) = spec.lru.iter().find(|(size, _)| *size == entries) {
        let lru = ratios[0];
        anyhow::ensure!((lru - expected).abs() < 0.006, "LRU gives {lru:.3} where the traces say {expected}");
    }
    print_row(spec.name, &entries.to_string(), &ratios);
    Ok(ratios)
}

fn percent(hits: usize, trace: &Trace) -> f64 {
    hits as f64 * 100.0 / trace.keys.len() as f64
}

const OURS: usize = POLICIES.len() - 1;

fn print_row(name: &str, entries: &str, ratios: &[f64]) {
    let others = ratios.iter().enumerate().filter(|&(at, _)| at != OURS).map(|(_, &ratio)| ratio);
    let gap = ratios[OURS] - others.fold(0.0, f64::max);
    let cells: Vec<String> = ratios.iter().map(|ratio| format!("{ratio:.2}")).collect();
    let mark = if gap < -0.5 { "*" } else { "" };
    println!("| {name} | {entries} | {} | {gap:+.2}{mark} |", cells.join(" | "));
}
