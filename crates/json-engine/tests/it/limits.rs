//! Every limit, at it and one past it; and input made to hurt.

use json_engine::query::{Language, MAX_PROGRAM_BYTES, Query};
use json_engine::{DuplicateKeys, Error, Indent, Limits, ScanOptions, Style, format, validate};

fn with(change: impl FnOnce(&mut Limits)) -> ScanOptions {
    let mut options = ScanOptions::default();
    change(&mut options.limits);
    options
}

/// At the limit it is valid; one past it the limit is named with what is allowed and what was there.
fn check(options: &ScanOptions, at: &str, past: &str, reason: &str, allowed: u64) {
    assert!(validate(at.as_bytes(), options).unwrap().is_valid(), "{reason}: {at:.40}");
    match validate(past.as_bytes(), options) {
        Err(Error::Limit { limit, allowed: said, actual, .. }) => {
            assert_eq!((limit.reason(), said, actual), (reason, allowed, allowed + 1));
        }
        other => panic!("{reason}: {other:?}"),
    }
}

#[test]
fn each_limit() {
    check(&with(|l| l.max_bytes = 5), "[1,2]", "[1,22]", "INPUT_BYTES_LIMIT", 5);
    check(&with(|l| l.max_depth = 3), "[[[]]]", r#"[[{"a":[]}]]"#, "DEPTH_LIMIT", 3);
    check(&with(|l| l.max_nodes = 4), "[1,2,3]", "[1,2,[3]]", "NODES_LIMIT", 4);
    check(&with(|l| l.max_number_digits = 4), "-12.3e4", "-12.3e45", "NUMBER_DIGITS_LIMIT", 4);
    let deep = "[".repeat(513) + &"]".repeat(513);
    check(&with(|l| l.max_depth = u32::MAX), &deep[1..1025], &deep, "DEPTH_LIMIT", 512);
}

#[test]
fn the_output_is_limited() {
    let options = with(|l| l.max_output_bytes = 100);
    let text = "[".repeat(50) + &"]".repeat(50);
    assert_eq!(format(text.as_bytes(), Style::Minify, &options).unwrap().text.len(), 100);
    let pretty = format(b"[[[[[1]]]]]", Style::Pretty(Indent::new(16).unwrap()), &options);
    assert!(
        matches!(pretty, Err(Error::Limit { limit, .. }) if limit.reason() == "OUTPUT_TOO_LARGE"),
        "{pretty:?}"
    );
}

#[test]
fn programs_and_indents_are_limited() {
    let program = |length: usize| format!("/{}", "a".repeat(length - 1));
    assert!(Query::compile(Language::Pointer, &program(MAX_PROGRAM_BYTES)).is_ok());
    let long = Query::compile(Language::Pointer, &program(MAX_PROGRAM_BYTES + 1));
    assert!(matches!(long, Err(Error::Limit { limit, .. }) if limit.reason() == "QUERY_BYTES_LIMIT"));
    assert!(Indent::new(16).is_ok());
    assert!(matches!(Indent::new(17), Err(Error::Option { name: "indent", .. })));
}

#[test]
fn a_million_brackets() {
    for unit in ["[", "{\"a\":", "[{\"\":"] {
        let text = unit.repeat(1_000_000 / unit.len());
        let outcome = validate(text.as_bytes(), &ScanOptions::default());
        assert!(
            matches!(outcome, Err(Error::Limit { limit, allowed: 128, .. }) if limit.reason() == "DEPTH_LIMIT")
        );
    }
}

#[test]
fn half_a_million_keys() {
    let options = with(|l| l.max_bytes = 64 << 20);
    let distinct: String = (0..500_000).map(|n| format!("\"{n}\":0,")).collect();
    let report = validate(format!("{{{}\"x\":0}}", distinct).as_bytes(), &options).unwrap();
    assert_eq!((report.is_valid(), report.diagnostics_total), (true, 0));
    let equal = format!("{{{}\"k\":0}}", "\"k\":0,".repeat(500_000));
    let report = validate(equal.as_bytes(), &options).unwrap();
    assert_eq!((report.diagnostics.len(), report.diagnostics_total), (100, 500_000));
}

#[test]
fn keys_are_compared_decoded_in_small_and_large_objects() {
    for filler in [0, 40, 60, 2_000] {
        let members: String = (0..filler).map(|n| format!("\"f{n}\":0,")).collect();
        let text = format!(r#"{{"a":1,{members}"\u0061":2,"b":3}}"#);
        let report = validate(text.as_bytes(), &ScanOptions::default()).unwrap();
        assert_eq!((report.is_valid(), report.diagnostics_total), (true, 1), "{filler}");
        assert_eq!(report.diagnostics[0].code.as_str(), "DUPLICATE_KEY");
        let reject = ScanOptions { duplicate_keys: DuplicateKeys::Reject, ..ScanOptions::default() };
        assert!(!validate(text.as_bytes(), &reject).unwrap().is_valid());
    }
}

#[test]
fn an_error_is_kept_among_many_warnings() {
    let text = format!("{{{}\"k\":}}", "\"k\":0,".repeat(500));
    let report = validate(text.as_bytes(), &ScanOptions::default()).unwrap();
    assert!(!report.is_valid());
    assert_eq!((report.diagnostics.len(), report.diagnostics_total), (100, 501));
}
