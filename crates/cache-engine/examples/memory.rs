//! What an entry costs beyond its key and value: resident memory of a million entries of 100 bytes.
//!
//! `cargo run --release -p cache-engine --example memory [compact] [ttl]`; one kind a run, since memory that was freed once is
//! used again.

#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use std::{
    future::Future,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use cache_engine::{
    Body, Condition, Draft, Key, LocalStore, MapKind, NamespaceConfig, NamespaceName, Store, StoreLimits,
    SystemClock, Ttl, Value,
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ENTRIES: u64 = 1_000_000;
const VALUE_BYTES: usize = 100;

fn main() {
    let has = |wanted: &str| std::env::args().any(|argument| argument == wanted);
    let map = if has("compact") { MapKind::Compact } else { MapKind::Moka };
    let ttl = if has("ttl") { Ttl::After(Duration::from_secs(3_600)) } else { Ttl::NamespaceDefault };
    print_row(map, ttl);
    println!("charged: {} bytes an entry", map.entry_overhead_bytes());
}

fn print_row(map: MapKind, ttl: Ttl) {
    let config = NamespaceConfig { capacity_bytes: 4 << 30, ..NamespaceConfig::default() };
    let limits = StoreLimits { map, ..StoreLimits::default() };
    let store = LocalStore::with_limits(vec![config], limits, Arc::new(SystemClock::new()))
        .expect("the limits are in range");
    let namespace = NamespaceName::default();
    let before = resident_bytes();
    let mut text = 0;
    for number in 0..ENTRIES {
        let key = Key::new(format!("bench:{number:012}")).expect("a short key");
        text += (key.as_str().len() + VALUE_BYTES) as u64;
        let value = Value::new(Body::data([7; VALUE_BYTES]), "").expect("no media type");
        let set = store.set(&namespace, key, Draft::new(value, ttl), Condition::Always);
        ready(set).expect("it fits");
    }
    let beyond = (resident_bytes() - before).saturating_sub(text) / ENTRIES;
    println!("{map:?}, {ttl:?}: {beyond} bytes an entry beyond key and value");
}

/// Pages of 4 KiB that are in memory (`/proc/self/statm`, second field), in bytes.
fn resident_bytes() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").expect("Linux has it");
    let pages = statm.split_whitespace().nth(1).and_then(|pages| pages.parse::<u64>().ok());
    pages.expect("the second field is a number") * 4_096
}

fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => unreachable!("the local store never waits"),
    }
}
