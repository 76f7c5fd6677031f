//! How long a read waits while a million entries that expire at one instant are swept, beside a quiet minute.
//!
//! `cargo run --release -p cache-engine --example stall [compact]`
//!
//! A reader that the system did not let run waits, too, and that is no fault of the store. So the system is asked after
//! each read for how long the thread had a processor and for how long it was ready and had none
//! (`/proc/thread-self/schedstat`); what is left of the time of a read it was blocked, by a lock or by the machine.

#![allow(clippy::print_stdout, reason = "printing is what it is for")]

use std::{
    future::Future,
    hint::black_box,
    io::{Read, Seek},
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
    Body, Condition, Draft, Key, LocalStore, MapKind, NamespaceConfig, NamespaceName, Store, StoreLimits,
    SystemClock, Ttl, Value,
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ENTRIES: usize = 1_000_000;
const KEPT: usize = 10_000;

fn main() {
    let compact = std::env::args().any(|argument| argument == "compact");
    let map = if compact { MapKind::Compact } else { MapKind::Moka };
    let config = NamespaceConfig { capacity_bytes: 2 << 30, ..NamespaceConfig::default() };
    let limits = StoreLimits { map, ..StoreLimits::default() };
    let store = LocalStore::with_limits(vec![config], limits, Arc::new(SystemClock::new()))
        .expect("the limits are in range");
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
        }
    });
    print_row("sweep", &times);
    println!(
        "swept {swept} in {:.0?}, {:.0?} an entry",
        sweeping.elapsed(),
        sweeping.elapsed() / swept as u32
    );
}

/// The times of the reads of one thread, sorted, in all and in parts.
#[derive(Default)]
struct Times {
    all: Vec<Duration>,
    on_processor: Vec<Duration>,
    blocked: Vec<Duration>,
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
    let mut times = Times::default();
    let mut schedule = Schedule::open();
    let mut before = schedule.read();
    while !over.load(Ordering::Relaxed) {
        let wanted = &keys[times.all.len().wrapping_mul(40_503) % KEPT];
        let began = Instant::now();
        black_box(ready(store.get(&namespace, wanted)).expect("the namespace is there"));
        let took = began.elapsed();
        let after = schedule.read();
        let (ran, waited) = (after.0 - before.0, after.1 - before.1);
        before = after;
        times.all.push(took);
        times.on_processor.push(ran.min(took));
        times.blocked.push(took.saturating_sub(ran + waited));
    }
    for part in [&mut times.all, &mut times.on_processor, &mut times.blocked] {
        part.sort_unstable();
    }
    times
}

fn print_row(what: &str, times: &Times) {
    let at = |part: &[Duration], share: f64| part[((part.len() - 1) as f64 * share) as usize];
    let row = |part: &[Duration]| {
        let [middle, rare, longest] = [0.5, 0.9999, 1.0].map(|share| at(part, share));
        format!("p50 {middle:.0?}, p99.99 {rare:.0?}, longest {longest:.0?}")
    };
    println!("{what}: {} reads", times.all.len());
    println!("  in all        {}", row(&times.all));
    println!("  on processor  {}", row(&times.on_processor));
    println!("  blocked       {}", row(&times.blocked));
}

/// For how long this thread had a processor, and for how long it was ready and had none.
struct Schedule(std::fs::File);

impl Schedule {
    fn open() -> Self {
        Self(std::fs::File::open("/proc/thread-self/schedstat").expect("Linux has it"))
    }

    fn read(&mut self) -> (Duration, Duration) {
        let mut text = [0; 96];
        self.0.rewind().expect("it can be read again");
        let length = self.0.read(&mut text).expect("it can be read");
        let text = std::str::from_utf8(&text[..length]).expect("it is digits");
        let mut nanos = text.split_whitespace().map(|nanos| nanos.parse().expect("it is a number"));
        let mut next = || Duration::from_nanos(nanos.next().expect("it has three fields"));
        (next(), next())
    }
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
