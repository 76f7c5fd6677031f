//! Queries and checks in process, one thread, against the crates that people use, on documents that are in memory already
//! unless a topic says otherwise.
//!
//! Both sides get what they need beforehand: the document in their own form, the program or schema compiled. Both find the
//! same, or the run fails. A row below its target says `missed`.

mod jmespath;
mod jq;
mod jsonpath;
mod schema;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use json_engine::document::{self, Document};
use json_engine::query::Selected;
use json_engine::{Budget, Limits, ScanOptions};

use crate::corpus::corpus;

/// One topic, which prints its tables of the documents.
type Topic = fn(&Documents) -> Result<()>;

/// Names and texts.
type Documents = [(String, Vec<u8>)];

/// Prints the tables of the topics and documents whose name has the given part.
pub(crate) fn run(document: &str, topic: &str) -> Result<()> {
    let documents: Vec<_> = corpus()?.into_iter().filter(|(name, _)| name.contains(document)).collect();
    let topics: [(&str, Topic); 4] =
        [("jsonpath", jsonpath::run), ("jmespath", jmespath::run), ("schema", schema::run), ("jq", jq::run)];
    for (_, run) in topics.iter().filter(|(name, _)| name.contains(topic)) {
        run(&documents)?;
    }
    Ok(())
}

/// A program and the document that it is for, by the beginning of its name.
type Program = (&'static str, &'static str);

/// The programs that are for `document`.
fn programs_for(programs: &'static [Program], document: &str) -> impl Iterator<Item = &'static str> {
    programs.iter().filter(move |(name, _)| document.starts_with(name)).map(|(_, program)| *program)
}

fn options() -> ScanOptions {
    ScanOptions::default()
}

fn parsed(text: &[u8]) -> Result<Document> {
    let (document, _) = document::parse(text, &options()).context("the corpus is JSON")?;
    Ok(document)
}

/// How many values there are.
fn hits(selected: &Selected<'_>) -> usize {
    match selected {
        Selected::One(_) => 1,
        Selected::Nodes(nodes) => nodes.len(),
        Selected::Values(values) => values.len(),
    }
}

/// The title of a row.
fn title(document: &str, program: &str) -> String {
    let document = document.trim_end_matches(".json");
    let whole = format!("{document} {program}");
    whole.chars().take(76).collect()
}

fn budget() -> Budget {
    Budget::new(Arc::new(|| Duration::ZERO), Duration::from_secs(1), 1 << 30)
}

fn limits() -> Limits {
    Limits::default()
}
