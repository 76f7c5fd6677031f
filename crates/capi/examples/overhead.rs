//! What the border costs: the verdict on ten bytes, asked for in Rust and through the C ABI, in one process.
//!
//! `cargo run --release -p capi --example overhead`

#![allow(unsafe_code, reason = "it calls a C library")]
#![allow(clippy::print_stdout, reason = "a measurement is printed")]

use std::hint::black_box;
use std::ptr::{null, null_mut};
use std::time::Instant;

use capi::{FASTJSON_OK, Options, Report, fastjson_report_free, fastjson_validate};
use json_engine::ScanOptions;

const DOCUMENT: &[u8] = b"{\"a\":[12]}";
const CALLS: u32 = 2_000_000;
const ROUNDS: usize = 9;

fn main() {
    let rust =
        fastest(|| assert!(json_engine::validate(black_box(DOCUMENT), &ScanOptions::default()).is_ok()));
    let bare = fastest(|| call(null_mut()));
    let reported = fastest(|| {
        let mut report = null_mut();
        call(&raw mut report);
        // SAFETY: the call wrote it, and it is freed once.
        unsafe { fastjson_report_free(report) };
    });
    println!("rust {rust:.1} ns, C {bare:.1} ns, C with a report {reported:.1} ns");
}

/// Through a pointer that the compiler does not know, as from another language.
fn call(report: *mut *mut Report) {
    type Validate = unsafe extern "C" fn(*const u8, usize, u32, *const Options, *mut *mut Report) -> i32;
    let validate: Validate = black_box(fastjson_validate);
    // SAFETY: the bytes are static, and NULL is allowed.
    let code = unsafe { validate(black_box(DOCUMENT).as_ptr(), DOCUMENT.len(), 0, null(), report) };
    assert_eq!(code, FASTJSON_OK);
}

/// Nanoseconds a call in the fastest of the rounds.
fn fastest(work: impl Fn()) -> f64 {
    let round = || {
        let start = Instant::now();
        (0..CALLS).for_each(|_| work());
        start.elapsed().as_secs_f64() * 1e9 / f64::from(CALLS)
    };
    (0..ROUNDS).map(|_| round()).fold(f64::INFINITY, f64::min)
}
