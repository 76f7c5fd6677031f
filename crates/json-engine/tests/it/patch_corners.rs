//! Pointers, keys and arrays that make patches go wrong: what is applied, and that what is compared comes out.

use json_engine::patch::{Arrays, DiffOptions, DiffOutput, diff, merge, patch};
use json_engine::{Error, Limits, ScanOptions};
use proptest::prelude::*;

use crate::budgets::budget;
use crate::diff::is_same;

/// The document that comes out, or the reason of the refusal.
fn check(document: &str, operations: &str, expected: &str) {
    let outcome = patch(document.as_bytes(), operations.as_bytes(), &ScanOptions::default(), &budget());
    let found = match outcome {
        Ok(patched) => String::from_utf8(patched.text).unwrap(),
        Err(Error::Patch { fault, operation, .. }) => format!("{} {operation}", fault.reason()),
        Err(other) => panic!("{operations}: {other:?}"),
    };
    assert_eq!(found, expected, "{document} {operations}");
}

/// `~01` is the key `~1`: a tilde is turned back last (RFC 6901 section 4).
#[test]
fn escaped_pointers() {
    let document = r#"{"~1":1,"/":2,"~0":3,"~":4,"a/b~c":5,"":6," ":7,"%41":8}"#;
    for (path, value) in
        [("/~01", 1), ("/~1", 2), ("/~00", 3), ("/~0", 4), ("/a~1b~0c", 5), ("/", 6), ("/ ", 7), ("/%41", 8)]
    {
        check(document, &format!(r#"[{{"op":"test","path":"{path}","value":{value}}}]"#), document);
    }
    check(r#"{"~1":1}"#, r#"[{"op":"move","from":"/~01","path":"/~1~01"}]"#, r#"{"/~1":1}"#);
    check(r#"{"":{"":{"":1}}}"#, r#"[{"op":"replace","path":"///","value":2}]"#, r#"{"":{"":{"":2}}}"#);
    check(r#"{"a\u0000b":1}"#, r#"[{"op":"remove","path":"/a\u0000b"}]"#, "{}");
    check(r##"{"#":1}"##, r##"[{"op":"remove","path":"#/#"}]"##, "PATCH_INVALID 0");
    check("{}", r#"[{"op":"test","path":"/~","value":1}]"#, "PATCH_INVALID 0");
}

#[test]
fn the_element_behind_the_last() {
    check("[1]", r#"[{"op":"copy","from":"/0","path":"/-"}]"#, "[1,1]");
    check("[1,2]", r#"[{"op":"move","from":"/0","path":"/-"}]"#, "[2,1]");
    check(
        "[[1]]",
        r#"[{"op":"add","path":"/0/-","value":[]},{"op":"add","path":"/0/1/-","value":2}]"#,
        "[[1,[2]]]",
    );
    for operation in [
        r#"{"op":"test","path":"/-","value":1}"#,
        r#"{"op":"copy","from":"/-","path":"/0"}"#,
        r#"{"op":"move","from":"/-","path":"/0"}"#,
        r#"{"op":"move","from":"/-","path":"/-"}"#,
        r#"{"op":"remove","path":"/-"}"#,
        r#"{"op":"replace","path":"/-","value":1}"#,
        r#"{"op":"add","path":"/-/-","value":1}"#,
    ] {
        check("[1]", &format!("[{operation}]"), "PATCH_PATH_NOT_FOUND 0");
    }
    // Of an object it is a key like any other.
    check(r#"{"-":1}"#, r#"[{"op":"move","from":"/-","path":"/--"}]"#, r#"{"--":1}"#);
}

#[test]
fn keys_that_look_like_indices() {
    let document = r#"{"0":1,"01":2,"1e0":3}"#;
    check(document, r#"[{"op":"remove","path":"/01"}]"#, r#"{"0":1,"1e0":3}"#);
    check(document, r#"[{"op":"add","path":"/00","value":4}]"#, r#"{"0":1,"01":2,"1e0":3,"00":4}"#);
    check("[[1],2]", r#"[{"op":"remove","path":"/0/00"}]"#, "PATCH_PATH_NOT_FOUND 0");
    for index in ["00", "01", "1e0", "1.0", "+1", " 1", "1 ", "٠", "4294967296", "18446744073709551616"] {
        check("[1,2]", &format!(r#"[{{"op":"remove","path":"/{index}"}}]"#), "PATCH_PATH_NOT_FOUND 0");
    }
}

#[test]
fn moves_and_copies_within() {
    check(r#"{"a":{"b":1}}"#, r#"[{"op":"move","from":"/a","path":"/a/b"}]"#, "PATCH_INVALID 0");
    check(r#"{"a":{"b":1}}"#, r#"[{"op":"move","from":"","path":"/a"}]"#, "PATCH_INVALID 0");
    // It begins with the same letters, but is no child.
    check(r#"{"a":1}"#, r#"[{"op":"move","from":"/a","path":"/ab"}]"#, r#"{"ab":1}"#);
    check(r#"{"a":{"b":1}}"#, r#"[{"op":"move","from":"/a/b","path":"/a"}]"#, r#"{"a":1}"#);
    check("[[1,2],3]", r#"[{"op":"move","from":"/0","path":"/0"}]"#, "[[1,2],3]");
    check("[[1,2],[3]]", r#"[{"op":"move","from":"/0","path":"/0/0"}]"#, "PATCH_INVALID 0");
    check(r#"{"a":{"b":1}}"#, r#"[{"op":"copy","from":"/a","path":"/a/b"}]"#, r#"{"a":{"b":{"b":1}}}"#);
    check("[1]", r#"[{"op":"copy","from":"","path":"/0"}]"#, "[[1],1]");
    check("[1]", r#"[{"op":"copy","from":"","path":""}]"#, "[1]");
    check(r#"{"a":[1]}"#, r#"[{"op":"copy","from":"/a","path":""}]"#, "[1]");
    check("{}", r#"[{"op":"move","from":"/a","path":"/a"}]"#, "PATCH_PATH_NOT_FOUND 0");
    // The copy is a value of its own.
    check(
        r#"{"a":[1]}"#,
        r#"[{"op":"copy","from":"/a","path":"/b"},{"op":"add","path":"/a/-","value":2},{"op":"remove","path":"/b/0"}]"#,
        r#"{"a":[1,2],"b":[]}"#,
    );
}

#[test]
fn a_failing_operation_undoes_those_before() {
    check(
        r#"{"a":1}"#,
        r#"[{"op":"remove","path":"/a"},{"op":"add","path":"/b","value":2},{"op":"test","path":"/b","value":3}]"#,
        "PATCH_TEST_FAILED 2",
    );
    check(
        "[]",
        r#"[{"op":"add","path":"","value":1},{"op":"add","path":"/0","value":1}]"#,
        "PATCH_PATH_NOT_FOUND 1",
    );
    check(r#"[{"a":1}]"#, r#"[{"op":"test","path":"/0","value":{"a":1,"a":1.0}}]"#, r#"[{"a":1}]"#);
    check("[null]", r#"[{"op":"test","path":"/0","value":false}]"#, "PATCH_TEST_FAILED 0");
    check(r#"["1"]"#, r#"[{"op":"test","path":"/0","value":1}]"#, "PATCH_TEST_FAILED 0");
    check(r#"["\u00e9"]"#, r#"[{"op":"test","path":"/0","value":"e\u0301"}]"#, "PATCH_TEST_FAILED 0");
}

fn options() -> ScanOptions {
    let limits = Limits { max_output_bytes: 64 << 20, ..Limits::default() };
    ScanOptions { limits, ..ScanOptions::default() }
}

fn check_pair(from: &str, to: &str) {
    let keyed = Arrays::Keyed(vec!["0".to_owned(), "id".to_owned()]);
    for arrays in [Arrays::Lcs, keyed, Arrays::Position] {
        let how = DiffOptions { output: DiffOutput::Patch, arrays };
        let found = diff(from.as_bytes(), to.as_bytes(), &how, &options(), &budget()).unwrap();
        let patched = patch(from.as_bytes(), &found.text, &options(), &budget()).unwrap();
        assert!(
            is_same(&patched.text, to.as_bytes()),
            "{from} {to} {}",
            String::from_utf8_lossy(&found.text)
        );
    }
    let how = DiffOptions { output: DiffOutput::MergePatch, arrays: Arrays::Lcs };
    if let Ok(found) = diff(from.as_bytes(), to.as_bytes(), &how, &options(), &budget()) {
        let merged = merge(from.as_bytes(), &found.text, &options(), &budget()).unwrap();
        assert!(is_same(&merged.text, to.as_bytes()), "{from} {to}");
    }
}

/// Elements of one key, elements without it, and elements whose key is no text or number.
#[test]
fn elements_by_a_key_that_does_not_tell_them_apart() {
    let row = |id: &str, value: u32| format!(r#"{{"id":{id},"v":{value}}}"#);
    let ids = ["1", "1.0", "\"1\"", "null", "[1]", "{\"id\":1}", "true", "1e0", "\"\""];
    let list = |seed: usize| {
        let rows = (0..12).map(|at| row(ids[at * seed % ids.len()], (at * seed % 5) as u32));
        format!("[{},7,{{}},[]]", rows.collect::<Vec<_>>().join(","))
    };
    for (from, to) in (1..9).flat_map(|from| (1..9).map(move |to| (from, to))) {
        check_pair(&list(from), &list(to));
    }
}

/// As many rows as a table has: inserted, removed, changed and moved here and there.
#[test]
fn rows_of_a_big_array() {
    let row = |at: usize| format!(r#"{{"id":{at},"name":"n{}","tags":[{},"x"]}}"#, at % 91, at % 3);
    let list = |rows: &[String]| format!("[{}]", rows.join(","));
    let from: Vec<String> = (0..20_000).map(row).collect();
    let mut to = from.clone();
    for at in (500..15_000).step_by(997) {
        to.remove(at);
        to.insert(at + 3, row(100_000 + at));
        to[at + 10] = row(at + 10).replace("\"x\"", "\"y\",null");
        to.swap(at + 20, at + 25);
    }
    check_pair(&list(&from), &list(&to));
}

/// Keys that a pointer escapes, and keys that look like indices.
fn documents() -> impl Strategy<Value = String> {
    let leaf =
        prop::sample::select(vec!["null", "0", "-0", "0.0", "1E0", "1", "\"0\"", "[]", "{}", "\"~1\""]);
    leaf.prop_map(str::to_owned).prop_recursive(5, 40, 6, |inner| {
        let key =
            prop::sample::select(vec!["0", "1", "01", "-", "~1", "~01", "/", "~", "", "id", "\u{0}", "é"]);
        let list = |all: Vec<String>| format!("[{}]", all.join(","));
        let object = |all: std::collections::BTreeMap<&str, String>| {
            let all: Vec<String> = all
                .iter()
                .map(|(key, value)| format!("{}:{value}", serde_json::to_string(key).unwrap()))
                .collect();
            format!("{{{}}}", all.join(","))
        };
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(list),
            prop::collection::btree_map(key, inner, 0..6).prop_map(object),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn a_patch_makes_what_was_compared_whatever_the_keys(from in documents(), to in documents()) {
        check_pair(&from, &to);
    }
}
