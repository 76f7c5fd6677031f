//! Versions in headers: conditions of a write, entity tags of an answer.

use axum::response::IntoResponse as _;
use chassis::Failure;
use chassis::rest::{self, Answer, Precondition};
use http::header::{CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::registry::{Expected, Put, Version};

/// The condition of a call over gRPC.
pub(crate) fn expected(version: Option<u64>) -> Expected {
    match version {
        None => Expected::Any,
        Some(0) => Expected::Absent,
        Some(version) => Expected::Newest(version),
    }
}

/// The condition of a write over REST, from `If-Match` and `If-None-Match`.
pub(crate) fn condition(headers: &HeaderMap) -> Result<Expected, Failure> {
    Ok(match rest::precondition(headers)? {
        Precondition::Always => Expected::Any,
        Precondition::Present => Expected::Present,
        Precondition::Absent => Expected::Absent,
        Precondition::Version(version) => Expected::Newest(version),
        Precondition::Foreign => return Err(precondition(foreign())),
    })
}

fn foreign() -> Failure {
    let message =
        "the condition does not hold: no entity tag of If-Match is one of a version; allowed: such as \"17\"";
    Failure::failed_precondition("VERSION_CONFLICT", message)
}

/// Refuses a condition where none is looked at.
pub(crate) fn no_condition(headers: &HeaderMap) -> Result<(), Failure> {
    match (headers.get(IF_MATCH), headers.get(IF_NONE_MATCH)) {
        (None, None) => Ok(()),
        (Some(_), _) | (_, Some(_)) => {
            let message = "a deletion takes no condition; allowed: neither If-Match nor If-None-Match";
            Err(Failure::invalid("CONDITION_INVALID", message))
        }
    }
}

/// A condition of a header that did not hold is 412.
pub(crate) fn precondition(failure: Failure) -> Failure {
    if failure.reason == "VERSION_CONFLICT" { failure.http(StatusCode::PRECONDITION_FAILED) } else { failure }
}

/// A version as the answer of a GET; 304 where the caller has it.
pub(crate) fn read(version: &Version, headers: &HeaderMap, media_type: &'static str) -> Answer {
    let number = version.entry.version;
    if let Some(unchanged) = rest::unchanged(headers, number)? {
        return Ok(unchanged);
    }
    let mut response = ([(ETAG, rest::etag(number))], version.entry.text.clone()).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    Ok(response)
}

/// The answer of a PUT: 201 with a new version.
pub(crate) fn written(put: &Put, answer: Answer) -> Answer {
    let status = if put.is_new { StatusCode::CREATED } else { StatusCode::OK };
    let etag = [(ETAG, rest::etag(put.version.entry.version))];
    Ok((status, etag, answer?).into_response())
}
