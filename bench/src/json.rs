//! The engine in process, one thread, against the crates that people use, on each corpus document.
//!
//! Both sides run in turns and with the allocator of the services, and the best of several rounds counts, so that a ratio
//! holds on a busy machine too. A row below its target says `missed`.

mod formats;
mod text;

use std::hint::black_box;

use anyhow::Result;
use json_engine::{Limits, ScanOptions, document};
use serde_json::Value;

use crate::corpus::corpus;
use crate::{memory, race};

/// Names and texts.
type Documents = [(String, Vec<u8>)];

/// One topic, which prints its table.
type Topic = fn(&Documents) -> Result<()>;

/// Most memory of a parse, in lengths of the text.
const MOST_MEMORY: f64 = 6.0;

/// Prints a table a topic, of the documents and topics whose name has the given part.
pub(crate) fn run(document: &str, topic: &str) -> Result<()> {
    let documents: Vec<_> = corpus()?.into_iter().filter(|(name, _)| name.contains(document)).collect();
    let topics: [(&str, Topic); 4] =
        [("text", text::run), ("parse", parsing), ("memory", holding), ("formats", formats::run)];
    for (_, run) in topics.iter().filter(|(name, _)| name.contains(topic)) {
        run(&documents)?;
    }
    Ok(())
}

fn options() -> ScanOptions {
    // The pretty and the YAML form of some documents are longer than the default lets through.
    let limits = Limits { max_output_bytes: 64 << 20, max_bytes: 64 << 20, ..Limits::default() };
    ScanOptions { limits, ..ScanOptions::default() }
}

fn parsing(documents: &Documents) -> Result<()> {
    let mut table = race::Table::open("parse to a document", 2.0, "serde_json to Value (preserve_order)");
    for (name, text) in documents {
        let theirs = || drop(black_box(serde_json::from_slice::<Value>(text)));
        table.row(name, text.len(), || drop(black_box(document::parse(text, &options()))), theirs);
    }
    table.close();
    Ok(())
}

fn holding(documents: &Documents) -> Result<()> {
    println!("\npeak memory of a parse: at most {MOST_MEMORY} x the text; bytes asked of the allocator");
    println!("{:<22} {:>9} {:>9}", "document", "ours", "serde");
    for (name, text) in documents {
        let ours = memory::peak(|| drop(black_box(document::parse(text, &options()))));
        let theirs = memory::peak(|| drop(black_box(serde_json::from_slice::<Value>(text))));
        let [ours, theirs] = [ours, theirs].map(|bytes| bytes as f64 / text.len() as f64);
        let mark = if ours > MOST_MEMORY { "  missed" } else { "" };
        println!("{name:<22} {ours:>9.2} {theirs:>9.2}{mark}");
    }
    Ok(())
}
