//! Documents that come in by value or by reference, and answers that go out the same ways.
//!
//! Promise: a call reads an entry once, however many of its inputs name it; a reference gives the version that it names or fails
//! with `VERSION_GONE`; a call that crossed the border already reads and writes nothing there (`HOP_LIMIT`). Cost: a reference is
//! one call of the cache service, a value nothing: bytes are never copied on the way in.

mod fetched;
pub(crate) mod pinned;
pub(crate) mod travel;

use bytes::Bytes;
use chassis::Failure;
use client::{CacheClient, is_binary, media_type};
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use fastjson_proto::rustcache::v1 as cache;
use json_engine::DuplicateKeys;
use json_engine::convert::{ConvertOptions, Format, Source};

pub(crate) use self::fetched::Fetched;
use crate::compute::{self, Weight};
use crate::{App, wire};

/// The arm in which a document came, and in which its answer goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arm {
    Text,
    Data,
}

/// A document at hand.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) bytes: Bytes,
    pub(crate) arm: Arm,
    /// How it is written; unspecified where it is text for people.
    pub(crate) format: pb::Format,
}

impl Document {
    /// The arm in which it goes out: no binary document is text.
    fn out_arm(&self) -> Arm {
        if is_binary(self.format) { Arm::Data } else { self.arm }
    }
}

/// Gets the document that `input` names, as JSON: what is written otherwise is converted first.
pub(crate) async fn fetch_json(
    app: &App,
    context: &Context,
    input: Option<pb::Input>,
) -> Result<Document, Failure> {
    Fetched::new(app, context).fetch_json(input).await
}

/// The document as JSON: what is written otherwise is converted.
pub(crate) async fn as_json(app: &App, context: &Context, document: Document) -> Result<Document, Failure> {
    let source = wire::choice::source(document.format.into())?;
    if source == Source::Is(Format::Json) {
        return Ok(document);
    }
    let how = ConvertOptions { from: source, ..ConvertOptions::to(Format::Json) };
    let options = app.scan_options(DuplicateKeys::Report);
    let (allowance, _guard) = compute::document_budget(&app.config.limits, context);
    let work = move || json_engine::convert::convert(&document.bytes, &how, &options, &allowance.budget());
    let converted = app.compute.run(Weight::Program, work).await?.map_err(wire::engine_failure)?;
    Ok(Document { bytes: converted.bytes.into(), arm: document.arm, format: pb::Format::Json })
}

/// Gets the document that `input` names, as it is; one read from the cache service when it is a reference.
pub(crate) async fn fetch(
    app: &App,
    context: &Context,
    input: Option<pb::Input>,
) -> Result<Document, Failure> {
    Fetched::new(app, context).fetch(input).await
}

/// No document came with a call that needs one.
pub(crate) fn missing() -> Failure {
    Failure::invalid("INPUT_MISSING", "the input has no document; allowed: text, data or ref")
}

/// Says of a failure which part of the call it is about, where a call has several documents; one that says so already stays.
pub(crate) fn of_part(part: &'static str) -> impl FnOnce(Failure) -> Failure {
    move |mut failure| {
        if failure.metadata.iter().any(|(key, _)| key == "part") {
            return failure;
        }
        failure.message = format!("{part}: {}", failure.message);
        failure.with("part", part)
    }
}

/// Gets what the entry of `reference` holds, and the arm in which it was stored.
pub(crate) async fn fetch_reference(
    cache: &CacheClient,
    context: &Context,
    reference: pb::CacheRef,
) -> Result<(Bytes, Arm), Failure> {
    let peer = context.for_peer(crate::NAME).map_err(wire::hop_limit)?;
    let wanted = reference.version;
    let request = cache::GetRequest { namespace: reference.namespace, key: reference.key };
    let response = cache.get(&peer, request).await.map_err(|error| wire::CACHE.failure(error))?;
    let entry = match response.outcome {
        Some(cache::get_response::Outcome::Found(entry)) => entry,
        Some(cache::get_response::Outcome::Missing(_)) | None => return Err(not_found()),
    };
    if let Some(wanted) = wanted
        && wanted != entry.version
    {
        return Err(version_gone(wanted, entry.version));
    }
    match entry.value.and_then(|value| value.body) {
        Some(cache::value::Body::Text(text)) => Ok((text.into(), Arm::Text)),
        Some(cache::value::Body::Data(bytes)) => Ok((bytes, Arm::Data)),
        None => Err(not_found()),
    }
}

fn version_gone(wanted: u64, present: u64) -> Failure {
    let message = format!("the entry has version {present}, version {wanted} was asked for");
    Failure::not_found("VERSION_GONE", message).with("version", present)
}

fn not_found() -> Failure {
    Failure::not_found("REF_NOT_FOUND", "the reference names an entry that the cache does not hold")
}

/// Gives the answer out: into the cache service when `store_as` is set, else in the arm in which the document came.
pub(crate) async fn give(
    cache: &CacheClient,
    context: &Context,
    store_as: Option<pb::StoreAs>,
    answer: Document,
) -> Result<pb::Output, Failure> {
    let (size_bytes, format) = (answer.bytes.len() as u64, answer.format.into());
    let result = match store_as {
        Some(store_as) => pb::output::Result::Ref(store(cache, context, store_as, answer).await?),
        None => in_its_arm(answer)?,
    };
    Ok(pb::Output { result: Some(result), format, size_bytes })
}

fn in_its_arm(answer: Document) -> Result<pb::output::Result, Failure> {
    match answer.out_arm() {
        Arm::Data => Ok(pb::output::Result::Data(answer.bytes)),
        Arm::Text => text(answer.bytes).map(pb::output::Result::Text),
    }
}

/// What is written as text is UTF-8, so this fails by a fault of ours only.
fn text(bytes: Bytes) -> Result<String, Failure> {
    String::from_utf8(bytes.into())
        .map_err(|_| Failure::internal("ANSWER_NOT_UTF8", "the answer is not UTF-8 by a fault of the server"))
}

/// Writes the answer as the entry that `store_as` names; gives the version that it got.
pub(crate) async fn store(
    cache: &CacheClient,
    context: &Context,
    store_as: pb::StoreAs,
    answer: Document,
) -> Result<pb::CacheRef, Failure> {
    let target = check_target(store_as.target)?;
    let peer = context.for_peer(crate::NAME).map_err(wire::hop_limit)?;
    let (size_bytes, content_type) = (answer.bytes.len(), media_type(answer.format).to_owned());
    let body = match answer.out_arm() {
        Arm::Text => cache::value::Body::Text(text(answer.bytes)?),
        Arm::Data => cache::value::Body::Data(answer.bytes),
    };
    let request = cache::SetRequest {
        namespace: target.namespace.clone(),
        key: target.key.clone(),
        value: Some(cache::Value { body: Some(body), content_type }),
        ttl: store_as.ttl,
        ..cache::SetRequest::default()
    };
    let response = cache.set(&peer, request).await.map_err(|error| not_taken(error, size_bytes))?;
    match response.outcome {
        Some(cache::set_response::Outcome::Stored(stored)) => {
            Ok(pb::CacheRef { version: Some(stored.version), ..target })
        }
        Some(cache::set_response::Outcome::Conflict(_)) | None => {
            Err(wire::no_answer("the cache service refused a write without a condition"))
        }
    }
}

/// Why an answer was not stored. That it is longer than a message to the cache service is said of the answer: the caller sent no
/// such message.
fn not_taken(error: client::Error, size_bytes: usize) -> Failure {
    let limit = match error.rejection() {
        Some(told) if told.reason == "INPUT_BYTES_LIMIT" => {
            told.metadata.get("limit").cloned().unwrap_or_default()
        }
        Some(_) | None => return wire::CACHE.failure(error),
    };
    let message =
        format!("the answer has {size_bytes} bytes; the cache service takes {limit} in one message");
    Failure::exhausted("OUTPUT_TOO_LARGE", message).with("allowed", limit).with("actual", size_bytes)
}

/// Whether `store_as` can be done in this call, before anything is computed for it.
pub(crate) fn check(context: &Context, store_as: &pb::StoreAs) -> Result<(), Failure> {
    context.for_peer(crate::NAME).map_err(wire::hop_limit)?;
    check_target(store_as.target.clone()).map(|_| ())
}

fn check_target(target: Option<pb::CacheRef>) -> Result<pb::CacheRef, Failure> {
    let Some(target) = target else {
        return Err(Failure::invalid(
            "OPTION_INVALID",
            "store_as has no target; allowed: a namespace and a key",
        ));
    };
    if target.version.is_some() {
        return Err(Failure::invalid(
            "OPTION_INVALID",
            "store_as.target.version is set; the store gives the version",
        ));
    }
    Ok(target)
}
