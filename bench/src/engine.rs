//! Validate and minify in process, against serde_json.

use std::hint::black_box;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use json_engine::{ScanOptions, Style};
use serde::de::IgnoredAny;
use serde_json::Value;

/// Every JSON document of the corpus, by name.
pub(crate) fn corpus() -> Result<Vec<(String, Vec<u8>)>> {
    let folder: PathBuf =
        testkit::shared("corpus").context("../shared/corpus is missing; the benchmarks need it")?;
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            files.push((name, std::fs::read(&path)?));
        }
    }
    files.sort();
    Ok(files)
}

/// Prints a row a document.
pub(crate) fn run() -> Result<()> {
    let options = ScanOptions::default();
    println!("validate and minify, MB/s and ratio to serde_json (IgnoredAny; Value and to_vec)");
    println!(
        "{:<22} {:>9} {:>9} {:>6}   {:>9} {:>9} {:>6}",
        "document", "validate", "serde", "ratio", "minify", "serde", "ratio"
    );
    for (name, text) in corpus()? {
        let validate = rate(&text, || drop(black_box(json_engine::validate(&text, &options))));
        let ignored = rate(&text, || drop(black_box(serde_json::from_slice::<IgnoredAny>(&text))));
        let minify =
            rate(&text, || drop(black_box(json_engine::format(&text, &Style::Minify.into(), &options))));
        let value = rate(&text, || {
            let value: serde_json::Result<Value> = serde_json::from_slice(&text);
            drop(black_box(value.map(|value| serde_json::to_vec(&value))));
        });
        println!(
            "{name:<22} {validate:>9.0} {ignored:>9.0} {:>6.2}   {minify:>9.0} {value:>9.0} {:>6.2}",
            validate / ignored,
            minify / value
        );
    }
    Ok(())
}

/// MB/s: the best of seven rounds of at least 30 ms, since noise only ever slows.
fn rate(text: &[u8], mut work: impl FnMut()) -> f64 {
    let mut best = Duration::MAX;
    for _ in 0..7 {
        let (begun, mut turns) = (Instant::now(), 0_u32);
        while turns == 0 || begun.elapsed() < Duration::from_millis(30) {
            work();
            turns += 1;
        }
        best = best.min(begun.elapsed() / turns);
    }
    text.len() as f64 / best.as_secs_f64() / 1e6
}
