//! fastjson_validate: the verdict, its places, and its findings in the form of REST.

use capi::*;
use serde_json::json;

use crate::call::{options, validate};

fn check(text: &[u8], format: u32, code: Code, found: &[&str]) {
    let outcome = validate(text, format, &options());
    assert_eq!((outcome.code, outcome.found()), (code, found.to_vec()), "{}", text.escape_ascii());
    assert_eq!(outcome.reason.is_empty(), code == FASTJSON_OK);
    assert_eq!(outcome.message.is_empty(), code == FASTJSON_OK);
}

#[test]
fn documents_of_every_kind_have_a_verdict() {
    check(b"{\"a\":[1,true]}", 0, FASTJSON_OK, &[]);
    check(b"{\"a\":1,\"a\":2}", FASTJSON_FORMAT_JSON, FASTJSON_OK, &["DUPLICATE_KEY"]);
    check(b"", 0, FASTJSON_INVALID_DOCUMENT, &["EMPTY_INPUT"]);
    check(b"\0", 0, FASTJSON_INVALID_DOCUMENT, &["UNEXPECTED_CHARACTER"]);
    check(b"\"\xff\"", 0, FASTJSON_INVALID_DOCUMENT, &["INVALID_UTF8"]);
    check(b"[1 2, 03]", 0, FASTJSON_INVALID_DOCUMENT, &["MISSING_COMMA", "LEADING_ZERO"]);
    check(b"a: [1, 2]\n", FASTJSON_FORMAT_YAML, FASTJSON_OK, &[]);
    check(b"a: [", FASTJSON_FORMAT_YAML, FASTJSON_INVALID_DOCUMENT, &["YAML_SYNTAX"]);
    check(b"a = 1\n", FASTJSON_FORMAT_AUTO, FASTJSON_OK, &[]);
    check(b"\xa1\x61", FASTJSON_FORMAT_CBOR, FASTJSON_INVALID_DOCUMENT, &["CBOR_MALFORMED"]);
}

#[test]
fn a_finding_has_the_form_that_rest_gives_it() {
    let outcome = validate(b"{\"a\":1,\n\"\xc3\xa9\":2,}", 0, &options());
    assert_eq!(outcome.reason, "DOCUMENT_INVALID");
    assert_eq!(outcome.place, (2, 6, 14));
    assert_eq!(
        outcome.message,
        "the document is not valid: line 2, column 6: trailing comma: a value must follow ',' or the bracket must \
         close without it"
    );
    let place = |byte_offset: u64, column: u64| json!({"byteOffset": byte_offset, "line": 2, "column": column, "columnUtf16": column, "jsonPointer": "", "record": 0});
    let expected = json!([{
        "severity": "SEVERITY_ERROR",
        "code": "TRAILING_COMMA",
        "message": "trailing comma: a value must follow ',' or the bracket must close without it",
        "start": place(14, 6),
        "end": place(15, 7),
        "snippet": "\"é\":2,}\n     ^",
        "schemaPointer": "",
        "keyword": "",
        "fix": {"start": 14, "end": 15, "replacement": ""},
        "causes": []
    }]);
    assert_eq!(outcome.diagnostics, expected);
    assert_eq!(outcome.diagnostics_total, 1);
}

#[test]
fn stats_count_what_the_document_holds() {
    let outcome = validate(b"{\"a\":[1,\"b\",null,true]}", 0, &options());
    let expected = json!({
        "bytes": 23, "nodes": 6, "depth": 2, "objects": 1, "arrays": 1, "strings": 1, "numbers": 1, "booleans": 1,
        "nulls": 1, "members": 1
    });
    assert_eq!(outcome.stats, expected);
    assert_eq!(outcome.place, (0, 0, FASTJSON_NO_OFFSET));
}

#[test]
fn the_profile_adds_warnings() {
    let how = Options { profile: FASTJSON_PROFILE_I_JSON, ..options() };
    let outcome = validate(b"9007199254740993", 0, &how);
    assert_eq!((outcome.code, outcome.found()), (FASTJSON_OK, vec!["NUMBER_UNSAFE"]));
}

#[test]
fn a_place_in_a_binary_document_is_a_byte() {
    let outcome = validate(b"\x82\x01\x1f", FASTJSON_FORMAT_CBOR, &options());
    assert_eq!(outcome.place, (0, 0, 2));
}
