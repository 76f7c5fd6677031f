//! What 1.1 allows and 1.0 does not, and the byte where a reader of 1.0 stops.

use super::super::{Version, read};
use super::{budget, json};
use crate::convert::build::Keep;
use crate::convert::{Content, Foreign, Reading};
use crate::{Code, DuplicateKeys, Error, Limits};

fn read_as(source: &str, version: Version) -> Result<String, Error> {
    let (limits, budget) = (Limits::default(), budget());
    let (duplicate_keys, foreign, keep) = (DuplicateKeys::Report, Foreign::Plain, Keep::Nothing);
    let reading = Reading { limits: &limits, duplicate_keys, foreign, keep, budget: &budget };
    match read(source.as_bytes(), version, &reading)?.content {
        Content::One(document, _) => Ok(json(&document)),
        Content::Many(_) => panic!("TOML is one document"),
    }
}

/// Under 1.1 it is `expected`; under 1.0 the error is at byte `at`.
fn check_newer(source: &str, expected: &str, at: u64) {
    assert_eq!(read_as(source, Version::V1_1).as_deref(), Ok(expected), "{source:?}");
    let Err(Error::Invalid(report)) = read_as(source, Version::V1_0) else {
        panic!("{source:?} passes under 1.0");
    };
    let found = &report.diagnostics[0];
    assert_eq!((found.code, found.start.byte_offset), (Code::TomlSyntax, at), "{source:?} {found:?}");
    assert!(found.message.starts_with("only TOML 1.1 allows this; in 1.0 "), "{source:?} {found:?}");
}

fn check_both(source: &str, expected: &str) {
    for version in [Version::V1_0, Version::V1_1] {
        assert_eq!(read_as(source, version).as_deref(), Ok(expected), "{source:?} {version:?}");
    }
}

#[test]
fn inline_tables_over_several_lines_are_new() {
    check_newer("a = {\n  b = 1,\n  c = 2\n}", r#"{"a":{"b":1,"c":2}}"#, 5);
    check_newer("a = {b = 1\n}", r#"{"a":{"b":1}}"#, 10);
    check_newer("a = { # c\n}", r#"{"a":{}}"#, 6);
    check_newer("a = [{b = 1,\nc = 2}]", r#"{"a":[{"b":1,"c":2}]}"#, 12);
    check_newer("a = {b = [{\n}]}", r#"{"a":{"b":[{}]}}"#, 11);
    check_newer("a = {b = 1\r\n}", r#"{"a":{"b":1}}"#, 10);
    check_both("a = {b = [\n1, # c\n2\n]}", r#"{"a":{"b":[1,2]}}"#);
    check_both("a = {b = \"\"\"\nc\n\"\"\", d = '''\n'''}", r#"{"a":{"b":"c\n","d":""}}"#);
}

#[test]
fn a_comma_before_the_end_of_an_inline_table_is_new() {
    check_newer("a = {b = 1,}", r#"{"a":{"b":1}}"#, 11);
    check_newer("a = { b = { c = 1 , } }", r#"{"a":{"b":{"c":1}}}"#, 20);
    check_both("a = [1, 2, ]", r#"{"a":[1,2]}"#);
    check_both("a = [{ }, {},\n]", r#"{"a":[{},{}]}"#);
}

#[test]
fn escapes_by_two_digits_and_of_escape_are_new() {
    check_newer(r#"a = "b\e""#, r#"{"a":"b\u001b"}"#, 6);
    check_newer(r#"a = "\x41\\x""#, r#"{"a":"A\\x"}"#, 5);
    check_newer("a = \"\"\"\n\\\n \\xE9\"\"\"", r#"{"a":"é"}"#, 11);
    check_newer(r#""\x61" = 1"#, r#"{"a":1}"#, 1);
    check_newer(r#"[a."\x61"]"#, r#"{"a":{"a":{}}}"#, 4);
    check_newer(r#"a."\e" = 1"#, r#"{"a":{"\u001b":1}}"#, 3);
    check_both(r#"a = "\\e \\x41 \\\\x \u0065""#, r#"{"a":"\\e \\x41 \\\\x e"}"#);
    check_both(r"a = '\e\x41'", r#"{"a":"\\e\\x41"}"#);
    check_both(r"'\e' = '''\x41'''", r#"{"\\e":"\\x41"}"#);
}

#[test]
fn times_without_seconds_are_new() {
    check_newer("a = 07:32", r#"{"a":"07:32:00"}"#, 4);
    check_newer("a = 1979-05-27T07:32", r#"{"a":"1979-05-27T07:32:00"}"#, 4);
    check_newer("a = 1979-05-27 07:32Z", r#"{"a":"1979-05-27T07:32:00Z"}"#, 4);
    check_newer("a = [1979-05-27t07:32-07:00]", r#"{"a":["1979-05-27T07:32:00-07:00"]}"#, 5);
    check_both(
        "a = [07:32:00.5, 1979-05-27, 1979-05-27 07:32:00+01:00]",
        r#"{"a":["07:32:00.5","1979-05-27","1979-05-27T07:32:00+01:00"]}"#,
    );
}
