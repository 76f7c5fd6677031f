//! What the REST handlers share: the entry that a path names, conditional headers, answers.

use axum::extract::{FromRequestParts, Path};
use cache_engine::{Condition, Tags, Version};
use chassis::Failure;
use chassis::rest::{self, Precondition};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;

pub(crate) use chassis::rest::etag;
pub(crate) use wording::json_answer;

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

/// The condition of a write, from `If-Match` and `If-None-Match`.
pub(crate) fn condition(headers: &HeaderMap) -> Result<Condition, Failure> {
    Ok(match rest::precondition(headers)? {
        Precondition::Always => Condition::Always,
        Precondition::Present => Condition::IfPresent,
        Precondition::Absent => Condition::IfAbsent,
        Precondition::Version(version) => {
            Condition::IfVersion(Version::new(version).map_err(crate::wire::engine_failure)?)
        }
        Precondition::Foreign => return Err(foreign()),
    })
}

/// 412, whatever is there.
fn foreign() -> Failure {
    let message =
        "the condition does not hold: no entity tag of If-Match is one of a version; allowed: such as \"17\"";
    Failure::failed_precondition("CONDITION_FAILED", message).http(StatusCode::PRECONDITION_FAILED)
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
            let version = version.get();
            failed(&format!("the condition does not hold: there is an entry of version {version}"))
                .with("version", version)
        }
        cache_engine::Current::Missing => failed("the condition does not hold: there is no entry"),
    }
}

/// There is no entry under the key.
pub(crate) fn missing() -> Failure {
    Failure::not_found("KEY_NOT_FOUND", "there is no entry under this key")
}
