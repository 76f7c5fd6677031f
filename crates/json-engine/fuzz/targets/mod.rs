//! What a fuzzer drives: for each reader, and for all that changes documents, a function of bytes.
//!
//! Promise: each is a plain function that panics where the engine breaks a promise, and depends on the bytes alone, so
//! that an input which fails once fails always. The tests, `cargo x fuzz` and any other fuzzer share them.
//! Cost: 10 microseconds to some milliseconds an input.

mod change;
mod convert;
mod jmespath;
mod jq;
mod json;
mod jsonpath;
pub(crate) mod pieces;
mod schema;

use std::hash::{DefaultHasher, Hasher as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use json_engine::patch::{Arrays, DiffOptions, DiffOutput, diff};
use json_engine::{Budget, Error, Report, ScanOptions};

/// A function to fuzz.
pub(crate) struct Target {
    /// Its name, as in `--target`.
    pub(crate) name: &'static str,
    /// Panics where a promise is broken.
    pub(crate) run: fn(&[u8]) -> Seen,
}

const fn target(name: &'static str, run: fn(&[u8]) -> Seen) -> Target {
    Target { name, run }
}

/// All of them.
pub(crate) const TARGETS: &[Target] = &[
    target("json", json::fuzz_json),
    target("pieces", pieces::fuzz_pieces),
    target("json5", convert::fuzz_json5),
    target("ndjson", convert::fuzz_ndjson),
    target("yaml", convert::fuzz_yaml),
    target("toml", convert::fuzz_toml),
    target("csv", convert::fuzz_csv),
    target("cbor", convert::fuzz_cbor),
    target("msgpack", convert::fuzz_msgpack),
    target("auto", convert::fuzz_auto),
    target("patch", change::fuzz_patch),
    target("merge", change::fuzz_merge),
    target("diff", change::fuzz_diff),
    target("three_way", change::fuzz_three_way),
    target("jsonpath", jsonpath::fuzz_jsonpath),
    target("jq", jq::fuzz_jq),
    target("jmespath", jmespath::fuzz_jmespath),
    target("schema", schema::fuzz_schema),
];

/// Stands between the texts of an input that has several; no UTF-8 text has it.
pub(crate) const BETWEEN: u8 = 0xff;

/// What an input made the engine do, so that a fuzzer can tell whether it was something new.
#[derive(Debug, Default)]
pub(crate) struct Seen(pub(crate) Vec<u64>);

impl Seen {
    fn note(&mut self, what: impl std::hash::Hash) {
        let mut hasher = DefaultHasher::new();
        what.hash(&mut hasher);
        self.0.push(hasher.finish());
    }

    fn report(&mut self, what: &str, report: &Report) {
        for found in &report.diagnostics {
            self.note((what, found.code.as_str(), found.fix.is_some()));
        }
        // Sizes by their power of two: more than that would make every input new.
        let stats = &report.stats;
        self.note((what, report.is_valid(), stats.nodes.checked_ilog2(), stats.depth.min(8)));
    }

    fn error(&mut self, what: &str, error: &Error) {
        match error {
            Error::Invalid(report) | Error::Fidelity(report) => self.report(what, report),
            other => {
                let text = other.to_string();
                let shape: String = text.chars().filter(|c| !c.is_ascii_digit()).take(40).collect();
                self.note((what, shape));
            }
        }
    }
}

fn budget() -> Budget {
    Budget::new(Arc::new(|| Duration::ZERO), Duration::from_secs(1), 64 << 20)
}

/// Some 100,000 units of work.
fn ticking() -> Budget {
    ticking_for(Duration::from_millis(100), 64 << 20)
}

/// Time passes by a millisecond whenever somebody looks, so that what would never end does, and the same input always at the
/// same place.
fn ticking_for(time: Duration, memory_bytes: u64) -> Budget {
    let looks = AtomicU64::new(0);
    let clock = move || Duration::from_millis(looks.fetch_add(1, Ordering::Relaxed));
    Budget::new(Arc::new(clock), time, memory_bytes)
}

/// The texts of an input; those that are missing are empty.
fn parts<const COUNT: usize>(data: &[u8]) -> [&[u8]; COUNT] {
    let mut texts = data.splitn(COUNT, |byte| *byte == BETWEEN);
    std::array::from_fn(|_| texts.next().unwrap_or_default())
}

/// Whether an operation stopped at a limit or a budget, which is no verdict.
fn is_bound(error: &Error) -> bool {
    let is_in_part = matches!(error, Error::Part { error, .. } if is_bound(error));
    is_in_part || matches!(error, Error::Limit { .. } | Error::Budget { .. })
}

/// Whether two JSON texts have the same value, numbers by their exact value. Texts beyond a limit count as the same.
fn is_same(left: &[u8], right: &[u8]) -> bool {
    let how = DiffOptions { output: DiffOutput::Text, arrays: Arrays::Position };
    match diff(left, right, &how, &ScanOptions::default(), &budget()) {
        Ok(compared) => compared.changes == 0,
        Err(error) => {
            assert!(is_bound(&error), "what was written cannot be read: {error}");
            true
        }
    }
}

/// An input as a message shows it.
fn shown(bytes: &[u8]) -> String {
    let start = &bytes[..bytes.len().min(400)];
    start.escape_ascii().to_string()
}
