//! What things mean: tags, keys, aliases, places, losses.

use super::{as_json, codes, read, read_with};
use crate::convert::{Content, Foreign};
use crate::pointer::Pointer;
use crate::{Code, DuplicateKeys, Error};

/// The stream under both forms, and the losses of the plain one.
fn check(source: &str, plain: &str, tagged: &str, losses: &str) {
    assert_eq!(as_json(source, Foreign::Plain).as_deref(), Ok(plain), "{source:?}");
    assert_eq!(as_json(source, Foreign::Tagged).as_deref(), Ok(tagged), "{source:?}");
    assert_eq!(codes(&read(source.as_bytes(), Foreign::Plain).unwrap().losses), losses, "{source:?}");
}

fn check_error(source: &str, message: &str, line: u64, column: u64) {
    match read(source.as_bytes(), Foreign::Plain) {
        Err(Error::Invalid(report)) => {
            let found = &report.diagnostics[0];
            assert!(found.message.contains(message), "{source:?}: {}", found.message);
            assert_eq!((found.start.line, found.start.column), (line, column), "{source:?}");
        }
        other => panic!("{source:?}: {:?}", other.map(|read| read.losses)),
    }
}

#[test]
fn numbers_stay_exact() {
    let same = |source: &str, json: &str| check(source, json, json, "");
    same("12345678901234567890123", "12345678901234567890123");
    same("0.1000000000000000055", "0.1000000000000000055");
    same("[+1, 014, 0o14, 0x1F, .5, 1., -0, 1E2, 1e400]", "[1,14,12,31,0.5,1.0,-0,1E2,1e400]");
    same("[no, yes, on, 1_000, 1:30, 2001-01-01]", r#"["no","yes","on","1_000","1:30","2001-01-01"]"#);
    same(
        "[~, null, Null, NULL, '', 'null', \"1\", True, FALSE]",
        r#"[null,null,null,null,"","null","1",true,false]"#,
    );
}

#[test]
fn foreign_values() {
    check(
        "[.nan, -.Inf]",
        "[null,null]",
        r#"[{"$float":"NaN"},{"$float":"-Infinity"}]"#,
        "NON_FINITE_AS_NULL NON_FINITE_AS_NULL",
    );
    check("!!binary ' +/ +v'", "\" +/ +v\"", r#"{"$bytes":"-_-v"}"#, "BYTES_AS_TEXT");
    check("!!timestamp 2001-12-14", r#""2001-12-14""#, r#"{"$datetime":"2001-12-14"}"#, "DATETIME_AS_TEXT");
    let small = "2001-12-14t21:59:43.10z";
    let large = r#"{"$datetime":"2001-12-14T21:59:43.10Z"}"#;
    check(&format!("!!timestamp {small}"), &format!("\"{small}\""), large, "DATETIME_AS_TEXT");
    let spaced = "2001-12-14 21:59:43.10 -5";
    let strict = r#"{"$datetime":"2001-12-14T21:59:43.10-05:00"}"#;
    check(&format!("!!timestamp {spaced}"), &format!("\"{spaced}\""), strict, "DATETIME_AS_TEXT");
    check("!!timestamp soon", r#""soon""#, r#"{"$datetime":"soon"}"#, "DATETIME_AS_TEXT");
    check("!x 1", "1", r#"{"$tag":"!x","$value":1}"#, "TAG_DROPPED");
    check(
        "!x [!y a]",
        r#"["a"]"#,
        r#"{"$tag":"!x","$value":[{"$tag":"!y","$value":"a"}]}"#,
        "TAG_DROPPED TAG_DROPPED",
    );
    check(
        "!!set {a, b}",
        r#"{"a":null,"b":null}"#,
        r#"{"$tag":"tag:yaml.org,2002:set","$value":{"a":null,"b":null}}"#,
        "TAG_DROPPED",
    );
    check(
        "!!omap [a: 1, b: 2]",
        r#"[{"a":1},{"b":2}]"#,
        r#"{"$tag":"tag:yaml.org,2002:omap","$value":[{"a":1},{"b":2}]}"#,
        "TAG_DROPPED",
    );
}

#[test]
fn known_tags() {
    let same = |source: &str, json: &str| check(source, json, json, "");
    same(
        "[!!str 1, !!str, ! 12, !!int '3', !!float 1, !!bool true, !!null '']",
        r#"["1","","12",3,1,true,null]"#,
    );
    same("!!map {a: !!seq [b]}", r#"{"a":["b"]}"#);
    same("%TAG !y! tag:yaml.org,2002:\n---\n!y!str 1", "\"1\"");
    same("!<tag:yaml.org,2002:str> 1", "\"1\"");
    check_error("!!int x", "!!int does not fit this scalar", 1, 7);
    check_error("a: !!bool 1", "!!bool", 1, 11);
    check_error("!!seq {a: b}", "!!seq does not fit this mapping", 1, 7);
    check_error("!!set {a: b}", "a set is a mapping whose values are all null", 1, 7);
    check_error("!!omap [{a: 1}, {a: 2}]", "each key once", 1, 8);
    check_error("!!binary a", "base64", 1, 10);
    check_error("!<$:?> a", "URI", 1, 8);
    check_error("!<!> a", "URI", 1, 6);
    check_error("!e!x a", "handle", 1, 1);
}

#[test]
fn keys_that_are_no_text() {
    check("1: one", r#"{"1":"one"}"#, r#"{"$map":[[1,"one"]]}"#, "KEY_AS_TEXT");
    check("a: b\n~: c", r#"{"a":"b","null":"c"}"#, r#"{"$map":[["a","b"],[null,"c"]]}"#, "KEY_AS_TEXT");
    check(": a", r#"{"":"a"}"#, r#"{"$map":[[null,"a"]]}"#, "KEY_AS_TEXT");
    check(
        "? [1, {a: b}]\n: c",
        r#"{"[1,{\"a\":\"b\"}]":"c"}"#,
        r#"{"$map":[[[1,{"a":"b"}],"c"]]}"#,
        "KEY_AS_TEXT",
    );
    check("<<: {a: 1}", r#"{"<<":{"a":1}}"#, r#"{"<<":{"a":1}}"#, "");
    check("$bytes: aGk", r#"{"$bytes":"aGk"}"#, r#"{"$map":[["$bytes","aGk"]]}"#, "");
}

#[test]
fn duplicate_keys() {
    check("{a: 1, b: 2, a: 3}", r#"{"a":3,"b":2}"#, r#"{"a":3,"b":2}"#, "DUPLICATE_DROPPED");
    let reject = read_with(b"a: 1\nb: {x: 1, x: 2}", Foreign::Plain, DuplicateKeys::Reject);
    let Err(Error::Invalid(report)) = reject else { panic!("accepted") };
    let found = &report.diagnostics[0];
    assert_eq!((found.code, found.start.line, found.start.column), (Code::DuplicateKey, 2, 11));
}

#[test]
fn aliases_share_what_they_name() {
    let same = |source: &str, json: &str| check(source, json, json, "");
    same("[&a {x: 1}, *a, &a 2, *a]", r#"[{"x":1},{"x":1},2,2]"#);
    same("[&k a, {*k : b}]", r#"["a",{"a":"b"}]"#);
}

#[test]
fn a_bad_alias() {
    check_error("&a [*a]", "inside the node", 1, 5);
    check_error("&a {b: [*a]}", "inside the node", 1, 9);
    check_error("[*a, &a b]", "anchor", 1, 2);
    check_error("&a b\n---\n*a", "anchor", 3, 1);
}

#[test]
fn streams() {
    let same = |source: &str, json: &str| check(source, json, json, "");
    same("", "");
    same("---", "null");
    same("a\n---\nb\n...\n---\n", r#""a" "b" null"#);
    check("# only a comment\n", "", "", "COMMENT_DROPPED");
    check(
        "a: 1 # one\n# two\nb: 2",
        r#"{"a":1,"b":2}"#,
        r#"{"a":1,"b":2}"#,
        "COMMENT_DROPPED COMMENT_DROPPED",
    );
    same("%YAML 1.3\n%UNKNOWN x\n---\na", "\"a\"");
    check_error("%YAML 2.0\n---\na", "YAML", 1, 1);
    same("\u{feff}a: 1", r#"{"a":1}"#);
    let utf16: Vec<u8> = "é: \"x\u{1f600}\"".encode_utf16().flat_map(u16::to_be_bytes).collect();
    let read = read(&[&[0xfe, 0xff], utf16.as_slice()].concat(), Foreign::Plain).unwrap();
    assert_eq!(super::json(&super::documents(read)[0]), "{\"é\":\"x😀\"}");
}

#[test]
fn every_value_and_key_has_its_place() {
    let source = "é: [1, \"日本\"]\nk:\n  - x: |\n     é\n     b\n\n  - &a {ü: 2}\n  - *a\n";
    let Content::One(document, spans) = read(source.as_bytes(), Foreign::Plain).unwrap().content else {
        panic!("one document")
    };
    let spans = spans.unwrap();
    let at = |pointer: &str| {
        let found = spans.find(&document, &Pointer::parse(pointer).unwrap()).unwrap();
        (&source[found.key()], &source[found.value()])
    };
    assert_eq!(at("/é"), ("é", "[1, \"日本\"]"));
    assert_eq!(at("/é/1"), ("", "\"日本\""));
    assert_eq!(at("/k/0/x"), ("x", "é\n     b"));
    assert_eq!(at("/k/1/ü"), ("ü", "2"));
    assert_eq!(at("/k/2"), ("", "*a"));
    assert_eq!(at("/k/2/ü"), ("ü", "2"));
    assert_eq!(at("/k").1, source[source.find("- x").unwrap()..].trim_end());
}

#[test]
fn an_error_has_its_place() {
    check_error("a: 1\nb: [", "YAML", 2, 4);
    check_error("ü: \"\\q\"", "YAML", 1, 4);
    let not_text = read(b"a\n\xffb", Foreign::Plain);
    assert!(
        matches!(not_text, Err(Error::Invalid(report)) if report.diagnostics[0].code == Code::InvalidUtf8
        && report.diagnostics[0].start.line == 2)
    );
}
