//! What the border costs: the same work asked for in Rust and through the C ABI, in one process, in turns.
//!
//! `cargo run --release -p capi --example overhead`

#![allow(unsafe_code, reason = "it calls a C library")]
#![allow(clippy::print_stdout, reason = "a measurement is printed")]

use std::hint::black_box;
use std::ptr::{null, null_mut};
use std::sync::Arc;
use std::time::{Duration, Instant};

use capi::{
    Buffer, FASTJSON_OK, FASTJSON_QUERY_LANGUAGE_JQ, FASTJSON_QUERY_LANGUAGE_JSONPATH, Options, Query,
    Report, fastjson_buffer_free, fastjson_query_compile, fastjson_query_free, fastjson_query_run,
    fastjson_report_free, fastjson_validate,
};
use json_engine::query::Language;
use json_engine::{Budget, ScanOptions};

/// So long that a round takes much longer than reading the clock, so short that most are not interrupted.
const ROUND: Duration = Duration::from_micros(500);
const ROUNDS: usize = 1_000;

fn main() {
    let small = b"{\"a\":[12]}".to_vec();
    let order = |at: usize| format!(r#"{{"id":{at},"name":"order {at}","price":{at}.50,"tags":["a","é"]}}"#);
    let large = format!("[{}]", (0..50).map(order).collect::<Vec<_>>().join(",")).into_bytes();
    println!("{:<44} {:>9} {:>9} {:>7}   nanoseconds, of the best round", "", "rust", "C", "ratio");
    for document in [&small, &large] {
        let name = format!("validate, {} bytes", document.len());
        compare(&name, || in_rust(document), || validate(document, null_mut()));
        compare(&format!("{name}, with a report"), || in_rust(document), || with_report(document));
    }
    for (language, number, program) in [
        (Language::JsonPath, FASTJSON_QUERY_LANGUAGE_JSONPATH, "$[?@.price > 40].name"),
        (Language::Jq, FASTJSON_QUERY_LANGUAGE_JQ, ".[] | select(.price > 40) | .name"),
    ] {
        query(&large, (language, number), program);
    }
}

fn query(document: &[u8], (language, number): (Language, u32), program: &str) {
    let compiled =
        json_engine::query::Query::compile(language, program).expect("the programs above are right");
    let in_c = compiled_in_c(number, program);
    let name = format!("{program}, {} bytes", document.len());
    compare(&name, || run_in_rust(&compiled, document), || run_in_c(in_c, document));
    // SAFETY: it was made above and is freed once.
    unsafe { fastjson_query_free(in_c) };
}

fn compare(name: &str, rust: impl Fn(), c: impl Fn()) {
    let calls = calls_of_a_round(&rust);
    let mut fastest = [f64::INFINITY; 2];
    for _ in 0..ROUNDS {
        let round = [nanoseconds(&rust, calls), nanoseconds(&c, calls)];
        fastest = std::array::from_fn(|way| fastest[way].min(round[way]));
    }
    let [rust, c] = fastest;
    println!("{name:<44} {rust:>9.0} {c:>9.0} {:>7.2}", c / rust);
}

fn calls_of_a_round(work: impl Fn()) -> u32 {
    let start = Instant::now();
    (1..)
        .find(|_| {
            work();
            start.elapsed() > ROUND
        })
        .unwrap_or(1)
}

/// What a call takes, on average of a round.
fn nanoseconds(work: impl Fn(), calls: u32) -> f64 {
    let start = Instant::now();
    (0..calls).for_each(|_| work());
    start.elapsed().as_secs_f64() * 1e9 / f64::from(calls)
}

fn in_rust(document: &[u8]) {
    assert!(json_engine::validate(black_box(document), &ScanOptions::default()).is_ok());
}

fn with_report(document: &[u8]) {
    let mut report = null_mut();
    validate(document, &raw mut report);
    // SAFETY: the call wrote it, and it is freed once.
    unsafe { fastjson_report_free(report) };
}

/// Through a pointer that the compiler does not know, as from another language.
fn validate(document: &[u8], report: *mut *mut Report) {
    type Validate = unsafe extern "C" fn(*const u8, usize, u32, *const Options, *mut *mut Report) -> i32;
    let validate: Validate = black_box(fastjson_validate);
    // SAFETY: the bytes live, and NULL is allowed.
    let code = unsafe { validate(black_box(document).as_ptr(), document.len(), 0, null(), report) };
    assert_eq!(code, FASTJSON_OK);
}

fn compiled_in_c(language: u32, program: &str) -> *mut Query {
    let mut query = null_mut();
    let (text, length) = (program.as_ptr(), program.len());
    // SAFETY: the program lives, the place of the query is ours, and NULL is allowed.
    let code = unsafe { fastjson_query_compile(language, text, length, null(), &raw mut query, null_mut()) };
    assert_eq!(code, FASTJSON_OK);
    query
}

fn run_in_c(query: *const Query, document: &[u8]) {
    type Run = unsafe extern "C" fn(
        *const Query,
        *const u8,
        usize,
        *const Options,
        *mut Buffer,
        *mut *mut Report,
    ) -> i32;
    let run: Run = black_box(fastjson_query_run);
    let mut out = Buffer { data: null_mut(), len: 0, capacity: 0 };
    // SAFETY: the query and the bytes live, the buffer is ours and freed once, and NULL is allowed.
    unsafe {
        let code = run(query, black_box(document).as_ptr(), document.len(), null(), &raw mut out, null_mut());
        assert_eq!(code, FASTJSON_OK);
        fastjson_buffer_free(&raw mut out);
    }
}

fn run_in_rust(query: &json_engine::query::Query, document: &[u8]) {
    let begun = Instant::now();
    let budget = Budget::new(Arc::new(move || begun.elapsed()), Duration::from_secs(5), 256 << 20);
    let answer = query.run(black_box(document), &ScanOptions::default(), &budget);
    assert!(black_box(answer).is_ok());
}
