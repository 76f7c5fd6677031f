//! Failure -> HTTP: status, `Retry-After` and an RFC 9457 `application/problem+json` body.
//!
//! Promise: the same facts as over gRPC; a standard member is never overwritten. Cost: one map and one text, of failures only.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Map, Value};
use tonic::Code;

use super::Failure;

impl Failure {
    /// The HTTP status: the one named, or the one that follows from code and reason.
    pub fn http_status(&self) -> StatusCode {
        if let Some(status) = self.http {
            return status;
        }
        match self.code {
            Code::InvalidArgument if self.reason.ends_with("_LIMIT") => StatusCode::PAYLOAD_TOO_LARGE,
            Code::ResourceExhausted
                if self.reason.starts_with("BUDGET_") || self.reason == "OUTPUT_TOO_LARGE" =>
            {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            code => of_code(code),
        }
    }

    /// The members of the problem, standard ones first, then reason, metadata and extensions; an earlier member is
    /// never overwritten by a later one.
    pub fn to_problem(&self) -> Map<String, Value> {
        let status = self.http_status();
        let mut members = Map::new();
        members.insert("type".to_owned(), "about:blank".into());
        members.insert("title".to_owned(), status.canonical_reason().unwrap_or("Error").into());
        members.insert("status".to_owned(), status.as_u16().into());
        members.insert("detail".to_owned(), self.message.as_str().into());
        members.insert("reason".to_owned(), self.reason.as_ref().into());
        let metadata = self.metadata.iter().map(|(key, value)| (key.clone(), Value::from(value.as_str())));
        let extensions = self.problem.iter().map(|(key, value)| (key.clone(), value.clone()));
        for (key, value) in metadata.chain(extensions) {
            members.entry(key).or_insert(value);
        }
        members
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        self.count();
        let body = Value::Object(self.to_problem()).to_string();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.http_status();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(delay) = self.retry_after {
            // RFC 9110 section 10.2.3 knows whole seconds only: round up, at least one.
            let seconds = delay.as_secs() + u64::from(delay.subsec_nanos() > 0);
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        response
    }
}

fn of_code(code: Code) -> StatusCode {
    match code {
        Code::Ok => StatusCode::OK,
        Code::InvalidArgument | Code::OutOfRange => StatusCode::BAD_REQUEST,
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::PermissionDenied => StatusCode::FORBIDDEN,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::AlreadyExists | Code::Aborted | Code::FailedPrecondition => StatusCode::CONFLICT,
        Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
        Code::Unimplemented => StatusCode::NOT_IMPLEMENTED,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::DeadlineExceeded | Code::Cancelled => StatusCode::GATEWAY_TIMEOUT,
        Code::Internal | Code::Unknown | Code::DataLoss => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
