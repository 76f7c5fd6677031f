//! How fast the local store reads and writes, as a ratio to the bare map below it.
//!
//! `cargo run --release -p cache-engine --example throughput [large]`

#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use std::{
    future::Future,
    hint::black_box,
    pin::pin,
    sync::{Arc, LazyLock},
    task::{Context, Poll, Waker},
    thread,
    time::Duration,
};

use cache_engine::{
    Body, Condition, Draft, Entry, Key, LocalStore, MapKind, NamespaceConfig, NamespaceName, Store,
    StoreLimits, SystemClock, Ttl, Value,
};
use moka::{policy::EvictionPolicy, sync::Cache};

static DEFAULT: LazyLock<NamespaceName> = LazyLock::new(NamespaceName::default);

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ENTRIES: usize = 100_000;
const ROUNDS: usize = 5;
const OPERATIONS: usize = 200_000;

fn main() {
    let keys: Vec<Key> = (0..ENTRIES).map(|number| key(number, "key")).collect();
    let bare = filled_map(&keys);
    for map in [MapKind::Moka, MapKind::Compact] {
        for shards in [1, 4, 16] {
            print_gets(&keys, &bare, map, shards);
        }
    }
    for map in [MapKind::Moka, MapKind::Compact] {
        print_sets(&keys, &bare, map);
        print_full(&bare, map);
    }
    if std::env::args().any(|argument| argument == "large") {
        print_large();
    }
}

fn print_gets(keys: &[Key], bare: &Cache<Key, Entry>, map: MapKind, shards: u64) {
    let store = filled_store(keys, map, shards, Ttl::NamespaceDefault);
    let expiring = filled_store(keys, map, shards, Ttl::After(Duration::from_secs(3_600)));
    for threads in [1, 2] {
        let of_bare = best(threads, |at| drop(black_box(bare.get(&keys[at % ENTRIES]))));
        let row = |what: &str, ours| {
            print_row(&format!("{map:?}, {shards} shards: {what}"), threads, of_bare, ours)
        };
        row("get", best(threads, |at| drop(black_box(get(&store, &keys[at % ENTRIES])))));
        row("get, with ttl", best(threads, |at| drop(black_box(get(&expiring, &keys[at % ENTRIES])))));
        row("get, one key", best(threads, |_| drop(black_box(get(&store, &keys[0])))));
    }
}

fn print_sets(keys: &[Key], bare: &Cache<Key, Entry>, map: MapKind) {
    let store = filled_store(keys, map, 16, Ttl::NamespaceDefault);
    let entry = get(&store, &keys[0]).expect("it was written");
    for threads in [1, 2] {
        let of_bare = best(threads, |at| bare.insert(keys[at % ENTRIES].clone(), entry.clone()));
        let ours = best(threads, |at| set(&store, &keys[at % ENTRIES], Ttl::NamespaceDefault));
        print_row(&format!("{map:?}: set, replacing"), threads, of_bare, ours);
    }
}

/// Ten times the keys.
fn print_large() {
    let keys: Vec<Key> = (0..10 * ENTRIES).map(|number| key(number, "key")).collect();
    for map in [MapKind::Moka, MapKind::Compact] {
        let store = filled_store(&keys, map, 16, Ttl::NamespaceDefault);
        let few = best(1, |at| drop(black_box(get(&store, &keys[at % ENTRIES]))));
        let many = best(1, |at| drop(black_box(get(&store, &keys[at % (10 * ENTRIES)]))));
        println!(
            "{map:?}: get of {ENTRIES} keys {few:.2} M/s, of ten times as many {many:.2} M/s, {:.2} the time",
            few / many
        );
    }
}

/// Every write throws an entry out.
fn print_full(filled: &Cache<Key, Entry>, map: MapKind) {
    let entry = filled.iter().next().expect("it was filled").1;
    let config =
        NamespaceConfig { capacity_bytes: 64 << 20, max_value_bytes: 64 << 10, ..NamespaceConfig::default() };
    let store = store_of(map, config);
    let full = bare_map(64 << 20);
    let bare = best(1, |at| full.insert(key(at, "bare"), entry.clone()));
    let ours = best(1, |at| set(&store, &key(at, "ours"), Ttl::NamespaceDefault));
    print_row(&format!("{map:?}: set, full"), 1, bare, ours);
}

fn print_row(what: &str, threads: usize, bare: f64, ours: f64) {
    let ratio = ours / bare;
    println!(
        "{what:<34} {threads} threads: bare moka {bare:>5.2} M/s, store {ours:>5.2} M/s, ratio {ratio:.2}"
    );
}

/// Million operations a second of a processor that does nothing else, the best of some rounds.
fn best(threads: usize, operation: impl Fn(usize) + Sync) -> f64 {
    let round = |round: usize| {
        let times: Vec<Duration> = thread::scope(|scope| {
            let running: Vec<_> = (0..threads)
                .map(|thread| {
                    let operation = &operation;
                    scope.spawn(move || {
                        let first = (round * threads + thread) * OPERATIONS;
                        // A step that visits all keys in no order the processor could guess.
                        (first..first + OPERATIONS).for_each(|number| operation(number.wrapping_mul(40_503)));
                        processor_time()
                    })
                })
                .collect();
            running.into_iter().map(|thread| thread.join().expect("no operation panics")).collect()
        });
        (threads * OPERATIONS) as f64 / times.iter().sum::<Duration>().as_secs_f64() / 1e6
    };
    (0..ROUNDS).map(round).fold(0.0, f64::max)
}

/// For how long this thread had a processor (`/proc/thread-self/schedstat`, first field).
fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux has it");
    let nanos = stat.split_whitespace().next().and_then(|nanos| nanos.parse().ok());
    Duration::from_nanos(nanos.expect("the first field is a number"))
}

fn key(number: usize, prefix: &str) -> Key {
    Key::new(format!("{prefix}:{number:012}")).expect("a short key")
}

fn bare_map(capacity_bytes: u64) -> Cache<Key, Entry> {
    Cache::builder()
        .max_capacity(capacity_bytes)
        .weigher(|_, _| 530)
        .eviction_policy(EvictionPolicy::lru())
        .build()
}

fn filled_map(keys: &[Key]) -> Cache<Key, Entry> {
    let map = bare_map(1 << 30);
    let store = filled_store(keys, MapKind::Moka, 16, Ttl::NamespaceDefault);
    for key in keys {
        map.insert(key.clone(), get(&store, key).expect("it was written"));
    }
    map
}

/// A shard has room for eight of the largest values.
fn filled_store(keys: &[Key], map: MapKind, shards: u64, ttl: Ttl) -> LocalStore {
    let capacity_bytes = 1 << 30;
    let max_value_bytes = (64 << 20) / shards;
    let store =
        store_of(map, NamespaceConfig { capacity_bytes, max_value_bytes, ..NamespaceConfig::default() });
    keys.iter().for_each(|key| set(&store, key, ttl));
    store
}

fn store_of(map: MapKind, config: NamespaceConfig) -> LocalStore {
    let limits = StoreLimits { map, ..StoreLimits::default() };
    LocalStore::with_limits(vec![config], limits, Arc::new(SystemClock::new()))
        .expect("the limits are in range")
}

fn get(store: &LocalStore, key: &Key) -> Option<Entry> {
    ready(store.get(&DEFAULT, key)).expect("the namespace is there")
}

fn set(store: &LocalStore, key: &Key, ttl: Ttl) {
    let value = Value::new(Body::data([7; 100]), "").expect("no media type");
    let set = store.set(&DEFAULT, key.clone(), Draft::new(value, ttl), Condition::Always);
    black_box(ready(set).expect("it fits"));
}

fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => unreachable!("the local store never waits"),
    }
}
