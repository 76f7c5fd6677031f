//! A layer that lets so many requests be at work at the same time, in all instances of a service together.
//!
//! Promise: never more than the limit, by leases and a lease ends with its request, or by time where its instance died.

use std::convert::Infallible;
use std::future::pending;
use std::time::Duration;

use context::Context as CallContext;
use fastjson_proto::rustcache::v1 as pb;
use http::request::Parts;
use pb::acquire_lease_response::Outcome;

use super::LoadClient;
use super::gate::{GateLayer, Rule, Verdict};
use super::refusal::Refusal;
use super::when_down;

/// How long a lease lasts; it is renewed three times in that time while a request is at work.
const TTL: Duration = Duration::from_secs(30);

/// Lets at most so many requests of a name be at work at the same time. A layer of axum, tonic or any other tower stack; use it as
/// [`RateLimitLayer`](super::RateLimitLayer).
///
/// A request holds a lease until its response is out, or until it is dropped; an instance that died frees its leases after 30
/// seconds. A request over the limit waits ([`ConcurrencyLayer::wait`]) or is answered with 429 and `Retry-After`, over gRPC
/// with RESOURCE_EXHAUSTED `CONCURRENCY_LIMITED` and `RetryInfo`. Cost: one call to the cache server before each
/// request and one after it.
pub type ConcurrencyLayer = GateLayer<Concurrency>;

/// So many requests at a time.
#[derive(Debug, Clone)]
pub struct Concurrency {
    limit: u32,
    wait: Duration,
}

impl ConcurrencyLayer {
    /// At most `limit` requests of each name that `name` finds in the head of a request; a request without one is not
    /// limited.
    pub fn new(
        client: LoadClient,
        limit: u32,
        name: impl Fn(&Parts) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self::by(Concurrency { limit, wait: Duration::ZERO }, client, name)
    }

    /// How long a request may wait for its turn, at most 30 s. Default: not at all.
    #[must_use]
    pub fn wait(mut self, wait: Duration) -> Self {
        self.rule.wait = wait;
        self
    }
}

impl Rule for Concurrency {
    const NAME: &'static str = "concurrency";

    async fn ask(&self, client: &LoadClient, name: String, patience: Duration) -> Verdict {
        let (ttl, wait) = (TTL.try_into().ok(), self.wait.try_into().ok());
        let request = pb::AcquireLeaseRequest { name, limit: self.limit, ttl, wait };
        let context = when_down::call_within(patience + self.wait);
        match client.acquire_lease(&context, request).await.ok().and_then(|answer| answer.outcome) {
            Some(Outcome::Granted(lease)) => {
                let held = Held { client: client.clone(), id: lease.id };
                Verdict::Pass(Some(Box::pin(async move { held.keep().await })))
            }
            Some(Outcome::Denied(denied)) => {
                let after = denied.retry_after.and_then(|after| after.try_into().ok());
                Verdict::Refuse(Refusal::concurrency(after.unwrap_or_default()))
            }
            None => Verdict::Unknown,
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
                when_down::count(Concurrency::NAME, "lost");
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
