//! MB/s of each text operation on every document of the corpus, and its ratio to serde_json in the same run.

#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use json_engine::query::{Language, Query};
use json_engine::{Budget, Clock, ScanOptions, Style, format, validate};
use serde::de::IgnoredAny;
use serde_json::Value;

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

fn row(name: &str, text: &[u8], root: &Query) {
    let options = ScanOptions::default();
    let ours = rate(text, || drop(black_box(validate(text, &options))));
    let ignored = rate(text, || drop(black_box(serde_json::from_slice::<IgnoredAny>(text))));
    let minify = rate(text, || drop(black_box(format(text, Style::Minify, &options))));
    let pretty = rate(text, || drop(black_box(format(text, Style::Pretty(Default::default()), &options))));
    let value = rate(text, || {
        let value: serde_json::Result<Value> = serde_json::from_slice(text);
        drop(black_box(value.map(|value| serde_json::to_vec(&value))));
    });
    let whole = rate(text, || {
        let budget = Budget::new(Arc::new(Still), Duration::from_secs(1), 1 << 30);
        drop(black_box(root.run(text, &options, &budget)));
    });
    println!(
        "{name:<22} {ours:>8.0} {ignored:>8.0} {:>6.2} {minify:>8.0} {value:>8.0} {:>6.2} {pretty:>8.0} {whole:>8.0}",
        ours / ignored,
        minify / value,
    );
}

fn main() -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let only = std::env::args().nth(1).unwrap_or_default();
    let root = Query::compile(Language::JsonPath, "$").expect("`$` is a query");
    println!(
        "MB/s                   validate  ignored  ratio   minify    value  ratio   pretty  parse+write"
    );
    let mut paths: Vec<_> = std::fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".json") && name.contains(&only) {
            row(&name, &std::fs::read(&path)?, &root);
        }
    }
    Ok(())
}
