//! Which operation a REST call is, to count and time it as the rpc is.

use axum::body::HttpBody as _;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, Method};
use percent_encoding::percent_decode_str;

use crate::App;
use crate::latency::Operation;
use crate::slow::{Asked, Slow};

/// Counts a call of REST.
pub(crate) async fn rest(State(app): State<App>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    match route.and_then(|route| operation(request.method(), route, request.uri().path())) {
        Some(operation) => timed(&app, operation, request, next).await,
        None => next.run(request).await,
    }
}

async fn timed(app: &App, operation: Operation, request: Request, next: Next) -> Response {
    let (uri, context) = (request.uri().clone(), chassis::context_of(request.extensions()));
    let request_bytes = content_length(request.headers());
    let (response, took) = app.latencies.time(operation, next.run(request)).await;
    if app.slow.is(took) {
        let asked = asked(&app.slow, uri.path(), context.trace.trace_id, request_bytes);
        app.slow.record(operation.name(), asked, took, response.body().size_hint().lower());
    }
    response
}

/// What a path is about: its namespace and its key, without the verb behind it; of leases and limits neither.
fn asked(slow: &Slow, path: &str, trace_id: u128, bytes: u64) -> Asked {
    let decoded = |segment: &str| percent_decode_str(segment).decode_utf8_lossy().into_owned();
    let mut segments = path.strip_prefix("/v1/namespaces/").into_iter().flat_map(|rest| rest.split('/'));
    let namespace = segments.next().map(decoded).unwrap_or_default();
    let key = segments.nth(1).map(decoded);
    let verbs = [":touch", ":increment"];
    let key = key.as_deref().map(|key| verbs.iter().find_map(|verb| key.strip_suffix(verb)).unwrap_or(key));
    let namespace = namespace.strip_suffix(":invalidate").unwrap_or(&namespace);
    Asked::new(namespace, key, bytes, trace_id, slow)
}

fn content_length(headers: &HeaderMap) -> u64 {
    let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    length.and_then(|length| length.parse().ok()).unwrap_or_default()
}

fn operation(method: &Method, route: &str, path: &str) -> Option<Operation> {
    match (route, method) {
        ("/v1/namespaces/{namespace}/keys/{key}", method) => match *method {
            Method::GET => Some(Operation::Get),
            Method::PUT => Some(Operation::Set),
            Method::PATCH => Some(Operation::PatchDocument),
            Method::DELETE => Some(Operation::Delete),
            Method::POST if path.ends_with(":touch") => Some(Operation::Touch),
            Method::POST if path.ends_with(":increment") => Some(Operation::Increment),
            _ => None,
        },
        ("/v1/namespaces/{namespace}/keys", &Method::GET) => Some(Operation::Scan),
        ("/v1/namespaces/{namespace}", &Method::POST) => Some(Operation::InvalidateTags),
        ("/v1/namespaces/{namespace}/watch", &Method::GET) => Some(Operation::Watch),
        ("/v1/limits:take", &Method::POST) => Some(Operation::TakeTokens),
        ("/v1/leases", &Method::POST) => Some(Operation::AcquireLease),
        ("/v1/leases/{lease}", &Method::POST) => Some(Operation::RenewLease),
        ("/v1/leases/{lease}", &Method::DELETE) => Some(Operation::ReleaseLease),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_call_names_its_namespace_and_never_a_lease() {
        let slow = Slow::new(&crate::config::Slow::default());
        let check = |path, namespace, key: Option<&str>| {
            assert_eq!(asked(&slow, path, 1, 2), Asked::new(namespace, key, 2, 1, &slow), "{path}");
        };
        check("/v1/namespaces/a/keys/k%2F1:touch", "a", Some("k/1"));
        check("/v1/namespaces/a:invalidate", "a", None);
        check("/v1/namespaces/a/watch", "a", None);
        check("/v1/leases/1-2:renew", "", None);
        check("/v1/limits:take", "", None);
    }

    #[test]
    fn a_call_of_rest_counts_as_its_rpc() {
        let check = |method: Method, route, path, expected| {
            assert_eq!(operation(&method, route, path), expected, "{method} {path}");
        };
        let entry = "/v1/namespaces/{namespace}/keys/{key}";
        check(Method::GET, entry, "/v1/namespaces/a/keys/k", Some(Operation::Get));
        check(Method::PUT, entry, "/v1/namespaces/a/keys/k", Some(Operation::Set));
        check(Method::POST, entry, "/v1/namespaces/a/keys/k:touch", Some(Operation::Touch));
        check(Method::POST, entry, "/v1/namespaces/a/keys/k:explode", None);
        check(Method::GET, "/v1/namespaces/{namespace}/keys", "/v1/namespaces/a/keys", Some(Operation::Scan));
        check(Method::DELETE, "/v1/leases/{lease}", "/v1/leases/1-2", Some(Operation::ReleaseLease));
        check(Method::POST, "/v1/leases/{lease}", "/v1/leases/1-2:renew", Some(Operation::RenewLease));
        check(Method::GET, "/v1/stats", "/v1/stats", None);
    }
}
