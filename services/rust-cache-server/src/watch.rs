//! Watches: who may watch, and the stream that a watcher gets.
//!
//! Promise: a watch says at once where it begins, then what happens, and something every heartbeat; it ends typed when the
//! server drains or the namespace goes. Nothing waits for a slow watcher, and nothing is kept for it but the log that
//! all share. Cost: a timer and some 400 bytes a watch besides its call; the texts of its filter.

mod alarm;
mod aside;
mod turn;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use cache_engine::{Batch, Subscription};
use chassis::{Failure, Tasks};
use fastjson_proto::rustcache::v1 as pb;
use futures_util::Stream;
use metrics::{Counter, Gauge, counter, gauge};

use self::alarm::Alarm;
use self::aside::Aside;
pub(crate) use self::turn::behind_what_is_ready;
use crate::config;
use crate::wire;

/// When to come back after one watcher too many.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// All watches of the process; clones share them.
#[derive(Clone)]
pub(crate) struct Watches(Arc<Shared>);

struct Shared {
    limits: config::Watch,
    watchers: AtomicUsize,
    filter_bytes: AtomicUsize,
    gauge: Gauge,
    events: Counter,
    lost: Counter,
    aside: Aside,
}

/// The place of one watcher; given back on drop.
pub(crate) struct Place {
    watches: Watches,
    filter_bytes: usize,
}

impl Watches {
    pub(crate) fn new(limits: config::Watch) -> Self {
        Self(Arc::new(Shared {
            limits,
            watchers: AtomicUsize::new(0),
            filter_bytes: AtomicUsize::new(0),
            gauge: gauge!("watchers"),
            events: counter!("watch_events_total"),
            lost: counter!("watch_discontinuities_total"),
            aside: Aside::default(),
        }))
    }

    /// A place for a watcher whose filter has so many bytes. Fails with `WATCHERS_LIMIT`.
    pub(crate) fn admit(&self, filter_bytes: usize) -> Result<Place, Failure> {
        let Shared { limits, watchers, filter_bytes: taken, gauge, .. } = &*self.0;
        let before = watchers.fetch_add(1, Ordering::Relaxed);
        let bytes_before = taken.fetch_add(filter_bytes, Ordering::Relaxed);
        gauge.increment(1.0);
        let place = Place { watches: self.clone(), filter_bytes };
        if before >= limits.max_watchers {
            return Err(full("watch.max_watchers", limits.max_watchers, "watchers"));
        }
        if bytes_before + filter_bytes > limits.max_filter_bytes {
            return Err(full("watch.max_filter_bytes", limits.max_filter_bytes, "bytes of filters"));
        }
        Ok(place)
    }

    /// What a task of the service has to poll for watchers to be told together.
    pub(crate) fn step_aside(&self) -> impl Future<Output = ()> + Send + 'static {
        self.0.aside.run()
    }

    pub(crate) fn limits(&self) -> &config::Watch {
        &self.0.limits
    }
}

fn full(limit: &'static str, allowed: usize, unit: &str) -> Failure {
    let message = format!("the server has {allowed} {unit} or is about to pass that, as many as it takes on");
    Failure::exhausted("WATCHERS_LIMIT", message)
        .with("limit", limit)
        .with("allowed", allowed)
        .retry_after(RETRY_AFTER)
}

impl Drop for Place {
    fn drop(&mut self) {
        let Shared { watchers, filter_bytes, gauge, .. } = &*self.watches.0;
        watchers.fetch_sub(1, Ordering::Relaxed);
        filter_bytes.fetch_sub(self.filter_bytes, Ordering::Relaxed);
        gauge.decrement(1.0);
    }
}

/// The responses of one watch.
pub(crate) struct Watching {
    watcher: Subscription,
    place: Place,
    alarm: Alarm,
    state: State,
}

enum State {
    /// Nothing was said.
    New,
    /// Something was said, which the connection has by the time that more is asked for.
    Spoken,
    Quiet,
    Ended,
}

impl Watching {
    /// Something is said every `every`, until the drain of `tasks`.
    pub(crate) fn new(watcher: Subscription, place: Place, every: Duration, tasks: &Tasks) -> Self {
        Self { watcher, place, alarm: Alarm::new(every, tasks), state: State::New }
    }

    fn alive(&self) -> pb::WatchResponse {
        pb::WatchResponse { sequence: self.watcher.sequence(), ..Default::default() }
    }

    fn told(&self, batch: Batch) -> pb::WatchResponse {
        let Shared { events, lost, .. } = &*self.place.watches.0;
        events.increment(batch.events.len() as u64);
        lost.increment(u64::from(batch.lost.is_some()));
        wire::batch(batch)
    }

    /// Everything is said for now.
    fn fall_quiet(&mut self) {
        if matches!(self.state, State::Spoken) {
            self.state = State::Quiet;
            self.place.watches.0.aside.step();
        }
    }

    fn end(&mut self, failure: Failure) -> Poll<Option<Result<pb::WatchResponse, Failure>>> {
        self.state = State::Ended;
        Poll::Ready(Some(Err(failure)))
    }
}

impl Stream for Watching {
    type Item = Result<pb::WatchResponse, Failure>;

    fn poll_next(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        match this.state {
            State::New => {
                this.state = State::Quiet;
                return Poll::Ready(Some(Ok(this.alive())));
            }
            State::Spoken | State::Quiet => {}
            State::Ended => return Poll::Ready(None),
        }
        if this.alarm.is_draining() {
            return this.end(Failure::unavailable("DRAINING", "the server is shutting down"));
        }
        match this.watcher.poll_next(task) {
            Poll::Ready(Some(batch)) => {
                this.state = State::Spoken;
                return Poll::Ready(Some(Ok(this.told(batch))));
            }
            Poll::Ready(None) => {
                return this.end(Failure::not_found("NAMESPACE_NOT_FOUND", "the namespace is gone"));
            }
            Poll::Pending => {}
        }
        if this.alarm.poll_heartbeat(task).is_ready() {
            return Poll::Ready(Some(Ok(this.alive())));
        }
        this.fall_quiet();
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_watcher_too_many_is_refused_and_places_are_given_back() {
        let limits = config::Watch { max_watchers: 2, max_filter_bytes: 10, ..config::Watch::default() };
        let watches = Watches::new(limits);
        let refused = |bytes| watches.admit(bytes).err().map(|failure| failure.reason.to_string());
        let first = watches.admit(4).unwrap();
        let second = watches.admit(6).unwrap();
        assert_eq!(refused(0).as_deref(), Some("WATCHERS_LIMIT"));
        drop(second);
        assert_eq!(refused(7).as_deref(), Some("WATCHERS_LIMIT"));
        assert_eq!(refused(6), None);
        drop(first);
        assert_eq!(watches.0.filter_bytes.load(Ordering::Relaxed), 0);
    }
}
