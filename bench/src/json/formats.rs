//! From JSON to other formats and back, against the crates that people use for these with `serde_json::Value`.
//!
//! To write is JSON text to the format, to read is the format to JSON text, on both sides.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use json_engine::convert::{ConvertOptions, Format, Source, convert};
use json_engine::{Budget, Error};
use saphyr::LoadableYamlNode as _;
use serde_json::Value;

use super::{Documents, options};
use crate::race::Table;

/// A format by the crate that it is compared with.
struct Rival {
    format: Format,
    name: &'static str,
    least: f64,
    read: fn(&[u8]) -> Option<Value>,
    write: fn(&Value) -> Option<Vec<u8>>,
}

const RIVALS: [Rival; 3] = [
    Rival {
        format: Format::Cbor,
        name: "cbor4ii",
        least: 0.83,
        read: |bytes| cbor4ii::serde::from_slice(bytes).ok(),
        write: |value| cbor4ii::serde::to_vec(Vec::new(), value).ok(),
    },
    Rival {
        format: Format::Msgpack,
        name: "rmp-serde",
        least: 0.83,
        read: |bytes| rmp_serde::from_slice(bytes).ok(),
        write: |value| rmp_serde::to_vec(value).ok(),
    },
    Rival {
        format: Format::Yaml,
        name: "serde-saphyr",
        least: 0.8,
        read: |bytes| serde_saphyr::from_str(std::str::from_utf8(bytes).ok()?).ok(),
        write: |value| serde_saphyr::to_string(value).ok().map(String::into_bytes),
    },
];

pub(super) fn run(documents: &Documents) -> Result<()> {
    for rival in &RIVALS {
        let format = rival.format.name();
        let mut table = Table::open(&format!("write {format}"), rival.least, rival.name);
        for (name, text) in documents {
            let theirs = || serde_json::from_slice(text).ok().as_ref().and_then(rival.write);
            let ours = || drop(black_box(ours(Format::Json, rival.format, text)));
            table.row(name, text.len(), ours, || drop(black_box(theirs())));
        }
        table.close();
        reading(documents, rival)?;
    }
    loading(documents)
}

/// Both read what the other crate wrote: cbor4ii reads no floats of half precision, which the shortest form has.
fn reading(documents: &Documents, rival: &Rival) -> Result<()> {
    let format = rival.format.name();
    let mut table = Table::open(&format!("read {format}"), rival.least, rival.name);
    for (name, text) in documents {
        let value: Value = serde_json::from_slice(text)?;
        let Some(bytes) = (rival.write)(&value).filter(|bytes| (rival.read)(bytes).is_some()) else {
            table.no_rival(name, "it does not read it");
            continue;
        };
        let json = |value: &Value| serde_json::to_vec(value).ok();
        let theirs = || drop(black_box((rival.read)(&bytes).as_ref().and_then(json)));
        let ours = || drop(black_box(ours(rival.format, Format::Json, &bytes)));
        table.row(name, text.len(), ours, theirs);
    }
    table.close();
    Ok(())
}

/// The fastest reader of YAML that was found has no writer of JSON, so that only ours writes one.
fn loading(documents: &Documents) -> Result<()> {
    let mut table = Table::open("read yaml, and write it as JSON", 0.8, "saphyr, which only loads");
    for (name, text) in documents {
        let yaml = ours(Format::Json, Format::Yaml, text)?;
        let yaml = String::from_utf8(yaml)?;
        let theirs = || drop(black_box(saphyr::Yaml::load_from_str(&yaml)));
        let ours = || drop(black_box(ours(Format::Yaml, Format::Json, yaml.as_bytes())));
        table.row(name, text.len(), ours, theirs);
    }
    table.close();
    Ok(())
}

fn ours(from: Format, to: Format, source: &[u8]) -> Result<Vec<u8>, Error> {
    let budget = Budget::new(Arc::new(|| Duration::ZERO), Duration::from_secs(1), 1 << 30);
    let how = ConvertOptions { from: Source::Is(from), ..ConvertOptions::to(to) };
    convert(source, &how, &options(), &budget).map(|converted| converted.bytes)
}
