//! What guards cost those who write other keys: `cargo run --release -p cache-engine --example guards`.
//!
//! Prints the time of a Set without a guard, and with as many as make sure that each shard has some, each the best of
//! rounds that take turns.

#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use std::{
    future::Future,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Instant,
};

use cache_engine::{
    Body, Condition, Draft, Guard, Key, LocalStore, NamespaceConfig, NamespaceName, Store as _, SystemClock,
    Ttl, Value,
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const KEYS: usize = 10_000;
const SETS: usize = 200_000;
const ROUNDS: usize = 25;
/// On other keys than those that are written.
const GUARDS: usize = 256;

fn set(store: &LocalStore, key: &Key) {
    let value = Value::new(Body::text("a value of some thirty bytes ..."), "").expect("no media type");
    let draft = Draft::new(value, Ttl::NamespaceDefault);
    let namespace = NamespaceName::default();
    ready(store.set(&namespace, key.clone(), draft, Condition::Always)).expect("it fits");
}

/// Nanoseconds of a Set.
fn round(store: &LocalStore, keys: &[Key]) -> f64 {
    let begun = Instant::now();
    keys.iter().cycle().take(SETS).for_each(|key| set(store, key));
    begun.elapsed().as_secs_f64() * 1e9 / SETS as f64
}

fn main() {
    let namespace = NamespaceName::default();
    let clock = Arc::new(SystemClock::new());
    let store = LocalStore::new(vec![NamespaceConfig::default()], clock).expect("the limits are in range");
    let named = |kind: &str, count: usize| -> Vec<Key> {
        (0..count).map(|number| Key::new(format!("{kind}:{number:012}")).expect("a short key")).collect()
    };
    let (written, guarded) = (named("user", KEYS), named("report", GUARDS));
    let (mut without, mut with) = (f64::MAX, f64::MAX);
    for _ in 0..ROUNDS {
        without = without.min(round(&store, &written));
        let guards: Vec<Guard> =
            guarded.iter().map(|key| store.guard(&namespace, key).expect("it is there")).collect();
        with = with.min(round(&store, &written));
        drop(guards);
        // A write takes down those of its key.
        guarded.iter().for_each(|key| set(&store, key));
    }
    let ratio = with / without;
    println!("Set, ns: without guards {without:.0}, with {GUARDS} on other keys {with:.0}; ratio {ratio:.3}");
}

/// The engine is never pending.
fn ready<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the engine waits for nothing"),
    }
}
