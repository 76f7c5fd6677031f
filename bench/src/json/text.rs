//! What is done on the text itself: validate, format, look up by a pointer.

use std::hint::black_box;

use anyhow::Result;
use json_engine::pointer::{Pointer, locate};
use json_engine::{Style, format, validate};
use serde::de::IgnoredAny;
use serde_json::Value;

use super::{Documents, options};
use crate::race::Table;

pub(super) fn run(documents: &Documents) -> Result<()> {
    validating(documents);
    let minify = |value: &Value| drop(black_box(serde_json::to_vec(value)));
    writing(documents, ("minify", 4.0, "serde_json parse and write"), Style::Minify, minify);
    let pretty = |value: &Value| drop(black_box(serde_json::to_vec_pretty(value)));
    let style = Style::Pretty(Default::default());
    writing(documents, ("pretty", 2.5, "serde_json parse and to_vec_pretty"), style, pretty);
    let canonical = |value: &Value| drop(black_box(serde_json_canonicalizer::to_vec(value)));
    let topic = ("canonical", 4.0, "serde_json parse and serde_json_canonicalizer");
    writing(documents, topic, Style::Canonical, canonical);
    pointing(documents)
}

fn validating(documents: &Documents) {
    let options = options();
    let mut table = Table::open("validate", 1.0, "simd-json to a tape");
    let mut scratch = Vec::new();
    for (name, text) in documents {
        // It writes into the text, so that each turn begins with a copy, into memory that is there.
        let tape = || {
            scratch.clear();
            scratch.extend_from_slice(text);
            drop(black_box(simd_json::to_tape(&mut scratch)));
        };
        table.row(name, text.len(), || drop(black_box(validate(text, &options))), tape);
    }
    table.close();
    let mut table = Table::open("validate", 1.0, "serde_json to IgnoredAny");
    for (name, text) in documents {
        let ignored = || drop(black_box(serde_json::from_slice::<IgnoredAny>(text)));
        table.row(name, text.len(), || drop(black_box(validate(text, &options))), ignored);
    }
    table.close();
}

fn writing(
    documents: &Documents,
    (topic, least, rival): (&str, f64, &str),
    style: Style,
    write: impl Fn(&Value),
) {
    let options = options();
    let mut table = Table::open(topic, least, rival);
    for (name, text) in documents {
        let ours = || drop(black_box(format(text, &style.into(), &options)));
        let theirs = || drop(serde_json::from_slice(text).map(|value| write(&value)));
        table.row(name, text.len(), ours, theirs);
    }
    table.close();
}

fn pointing(documents: &Documents) -> Result<()> {
    let options = options();
    let mut table = Table::open("pointer get of the last value", 0.9, "our own validate");
    for (name, text) in documents {
        let pointer = Pointer::parse(&last(&serde_json::from_slice(text)?))?;
        let get = || drop(black_box(locate(text, &pointer, &options)));
        table.row(name, text.len(), get, || drop(black_box(validate(text, &options))));
    }
    table.close();
    Ok(())
}

/// The pointer of the last value that holds no other.
fn last(value: &Value) -> String {
    let (token, below) = match value {
        Value::Array(elements) if !elements.is_empty() => {
            ((elements.len() - 1).to_string(), &elements[elements.len() - 1])
        }
        Value::Object(members) => match members.iter().next_back() {
            Some((key, value)) => (key.replace('~', "~0").replace('/', "~1"), value),
            None => return String::new(),
        },
        _ => return String::new(),
    };
    std::format!("/{token}{}", last(below))
}
