//! fastjson_query_*: languages, variables, and how each of them fails.

use capi::*;

use crate::call::{compile, options, run};

fn check(language: u32, program: &str, document: &str, expected: (&str, u64)) {
    let query = compile(language, program.as_bytes(), &[]).unwrap_or_else(|outcome| panic!("{outcome:?}"));
    let outcome = run(&query, document.as_bytes(), &options());
    assert_eq!(outcome.code, FASTJSON_OK, "{program}: {}", outcome.message);
    assert_eq!((outcome.text(), outcome.hits), expected, "{program}");
}

#[test]
fn every_language_answers() {
    let document = r#"{"a":[{"n":1.50},{"n":2}]}"#;
    check(FASTJSON_QUERY_LANGUAGE_POINTER, "/a/0/n", document, ("1.50", 1));
    check(FASTJSON_QUERY_LANGUAGE_POINTER, "", "[ 1 ]", ("[ 1 ]", 1));
    check(FASTJSON_QUERY_LANGUAGE_JSONPATH, "$.a[*].n", document, ("[1.50,2]", 2));
    check(FASTJSON_QUERY_LANGUAGE_JSONPATH, "$.b", document, ("[]", 0));
    check(FASTJSON_QUERY_LANGUAGE_JMESPATH, "a[1].n", document, ("2", 1));
    check(FASTJSON_QUERY_LANGUAGE_JQ, ".a[] | .n", document, ("[1.50,2]", 2));
}

#[test]
fn a_query_runs_again_and_again() {
    let query = compile(FASTJSON_QUERY_LANGUAGE_JQ, b".+1", &[]).ok().unwrap();
    for number in 0..3 {
        let outcome = run(&query, number.to_string().as_bytes(), &options());
        assert_eq!(outcome.text(), format!("[{}]", number + 1));
    }
}

#[test]
fn variables_are_for_jq() {
    let variables = [(c"x", "{\"y\":1E2}"), (c"z", "null")];
    let query = compile(FASTJSON_QUERY_LANGUAGE_JQ, b"$x.y, $z", &variables).ok().unwrap();
    assert_eq!(run(&query, b"0", &options()).text(), "[1E2,null]");
    let refused = compile(FASTJSON_QUERY_LANGUAGE_JSONPATH, b"$", &variables).err().unwrap();
    assert_eq!((refused.code, refused.reason.as_str()), (FASTJSON_INVALID_ARGUMENT, "ARGUMENT_INVALID"));
    let broken = compile(FASTJSON_QUERY_LANGUAGE_JQ, b"$x", &[(c"x", "{")]).err().unwrap();
    assert_eq!(broken.code, FASTJSON_INVALID_DOCUMENT);
    let unnamed = compile(FASTJSON_QUERY_LANGUAGE_JQ, b".", &[(c"\xff", "1")]).err().unwrap();
    assert_eq!(unnamed.code, FASTJSON_INVALID_ARGUMENT);
}

#[test]
fn a_program_that_cannot_be_has_its_place() {
    let place = |language, program: &[u8]| {
        let outcome = compile(language, program, &[]).err().unwrap();
        assert_eq!((outcome.code, outcome.reason.as_str()), (FASTJSON_INVALID_QUERY, "QUERY_INVALID"));
        outcome.place
    };
    assert_eq!(place(FASTJSON_QUERY_LANGUAGE_JSONPATH, "$['é'].[".as_bytes()), (1, 8, 8));
    assert_eq!(place(FASTJSON_QUERY_LANGUAGE_JMESPATH, b"a..b"), (1, 3, 2));
    assert_eq!(place(FASTJSON_QUERY_LANGUAGE_JQ, b".a | nope"), (1, 6, 5));
    assert_eq!(place(FASTJSON_QUERY_LANGUAGE_POINTER, b"a"), (1, 1, 0));
    assert_eq!(place(FASTJSON_QUERY_LANGUAGE_JQ, b"\"\xc3\xa9\" \xff"), (1, 5, 5));
}

#[test]
fn a_run_that_fails_says_why() {
    let fails = |language, program: &[u8], document: &[u8]| {
        let outcome = run(&compile(language, program, &[]).ok().unwrap(), document, &options());
        assert_eq!(outcome.output.len(), 0);
        (outcome.code, outcome.reason, outcome.message)
    };
    let (code, reason, message) = fails(FASTJSON_QUERY_LANGUAGE_JQ, b"error(\"a\\u0000b\")", b"1");
    assert_eq!((code, reason.as_str()), (FASTJSON_PROGRAM_FAILED, "PROGRAM_FAILED"));
    assert!(message.contains('a') && !message.contains('\0'), "{message:?}");
    let (code, reason, _) = fails(FASTJSON_QUERY_LANGUAGE_POINTER, b"/b", b"{\"a\":1}");
    assert_eq!((code, reason.as_str()), (FASTJSON_NOT_FOUND, "POINTER_NOT_FOUND"));
    let (code, reason, _) = fails(FASTJSON_QUERY_LANGUAGE_JSONPATH, b"$", b"{");
    assert_eq!((code, reason.as_str()), (FASTJSON_INVALID_DOCUMENT, "DOCUMENT_INVALID"));
}

#[test]
fn a_program_over_64_kib_is_refused() {
    let outcome = compile(FASTJSON_QUERY_LANGUAGE_JQ, &b" ".repeat((64 << 10) + 1), &[]).err().unwrap();
    assert_eq!((outcome.code, outcome.reason.as_str()), (FASTJSON_LIMIT, "QUERY_BYTES_LIMIT"));
}
