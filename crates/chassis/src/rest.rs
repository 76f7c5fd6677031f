//! Extractors for REST handlers whose rejections are problems: [`Payload`] for the body, [`Params`] for the query
//! string; and what conditional headers say.
//!
//! Promise: what a handler gets is whole, within its limit and of its type; the rest is a problem that says what was allowed.
//! Cost: one allocation where a body comes in several frames.

mod entity_tag;

pub use entity_tag::{Precondition, etag, precondition, unchanged};

use axum::body::Body;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::response::Response;
use bytes::Bytes;
use http::StatusCode;
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::failure::Failure;
use crate::stack::{Held, Received};

/// The type that handlers return: `Ok` any response, `Err` a problem.
pub type Answer = Result<Response, Failure>;

/// The whole body, within `max_request_bytes`; more is `INPUT_BYTES_LIMIT`, 413; where calls hold `max_in_flight_bytes`
/// together, `OVERLOADED`, 429. One allocation when the body comes
/// in more than one frame.
#[derive(Debug, Clone)]
pub struct Payload(pub Bytes);

/// The query string as `T`; what `T` refuses is `QUERY_INVALID`, 400, with serde's message.
#[derive(Debug, Clone, Copy)]
pub struct Params<T>(pub T);

/// What the chassis enforces on this request's body, for the message.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyLimit(pub(crate) usize);

impl<S: Send + Sync> FromRequest<S> for Payload {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let limit = request.extensions().get::<BodyLimit>().copied();
        let held = request.extensions().get::<Held>().cloned();
        let request = match held.clone() {
            Some(held) => request.map(|body| Body::new(Received::new(body, held))),
            None => request,
        };
        match (Bytes::from_request(request, state).await, held.as_ref().and_then(Held::refused)) {
            (Ok(bytes), _) => Ok(Self(bytes)),
            (Err(_), Some(refused)) => Err(refused),
            (Err(rejection), None) => Err(unreadable(&rejection, limit)),
        }
    }
}

fn unreadable(rejection: &BytesRejection, limit: Option<BodyLimit>) -> Failure {
    match limit {
        Some(BodyLimit(limit)) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            let message = format!("the body has more than {limit} bytes, which is what is allowed");
            Failure::invalid("INPUT_BYTES_LIMIT", message).with("limit", limit)
        }
        _ => Failure::invalid("BODY_UNREADABLE", "the body ended before it was complete")
            .http(rejection.status()),
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(params)) => Ok(Self(params)),
            Err(rejection) => Err(unusable(&rejection.body_text())),
        }
    }
}

/// axum says of which of its steps it speaks; a caller wants to know which part of the request.
fn unusable(text: &str) -> Failure {
    let fault = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(text);
    Failure::invalid("QUERY_INVALID", format!("the query string cannot be used: {fault}"))
}
