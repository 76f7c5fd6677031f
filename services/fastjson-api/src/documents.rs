//! Documents that come in by value or by reference, and answers that go out the same ways.

use bytes::Bytes;
use chassis::Failure;
use client::CacheClient;
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use fastjson_proto::rustcache::v1 as cache;

use crate::wire;

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
}

/// Gets the document that `input` names; one read from the cache service when it is a reference.
pub(crate) async fn fetch(
    cache: &CacheClient,
    context: &Context,
    input: Option<pb::Input>,
) -> Result<Document, Failure> {
    match input.and_then(|input| input.source) {
        Some(pb::input::Source::Text(text)) => Ok(Document { bytes: text.into(), arm: Arm::Text }),
        Some(pb::input::Source::Data(bytes)) => Ok(Document { bytes, arm: Arm::Data }),
        Some(pb::input::Source::Ref(reference)) => fetch_reference(cache, context, reference).await,
        None => {
            Err(Failure::invalid("INPUT_MISSING", "the input has no document; allowed: text, data or ref"))
        }
    }
}

async fn fetch_reference(
    cache: &CacheClient,
    context: &Context,
    reference: pb::CacheRef,
) -> Result<Document, Failure> {
    let peer = context.for_peer(crate::NAME).map_err(wire::hop_limit)?;
    let wanted = reference.version;
    let request = cache::GetRequest { namespace: reference.namespace, key: reference.key };
    let response = cache.get(&peer, request).await.map_err(wire::peer_failure)?;
    let entry = match response.outcome {
        Some(cache::get_response::Outcome::Found(entry)) => entry,
        Some(cache::get_response::Outcome::Missing(_)) | None => return Err(not_found()),
    };
    if let Some(wanted) = wanted
        && wanted != entry.version
    {
        return Err(Failure::not_found(
            "VERSION_GONE",
            format!("the entry has version {}, version {wanted} was asked for", entry.version),
        )
        .with("version", entry.version));
    }
    match entry.value.and_then(|value| value.body) {
        Some(cache::value::Body::Text(text)) => Ok(Document { bytes: text.into(), arm: Arm::Text }),
        Some(cache::value::Body::Data(bytes)) => Ok(Document { bytes, arm: Arm::Data }),
        None => Err(not_found()),
    }
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
    let size_bytes = answer.bytes.len() as u64;
    let result = match store_as {
        Some(store_as) => pb::output::Result::Ref(store(cache, context, store_as, answer).await?),
        None => in_its_arm(answer)?,
    };
    Ok(pb::Output { result: Some(result), format: pb::Format::Json.into(), size_bytes })
}

fn in_its_arm(answer: Document) -> Result<pb::output::Result, Failure> {
    match answer.arm {
        Arm::Data => Ok(pb::output::Result::Data(answer.bytes)),
        Arm::Text => text(answer.bytes).map(pb::output::Result::Text),
    }
}

/// Valid JSON is UTF-8, so this fails by a fault of ours only.
fn text(bytes: Bytes) -> Result<String, Failure> {
    String::from_utf8(bytes.into())
        .map_err(|_| Failure::internal("ANSWER_NOT_UTF8", "the answer is not UTF-8 by a fault of the server"))
}

async fn store(
    cache: &CacheClient,
    context: &Context,
    store_as: pb::StoreAs,
    answer: Document,
) -> Result<pb::CacheRef, Failure> {
    let target = check_target(store_as.target)?;
    let peer = context.for_peer(crate::NAME).map_err(wire::hop_limit)?;
    let body = match answer.arm {
        Arm::Text => cache::value::Body::Text(text(answer.bytes)?),
        Arm::Data => cache::value::Body::Data(answer.bytes),
    };
    let request = cache::SetRequest {
        namespace: target.namespace.clone(),
        key: target.key.clone(),
        value: Some(cache::Value { body: Some(body), content_type: "application/json".to_owned() }),
        ttl: store_as.ttl,
        condition: None,
    };
    let response = cache.set(&peer, request).await.map_err(wire::peer_failure)?;
    match response.outcome {
        Some(cache::set_response::Outcome::Stored(stored)) => {
            Ok(pb::CacheRef { version: Some(stored.version), ..target })
        }
        Some(cache::set_response::Outcome::Conflict(_)) | None => {
            Err(Failure::internal("PEER_ANSWER", "the cache service refused a write without a condition"))
        }
    }
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
