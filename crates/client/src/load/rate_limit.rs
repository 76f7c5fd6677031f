//! A layer that lets each caller of a service make so many requests.
//!
//! Promise: never more than the rate and its burst, by the clock of the server.

use std::time::Duration;

use fastjson_proto::rustcache::v1 as pb;
use http::request::Parts;

use super::LoadClient;
use super::gate::{GateLayer, Rule, Verdict};
use super::refusal::Refusal;
use super::when_down;

/// Limits the callers of a service, all instances of it together. A layer of axum, tonic or any other tower stack:
///
/// ```
/// # #[tokio::main] async fn main() -> Result<(), client::Error> {
/// use client::{Config, LoadClient, RateLimitLayer, pb};
///
/// let limit = pb::RateLimit { tokens: 100, ..Default::default() }; // a second
/// let caller = |request: &http::request::Parts| Some(request.headers.get("x-api-key")?.to_str().ok()?.to_owned());
/// let layer = RateLimitLayer::new(LoadClient::new(Config::at("http://127.0.0.1:50052"))?, limit, caller);
/// # let _ = layer; Ok(()) }
/// ```
///
/// A request over the limit is answered with 429 and `Retry-After`, over gRPC with RESOURCE_EXHAUSTED `RATE_LIMITED` and
/// `RetryInfo`. Cost: one call to the cache server before each request.
pub type RateLimitLayer = GateLayer<Rate>;

/// So many requests in a time.
#[derive(Debug, Clone)]
pub struct Rate(pb::RateLimit);

impl RateLimitLayer {
    /// `limit` for each key that `key` finds in the head of a request; a request without one is not limited. Give keys of
    /// different services different beginnings: all who name a key share it.
    pub fn new(
        client: LoadClient,
        limit: pb::RateLimit,
        key: impl Fn(&Parts) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self::by(Rate(limit), client, key)
    }
}

impl Rule for Rate {
    const NAME: &'static str = "rate";

    async fn ask(&self, client: &LoadClient, key: String, patience: Duration) -> Verdict {
        let take = pb::Take { key, limit: Some(self.0), cost: None };
        let request = pb::TakeTokensRequest { takes: vec![take], mode: 0 };
        let Ok(response) = client.take_tokens(&when_down::call_within(patience), request).await else {
            return Verdict::Unknown;
        };
        if response.allowed {
            return Verdict::Pass(None);
        }
        let after = response.decisions.into_iter().next().and_then(|decision| decision.retry_after);
        Verdict::Refuse(Refusal::rate(after.and_then(|after| after.try_into().ok()).unwrap_or_default()))
    }
}
