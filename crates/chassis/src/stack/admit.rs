//! Who may go to a handler: bounded headers, a context that can be read, time left, a free place.
//!
//! Promise: what is refused here has had no effect; calls of the peer have places of their own, so that two services that wait for
//! each other do not stand still. Cost: a sum over the headers and an atomic addition.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::Body;
use context::{Context, Deadline, TraceContext};
use http::{HeaderMap, Request, StatusCode};
use metrics::{Counter, Gauge, counter, gauge};

use super::held::Ledger;
use crate::config::Limits;
use crate::failure::Failure;

/// When to come back after an overload: long enough for the calls in hand, short enough to go unnoticed.
pub(super) const RETRY_AFTER: Duration = Duration::from_millis(200);

/// A request that may go to its handler; gives its place back on drop.
pub(crate) struct Admitted {
    /// With a span of its own, below that of the caller.
    pub(crate) context: Context,
    /// The span of the caller.
    pub(crate) parent: TraceContext,
    /// The caller's own deadline, which holds for the response stream too.
    pub(crate) asked: Option<Deadline>,
    /// The deadline of the handler.
    pub(crate) deadline: Deadline,
    /// How far away that was on arrival.
    pub(crate) timeout: Duration,
    /// Kept for as long as the handler works.
    pub(crate) place: Option<Place>,
    /// Where its messages are counted.
    pub(crate) ledger: Ledger,
}

/// Places for callers, and others for the peer. A call of the peer waits for nobody beyond this process, so its place is
/// free again however many callers wait for the peer meanwhile.
pub(crate) struct Gate {
    limits: Limits,
    callers: Places,
    peers: Places,
    overloaded: Counter,
}

struct Places {
    limit: usize,
    ledger: Ledger,
    in_flight: Arc<AtomicUsize>,
    gauge: Gauge,
}

/// What one side may have in flight, and where that is seen.
struct Share {
    calls: usize,
    calls_gauge: Gauge,
    bytes: usize,
    /// The name of `bytes` in the settings.
    bytes_setting: &'static str,
    bytes_gauge: Gauge,
}

impl Gate {
    pub(crate) fn new(name: &'static str, limits: &Limits) -> Self {
        let overloaded = counter!("overloaded_total", "server" => name);
        let callers = Share {
            calls: limits.max_in_flight,
            calls_gauge: gauge!("in_flight", "server" => name),
            bytes: limits.max_in_flight_bytes,
            bytes_setting: "server.limits.max_in_flight_bytes",
            bytes_gauge: gauge!("in_flight_bytes", "server" => name),
        };
        let peers = Share {
            calls: limits.max_peer_in_flight,
            calls_gauge: gauge!("peer_in_flight", "server" => name),
            bytes: limits.max_peer_in_flight_bytes,
            bytes_setting: "server.limits.max_peer_in_flight_bytes",
            bytes_gauge: gauge!("peer_in_flight_bytes", "server" => name),
        };
        let places = |share| Places::new(share, limits.max_deadline, &overloaded);
        let (callers, peers) = (places(callers), places(peers));
        Self { limits: limits.clone(), callers, peers, overloaded }
    }

    /// Cheapest check first; a refused request has cost no more than its headers.
    pub(crate) fn admit(&self, request: &Request<Body>) -> Result<Admitted, Failure> {
        self.check_header_bytes(request.headers())?;
        let mut context = Context::from_headers(request.headers()).map_err(|error| {
            Failure::invalid("HEADER_INVALID", error.to_string()).with("header", error.header)
        })?;
        let parent = context.trace;
        let asked = context.deadline;
        let timeout =
            asked.map_or(self.limits.default_deadline, Deadline::remaining).min(self.limits.max_deadline);
        if timeout.is_zero() {
            return Err(Failure::deadline("the deadline had passed on arrival"));
        }
        let deadline = Deadline::after(timeout);
        context.deadline = Some(deadline);
        context.trace = context.trace.child();
        let places = if context.hop.is_some() { &self.peers } else { &self.callers };
        let place = self.place_of(places, request.uri().path())?;
        let ledger = places.ledger.clone();
        Ok(Admitted { context, parent, asked, deadline, timeout, place, ledger })
    }

    /// RFC 9113 section 6.5.2 counts name, value and 32 bytes a field.
    fn check_header_bytes(&self, headers: &HeaderMap) -> Result<(), Failure> {
        let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 32).sum();
        let limit = usize::try_from(self.limits.max_header_bytes).unwrap_or(usize::MAX);
        if bytes <= limit {
            return Ok(());
        }
        let message = format!("the headers have {bytes} bytes; at most {limit} are allowed");
        Err(Failure::exhausted("HEADER_BYTES_LIMIT", message)
            .with("found", bytes)
            .with("limit", limit)
            .http(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE))
    }

    /// Health and reflection need none: under overload the orchestrator must still hear that the process lives.
    fn place_of(&self, places: &Places, path: &str) -> Result<Option<Place>, Failure> {
        if let Some(place) = places.take() {
            return Ok(Some(place));
        }
        if is_infrastructure(path) {
            return Ok(None);
        }
        self.overloaded.increment(1);
        let limit = places.limit;
        let message =
            format!("{limit} requests are in flight, as many as the server takes on; try again later");
        Err(Failure::exhausted("OVERLOADED", message).with("limit", limit).retry_after(RETRY_AFTER))
    }
}

impl Places {
    /// `patience` is how long an answer may lie that its caller does not take.
    fn new(share: Share, patience: Duration, overloaded: &Counter) -> Self {
        let seen = (share.bytes_gauge, overloaded.clone());
        let ledger = Ledger::new((share.bytes_setting, share.bytes), patience, seen);
        Self { limit: share.calls, ledger, in_flight: Arc::default(), gauge: share.calls_gauge }
    }

    fn take(&self) -> Option<Place> {
        if self.in_flight.fetch_add(1, Ordering::Relaxed) < self.limit {
            self.gauge.increment(1.0);
            return Some(Place { in_flight: Arc::clone(&self.in_flight), gauge: self.gauge.clone() });
        }
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
        None
    }
}

/// Services that the chassis itself serves.
pub(crate) fn is_infrastructure(path: &str) -> bool {
    path.starts_with("/grpc.health.") || path.starts_with("/grpc.reflection.")
}

/// One of `max_in_flight` or `max_peer_in_flight`.
pub(crate) struct Place {
    in_flight: Arc<AtomicUsize>,
    gauge: Gauge,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.in_flight.fetch_sub(1, Ordering::Relaxed);
        self.gauge.decrement(1.0);
    }
}
