//! What one operation of the engine costs: allocations, bytes of them, and, beneath callgrind, instructions.
//!
//! `cargo run --release -p cache-engine --example costs -- insert|replace|get COUNT [compact]` prints allocations an operation.
//! Instructions an operation: `valgrind --tool=callgrind` of the built example with a COUNT and with twice as many; half of the
//! difference in the sums it prints, by COUNT. Unlike a clock this says the same on every run.

#![allow(clippy::print_stdout, reason = "printing is what it is for")]
#![allow(unsafe_code, reason = "an allocator is an unsafe trait; no other code of it is here")]

use std::{
    alloc::{GlobalAlloc, Layout},
    future::Future,
    hint::black_box,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, Waker},
};

use cache_engine::{
    Body, Condition, Draft, Key, LocalStore, MapKind, NamespaceConfig, NamespaceName, Store, StoreLimits,
    SystemClock, Ttl, Value,
};

struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);
static BYTES: AtomicU64 = AtomicU64::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: every call is passed on as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        BYTES.fetch_add(layout.size() as u64, Ordering::Relaxed);
        // SAFETY: the caller keeps the contract.
        unsafe { mimalloc::MiMalloc.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract.
        unsafe { mimalloc::MiMalloc.dealloc(place, layout) }
    }
}

/// Keys that are replaced and read; few, so that what is counted is work and not misses of the processor's caches.
const KEYS: u64 = 64;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [operation, count, ..] = &*arguments else { return println!("insert|replace|get COUNT [compact]") };
    let count: u64 = count.parse().expect("COUNT is a number");
    let map =
        if arguments.iter().any(|argument| argument == "compact") { MapKind::Compact } else { MapKind::Moka };
    let config = NamespaceConfig { capacity_bytes: 4 << 30, ..NamespaceConfig::default() };
    let limits = StoreLimits { map, ..StoreLimits::default() };
    let store = LocalStore::with_limits(vec![config], limits, Arc::new(SystemClock::new()))
        .expect("the limits are in range");
    (0..KEYS).for_each(|number| set(&store, number));
    let begun = (ALLOCATIONS.load(Ordering::Relaxed), BYTES.load(Ordering::Relaxed));
    match &**operation {
        "insert" => (KEYS..KEYS + count).for_each(|number| set(&store, number)),
        "replace" => (0..count).for_each(|number| set(&store, number % KEYS)),
        _ => (0..count).for_each(|number| get(&store, number % KEYS)),
    }
    let each = |now: &AtomicU64, begun| (now.load(Ordering::Relaxed) - begun) as f64 / count as f64;
    let (allocations, bytes) = (each(&ALLOCATIONS, begun.0), each(&BYTES, begun.1));
    println!("{map:?}, {operation}: {allocations:.2} allocations of {bytes:.0} bytes in all");
}

fn key(number: u64) -> Key {
    Key::new(format!("bench:{number:012}")).expect("a short key")
}

fn set(store: &LocalStore, number: u64) {
    let value = Value::new(Body::data([7; 64]), "").expect("no media type");
    let draft = Draft::new(value, Ttl::NamespaceDefault);
    let namespace = NamespaceName::default();
    let set = store.set(&namespace, key(number), draft, Condition::Always);
    black_box(ready(set).expect("it fits"));
}

fn get(store: &LocalStore, number: u64) {
    let (namespace, key) = (NamespaceName::default(), key(number));
    black_box(ready(store.get(&namespace, &key)).expect("the namespace is there"));
}

fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => unreachable!("the local store never waits"),
    }
}
