//! JSON Merge Patch, RFC 7396.

use json_engine::patch::merge;
use json_engine::{Error, ScanOptions};

use crate::budgets::budget;

pub(crate) fn check(document: &str, patch: &str, expected: &str) {
    let merged = merge(document.as_bytes(), patch.as_bytes(), &ScanOptions::default(), &budget()).unwrap();
    assert_eq!(String::from_utf8(merged.text).unwrap(), expected, "{document} {patch}");
}

#[test]
fn the_examples_of_rfc_7396() {
    for (document, patch, expected) in [
        (r#"{"a":"b"}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
        (r#"{"a":"b"}"#, r#"{"b":"c"}"#, r#"{"a":"b","b":"c"}"#),
        (r#"{"a":"b"}"#, r#"{"a":null}"#, "{}"),
        (r#"{"a":"b","b":"c"}"#, r#"{"a":null}"#, r#"{"b":"c"}"#),
        (r#"{"a":["b"]}"#, r#"{"a":"c"}"#, r#"{"a":"c"}"#),
        (r#"{"a":"c"}"#, r#"{"a":["b"]}"#, r#"{"a":["b"]}"#),
        (r#"{"a":{"b":"c"}}"#, r#"{"a":{"b":"d","c":null}}"#, r#"{"a":{"b":"d"}}"#),
        (r#"{"a":[{"b":"c"}]}"#, r#"{"a":[1]}"#, r#"{"a":[1]}"#),
        (r#"["a","b"]"#, r#"["c","d"]"#, r#"["c","d"]"#),
        (r#"{"a":"b"}"#, r#"["c"]"#, r#"["c"]"#),
        (r#"{"a":"foo"}"#, "null", "null"),
        (r#"{"a":"foo"}"#, r#""bar""#, r#""bar""#),
        (r#"{"e":null}"#, r#"{"a":1}"#, r#"{"e":null,"a":1}"#),
        ("[1,2]", r#"{"a":"b","c":null}"#, r#"{"a":"b"}"#),
        ("{}", r#"{"a":{"bb":{"ccc":null}}}"#, r#"{"a":{"bb":{}}}"#),
    ] {
        check(document, patch, expected);
    }
    check(
        r#"{"title":"Goodbye!","author":{"givenName":"John","familyName":"Doe"},"tags":["example","sample"],"content":"This will be unchanged"}"#,
        r#"{"title":"Hello!","phoneNumber":"+01-123-456-7890","author":{"familyName":null},"tags":["example"]}"#,
        r#"{"title":"Hello!","author":{"givenName":"John"},"tags":["example"],"content":"This will be unchanged","phoneNumber":"+01-123-456-7890"}"#,
    );
}

#[test]
fn what_is_not_named_stays_as_it_was_read() {
    check(
        r#"{"a":1E2,"b":{"c":-0,"d":1},"e":2}"#,
        r#"{"b":{"d":1.50}}"#,
        r#"{"a":1E2,"b":{"c":-0,"d":1.50},"e":2}"#,
    );
    check(r#"{"\ud800":1,"a":2}"#, r#"{"\ud800":null}"#, r#"{"a":2}"#);
    check(r#"{"a":1}"#, r#"{"a":[null,{"b":null}]}"#, r#"{"a":[null,{"b":null}]}"#);
}

/// Once each removal moved all members behind it.
#[test]
fn a_hundred_thousand_removals() {
    let members = |value: &str| {
        let all: Vec<String> = (0..100_000).map(|key| format!("\"{key}\":{value}")).collect();
        format!("{{{}}}", all.join(","))
    };
    check(&members("1"), &members("null"), "{}");
}

#[test]
fn the_patch_that_is_wrong_is_named() {
    let outcome = merge(b"{}", b"{", &ScanOptions::default(), &budget());
    assert!(matches!(outcome, Err(Error::Part { part: "patch", .. })), "{outcome:?}");
    let deep = format!("{}1{}", "{\"a\":".repeat(1_000_000), "}".repeat(1_000_000));
    let options = ScanOptions {
        limits: json_engine::Limits { max_bytes: 1 << 30, ..Default::default() },
        ..ScanOptions::default()
    };
    let outcome = merge(b"{}", deep.as_bytes(), &options, &budget());
    let Err(Error::Part { error, .. }) = outcome else { panic!("{outcome:?}") };
    assert!(matches!(*error, Error::Limit { .. }), "{error}");
}
