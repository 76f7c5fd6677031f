//! NDJSON: what a record is, and what its errors say.

use json_engine::convert::{Format, convert};
use json_engine::{DuplicateKeys, Error, Limits, ScanOptions};

use crate::budgets::budget;
use crate::convert::{from_to, run};

/// The answer as JSON, or `CODE record line:column`.
fn check(source: &str, expected: &str) {
    let outcome = match run(source, &from_to(Format::Ndjson, Format::Json)) {
        Ok(converted) => String::from_utf8(converted.bytes).unwrap(),
        Err(Error::Invalid(report)) => {
            let found = report.diagnostics.last().unwrap();
            let at = &found.start;
            format!("{} {} {}:{}", found.code.as_str(), at.record, at.line, at.column)
        }
        Err(Error::Limit { limit, position: Some(at), .. }) => {
            format!("{} {} {}:{}", limit.reason(), at.record, at.line, at.column)
        }
        Err(other) => panic!("{source:?}: {other:?}"),
    };
    let shown: String = source.chars().take(80).collect();
    assert_eq!(outcome, expected, "{shown:?}");
}

#[test]
fn records() {
    check("{\"a\":1}\n{\"b\":[2]}\n", r#"[{"a":1},{"b":[2]}]"#);
    check("1\r\n2\r\n", "[1,2]");
    check("\n \t\r\n1\n\n\n2", "[1,2]");
    check("1.50\n1E2\n-0", "[1.50,1E2,-0]");
    check("\"\u{2028}\"\nnull", "[\"\u{2028}\",null]");
    // A CR inside a line is white space of JSON.
    check("[1,\r2]\n3", "[[1,2],3]");
}

#[test]
fn a_bad_record_is_named() {
    check("1\n2 3\n", "TRAILING_CONTENT 2 2:3");
    check("{\n}", "UNEXPECTED_END 1 1:2");
    check("1\n\n[1,]\n", "TRAILING_COMMA 2 3:3");
    check("1\n[\r2\r,]\n", "TRAILING_COMMA 2 4:1");
    check("\u{feff}1\n", "BYTE_ORDER_MARK 1 1:1");
    check("1\n\u{feff}2\n", "BYTE_ORDER_MARK 2 2:1");
    check("1\n\"a\0\"", "CONTROL_CHARACTER 2 2:3");
    check("1,\n2", "TRAILING_CONTENT 1 1:2");
    check("1\n\u{b}\n2", "UNEXPECTED_CHARACTER 2 2:1");
    check(&format!("1\n{}", "[".repeat(1_000_000)), "DEPTH_LIMIT 2 2:129");
    check(&format!("1\n[{}]", "1".repeat(1_000_000)), "NUMBER_DIGITS_LIMIT 2 2:2");
}

#[test]
fn bytes_that_are_not_utf8_are_named() {
    let error = run(b"1\n\"\xff\"\n", &from_to(Format::Ndjson, Format::Json)).unwrap_err();
    let Error::Invalid(report) = error else { panic!("{error:?}") };
    let found = &report.diagnostics[0];
    assert_eq!((found.code.as_str(), found.start.record, found.start.byte_offset), ("INVALID_UTF8", 2, 3));
}

#[test]
fn nodes_are_counted_over_all_records() {
    let limits = Limits { max_nodes: 4, ..Limits::default() };
    let with = |source: &[u8]| {
        let options = ScanOptions { limits, ..ScanOptions::default() };
        convert(source, &from_to(Format::Ndjson, Format::Ndjson), &options, &budget())
    };
    assert!(with(b"1\n[2,3]\n").is_ok());
    let error = with(b"1\n[2,3]\n4\n").unwrap_err();
    let Error::Limit { limit, allowed, actual, position } = error else { panic!("{error:?}") };
    assert_eq!((limit.reason(), allowed, actual), ("NODES_LIMIT", 4, 5));
    assert_eq!(position.map(|at| (at.record, at.line)), Some((3, 3)));
}

#[test]
fn a_duplicate_can_be_refused() {
    let options = ScanOptions { duplicate_keys: DuplicateKeys::Reject, ..ScanOptions::default() };
    let how = from_to(Format::Ndjson, Format::Json);
    let error = convert(b"{}\n{\"a\":1,\"a\":2}", &how, &options, &budget()).unwrap_err();
    let Error::Invalid(report) = error else { panic!("{error:?}") };
    assert_eq!(report.diagnostics[0].code.as_str(), "DUPLICATE_KEY");
    assert_eq!(report.diagnostics[0].start.record, 2);
}
