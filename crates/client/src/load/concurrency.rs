//! A layer that lets so many requests be at work at the same time, in all instances of a service together.

use std::convert::Infallible;
use std::fmt;
use std::future::pending;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use context::Context as CallContext;
use fastjson_proto::rustcache::v1 as pb;
use http::request::Parts;
use http::{Request, Response};
use tower::{Layer, Service};

use super::LoadClient;
use super::refusal::{Protocol, Refusal};
use super::when_down::{self, PATIENCE, WhenDown};

/// The name of the layer in metrics.
const NAME: &str = "concurrency";

/// How long a lease lasts; it is renewed three times in that time while a request is at work.
const TTL: Duration = Duration::from_secs(30);

/// Lets at most `limit` requests of a name be at work at the same time. A layer of axum, tonic or any other tower stack;
/// use it as [`RateLimitLayer`](super::RateLimitLayer).
///
/// A request holds a lease until its response begins, or until it is dropped; an instance that died frees its leases after 30
/// seconds. A request over the limit waits ([`ConcurrencyLayer::wait`]) or is answered with 429 and `Retry-After`, over gRPC
/// with RESOURCE_EXHAUSTED `CONCURRENCY_LIMITED` and `RetryInfo`. Cost: one call to the cache server before each
/// request and one after it.
#[derive(Debug, Clone)]
pub struct ConcurrencyLayer(Arc<Rules>);

type Name = dyn Fn(&Parts) -> Option<String> + Send + Sync;

#[derive(Clone)]
struct Rules {
    client: LoadClient,
    limit: u32,
    name: Arc<Name>,
    wait: Duration,
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

impl ConcurrencyLayer {
    /// At most `limit` requests of each name that `name` finds in the head of a request; a request without one is not
    /// limited.
    pub fn new(
        client: LoadClient,
        limit: u32,
        name: impl Fn(&Parts) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        let (wait, when_down) = (Duration::ZERO, WhenDown::default());
        Self(Arc::new(Rules { client, limit, name: Arc::new(name), wait, when_down, patience: PATIENCE }))
    }

    /// How long a request may wait for its turn, at most 30 s. Default: not at all.
    #[must_use]
    pub fn wait(self, wait: Duration) -> Self {
        Self(Arc::new(Rules { wait, ..Rules::clone(&self.0) }))
    }

    /// What to do while the cache server gives no answer. Default [`WhenDown::Admit`].
    #[must_use]
    pub fn when_down(self, when_down: WhenDown) -> Self {
        Self(Arc::new(Rules { when_down, ..Rules::clone(&self.0) }))
    }

    /// How long the cache server may take, besides the wait, before it counts as down. Default 100 ms.
    #[must_use]
    pub fn patience(self, patience: Duration) -> Self {
        Self(Arc::new(Rules { patience, ..Rules::clone(&self.0) }))
    }
}

impl Rules {
    async fn acquire(&self, name: Option<String>) -> Result<Option<Held>, Refusal> {
        let Some(name) = name else { return Ok(None) };
        let (ttl, wait) = (TTL.try_into().ok(), self.wait.try_into().ok());
        let request = pb::AcquireLeaseRequest { name, limit: self.limit, ttl, wait };
        let context = when_down::call_within(self.patience + self.wait);
        let outcome =
            self.client.acquire_lease(&context, request).await.ok().and_then(|answer| answer.outcome);
        match outcome {
            Some(pb::acquire_lease_response::Outcome::Granted(lease)) => {
                when_down::count(NAME, "admitted");
                Ok(Some(Held { client: self.client.clone(), id: lease.id }))
            }
            Some(pb::acquire_lease_response::Outcome::Denied(denied)) => {
                when_down::count(NAME, "refused");
                let after = denied.retry_after.and_then(|after| after.try_into().ok());
                Err(Refusal::concurrency(after.unwrap_or_default()))
            }
            None => self.when_down.decide(NAME).map(|()| None),
        }
    }
}

/// A lease while a request is at work; released when this is dropped.
struct Held {
    client: LoadClient,
    id: String,
}

impl Held {
    /// Renews it as long as it is not lost.
    async fn keep(&self) -> Infallible {
        loop {
            tokio::time::sleep(TTL / 3).await;
            let request = pb::RenewLeaseRequest { id: self.id.clone(), ttl: TTL.try_into().ok() };
            let renewed = self.client.renew_lease(&CallContext::background(), request).await;
            if let Ok(pb::RenewLeaseResponse { outcome: Some(pb::renew_lease_response::Outcome::Lost(_)) }) =
                renewed
            {
                when_down::count(NAME, "lost");
                return pending().await;
            }
        }
    }
}

impl Drop for Held {
    /// In a task of its own, since a dropped request waits for nothing. Where no runtime is left, the lease ends by its time.
    fn drop(&mut self) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (client, id) = (self.client.clone(), std::mem::take(&mut self.id));
        let _detached = runtime.spawn(async move {
            let request = pb::ReleaseLeaseRequest { id };
            // What cannot be released ends by its time.
            let _ended = client.release_lease(&CallContext::background(), request).await;
        });
    }
}

impl<S> Layer<S> for ConcurrencyLayer {
    type Service = Bounded<S>;

    fn layer(&self, inner: S) -> Bounded<S> {
        Bounded { inner, rules: Arc::clone(&self.0) }
    }
}

/// A service of which so many requests are at work; see [`ConcurrencyLayer`].
#[derive(Debug, Clone)]
pub struct Bounded<S> {
    inner: S,
    rules: Arc<Rules>,
}

impl<S, B, R> Service<Request<B>> for Bounded<S>
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
        let (name, protocol) = ((rules.name)(&parts), Protocol::of(&parts));
        Box::pin(async move {
            let held = match rules.acquire(name).await {
                Ok(held) => held,
                Err(refusal) => return Ok(refusal.response(&protocol)),
            };
            let work = inner.call(Request::from_parts(parts, body));
            let Some(held) = held else { return work.await };
            tokio::select! {
                response = work => response,
                never = held.keep() => match never {},
            }
        })
    }
}
