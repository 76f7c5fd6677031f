//! What passes through a Document keeps its exact numbers and its strings.

use json_engine::ScanOptions;
use json_engine::query::{Language, Query};

use crate::jsonpath_cts::budget;

fn check(program: &str, text: &str, expected: &str) {
    let query = Query::compile(Language::JsonPath, program).unwrap();
    let answer = query.run(text.as_bytes(), &ScanOptions::default(), &budget()).unwrap();
    assert_eq!(String::from_utf8(answer.text).unwrap(), expected, "{program}");
}

#[test]
fn numbers_come_out_as_they_went_in() {
    let numbers = "[12345678901234567890123,0.1000000000000000055,1E2,-0,1.50,18446744073709551615,1e999]";
    check("$[*]", numbers, numbers);
}

#[test]
fn numbers_compare_by_exact_value() {
    check("$[?@ == 100]", "[1E2,100.0,100.0000000000000000001,99]", "[1E2,100.0]");
    check(
        "$[?@ > 12345678901234567890122]",
        "[12345678901234567890122,12345678901234567890123]",
        "[12345678901234567890123]",
    );
}

#[test]
fn strings_keep_their_text_and_lone_surrogates_their_literal() {
    check("$[*]", r#"["\u0061\/é\n","\ud800x","\ud83d\ude00"]"#, r#"["a/é\n","\ud800x","😀"]"#);
}

/// The scanner calls them one key, so a Document does too.
#[test]
fn a_lone_surrogate_is_one_string_however_it_is_spelled() {
    check("$", r#"{"\ud800a":1,"\uD800\u0061":2}"#, r#"[{"\ud800a":2}]"#);
    check("$[?@ == $[0]]", r#"["\uDFFF\n","\udfff\u000a","\udffe"]"#, r#"["\udfff\n","\udfff\n"]"#);
}

#[test]
fn the_last_of_duplicate_members_counts() {
    check("$.a", r#"{"a":1,"b":2,"a":3}"#, "[3]");
    check("$", r#"{"a":1,"b":2,"a":3}"#, r#"[{"a":3,"b":2}]"#);
}
