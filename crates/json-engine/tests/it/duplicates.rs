//! What each answer to duplicate keys does, the same in every operation.

use json_engine::pointer::{Pointer, locate};
use json_engine::query::{Language, Query};
use json_engine::{DuplicateKeys, ScanOptions, Style, format, validate};

use crate::budgets::budget_of;

const TEXT: &[u8] = br#"{"a":1,"b":{"c":2,"c":3},"\u0061":{"d":4}}"#;

/// The codes of the warnings, what a pointer finds, what a program sees, and the minified text.
fn check(duplicate_keys: DuplicateKeys, code: &str, found: &str, seen: &str, minified: &str) {
    let options = ScanOptions { duplicate_keys, ..ScanOptions::default() };
    let report = validate(TEXT, &options).unwrap();
    assert!(report.is_valid());
    let codes: Vec<_> = report.diagnostics.iter().map(|found| found.code.as_str()).collect();
    assert_eq!(codes, [code, code]);
    let range = locate(TEXT, &Pointer::parse("/a").unwrap(), &options).unwrap();
    assert_eq!(&TEXT[range], found.as_bytes());
    let budget = budget_of(1 << 20);
    let run = Query::compile(Language::JsonPath, "$.*").unwrap().run(TEXT, &options, &budget).unwrap();
    assert_eq!(String::from_utf8_lossy(&run.text), seen);
    let formatted = format(TEXT, &Style::Minify.into(), &options).unwrap();
    assert_eq!(String::from_utf8_lossy(&formatted.text), minified);
    assert_eq!(formatted.report.diagnostics_total, 2);
    assert_eq!(formatted.report.diagnostics, report.diagnostics);
}

#[test]
fn first_last_and_report() {
    let whole = String::from_utf8_lossy(TEXT);
    check(DuplicateKeys::Report, "DUPLICATE_KEY", r#"{"d":4}"#, r#"[{"d":4},{"c":3}]"#, &whole);
    check(DuplicateKeys::First, "DUPLICATE_DROPPED", "1", r#"[1,{"c":2}]"#, r#"{"a":1,"b":{"c":2}}"#);
    let last = r#"[{"d":4},{"c":3}]"#;
    check(DuplicateKeys::Last, "DUPLICATE_DROPPED", r#"{"d":4}"#, last, r#"{"b":{"c":3},"\u0061":{"d":4}}"#);
}

#[test]
fn a_lookup_of_the_first_goes_no_further_into_the_second() {
    let options = ScanOptions { duplicate_keys: DuplicateKeys::First, ..ScanOptions::default() };
    assert!(locate(TEXT, &Pointer::parse("/a/d").unwrap(), &options).is_err());
    assert!(locate(TEXT, &Pointer::parse("/b/c").unwrap(), &options).is_ok_and(|range| &TEXT[range] == b"2"));
}

#[test]
fn half_a_million_duplicates_are_dropped_behind_any_number_of_warnings() {
    let text = format!("[{}{{{}\"k\":7}}]", "\"\\ud800\",".repeat(200), "\"k\":0,".repeat(400_000));
    for (duplicate_keys, kept) in [(DuplicateKeys::First, "0"), (DuplicateKeys::Last, "7")] {
        let options = ScanOptions { duplicate_keys, ..ScanOptions::default() };
        let formatted = format(text.as_bytes(), &Style::Minify.into(), &options).unwrap();
        assert!(formatted.text.ends_with(format!("{{\"k\":{kept}}}]").as_bytes()));
    }
}
