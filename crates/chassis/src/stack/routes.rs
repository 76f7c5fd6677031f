//! One router out of gRPC and REST, and answers for what it does not know.
//!
//! Promise: every answer that is no success is a problem, also those that axum makes; a metric has the route, never the path.
//! Cost: one middleware a REST call.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Extension, MatchedPath, Request};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use tonic::Code;

use super::content_type;
use crate::config::Limits;
use crate::failure::Failure;
use crate::rest::BodyLimit;
use crate::service::Service;

/// The route that answered a REST request, for the metrics.
#[derive(Clone)]
pub(crate) struct Route(MatchedPath);

impl Route {
    pub(crate) fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

pub(crate) fn assemble(service: Service, limits: &Limits) -> Router {
    let rest = service.rest.method_not_allowed_fallback(wrong_method);
    // axum refuses a route layer without routes.
    let rest = if rest.has_routes() { rest.route_layer(from_fn(name_route)) } else { rest };
    let rest = rest
        .layer(DefaultBodyLimit::max(limits.max_request_bytes))
        .layer(Extension(BodyLimit(limits.max_request_bytes)));
    service.grpc.merge(rest).fallback(unknown)
}

async fn name_route(matched: MatchedPath, request: Request, next: Next) -> Response {
    let mut response = match encoded(request.headers()) {
        Some(failure) => failure.into_response(),
        None => next.run(request).await,
    };
    response.extensions_mut().insert(Route(matched));
    response
}

/// A body is read as it comes; one that is compressed would be taken for a document that is not valid.
fn encoded(headers: &HeaderMap) -> Option<Failure> {
    let encoding = headers.get(header::CONTENT_ENCODING)?;
    if encoding.as_bytes().eq_ignore_ascii_case(b"identity") {
        return None;
    }
    let message =
        "the header content-encoding says that the body is compressed; allowed: identity, or no such header";
    Some(Failure::invalid("CONTENT_ENCODING", message).http(StatusCode::UNSUPPORTED_MEDIA_TYPE))
}

async fn wrong_method(request: Request) -> Failure {
    let message = format!("{} is not a method of this path; the Allow header names them", request.method());
    Failure::unimplemented("METHOD_NOT_ALLOWED", message).http(StatusCode::METHOD_NOT_ALLOWED)
}

/// Of REST only: an rpc that is not served has been refused before.
async fn unknown() -> Failure {
    Failure::not_found("PATH_UNKNOWN", "there is nothing at this path")
}

/// axum's own rejections are text; every error of REST is a problem.
pub(crate) fn as_problem(response: Response) -> Response {
    let status = response.status();
    let is_error = status.is_client_error() || status.is_server_error();
    let kind = content_type(response.headers());
    if !is_error || !(kind.is_empty() || kind.starts_with(b"text/plain")) {
        return response;
    }
    let (parts, _text) = response.into_parts();
    let message = status.canonical_reason().unwrap_or("the request was refused").to_owned();
    let mut problem = Failure::new(Code::Unknown, "REQUEST_REFUSED", message).http(status).into_response();
    problem.extensions_mut().extend(parts.extensions);
    for (name, value) in &parts.headers {
        if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
            problem.headers_mut().append(name, value.clone());
        }
    }
    problem
}
