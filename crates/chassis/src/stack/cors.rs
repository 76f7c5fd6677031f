//! Pages of other origins: what the settings allow them, as a layer (the Fetch standard's CORS protocol).
//!
//! Promise: without the setting no answer changes but that to a browser that asks first; native gRPC, which no browser speaks, never passes here; no cookies or other
//! ambient credentials are allowed, so a page can do no more than its own script was given. Cost: where it is set, a few headers of
//! an answer.

use http::header::{ACCESS_CONTROL_REQUEST_METHOD, ALLOW, ETAG, LOCATION, ORIGIN, RETRY_AFTER};
use http::{HeaderName, Method, Request};
use tonic::Code;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

use super::content_type;
use super::status::GRPC_STATUS;
use crate::config::{Cors, Origins};
use crate::failure::Failure;

/// Under what questions of browsers are counted.
pub(super) const ROUTE: &str = "OPTIONS preflight";

/// Every method of the contract.
const METHODS: [Method; 6] =
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

/// What a script may read of an answer beside what browsers always show it.
const EXPOSED: [HeaderName; 8] = [
    GRPC_STATUS,
    HeaderName::from_static("grpc-message"),
    HeaderName::from_static("grpc-status-details-bin"),
    HeaderName::from_static("cache-status"),
    ALLOW,
    ETAG,
    LOCATION,
    RETRY_AFTER,
];

/// The layer; none where no origin is allowed. Any header may be sent: metadata of gRPC is the caller's own.
pub(crate) fn layer(cors: &Cors) -> Option<CorsLayer> {
    let origins = match &cors.allowed_origins {
        Origins::Any => AllowOrigin::any(),
        Origins::Listed(origins) if origins.is_empty() => return None,
        Origins::Listed(origins) => AllowOrigin::list(origins.iter().cloned()),
    };
    let layer = CorsLayer::new()
        .allow_origin(origins)
        .allow_methods(METHODS)
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers(EXPOSED)
        .max_age(cors.max_age);
    Some(layer)
}

/// The answer to the question of a browser whose page may not call.
pub(super) fn refused() -> Failure {
    let message =
        "pages of this origin may not call here; allowed: those of the setting server.cors.allowed_origins";
    Failure::new(Code::PermissionDenied, "ORIGIN_NOT_ALLOWED", message)
}

/// Whether a browser could have sent it. Also without `Origin`, since caches on the way must learn that the answer depends on it
/// (`Vary`). An OPTIONS that asks for no method is one of REST.
pub(crate) fn concerns<B>(request: &Request<B>) -> bool {
    let kind = content_type(request.headers());
    let is_native = kind.starts_with(b"application/grpc") && !kind.starts_with(b"application/grpc-web");
    !is_native && (request.method() != Method::OPTIONS || is_preflight(request))
}

/// Whether a browser asks what it may send.
pub(crate) fn is_preflight<B>(request: &Request<B>) -> bool {
    let headers = request.headers();
    request.method() == Method::OPTIONS
        && headers.contains_key(ORIGIN)
        && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}
