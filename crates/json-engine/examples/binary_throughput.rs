//! MB/s of JSON text that a conversion to, from and within CBOR and MessagePack stands for, and its ratio to
//! serde_json's `Value` with cbor4ii and rmp-serde in the same run.
//!
//! `write` is a document from JSON, `read` one to JSON, `both` one from the format to itself.

#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use json_engine::convert::{ConvertOptions, Format, Source, convert};
use json_engine::{Budget, Clock, Error, ScanOptions};
use serde_json::Value;

const ROUND: Duration = Duration::from_millis(20);
const ROUNDS: u32 = 9;

struct Still;

impl Clock for Still {
    fn now(&self) -> Duration {
        Duration::ZERO
    }
}

/// A format by the crate that it is compared with.
struct Other {
    format: Format,
    read: fn(&[u8]) -> Option<Value>,
    write: fn(&Value) -> Option<Vec<u8>>,
}

const OTHERS: [Other; 2] = [
    Other {
        format: Format::Cbor,
        read: |bytes| cbor4ii::serde::from_slice(bytes).ok(),
        write: |value| cbor4ii::serde::to_vec(Vec::new(), value).ok(),
    },
    Other {
        format: Format::Msgpack,
        read: |bytes| rmp_serde::from_slice(bytes).ok(),
        write: |value| rmp_serde::to_vec(value).ok(),
    },
];

/// MB/s of the best round, since noise only ever slows.
fn rate(bytes: usize, mut work: impl FnMut()) -> f64 {
    let mut best = f64::MAX;
    for _ in 0..ROUNDS {
        let (begun, mut turns) = (Instant::now(), 0.0);
        while turns == 0.0 || begun.elapsed() < ROUND {
            work();
            turns += 1.0;
        }
        best = best.min(begun.elapsed().as_secs_f64() / turns);
    }
    bytes as f64 / best / 1e6
}

fn ours(from: Format, to: Format, source: &[u8]) -> Result<Vec<u8>, Error> {
    let budget = Budget::new(Arc::new(Still), Duration::from_secs(1), 1 << 30);
    let how = ConvertOptions { from: Source::Is(from), ..ConvertOptions::to(to) };
    convert(source, &how, &ScanOptions::default(), &budget).map(|converted| converted.bytes)
}

fn row(name: &str, text: &[u8], other: &Other) {
    // The bytes of the other crate: cbor4ii reads no half precision floats, which preferred serialisation has.
    let value = serde_json::from_slice(text).ok();
    let Some(binary) = value.as_ref().and_then(other.write) else {
        return;
    };
    let json = |value: &Value| serde_json::to_vec(value).ok();
    let rate = |work: &mut dyn FnMut()| rate(text.len(), work);
    let columns = [
        (
            rate(&mut || drop(black_box(ours(Format::Json, other.format, text)))),
            rate(&mut || {
                let value = serde_json::from_slice(text).ok();
                drop(black_box(value.as_ref().and_then(other.write)));
            }),
        ),
        (
            rate(&mut || drop(black_box(ours(other.format, Format::Json, &binary)))),
            rate(&mut || drop(black_box((other.read)(&binary).as_ref().and_then(json)))),
        ),
        (
            rate(&mut || drop(black_box(ours(other.format, other.format, &binary)))),
            rate(&mut || drop(black_box((other.read)(&binary).as_ref().and_then(other.write)))),
        ),
    ];
    let columns = columns.map(|(own, other)| format!("{own:>8.0} {other:>8.0} {:>6.2}", own / other));
    println!("{:<8} {name:<22} {}", other.format.name(), columns.join(" "));
}

fn main() -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let only = std::env::args().nth(1).unwrap_or_default();
    println!(
        "MB/s of the JSON text            write    other  ratio     read    other  ratio     both    other  ratio"
    );
    let mut paths: Vec<_> = std::fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".json") && name.contains(&only) {
            let text = std::fs::read(&path)?;
            for other in &OTHERS {
                row(&name, &text, other);
            }
        }
    }
    Ok(())
}
