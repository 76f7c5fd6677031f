//! The admin listener: `/metrics`, `/healthz`, `/readyz`, for the orchestrator and the collector, on its own port.

use axum::Router;
use axum::routing::get;
use http::{StatusCode, header};
use tokio_util::sync::CancellationToken;

use crate::telemetry;

/// `/healthz` is 200 while the process lives; `/readyz` turns 503 with the start of the drain.
pub(crate) fn routes(draining: CancellationToken) -> Router {
    let ready = move || async move {
        if draining.is_cancelled() {
            (StatusCode::SERVICE_UNAVAILABLE, "draining\n")
        } else {
            (StatusCode::OK, "ready\n")
        }
    };
    Router::new()
        .route(
            "/metrics",
            get(async || ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], telemetry::render())),
        )
        .route("/healthz", get(async || "alive\n"))
        .route("/readyz", get(ready))
}
