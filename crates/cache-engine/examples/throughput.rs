//! How fast the local store reads and writes, as a ratio to the bare map below it.
//!
//! `cargo run --release -p cache-engine --example throughput`

#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use std::{
    future::Future,
    hint::black_box,
    pin::pin,
    sync::{Arc, LazyLock},
    task::{Context, Poll, Waker},
    thread,
    time::{Duration, Instant},
};

use cache_engine::{
    Body, Condition, Draft, Entry, Key, LocalStore, NamespaceConfig, NamespaceName, Store, SystemClock, Ttl,
    Value,
};
use moka::{policy::EvictionPolicy, sync::Cache};

static DEFAULT: LazyLock<NamespaceName> = LazyLock::new(NamespaceName::default);
const ENTRIES: usize = 100_000;
const ROUNDS: usize = 5;
const OPERATIONS: usize = 200_000;

fn main() {
    let keys: Vec<Key> = (0..ENTRIES).map(|number| key(number, "key")).collect();
    let store = filled_store(&keys, Ttl::NamespaceDefault);
    let expiring = filled_store(&keys, Ttl::After(Duration::from_secs(3_600)));
    let map = filled_map(&keys);
    for threads in [1, 2] {
        let bare = best(threads, |at| drop(black_box(map.get(&keys[at % ENTRIES]))));
        let ours = best(threads, |at| drop(black_box(get(&store, &keys[at % ENTRIES]))));
        let with_ttl = best(threads, |at| drop(black_box(get(&expiring, &keys[at % ENTRIES]))));
        print_row("get", threads, bare, ours);
        print_row("get, with ttl", threads, bare, with_ttl);
    }
    let entry = get(&store, &keys[0]).expect("it was written");
    for threads in [1, 2] {
        let bare = best(threads, |at| map.insert(keys[at % ENTRIES].clone(), entry.clone()));
        let ours = best(threads, |at| set(&store, &keys[at % ENTRIES], Ttl::NamespaceDefault));
        print_row("set, replacing", threads, bare, ours);
    }
    print_full(&entry);
    print_sweep();
}

/// Every write throws an entry out.
fn print_full(entry: &Entry) {
    let config =
        NamespaceConfig { capacity_bytes: 64 << 20, max_value_bytes: 64 << 10, ..NamespaceConfig::default() };
    let store = LocalStore::new(vec![config], Arc::new(SystemClock::new())).expect("the limits are in range");
    let map = bare_map(64 << 20);
    let bare = best(1, |at| map.insert(key(at, "bare"), entry.clone()));
    let ours = best(1, |at| set(&store, &key(at, "ours"), Ttl::NamespaceDefault));
    print_row("set, full", 1, bare, ours);
}

/// A million entries expire at once: what an entry costs to take out, and the longest a read waits meanwhile.
fn print_sweep() {
    let config = NamespaceConfig { capacity_bytes: 2 << 30, ..NamespaceConfig::default() };
    let store = LocalStore::new(vec![config], Arc::new(SystemClock::new())).expect("the limits are in range");
    let started = Instant::now();
    let life = Duration::from_secs(30);
    for number in 0..1_000_000 {
        let left = life.saturating_sub(started.elapsed());
        set(&store, &key(number, "swept"), Ttl::After(left));
    }
    let kept = key(0, "kept");
    set(&store, &kept, Ttl::NamespaceDefault);
    thread::sleep(life.saturating_sub(started.elapsed()) + Duration::from_millis(10));
    let (swept, longest) = thread::scope(|scope| {
        let sweeping = scope.spawn(|| {
            let started = Instant::now();
            let mut taken = 0;
            while taken < 1_000_000 {
                taken += store.sweep(256);
            }
            started.elapsed()
        });
        let mut longest = Duration::ZERO;
        while !sweeping.is_finished() {
            let started = Instant::now();
            black_box(get(&store, &kept));
            longest = longest.max(started.elapsed());
        }
        (sweeping.join().expect("a sweep does not panic"), longest)
    });
    println!(
        "sweep of 1,000,000: {swept:.0?}, {:.0?} an entry; longest get meanwhile {longest:.0?}",
        swept / 1_000_000
    );
}

fn print_row(what: &str, threads: usize, bare: f64, ours: f64) {
    let ratio = ours / bare;
    println!(
        "{what:<16} {threads} threads: bare moka {bare:>5.2} M/s, store {ours:>5.2} M/s, ratio {ratio:.2}"
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
    let store = filled_store(keys, Ttl::NamespaceDefault);
    for key in keys {
        map.insert(key.clone(), get(&store, key).expect("it was written"));
    }
    map
}

fn filled_store(keys: &[Key], ttl: Ttl) -> LocalStore {
    let config = NamespaceConfig { capacity_bytes: 1 << 30, ..NamespaceConfig::default() };
    let store = LocalStore::new(vec![config], Arc::new(SystemClock::new())).expect("the limits are in range");
    keys.iter().for_each(|key| set(&store, key, ttl));
    store
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
