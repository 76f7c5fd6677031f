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
/// So few that most rounds are not interrupted.
const CALLS: u32 = 2_000;
const ROUNDS: usize = 1_000;

fn main() {
    let mut fastest = [f64::INFINITY; 3];
    for _ in 0..ROUNDS {
        let round = [nanoseconds(in_rust), nanoseconds(in_c), nanoseconds(with_report)];
        fastest = std::array::from_fn(|way| fastest[way].min(round[way]));
    }
    let [rust, bare, reported] = fastest;
    println!("rust {rust:.0} ns, C {bare:.0} ns, C with a report {reported:.0} ns");
}

fn in_rust() {
    assert!(json_engine::validate(black_box(DOCUMENT), &ScanOptions::default()).is_ok());
}

fn in_c() {
    call(null_mut());
}

fn with_report() {
    let mut report = null_mut();
    call(&raw mut report);
    // SAFETY: the call wrote it, and it is freed once.
    unsafe { fastjson_report_free(report) };
}

/// Through a pointer that the compiler does not know, as from another language.
fn call(report: *mut *mut Report) {
    type Validate = unsafe extern "C" fn(*const u8, usize, u32, *const Options, *mut *mut Report) -> i32;
    let validate: Validate = black_box(fastjson_validate);
    // SAFETY: the bytes are static, and NULL is allowed.
    let code = unsafe { validate(black_box(DOCUMENT).as_ptr(), DOCUMENT.len(), 0, null(), report) };
    assert_eq!(code, FASTJSON_OK);
}

/// What a call takes, on average of a round.
fn nanoseconds(work: fn()) -> f64 {
    let start = Instant::now();
    (0..CALLS).for_each(|_| work());
    start.elapsed().as_secs_f64() * 1e9 / f64::from(CALLS)
}
