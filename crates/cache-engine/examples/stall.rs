//! How long a read waits while a million entries that expire at one instant are swept, beside a quiet minute.
//!
//! `cargo run --release -p cache-engine --example stall`
//!
//! A reader that the system did not let run waits, too, and that is no fault of the store. So of a read that took long the
//! time is subtracted that the thread was ready and had no processor (`/proc/thread-self/schedstat`, second field).

#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use std::{
    future::Future,
    hint::black_box,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
    thread,
    time::{Duration, Instant},
};

use cache_engine::{
    Body, Condition, Draft, Key, LocalStore, NamespaceConfig, NamespaceName, Store, SystemClock, Ttl, Value,
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ENTRIES: usize = 1_000_000;
const KEPT: usize = 10_000;
/// From when on a read is looked at closely.
const LONG: Duration = Duration::from_micros(200);

fn main() {
    let config = NamespaceConfig { capacity_bytes: 2 << 30, ..NamespaceConfig::default() };
    let store = LocalStore::new(vec![config], Arc::new(SystemClock::new())).expect("the limits are in range");
    (0..KEPT).for_each(|number| set(&store, &key("kept", number), Ttl::NamespaceDefault));
    let started = Instant::now();
    let life = Duration::from_secs(40);
    for number in 0..ENTRIES {
        set(&store, &key("due", number), Ttl::After(life.saturating_sub(started.elapsed())));
    }
    print_row("quiet", &read_while(&store, || thread::sleep(Duration::from_secs(3))));
    thread::sleep(life.saturating_sub(started.elapsed()) + Duration::from_millis(10));
    print_row("expired, unswept", &read_while(&store, || thread::sleep(Duration::from_secs(1))));
    let sweeping = Instant::now();
    let mut swept = 0;
    let times = read_while(&store, || {
        while swept < ENTRIES {
            swept += store.sweep(32);
            thread::yield_now();
        }
    });
    print_row("sweep", &times);
    println!(
        "swept {swept} in {:.0?}, {:.0?} an entry",
        sweeping.elapsed(),
        sweeping.elapsed() / swept as u32
    );
}

/// The times of the reads of one thread, sorted, and of the longest ones without what they waited for a processor.
struct Times {
    all: Vec<Duration>,
    own: Vec<Duration>,
}

fn read_while(store: &LocalStore, work: impl FnOnce()) -> Times {
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let reader = scope.spawn(|| read_until(store, &over));
        work();
        over.store(true, Ordering::Relaxed);
        reader.join().expect("a read does not panic")
    })
}

fn read_until(store: &LocalStore, over: &AtomicBool) -> Times {
    let keys: Vec<Key> = (0..KEPT).map(|number| key("kept", number)).collect();
    let namespace = NamespaceName::default();
    let (mut all, mut own) = (Vec::with_capacity(1 << 24), Vec::new());
    let mut unserved = time_without_processor();
    while !over.load(Ordering::Relaxed) && all.len() < 1 << 24 {
        let began = Instant::now();
        black_box(
            ready(store.get(&namespace, &keys[all.len().wrapping_mul(40_503) % KEPT])).expect("it is there"),
        );
        let took = began.elapsed();
        all.push(took);
        if took > LONG {
            let now = time_without_processor();
            own.push(took.saturating_sub(now - unserved));
            unserved = now;
        }
    }
    all.sort_unstable();
    own.sort_unstable();
    Times { all, own }
}

fn print_row(what: &str, times: &Times) {
    let at = |part: f64| times.all[((times.all.len() - 1) as f64 * part) as usize];
    let own = times.own.last().copied().unwrap_or(at(1.0).min(LONG));
    println!(
        "{what:<17} {:>9} reads: p50 {:.0?}, p99 {:.0?}, p99.99 {:.0?}, longest {:.0?}; longest without waits for a processor {own:.0?}",
        times.all.len(),
        at(0.5),
        at(0.99),
        at(0.9999),
        at(1.0)
    );
}

/// For how long this thread was ready to run and had no processor.
fn time_without_processor() -> Duration {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux has it");
    let nanos = stat.split_whitespace().nth(1).and_then(|nanos| nanos.parse().ok());
    Duration::from_nanos(nanos.expect("the second field is a number"))
}

fn key(prefix: &str, number: usize) -> Key {
    Key::new(format!("{prefix}:{number:012}")).expect("a short key")
}

fn set(store: &LocalStore, key: &Key, ttl: Ttl) {
    let value = Value::new(Body::data([7; 100]), "").expect("no media type");
    let namespace = NamespaceName::default();
    let set = store.set(&namespace, key.clone(), Draft::new(value, ttl), Condition::Always);
    black_box(ready(set).expect("it fits"));
}

fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => unreachable!("the local store never waits"),
    }
}
