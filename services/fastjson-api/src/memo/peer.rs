//! The cache service as the memo sees it: look-ups with a time of their own, answers kept behind the caller's back.
//!
//! Promise: a look-up is over when its time is; after a failure nobody asks for a second; nothing here fails a call. Cost: one
//! round trip a look-up, or two and a wait where another call computes the same.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use client::{CacheClient, Error};
use context::{Context, Deadline};
use fastjson_proto::rustcache::v1 as cache;
use metrics::counter;

use super::kept::CONTENT_TYPE;
use crate::config;

/// For how long nobody asks after the cache service gave no answer.
const REST: Duration = Duration::from_secs(1);
/// Keeping an answer may take so long; nobody waits for it.
const KEEPING_TIME: Duration = Duration::from_secs(2);
/// Between these a lease lasts; it is four times what computing is likely to take.
const LEASE_TIMES: (Duration, Duration) = (Duration::from_millis(500), Duration::from_mins(1));

/// The way to the cache service.
#[derive(Debug)]
pub(super) struct Peer {
    cache: CacheClient,
    config: config::Memo,
    begun: Instant,
    /// Until when nobody asks, in nanoseconds since `begun`.
    rests_until: AtomicU64,
}

/// What asking for an answer gave.
#[derive(Debug)]
pub(super) enum Asked {
    /// It was kept.
    Kept(Bytes),
    /// Another call made it meanwhile.
    Shared(Bytes),
    /// This call is to make it, under a lease of this token.
    Leased(u64),
    /// Another call is making it for longer than computing usually takes.
    Busy,
    /// There is no place to keep anything yet.
    Nowhere,
    /// The cache service gave no answer.
    Failed,
}

impl Peer {
    pub(super) fn new(cache: CacheClient, config: config::Memo) -> Self {
        Self { cache, config, begun: Instant::now(), rests_until: AtomicU64::new(0) }
    }

    /// Whether it gave no answer a short while ago.
    pub(super) fn rests(&self) -> bool {
        nanos(self.begun.elapsed()) < self.rests_until.load(Ordering::Relaxed)
    }

    /// Asks for the answer under `key`, or for the right to compute it; where another call computes it, waits for that no longer
    /// than computing is likely to take.
    pub(super) async fn ask(&self, context: &Context, key: &str, compute: Duration) -> Asked {
        let time = self.config.timeout;
        match self.claim(context, key, (compute, Duration::ZERO), time).await {
            Asked::Busy => match self.claim(context, key, (compute, compute), time + compute).await {
                Asked::Kept(bytes) => Asked::Shared(bytes),
                other => other,
            },
            other => other,
        }
    }

    async fn claim(
        &self,
        context: &Context,
        key: &str,
        (compute, wait): (Duration, Duration),
        time: Duration,
    ) -> Asked {
        let ttl = compute.saturating_mul(4).clamp(LEASE_TIMES.0, LEASE_TIMES.1);
        let request = cache::GetOrComputeRequest {
            namespace: self.config.namespace.clone(),
            key: key.to_owned(),
            lease: Some(cache::ComputeByLease { ttl: duration(ttl), wait: duration(wait) }),
            ..Default::default()
        };
        match self.cache.get_or_compute(&within(context, time), request).await {
            Ok(answer) => asked(answer),
            Err(error) if is_reason(&error, "COMPUTATION_FAILED") => Asked::Busy,
            Err(error) if is_reason(&error, NOWHERE) => Asked::Nowhere,
            Err(error) => {
                self.failed(&error);
                Asked::Failed
            }
        }
    }

    /// What is kept under each of `keys`.
    pub(super) async fn ask_many(&self, context: &Context, keys: Vec<String>) -> Vec<Option<Bytes>> {
        let request = cache::GetManyRequest { namespace: self.config.namespace.clone(), keys };
        match self.cache.get_many(&within(context, self.config.timeout), request).await {
            Ok(answer) => answer.items.into_iter().map(found).collect(),
            Err(error) => {
                self.failed(&error);
                Vec::new()
            }
        }
    }

    /// Keeps `sealed` under `key`, in a namespace that is made where it is not there.
    pub(super) async fn keep(&self, context: &Context, key: String, sealed: Bytes) {
        let context = within(context, KEEPING_TIME);
        let request = cache::SetRequest {
            namespace: self.config.namespace.clone(),
            key,
            value: Some(value(sealed)),
            ttl: duration(self.config.ttl),
            ..Default::default()
        };
        let mut kept = self.cache.set(&context, request.clone()).await;
        if kept.as_ref().is_err_and(|error| is_reason(error, NOWHERE)) {
            self.make_namespace(&context).await;
            kept = self.cache.set(&context, request).await;
        }
        count_kept(&kept);
        // A refusal concerns this answer, anything else all.
        if let Err(error) = kept
            && error.rejection().is_none()
        {
            self.failed(&error);
        }
    }

    /// Gives what was computed under a lease to all who wait, and keeps it; `None` frees the lease for the next.
    pub(super) async fn complete(
        &self,
        context: &Context,
        (key, token): (String, u64),
        sealed: Option<Bytes>,
    ) {
        use cache::complete_lease_request::Result as Outcome;
        let stored = sealed.is_some();
        let result = match sealed {
            Some(sealed) => Outcome::Value(value(sealed)),
            None => Outcome::Failed(cache::ComputedFailed { message: "nothing was kept".to_owned() }),
        };
        let request = cache::CompleteLeaseRequest {
            namespace: self.config.namespace.clone(),
            key,
            token,
            result: Some(result),
            expiry: Some(cache::Expiry { ttl: duration(self.config.ttl), ..Default::default() }),
            tags: Vec::new(),
        };
        let completed = self.cache.complete_lease(&within(context, KEEPING_TIME), request).await;
        if stored {
            count_kept(&completed);
        }
    }

    async fn make_namespace(&self, context: &Context) {
        let namespace = cache::Namespace {
            name: self.config.namespace.clone(),
            capacity_bytes: Some(self.config.capacity_bytes),
            default_ttl: duration(self.config.ttl),
            ..Default::default()
        };
        let request = cache::CreateNamespaceRequest { namespace: Some(namespace) };
        match self.cache.create_namespace(context, request).await {
            Err(error) if !is_reason(&error, "NAMESPACE_EXISTS") => {
                tracing::warn!(%error, "the namespace of kept answers cannot be made");
            }
            Ok(_) | Err(_) => {}
        }
    }

    fn failed(&self, error: &Error) {
        tracing::debug!(%error, "the cache service gave no answer that the memo can use");
        let until = nanos(self.begun.elapsed() + REST);
        self.rests_until.store(until, Ordering::Relaxed);
    }
}

/// The reason of a namespace that is not there.
const NOWHERE: &str = "NAMESPACE_NOT_FOUND";

fn is_reason(error: &Error, reason: &str) -> bool {
    error.rejection().is_some_and(|rejection| rejection.reason == reason)
}

fn asked(answer: cache::GetOrComputeResponse) -> Asked {
    let is_shared = answer.source() == cache::ComputeSource::Shared;
    if let Some(lease) = answer.lease {
        return Asked::Leased(lease.token);
    }
    match answer.entry.and_then(body) {
        Some(bytes) if is_shared => Asked::Shared(bytes),
        Some(bytes) => Asked::Kept(bytes),
        // Another is at it; or somebody remembered that there is nothing, which we never do.
        None => Asked::Busy,
    }
}

fn found(item: cache::GetManyItem) -> Option<Bytes> {
    match item.outcome {
        Some(cache::get_many_item::Outcome::Found(entry)) => body(entry),
        Some(cache::get_many_item::Outcome::Missing(_)) | None => None,
    }
}

fn body(entry: cache::Entry) -> Option<Bytes> {
    entry.value.and_then(|value| value.body).map(|body| match body {
        cache::value::Body::Data(bytes) => bytes,
        cache::value::Body::Text(text) => text.into(),
    })
}

fn value(sealed: Bytes) -> cache::Value {
    cache::Value { body: Some(cache::value::Body::Data(sealed)), content_type: CONTENT_TYPE.to_owned() }
}

/// The call, but no longer than `time`.
fn within(context: &Context, time: Duration) -> Context {
    let own = Deadline::after(time);
    let deadline = match context.deadline {
        Some(deadline) if deadline.instant() < own.instant() => deadline,
        Some(_) | None => own,
    };
    Context { deadline: Some(deadline), ..context.clone() }
}

fn duration(time: Duration) -> Option<prost_types::Duration> {
    prost_types::Duration::try_from(time).ok()
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

fn count_kept<T>(outcome: &Result<T, Error>) {
    let word = match outcome {
        Ok(_) => "kept",
        Err(_) => "error",
    };
    counter!("memo_kept_total", "outcome" => word).increment(1);
}
