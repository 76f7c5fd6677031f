//! A change of a stored document: made of what is there, written if that is still there.

use std::sync::Arc;

use bytes::Bytes;
use cache_engine::{
    Body, Condition, Current, Edit, Entry, Key, NamespaceName, Receipt, RequestId, Store as _, Value,
    Version, Write,
};
use chassis::Failure;
use json_engine::ScanOptions;
use json_engine::document::{self, Document, Written};
use json_engine::patch::{Patch, merge_into};

use super::{Allowance, Demands, Held};
use crate::{App, wire};

/// How often a change is made anew because another write came between.
const MOST_ATTEMPTS: usize = 64;

/// The media type of a document that had none.
pub(crate) const JSON: &str = "application/json";

/// The entry that is to be changed.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) namespace: NamespaceName,
    pub(crate) key: Key,
}

/// The id under which a change takes effect once, and what was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Once {
    pub(crate) id: RequestId,
    pub(crate) words: Arc<[u8]>,
}

/// How a document is to be changed. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    /// RFC 6902.
    Patch(Arc<Patch>),
    /// RFC 7396.
    Merge(Document),
}

impl Change {
    /// Reads a JSON Patch. Fails with `PATCH_INVALID` at the operation and the place, and on limits.
    pub(crate) async fn patch(app: &App, text: Bytes) -> Result<Self, Failure> {
        let (options, bytes) = (app.documents.options(), text.len());
        let read = super::run(app, bytes, move || Patch::parse(&text, &options)).await?;
        read.map(|patch| Self::Patch(Arc::new(patch))).map_err(wire::document_failure)
    }

    /// Reads a merge patch. Fails with `DOCUMENT_INVALID` and on limits.
    pub(crate) async fn merge(app: &App, text: Bytes) -> Result<Self, Failure> {
        let read = super::parse(app, text).await;
        read.map(|held| Self::Merge(held.document)).map_err(|failure| failure.with("part", "patch"))
    }
}

/// A change, and what must hold after it. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) how: Change,
    pub(crate) demands: Demands,
}

/// What came of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was made; `None` for the length where that was before.
    Changed(Version, Option<u64>),
    /// The condition did not hold.
    Conflict(Current),
    /// There is no entry.
    Missing,
}

impl Outcome {
    fn word(self) -> &'static str {
        match self {
            Self::Changed(..) => "changed",
            Self::Conflict(_) => "conflict",
            Self::Missing => "missing",
        }
    }
}

/// A value, and the document that it says.
struct Made {
    value: Value,
    held: Held,
}

/// Changes a document. After an error it is as it was.
pub(crate) async fn change(
    app: &App,
    target: &Target,
    condition: Condition,
    once: Option<&Once>,
    change: Wanted,
) -> Result<Outcome, Failure> {
    let outcome = in_turn(app, target, condition, once, change).await;
    let word = outcome.as_ref().map_or("failed", |outcome| outcome.word());
    metrics::counter!("documents_changes_total", "outcome" => word).increment(1);
    outcome
}

async fn in_turn(
    app: &App,
    target: &Target,
    condition: Condition,
    once: Option<&Once>,
    change: Wanted,
) -> Result<Outcome, Failure> {
    let _turn = app.documents.turns.wait(target).await;
    if let Some(once) = once
        && let Some(done) = done_before(app, target, once).await?
    {
        return Ok(done);
    }
    for _ in 0..MOST_ATTEMPTS {
        let found = app.store.get(&target.namespace, &target.key).await.map_err(wire::engine_failure)?;
        let Some(entry) = found else { return Ok(Outcome::Missing) };
        let current = Current::Version(entry.version());
        if !condition.holds(current) {
            return Ok(Outcome::Conflict(current));
        }
        let made = make(app, target, &entry, change.clone()).await?;
        if let Some(outcome) = write(app, target, once, entry.version(), made).await? {
            return Ok(outcome);
        }
        metrics::counter!("documents_attempts_lost_total").increment(1);
    }
    let message = format!("other writes came between {MOST_ATTEMPTS} times; the document is as they left it");
    Err(Failure::aborted("DOCUMENT_CONTENDED", message).retry_after(std::time::Duration::from_millis(100)))
}

/// What came of the same change, if it was made before.
async fn done_before(app: &App, target: &Target, once: &Once) -> Result<Option<Outcome>, Failure> {
    let version = Version::new(1).map_err(wire::engine_failure)?;
    let value = Value::new(Body::text(""), "").map_err(wire::engine_failure)?;
    let edit = Edit { asked: Arc::clone(&once.words), basis: version, value };
    let write = Write::Edit { key: target.key.clone(), edit };
    let receipt = app.store.receipt(&target.namespace, &once.id, &write).await;
    match receipt.map_err(wire::engine_failure)? {
        Some(Receipt::Stored(version)) => Ok(Some(Outcome::Changed(version, None))),
        Some(Receipt::Removed(_) | Receipt::Counted(..) | Receipt::Missing | Receipt::Conflict(_)) | None => {
            Ok(None)
        }
    }
}

/// Makes the changed document.
async fn make(app: &App, target: &Target, entry: &Entry, change: Wanted) -> Result<Made, Failure> {
    let held = super::of_entry(app, &target.namespace, &target.key, entry).await?;
    let (options, allowance) = (app.documents.options(), app.documents.allowance());
    let (former, bytes) = (entry.value().clone(), entry.value().body().len());
    let is_program = matches!(change.how, Change::Patch(_)) || !change.demands.is_empty();
    let work = move || made(&held, &former, &change, &options, allowance);
    if is_program { super::run_program(app, work).await? } else { super::run(app, bytes, work).await? }
}

fn made(
    held: &Held,
    former: &Value,
    change: &Wanted,
    options: &ScanOptions,
    allowance: Allowance,
) -> Result<Made, Failure> {
    let (limits, budget) = (&options.limits, allowance.budget());
    let changed = match &change.how {
        Change::Patch(patch) => patch.apply_to((&held.document, held.nodes), limits, &budget),
        Change::Merge(patch) => merge_into(&held.document, patch, limits, &budget),
    };
    let changed = changed.map_err(wire::document_failure)?;
    let written = document::write(&changed, limits.max_output_bytes, &budget);
    let Written { text, nodes } = written.map_err(wire::document_failure)?;
    change.demands.check(&changed, &text, options, allowance)?;
    let body = match std::str::from_utf8(&text) {
        Ok(text) if former.body().is_text() => Body::text(text),
        Ok(_) | Err(_) => Body::data(&text),
    };
    let media_type = if former.content_type().is_empty() { JSON } else { former.content_type() };
    let value = Value::new(body, media_type).expect("a value had this media type");
    Ok(Made { value, held: Held::new(changed, nodes, text.len()) })
}

/// Writes it in place of what it was made of; `None` if that is no longer there.
async fn write(
    app: &App,
    target: &Target,
    once: Option<&Once>,
    basis: Version,
    made: Made,
) -> Result<Option<Outcome>, Failure> {
    let size_bytes = made.value.body().len() as u64;
    let words = once.map(|once| Arc::clone(&once.words)).unwrap_or_default();
    let edit = Edit { asked: words, basis, value: made.value };
    let (store, namespace) = (&app.store, &target.namespace);
    let receipt = match once {
        Some(once) => {
            let write = Write::Edit { key: target.key.clone(), edit };
            store.once(namespace, &once.id, write).await
        }
        None => store.edit(namespace, &target.key, edit).await.map(Receipt::from),
    };
    match receipt.map_err(wire::engine_failure)? {
        Receipt::Stored(version) => {
            app.documents.keep(target, version.get(), made.held);
            Ok(Some(Outcome::Changed(version, Some(size_bytes))))
        }
        Receipt::Conflict(_) => Ok(None),
        Receipt::Removed(_) | Receipt::Counted(..) | Receipt::Missing => Err(wire::foreign_receipt()),
    }
}
