//! Most memory that reading each document of the corpus holds at a time, as a multiple of its text.
//!
//! `cargo run --release -p json-engine --example parse_memory`

#![allow(clippy::print_stdout, reason = "printing is what it is for")]
#![allow(unsafe_code, reason = "an allocator that counts is an unsafe trait; no other code is here")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use json_engine::query::{Language, Query};
use json_engine::{Budget, Clock, ScanOptions};

/// The system's allocator; counts the bytes that are asked of it.
struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: every call is passed on as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let held = HELD.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(held, Ordering::Relaxed);
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract.
        unsafe { System.dealloc(place, layout) }
    }
}

struct Still;

impl Clock for Still {
    fn now(&self) -> Duration {
        Duration::ZERO
    }
}

fn main() -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus");
    let nothing = Query::compile(Language::JsonPath, "$.nothing.at.all").expect("it is a query");
    let mut paths: Vec<_> = std::fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|end| end == "json")) {
        let text = std::fs::read(path)?;
        let budget = Budget::new(Arc::new(Still), Duration::from_secs(1), 1 << 30);
        let before = HELD.load(Ordering::Relaxed);
        PEAK.store(before, Ordering::Relaxed);
        let answer = nothing.run(&text, &ScanOptions::default(), &budget).map(|answer| answer.hits);
        let peak = (PEAK.load(Ordering::Relaxed) - before) as f64 / text.len() as f64;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        println!("{name:<20} {peak:>5.2} times {answer:?}");
    }
    Ok(())
}
