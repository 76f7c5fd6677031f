//! What the REST handlers share: the entry that a path names, conditional headers, answers.

use axum::extract::{FromRequestParts, Path};
use axum::response::IntoResponse as _;
use cache_engine::{Condition, Tags, Version};
use chassis::Failure;
use chassis::rest::Answer;
use http::header::{CONTENT_TYPE, IF_MATCH, IF_NONE_MATCH};
use http::request::Parts;
use http::{HeaderMap, HeaderName, StatusCode};
use serde::Deserialize;

/// `/v1/namespaces/{namespace}/keys/{key}`, percent-decoded.
#[derive(Debug, Deserialize)]
pub(crate) struct EntryPath {
    pub(crate) namespace: String,
    #[serde(default)]
    pub(crate) key: String,
}

impl<S: Send + Sync> FromRequestParts<S> for EntryPath {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let path = Path::<EntryPath>::from_request_parts(parts, state).await;
        path.map(|Path(path)| path).map_err(|rejection| {
            Failure::invalid("KEY_INVALID", rejection.body_text())
                .with("allowed", "a key of UTF-8, percent-encoded")
        })
    }
}

/// An entity tag is the version in quotes (RFC 9110 section 8.8.3), always strong.
pub(crate) fn etag(version: u64) -> String {
    format!("\"{version}\"")
}

/// What a conditional header names.
pub(crate) enum Tag {
    Any,
    Version(u64),
}

/// The tag of this header, if it is there: `*` or one version in quotes.
pub(crate) fn tag(headers: &HeaderMap, name: HeaderName) -> Result<Option<Tag>, Failure> {
    let Some(value) = headers.get(&name) else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(Some(Tag::Any));
    }
    let version = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match version.and_then(|digits| digits.parse().ok()) {
        Some(version) => Ok(Some(Tag::Version(version))),
        None => Err(Failure::invalid(
            "CONDITION_INVALID",
            format!(
                "the header {name} holds no entity tag; allowed: * or one version in quotes, such as \"17\""
            ),
        )
        .with("header", name)),
    }
}

/// The condition of a write, from `If-Match` and `If-None-Match`.
pub(crate) fn condition(headers: &HeaderMap) -> Result<Condition, Failure> {
    match (tag(headers, IF_MATCH)?, tag(headers, IF_NONE_MATCH)?) {
        (None, None) => Ok(Condition::Always),
        (Some(Tag::Any), None) => Ok(Condition::IfPresent),
        (Some(Tag::Version(version)), None) => {
            Version::new(version).map(Condition::IfVersion).map_err(crate::wire::engine_failure)
        }
        (None, Some(Tag::Any)) => Ok(Condition::IfAbsent),
        (None, Some(Tag::Version(_))) | (Some(_), Some(_)) => Err(Failure::invalid(
            "CONDITION_INVALID",
            "a write takes one condition; allowed: If-Match: *, If-Match: \"version\" or If-None-Match: *",
        )),
    }
}

/// The parameter `tags`: names between commas.
pub(crate) fn tags(text: Option<&str>) -> Result<Tags, Failure> {
    let names: Vec<&str> = text.map(|text| text.split(',').collect()).unwrap_or_default();
    Tags::new(&names).map_err(crate::wire::engine_failure)
}

/// The condition of a write did not hold: 412, with what is there instead.
pub(crate) fn precondition_failed(current: cache_engine::Current) -> Failure {
    let failed = |message: &str| {
        Failure::failed_precondition("CONDITION_FAILED", message).http(StatusCode::PRECONDITION_FAILED)
    };
    match current {
        cache_engine::Current::Version(version) => {
            failed("the condition does not hold: the entry has another version")
                .with("version", version.get())
        }
        cache_engine::Current::Missing => failed("the condition does not hold: there is no entry"),
    }
}

/// There is no entry under the key.
pub(crate) fn missing() -> Failure {
    Failure::not_found("KEY_NOT_FOUND", "there is no entry under this key")
}

/// A response in the protobuf JSON mapping, as the body of an answer.
pub(crate) fn json_answer<M: prost::Message>(name: &str, message: &M) -> Answer {
    let text = client::json_mapping::encode(name, message)
        .map_err(|error| Failure::internal("ANSWER_UNWRITABLE", error.to_string()))?;
    Ok(([(CONTENT_TYPE, "application/json")], text).into_response())
}
