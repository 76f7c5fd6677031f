//! Integration tests: the stores against the suite and against each other, and single flight.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]
#![allow(clippy::print_stderr, reason = "a skipped test says so")]

mod borrowing;
mod claims;
mod conformance;
mod dependencies;
mod eviction;
mod expiry;
mod guards;
mod insight;
mod leases;
mod model;
mod namespaces;
mod race;
mod scan;
mod single_flight;
mod snapshot;
mod tokens;
mod watch;

use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};

use cache_engine::{Body, Key, NamespaceName, NamespaceStats, Store, Value};

/// The result of a future that has to be ready at once: the stores here never wait.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("it waits"),
    }
}

fn key(name: impl AsRef<str>) -> Key {
    Key::new(name).unwrap()
}

fn value(bytes: usize) -> Value {
    Value::new(Body::data(vec![0; bytes]), "").unwrap()
}

fn stats(store: &impl Store) -> NamespaceStats {
    ready(store.stats(Some(&NamespaceName::default()))).unwrap().remove(0)
}
