//! One router out of gRPC and REST, and answers for what it does not know.
//!
//! Promise: every answer that is no success is a problem, also those that axum makes; a metric has the route, never the path.
//! Cost: one middleware a REST call.

use axum::Router;
use axum::extract::{DefaultBodyLimit, Extension, MatchedPath, Request};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method, StatusCode, Uri, header};
use percent_encoding::percent_decode_str;
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
    let refused = encoded(request.headers()).or_else(|| misspelt(request.uri()));
    let mut response = match refused {
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

/// What is no percent-encoding of UTF-8 would be taken for other text than was meant: a key with a `%` in it, a program with
/// replacement characters. That a path is UTF-8 is seen where its parts are.
fn misspelt(uri: &Uri) -> Option<Failure> {
    let allowed = "allowed: % and two hexadecimal digits; a % itself is %25";
    if !is_escaped(uri.path()) {
        let message = format!("the path has a % that begins no percent-encoding; {allowed}");
        return Some(Failure::invalid("PATH_INVALID", message));
    }
    let query = uri.query()?;
    if !is_escaped(query) {
        let message = format!("the query string has a % that begins no percent-encoding; {allowed}");
        return Some(Failure::invalid("QUERY_INVALID", message));
    }
    let is_text = percent_decode_str(query).decode_utf8().is_ok();
    (!is_text).then(|| Failure::invalid("QUERY_INVALID", "the query string is not percent-encoded UTF-8"))
}

fn is_escaped(text: &str) -> bool {
    let is_hex = |rest: &str| rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    text.split('%').skip(1).all(is_hex)
}

/// OPTIONS is answered by what axum adds to every answer of this kind: the methods, in `Allow` (RFC 9110, section 9.3.7).
async fn wrong_method(request: Request) -> Response {
    if request.method() == Method::OPTIONS {
        return StatusCode::NO_CONTENT.into_response();
    }
    refuse_method(&request).into_response()
}

fn refuse_method(request: &Request) -> Failure {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_percent_encoded_utf_8() {
        let check = |uri: &str, expected| {
            let failure = misspelt(&uri.parse().unwrap());
            assert_eq!(failure.as_ref().map(|failure| failure.reason.as_ref()), expected, "{uri}");
        };
        check("/keys/a", None);
        check("/keys/100%25?q=%2e%C3%BC+ü", None);
        // Its parts are read where they are.
        check("/keys/%ff", None);
        check("/keys/%zz", Some("PATH_INVALID"));
        check("/keys/100%", Some("PATH_INVALID"));
        check("/keys/a?q=1%", Some("QUERY_INVALID"));
        check("/keys/a?q=%2", Some("QUERY_INVALID"));
        check("/keys/a?q=%C3", Some("QUERY_INVALID"));
        check("/keys/a?q=%+2", Some("QUERY_INVALID"));
    }
}
