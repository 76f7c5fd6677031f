//! How long a snapshot of a million entries takes, what reads notice of it, and how long it takes to restore.
//!
//! `cargo run --release -p cache-engine --example snapshot`

#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use std::{
    future::Future,
    io::{self, Write},
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
    Body, Clock, Condition, Draft, Key, LocalStore, NamespaceConfig, NamespaceName, Store, SystemClock, Ttl,
    Value,
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ENTRIES: u64 = 1_000_000;

fn main() -> io::Result<()> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let store = filled(&clock);
    let path = std::env::temp_dir().join(format!("cache-engine-snapshot-{}", std::process::id()));
    let (calm, _) = with_reads(&store, || thread::sleep(Duration::from_secs(2)));
    let (busy, saved) = with_reads(&store, || {
        let begun = Instant::now();
        let mut to = io::BufWriter::new(std::fs::File::create(&path)?);
        let saved = store.save(&mut to).map_err(io::Error::other)?;
        to.flush()?;
        to.get_ref().sync_all()?;
        Ok::<_, io::Error>((saved, begun.elapsed()))
    });
    let (saved, took) = saved?;
    println!("snapshot of {} entries, {} MB: {took:.2?}, synced", saved.entries, saved.bytes >> 20);
    println!("get p99: {calm:?} before, {busy:?} during it, {:.2}x", busy.as_secs_f64() / calm.as_secs_f64());
    drop(store);
    let begun = Instant::now();
    let empty = LocalStore::new(vec![config()], clock).map_err(io::Error::other)?;
    let (_store, restored) = empty.restore(std::fs::File::open(&path)?).map_err(io::Error::other)?;
    println!("restore of {} entries: {:.2?}", restored.entries, begun.elapsed());
    std::fs::remove_file(path)
}

fn config() -> NamespaceConfig {
    NamespaceConfig { capacity_bytes: 4 << 30, max_value_bytes: 1 << 20, ..NamespaceConfig::default() }
}

/// A million entries of 100 bytes that live an hour.
fn filled(clock: &Arc<dyn Clock>) -> LocalStore {
    let store = LocalStore::new(vec![config()], Arc::clone(clock)).expect("the limits are in range");
    let ttl = Ttl::after(Duration::from_secs(3_600)).expect("an hour is a time to live");
    let name = NamespaceName::default();
    for number in 0..ENTRIES {
        let body = format!("{{\"id\":{number},\"hash\":\"{:0>80x}\"}}", u128::from(number).pow(6));
        let value = Value::new(Body::text(body), "application/json").expect("the media type is short");
        let set = store.set(&name, key(number), Draft::new(value, ttl), Condition::Always);
        ready(set).expect("there is room");
    }
    store
}

fn key(number: u64) -> Key {
    Key::new(format!("user:{number}:profile")).expect("the key is short")
}

/// The 99th percentile of reads beside `work`, and what that gave. A reading is 50 reads, since one is near the cost of
/// the clock.
fn with_reads<T>(store: &LocalStore, work: impl FnOnce() -> T) -> (Duration, T) {
    const READS: u64 = 50;
    let is_over = AtomicBool::new(false);
    let keys: Vec<Key> = (0..ENTRIES).step_by(97).map(key).collect();
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut times = Vec::new();
            let mut keys = keys.iter().cycle();
            while !is_over.load(Ordering::Relaxed) {
                let begun = Instant::now();
                for key in keys.by_ref().take(READS as usize) {
                    assert!(
                        ready(store.get(&NamespaceName::default(), key)).is_ok_and(|found| found.is_some())
                    );
                }
                times.push(begun.elapsed());
            }
            times.sort_unstable();
            times[times.len() * 99 / 100] / READS as u32
        });
        let given = work();
        is_over.store(true, Ordering::Relaxed);
        (reader.join().expect("the reads succeed"), given)
    })
}

/// The result of a future that does not wait, as those of the local store.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => panic!("it waits"),
    }
}
