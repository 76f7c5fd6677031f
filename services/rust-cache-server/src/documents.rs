//! Documents: entries that are JSON, read in part and changed where they lie.
//!
//! The idea: a change is made of the value that is there, outside of every lock, and written only if that value is still
//! there. Changes of one document wait for each other by a turn, so that only a write by another way can come between.
//!
//! Promise: a reader sees a document before or after a change; a change that is not acknowledged changed nothing; a patch
//! is never lost. Cost: reading a part of a document whose parsed form is kept costs the path and the answer; a change costs
//! what it changes and the text of the whole.

mod allowance;
mod change;
mod demands;
mod parsed;
mod pool;
mod turns;

use bytes::Bytes;
use cache_engine::{Entry, Key, NamespaceName};
use chassis::Failure;
use json_engine::document::{self, Document};
use json_engine::{Limits, ScanOptions};

pub(crate) use self::allowance::Allowance;
pub(crate) use self::change::{Change, JSON, Once, Outcome, Target, Wanted, change};
pub(crate) use self::demands::{Demands, Named, unchecked};
use self::parsed::Parsed;
use self::pool::Pool;
use self::turns::Turns;
use crate::config;
use crate::{App, wire};

/// Most paths of one call.
pub(crate) const MAX_PATHS: usize = 64;

/// A document in memory. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    pub(crate) document: Document,
    /// How many values it has.
    nodes: u64,
    /// Bytes that it takes, by the number of its values and the length of its text.
    bytes: u64,
}

impl Held {
    fn new(document: Document, nodes: u64, text_bytes: usize) -> Self {
        Self { document, nodes, bytes: document::held_bytes(nodes, text_bytes as u64) }
    }
}

/// What all calls on documents share.
pub(crate) struct Documents {
    limits: config::Documents,
    parsed: Parsed,
    pool: Pool,
    turns: Turns,
}

impl Documents {
    pub(crate) fn new(limits: &config::Documents) -> Self {
        Self {
            parsed: Parsed::new(limits.max_parsed_bytes),
            pool: Pool::new(limits),
            turns: Turns::new(),
            limits: limits.clone(),
        }
    }

    /// How a text of at most as many bytes as a value has is read.
    pub(crate) fn options(&self) -> ScanOptions {
        let limits = Limits {
            max_bytes: u64::MAX,
            max_depth: self.limits.max_depth,
            max_nodes: self.limits.max_nodes,
            max_output_bytes: self.limits.memory_bytes,
            ..Limits::default()
        };
        ScanOptions { limits, ..ScanOptions::default() }
    }

    /// What one call may use, from when its work begins.
    pub(crate) fn allowance(&self) -> Allowance {
        Allowance { time: self.limits.time, memory_bytes: self.limits.memory_bytes }
    }

    /// Remembers the parsed form of a version.
    pub(crate) fn keep(&self, target: &Target, version: u64, held: Held) {
        self.parsed.put((target.namespace.clone(), target.key.clone()), version, held);
    }
}

/// Does work of so many bytes: little of it at once, the rest on the pool.
pub(crate) async fn run<T, F>(app: &App, bytes: usize, work: F) -> Result<T, Failure>
where
    T: Send + 'static,
    F: FnOnce() -> T + Send + 'static,
{
    if bytes <= app.documents.limits.inline_bytes { Ok(work()) } else { run_program(app, work).await }
}

/// Does work whose time does not follow from its size, on the pool.
pub(crate) async fn run_program<T, F>(app: &App, work: F) -> Result<T, Failure>
where
    T: Send + 'static,
    F: FnOnce() -> T + Send + 'static,
{
    app.documents.pool.run(work).await
}

/// Reads a text. Fails with `DOCUMENT_INVALID` and on limits.
pub(crate) async fn parse(app: &App, text: Bytes) -> Result<Held, Failure> {
    let (options, bytes) = (app.documents.options(), text.len());
    let work = move || {
        let (document, report) = document::parse(&text, &options)?;
        Ok(Held::new(document, report.stats.nodes, text.len()))
    };
    run(app, bytes, work).await?.map_err(wire::document_failure)
}

/// The parsed form of an entry: the one that is kept, or a new one, which is then kept.
pub(crate) async fn of_entry(
    app: &App,
    namespace: &NamespaceName,
    key: &Key,
    entry: &Entry,
) -> Result<Held, Failure> {
    let (name, version) = ((namespace.clone(), key.clone()), entry.version().get());
    if let Some(held) = app.documents.parsed.get(&name, version) {
        return Ok(held);
    }
    let held = parse(app, entry.value().body().to_bytes()).await?;
    app.documents.parsed.put(name, version, held.clone());
    Ok(held)
}
