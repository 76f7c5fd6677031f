//! A layer that lets each caller of a service make so many requests.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use fastjson_proto::rustcache::v1 as pb;
use http::request::Parts;
use http::{Request, Response};
use tower::{Layer, Service};

use super::LoadClient;
use super::refusal::{Protocol, Refusal};
use super::when_down::{self, PATIENCE, WhenDown};

/// The name of the layer in metrics.
const NAME: &str = "rate";

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
#[derive(Debug, Clone)]
pub struct RateLimitLayer(Arc<Rules>);

type Key = dyn Fn(&Parts) -> Option<String> + Send + Sync;

#[derive(Clone)]
struct Rules {
    client: LoadClient,
    limit: pb::RateLimit,
    key: Arc<Key>,
    when_down: WhenDown,
    patience: Duration,
}

impl fmt::Debug for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rules")
            .field("limit", &self.limit)
            .field("when_down", &self.when_down)
            .finish_non_exhaustive()
    }
}

impl RateLimitLayer {
    /// `limit` for each key that `key` finds in the head of a request; a request without one is not limited. Give keys of
    /// different services different beginnings: all who name a key share it.
    pub fn new(
        client: LoadClient,
        limit: pb::RateLimit,
        key: impl Fn(&Parts) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        let when_down = WhenDown::default();
        Self(Arc::new(Rules { client, limit, key: Arc::new(key), when_down, patience: PATIENCE }))
    }

    /// What to do while the cache server gives no answer. Default [`WhenDown::Admit`].
    #[must_use]
    pub fn when_down(self, when_down: WhenDown) -> Self {
        Self(Arc::new(Rules { when_down, ..Rules::clone(&self.0) }))
    }

    /// How long the cache server may take before it counts as down. Default 100 ms.
    #[must_use]
    pub fn patience(self, patience: Duration) -> Self {
        Self(Arc::new(Rules { patience, ..Rules::clone(&self.0) }))
    }
}

impl Rules {
    async fn decide(&self, key: Option<String>) -> Result<(), Refusal> {
        let Some(key) = key else { return Ok(()) };
        let take = pb::Take { key, limit: Some(self.limit), cost: None };
        let request = pb::TakeTokensRequest { takes: vec![take], mode: 0 };
        let context = when_down::call_within(self.patience);
        let Ok(response) = self.client.take_tokens(&context, request).await else {
            return self.when_down.decide(NAME);
        };
        if response.allowed {
            when_down::count(NAME, "admitted");
            return Ok(());
        }
        when_down::count(NAME, "refused");
        let after = response.decisions.into_iter().next().and_then(|decision| decision.retry_after);
        Err(Refusal::rate(after.and_then(|after| after.try_into().ok()).unwrap_or_default()))
    }
}

impl<S> Layer<S> for RateLimitLayer {
    type Service = RateLimited<S>;

    fn layer(&self, inner: S) -> RateLimited<S> {
        RateLimited { inner, rules: Arc::clone(&self.0) }
    }
}

/// A service whose callers are limited; see [`RateLimitLayer`].
#[derive(Debug, Clone)]
pub struct RateLimited<S> {
    inner: S,
    rules: Arc<Rules>,
}

impl<S, B, R> Service<Request<B>> for RateLimited<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
    R: Default,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<R>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The one that is ready goes into the future; its clone has to become ready first.
        let next = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, next);
        let rules = Arc::clone(&self.rules);
        let (parts, body) = request.into_parts();
        let (key, protocol) = ((rules.key)(&parts), Protocol::of(&parts));
        Box::pin(async move {
            match rules.decide(key).await {
                Ok(()) => inner.call(Request::from_parts(parts, body)).await,
                Err(refusal) => Ok(refusal.response(&protocol)),
            }
        })
    }
}
