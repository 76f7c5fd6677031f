//! Which operation a REST call is, to count it as the rpc is counted.

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::Method;

use crate::App;
use crate::latency::Operation;

/// Counts a call of REST.
pub(crate) async fn rest(State(app): State<App>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    match route.and_then(|route| operation(request.method(), route, request.uri().path())) {
        Some(operation) => app.latencies.time(operation, next.run(request)).await,
        None => next.run(request).await,
    }
}

fn operation(method: &Method, route: &str, path: &str) -> Option<Operation> {
    match (route, method) {
        ("/v1/namespaces/{namespace}/keys/{key}", method) => match *method {
            Method::GET => Some(Operation::Get),
            Method::PUT => Some(Operation::Set),
            Method::DELETE => Some(Operation::Delete),
            Method::POST if path.ends_with(":touch") => Some(Operation::Touch),
            Method::POST if path.ends_with(":increment") => Some(Operation::Increment),
            _ => None,
        },
        ("/v1/namespaces/{namespace}/keys", &Method::GET) => Some(Operation::Scan),
        ("/v1/namespaces/{namespace}", &Method::POST) => Some(Operation::InvalidateTags),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        check(Method::GET, "/v1/stats", "/v1/stats", None);
    }
}
