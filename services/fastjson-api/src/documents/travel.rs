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
use json_engine::patch::Patch;
use json_engine::{DuplicateKeys, ScanOptions};
use tonic::Code;

use super::fetched::same_entry;
use super::{Document, not_found};
use crate::{App, wire};

/// Whether an input is a reference to an entry that is JSON as it stands.
fn reference(input: Option<&pb::Input>) -> Option<&pb::CacheRef> {
    let input = input?;
    let is_json = matches!(input.format(), pb::Format::Unspecified | pb::Format::Json);
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

/// What came of a change in place; `None` where the cache service does not know the call.
type Change = Option<pb::Output>;

/// Applies a JSON Patch to an entry.
pub(crate) async fn patch(
    app: &App,
    context: &Context,
    entry: &pb::CacheRef,
    patch: &Document,
) -> Result<Change, Failure> {
    use cache::patch_document_response::Outcome;
    let peer = context.for_peer(crate::NAME).map_err(wire::hop_limit)?;
    let request = cache::PatchDocumentRequest {
        namespace: entry.namespace.clone(),
        key: entry.key.clone(),
        patch: body(patch),
        condition: condition(entry),
        ..Default::default()
    };
    match known(app.documents.patch(&peer, request).await)?.and_then(|answer| answer.outcome) {
        Some(Outcome::Changed(changed)) => Ok(Some(output(entry, changed))),
        Some(Outcome::Conflict(conflict)) => Err(gone(entry, &conflict)),
        Some(Outcome::Missing(_)) => Err(not_found()),
        None => Ok(None),
    }
}

/// Applies a merge patch to an entry.
pub(crate) async fn merge(
    app: &App,
    context: &Context,
    entry: &pb::CacheRef,
    patch: &Document,
) -> Result<Change, Failure> {
    use cache::merge_document_response::Outcome;
    let peer = context.for_peer(crate::NAME).map_err(wire::hop_limit)?;
    let request = cache::MergeDocumentRequest {
        namespace: entry.namespace.clone(),
        key: entry.key.clone(),
        patch: body(patch),
        condition: condition(entry),
        ..Default::default()
    };
    match known(app.documents.merge(&peer, request).await)?.and_then(|answer| answer.outcome) {
        Some(Outcome::Changed(changed)) => Ok(Some(output(entry, changed))),
        Some(Outcome::Conflict(conflict)) => Err(gone(entry, &conflict)),
        Some(Outcome::Missing(_)) => Err(not_found()),
        None => Ok(None),
    }
}

/// What a pointer or a JSONPath selects from an entry, as the language answers, and how many values; `None` where the query
/// does not travel.
pub(crate) async fn query(
    app: &App,
    context: &Context,
    request: &pb::QueryRequest,
) -> Result<Option<(String, u64)>, Failure> {
    let text = request.query.clone();
    let (kind, is_pointer) = match request.language() {
        pb::QueryLanguage::Pointer => (cache::document_path::Kind::Pointer(text), true),
        pb::QueryLanguage::Jsonpath => (cache::document_path::Kind::Jsonpath(text), false),
        pb::QueryLanguage::Jq | pb::QueryLanguage::Jmespath | pb::QueryLanguage::Unspecified => {
            return Ok(None);
        }
    };
    let Some(entry) = reference(request.input.as_ref()) else { return Ok(None) };
    let peer = context.for_peer(crate::NAME).map_err(wire::hop_limit)?;
    let asked = cache::GetDocumentRequest {
        namespace: entry.namespace.clone(),
        key: entry.key.clone(),
        paths: vec![cache::DocumentPath { kind: Some(kind) }],
        version: entry.version,
    };
    let Some(answer) = known(app.documents.get(&peer, asked).await)? else { return Ok(None) };
    let Some(cache::get_document_response::Outcome::Found(found)) = answer.outcome else {
        return Err(not_found());
    };
    let outcome = found.answers.into_iter().next().and_then(|answer| answer.outcome);
    let values = match outcome {
        Some(cache::path_answer::Outcome::Found(found)) => found.values,
        Some(cache::path_answer::Outcome::Missing(_)) | None => Vec::new(),
    };
    let hits = values.len() as u64;
    let mut texts = values.into_iter().map(|value| value.text);
    if is_pointer {
        let message = "the pointer names nothing in this document";
        let text = texts.next().ok_or_else(|| Failure::not_found("POINTER_NOT_FOUND", message))?;
        return Ok(Some((text, 1)));
    }
    Ok(Some((format!("[{}]", texts.collect::<Vec<_>>().join(",")), hits)))
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
