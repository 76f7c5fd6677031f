//! Operations that travel to the data: what changes an entry of the cache service in place, or reads a part of one, is done
//! there, and the document stays where it lies.
//!
//! Promise: the answer is as if the document had been fetched, changed and stored again, but that nothing can come between, and
//! that the entry keeps its life and tags. Cost: one call with the operation in it. A cache service that does not know these
//! calls yet is asked for the document instead.

use chassis::Failure;
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use fastjson_proto::rustcache::v1 as cache;
use fastjson_proto::rustcache::v1::document_path::Kind;
use json_engine::patch::Patch;
use json_engine::{DuplicateKeys, ScanOptions};
use tonic::Code;

use super::fetched::same_entry;
use super::{Document, not_found};
use crate::{App, wire};

/// Whether an input is a reference to an entry that is JSON as it stands.
fn reference(input: Option<&pb::Input>) -> Option<&pb::CacheRef> {
    let input = input?;
    // One that is unknown is refused where the document is fetched.
    let is_json =
        matches!(pb::Format::try_from(input.format), Ok(pb::Format::Unspecified | pb::Format::Json));
    match &input.source {
        Some(pb::input::Source::Ref(reference)) if is_json => Some(reference),
        _ => None,
    }
}

/// The entry that a call changes in place: input and target are one, and it is to keep its life.
pub(crate) fn in_place(input: Option<&pb::Input>, store_as: Option<&pb::StoreAs>) -> Option<pb::CacheRef> {
    let (from, store_as) = (reference(input)?, store_as?);
    let target = store_as.target.as_ref()?;
    let is_plain = store_as.ttl.is_none() && target.version.is_none();
    (is_plain && same_entry(from, target)).then(|| from.clone())
}

/// How many operations a patch has. Fails as applying it would.
pub(crate) fn operations(patch: &Document, options: &ScanOptions) -> Result<u64, Failure> {
    let read = Patch::parse(&patch.bytes, options).map_err(wire::engine_failure)?;
    Ok(read.operations() as u64)
}

/// How an entry is changed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum How {
    /// By a JSON Patch, RFC 6902.
    Patch,
    /// By a merge patch, RFC 7396.
    Merge,
}

/// What the cache service answers to a change, of either kind.
enum Settled {
    Changed(cache::Changed),
    Conflict(cache::Conflict),
    Missing,
}

/// Changes an entry in place; `None` where the cache service does not know the call.
pub(crate) async fn change(
    app: &App,
    context: &Context,
    entry: &pb::CacheRef,
    how: How,
    patch: &Document,
) -> Result<Option<pb::Output>, Failure> {
    match ask(app, context, entry, how, patch).await? {
        Some(Settled::Changed(changed)) => Ok(Some(output(entry, changed))),
        Some(Settled::Conflict(conflict)) => Err(gone(entry, &conflict)),
        Some(Settled::Missing) => Err(not_found()),
        None => Ok(None),
    }
}

async fn ask(
    app: &App,
    context: &Context,
    entry: &pb::CacheRef,
    how: How,
    patch: &Document,
) -> Result<Option<Settled>, Failure> {
    let peer = context.for_peer(crate::NAME).map_err(wire::hop_limit)?;
    let (namespace, key) = (entry.namespace.clone(), entry.key.clone());
    let (patch, condition) = (body(patch), condition(entry));
    Ok(match how {
        How::Patch => {
            let request =
                cache::PatchDocumentRequest { namespace, key, patch, condition, ..Default::default() };
            let answer = known(app.documents.patch(&peer, request).await)?;
            answer.and_then(|answer| answer.outcome).map(Settled::from)
        }
        How::Merge => {
            let request =
                cache::MergeDocumentRequest { namespace, key, patch, condition, ..Default::default() };
            let answer = known(app.documents.merge(&peer, request).await)?;
            answer.and_then(|answer| answer.outcome).map(Settled::from)
        }
    })
}

impl From<cache::patch_document_response::Outcome> for Settled {
    fn from(outcome: cache::patch_document_response::Outcome) -> Self {
        use cache::patch_document_response::Outcome;
        match outcome {
            Outcome::Changed(changed) => Self::Changed(changed),
            Outcome::Conflict(conflict) => Self::Conflict(conflict),
            Outcome::Missing(_) => Self::Missing,
        }
    }
}

impl From<cache::merge_document_response::Outcome> for Settled {
    fn from(outcome: cache::merge_document_response::Outcome) -> Self {
        use cache::merge_document_response::Outcome;
        match outcome {
            Outcome::Changed(changed) => Self::Changed(changed),
            Outcome::Conflict(conflict) => Self::Conflict(conflict),
            Outcome::Missing(_) => Self::Missing,
        }
    }
}

/// What a pointer or a JSONPath selects from an entry, as the language answers, and how many values; `None` where the query
/// does not travel.
pub(crate) async fn query(
    app: &App,
    context: &Context,
    request: &pb::QueryRequest,
) -> Result<Option<(String, u64)>, Failure> {
    let Some(path) = path(request) else { return Ok(None) };
    let Some(entry) = reference(request.input.as_ref()) else { return Ok(None) };
    let peer = context.for_peer(crate::NAME).map_err(wire::hop_limit)?;
    let asked = cache::GetDocumentRequest {
        namespace: entry.namespace.clone(),
        key: entry.key.clone(),
        paths: vec![cache::DocumentPath { kind: Some(path.clone()) }],
        version: entry.version,
    };
    let Some(answer) = known(app.documents.get(&peer, asked).await)? else { return Ok(None) };
    let Some(cache::get_document_response::Outcome::Found(found)) = answer.outcome else {
        return Err(not_found());
    };
    wording::selection(&path, found.answers.into_iter().next()).map(Some)
}

/// The query, in a language that the cache service knows.
fn path(request: &pb::QueryRequest) -> Option<Kind> {
    let text = request.query.clone();
    match request.language() {
        pb::QueryLanguage::Pointer => Some(Kind::Pointer(text)),
        pb::QueryLanguage::Jsonpath => Some(Kind::Jsonpath(text)),
        pb::QueryLanguage::Jq | pb::QueryLanguage::Jmespath | pb::QueryLanguage::Unspecified => None,
    }
}

/// The answer, or `None` of a peer that does not know the call.
fn known<T>(answer: Result<T, client::Error>) -> Result<Option<T>, Failure> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(client::Error::Status(status)) if status.code() == Code::Unimplemented => Ok(None),
        Err(error) => Err(wire::CACHE.failure(error)),
    }
}

fn body(patch: &Document) -> Option<cache::DocumentPatch> {
    Some(cache::DocumentPatch { body: Some(cache::document_patch::Body::Data(patch.bytes.clone())) })
}

/// A reference that names a version means that one.
fn condition(entry: &pb::CacheRef) -> Option<cache::Condition> {
    let kind = cache::condition::Kind::IfVersion(entry.version?);
    Some(cache::Condition { kind: Some(kind) })
}

fn output(entry: &pb::CacheRef, changed: cache::Changed) -> pb::Output {
    let reference = pb::CacheRef { version: Some(changed.version), ..entry.clone() };
    pb::Output {
        result: Some(pb::output::Result::Ref(reference)),
        format: pb::Format::Json.into(),
        size_bytes: changed.size_bytes.unwrap_or_default(),
    }
}

fn gone(entry: &pb::CacheRef, conflict: &cache::Conflict) -> Failure {
    match conflict.current {
        Some(cache::conflict::Current::Version(present)) => {
            super::version_gone(entry.version.unwrap_or_default(), present)
        }
        Some(cache::conflict::Current::Missing(_)) | None => not_found(),
    }
}

/// How an answer is made that is stored: the cache service says how long it may be.
pub(crate) fn options(
    app: &App,
    duplicate_keys: DuplicateKeys,
    store_as: Option<&pb::StoreAs>,
) -> ScanOptions {
    let mut options = app.scan_options(duplicate_keys);
    if store_as.is_some() {
        options.limits.max_output_bytes = app.config.limits.program_memory_bytes;
    }
    options
}
