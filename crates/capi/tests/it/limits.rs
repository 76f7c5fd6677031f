//! Limits and budgets: each one past what it allows, with the reason of the gRPC contract.

use capi::*;

use crate::call::{compile, convert, convert_options, format, format_options, options, run, validate};

fn check(text: &str, limits: Options, expected: &str) {
    let outcome = validate(text.as_bytes(), 0, &limits);
    assert_eq!((outcome.code, outcome.reason.as_str()), (FASTJSON_LIMIT, expected), "{text}");
    assert!(!outcome.message.is_empty());
}

#[test]
fn a_document_over_a_limit() {
    check("[1,2,3]", Options { max_bytes: 6, ..options() }, "INPUT_BYTES_LIMIT");
    check("[[1]]", Options { max_depth: 1, ..options() }, "DEPTH_LIMIT");
    check("[1,2]", Options { max_nodes: 2, ..options() }, "NODES_LIMIT");
    check("12345", Options { max_number_digits: 4, ..options() }, "NUMBER_DIGITS_LIMIT");
    check(&("[".repeat(129) + &"]".repeat(129)), options(), "DEPTH_LIMIT");
    assert_eq!(
        validate(b"[1,2]", 0, &Options { max_bytes: 5, max_depth: 1, max_nodes: 3, ..options() }).code,
        0
    );
}

#[test]
fn an_answer_over_its_limit() {
    let how = Options { max_output_bytes: 4, ..options() };
    let outcome = format(b"[1,2]", &format_options(FASTJSON_FORMAT_STYLE_MINIFY), &how);
    assert_eq!((outcome.code, outcome.reason.as_str()), (FASTJSON_LIMIT, "OUTPUT_TOO_LARGE"));
}

#[test]
fn findings_over_their_limit_are_counted() {
    let outcome = validate(b"[01,02,03]", 0, &Options { max_diagnostics: 2, ..options() });
    assert_eq!((outcome.found().len(), outcome.diagnostics_total), (2, 3));
}

#[test]
fn a_program_over_its_budget() {
    let reason = |program: &[u8], how: &Options| {
        let outcome = run(&compile(FASTJSON_QUERY_LANGUAGE_JQ, program, &[]).ok().unwrap(), b"1", how);
        assert_eq!(outcome.code, FASTJSON_BUDGET, "{}", outcome.message);
        outcome.reason
    };
    assert_eq!(reason(b"last(repeat(1))", &Options { time_ms: 1, ..options() }), "BUDGET_TIME");
    let little = Options { memory_bytes: 1 << 16, time_ms: 60_000, ..options() };
    assert_eq!(reason(b"[range(1000000)] | length", &little), "BUDGET_MEMORY");
    let long = Options { time_ms: 60_000, ..options() };
    assert_eq!(reason(b"def f: 1 + f; f", &long), "BUDGET_STACK");
}

#[test]
fn work_that_is_cancelled_ends() {
    let cancel = fastjson_cancel_new();
    let how = Options { cancel, time_ms: 600_000, ..options() };
    let query = compile(FASTJSON_QUERY_LANGUAGE_JQ, b"last(repeat(1))", &[]).ok().unwrap();
    let flag = cancel as usize;
    let setter = std::thread::spawn(move || {
        // SAFETY: the flag is freed after this thread has ended.
        unsafe { fastjson_cancel_now(flag as *const Cancel) };
    });
    let outcome = run(&query, b"1", &how);
    setter.join().unwrap();
    assert_eq!((outcome.code, outcome.reason.as_str()), (FASTJSON_BUDGET, "BUDGET_TIME"));
    let begun = convert(b"[1]", &convert_options(0, FASTJSON_FORMAT_YAML), &how);
    assert_eq!(begun.reason, "BUDGET_TIME");
    // SAFETY: it is freed once, and NULL does nothing.
    unsafe {
        fastjson_cancel_free(cancel);
        fastjson_cancel_free(std::ptr::null_mut());
        fastjson_cancel_now(std::ptr::null());
    }
}
