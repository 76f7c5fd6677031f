//! The admin listener: `/metrics`, `/healthz`, `/readyz`, for the orchestrator and the collector, on its own port.
//!
//! Promise: answers while the service is still opening, and to the end of its drain. Cost: a read of the phase; `/metrics`
//! renders all of them.

use axum::Router;
use axum::routing::get;
use http::{StatusCode, header};
use tokio::sync::watch;

use crate::telemetry;

/// Where a process is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Its service is not there yet; the word says what it does.
    Opening(&'static str),
    /// It serves.
    Ready,
    /// It takes nothing more.
    Draining,
}

/// `/healthz` is 200 while the process lives; `/readyz` is 503 before the service is there and from the start of the drain.
pub(crate) fn routes(phases: watch::Receiver<Phase>) -> Router {
    let ready = move || async move {
        match *phases.borrow() {
            Phase::Opening(doing) => (StatusCode::SERVICE_UNAVAILABLE, format!("{doing}\n")),
            Phase::Ready => (StatusCode::OK, "ready\n".to_owned()),
            Phase::Draining => (StatusCode::SERVICE_UNAVAILABLE, "draining\n".to_owned()),
        }
    };
    Router::new()
        .route(
            "/metrics",
            get(async || ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], telemetry::render())),
        )
        .route("/healthz", get(async || "alive\n"))
        .route("/readyz", get(ready))
        .fallback(async || {
            (StatusCode::NOT_FOUND, "nothing is here; there are /metrics, /healthz and /readyz\n")
        })
}
