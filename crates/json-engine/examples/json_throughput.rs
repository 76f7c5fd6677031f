//! MB/s of each operation on every document of the corpus, and its ratio to the crate that people use for it, in one run.
//!
//! `cargo run --release -p json-engine --example json_throughput [part of a name]`

#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use json_engine::query::{Language, Query};
use json_engine::{Budget, Clock, Limits, ScanOptions, Style, format, validate};
use serde::de::IgnoredAny;
use serde_json::Value;

/// The allocator of the services, for both sides.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ROUND: Duration = Duration::from_millis(20);
const ROUNDS: u32 = 9;

struct Still;

impl Clock for Still {
    fn now(&self) -> Duration {
        Duration::ZERO
    }
}

/// MB/s of the best round, since noise only ever slows.
fn rate(text: &[u8], mut work: impl FnMut()) -> f64 {
    let mut best = f64::MAX;
    for _ in 0..ROUNDS {
        let (begun, mut turns) = (Instant::now(), 0.0);
        while turns == 0.0 || begun.elapsed() < ROUND {
            work();
            turns += 1.0;
        }
        best = best.min(begun.elapsed().as_secs_f64() / turns);
    }
    text.len() as f64 / best / 1e6
}

fn cell(name: &str, ours: f64, theirs: f64) {
    print!(" | {name} {ours:>5.0} {theirs:>5.0} {:>5.2}", ours / theirs);
}

fn row(name: &str, text: &[u8], nothing: &Query) {
    let options = ScanOptions {
        limits: Limits { max_output_bytes: 64 << 20, ..Limits::default() },
        ..ScanOptions::default()
    };
    let styled = |style: Style| rate(text, || drop(black_box(format(text, &style.into(), &options))));
    let value = || serde_json::from_slice::<Value>(text);
    print!("{name:<20}");
    let ours = rate(text, || drop(black_box(validate(text, &options))));
    cell("validate", ours, rate(text, || drop(black_box(serde_json::from_slice::<IgnoredAny>(text)))));
    // A path that selects nothing, so that reading the document is all there is.
    let ours = rate(text, || {
        let budget = Budget::new(Arc::new(Still), Duration::from_secs(1), 1 << 30);
        drop(black_box(nothing.run(text, &options, &budget)));
    });
    cell("parse", ours, rate(text, || drop(black_box(value()))));
    let theirs = rate(text, || drop(black_box(value().map(|value| serde_json::to_vec(&value)))));
    cell("minify", styled(Style::Minify), theirs);
    let theirs = rate(text, || drop(black_box(value().map(|value| serde_json::to_vec_pretty(&value)))));
    cell("pretty", styled(Style::Pretty(Default::default())), theirs);
    let theirs = rate(text, || {
        drop(black_box(value().map(|value| serde_json_canonicalizer::to_vec(&value))));
    });
    cell("canonical", styled(Style::Canonical), theirs);
    println!(" | hash {:>5.0}", styled(Style::Hash));
}

fn main() -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let only = std::env::args().nth(1).unwrap_or_default();
    let nothing = Query::compile(Language::JsonPath, "$.nothing.at.all").expect("it is a query");
    println!("MB/s: ours, theirs, ratio");
    let mut paths: Vec<_> = std::fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".json") && name.contains(&only) {
            row(&name, &std::fs::read(&path)?, &nothing);
        }
    }
    Ok(())
}
