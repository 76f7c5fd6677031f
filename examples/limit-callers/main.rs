//! A service whose callers are limited, all its instances together, by a layer of the client (docs/load.md).
//!
//! With `fastjson up` beside it: `cargo run -p e2e --example limit-callers`, then `curl -i -H 'x-api-key: ada' localhost:8080`
//! until the answer is 429, after five within ten seconds. Start another one by `PORT=8081`: they count together.

use std::error::Error;

use axum::Router;
use axum::routing::get;
use client::{Config, LoadClient, RateLimitLayer, pb};

/// The service; the cache server, of the address `cache`, counts.
pub(crate) fn app(limit: pb::RateLimit, cache: &str) -> Result<Router, client::Error> {
    let app = Router::new().route("/", get(async || "hello\n"));

    let caller = |request: &http::request::Parts| {
        let key = request.headers.get("x-api-key")?;
        Some(key.to_str().ok()?.to_owned())
    };
    let app = app.layer(RateLimitLayer::new(LoadClient::new(Config::at(cache))?, limit, caller));

    Ok(app)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let period = Some(prost_types::Duration { seconds: 10, nanos: 0 });
    let limit = pb::RateLimit { tokens: 5, period, burst: None };
    let port = std::env::var("PORT").unwrap_or_else(|_| "8080".to_owned());
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    Ok(axum::serve(listener, app(limit, "http://127.0.0.1:50052")?).await?)
}
