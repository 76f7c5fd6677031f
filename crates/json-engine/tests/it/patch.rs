//! JSON Patch, RFC 6902: its own examples, the public suite, and patches that mean harm.

use json_engine::patch::{MAX_OPERATIONS, Patch, Patched, patch};
use json_engine::{Error, Limits, PatchFault, ScanOptions};
use proptest::prelude::*;
use serde_json::Value;

use crate::budgets::{budget, budget_of};
use crate::shared::{documented, suite};

fn apply(document: &str, operations: &str) -> Result<Patched, Error> {
    patch(document.as_bytes(), operations.as_bytes(), &ScanOptions::default(), &budget())
}

fn check(document: &str, operations: &str, expected: &str) {
    let patched = apply(document, operations).unwrap_or_else(|error| panic!("{operations}: {error}"));
    assert_eq!(String::from_utf8(patched.text).unwrap(), expected, "{operations}");
}

/// Says what the error names: fault, index, op and pointer.
fn refuse(document: &str, operations: &str, expected: (&str, usize, &str, &str)) {
    match apply(document, operations) {
        Err(Error::Patch { fault, operation, op, pointer, .. }) => {
            assert_eq!((fault.reason(), operation, op, pointer.as_str()), expected, "{operations}");
        }
        other => panic!("{operations}: {other:?}"),
    }
}

/// What the error says, and the line and column in the patch.
fn malformed(operations: &str, said: &str, place: (u64, u64)) {
    match apply("{}", operations) {
        Err(Error::Patch { fault: PatchFault::Invalid, message, position: Some(position), .. }) => {
            assert!(message.contains(said), "{message}");
            assert_eq!((position.line, position.column), place, "{operations}");
        }
        other => panic!("{operations}: {other:?}"),
    }
}

fn suite_record(record: &Value) -> bool {
    if record["disabled"] == true {
        return false;
    }
    let (document, operations) = (record["doc"].to_string(), record["patch"].to_string());
    match (apply(&document, &operations), record.get("expected"), record.get("error")) {
        (Ok(patched), Some(expected), None) => {
            let found: Value = serde_json::from_slice(&patched.text).unwrap();
            assert_eq!(&found, expected, "{record}");
        }
        (Ok(_), None, None) | (Err(Error::Patch { .. }), None, Some(_)) => {}
        (outcome, _, _) => panic!("{record}: {outcome:?}"),
    }
    true
}

#[test]
fn all_of_the_suite() {
    let Some(folder) = suite("json-patch") else { return };
    let run = |name: &str| {
        let records: Value = serde_json::from_slice(&std::fs::read(folder.join(name)).unwrap()).unwrap();
        records.as_array().unwrap().iter().filter(|record| suite_record(record)).count()
    };
    assert_eq!((run("tests.json"), run("spec_tests.json")), (92, 16));
}

#[test]
fn the_examples_of_rfc_6902() {
    check(
        r#"{"foo":"bar"}"#,
        r#"[{"op":"add","path":"/baz","value":"qux"}]"#,
        r#"{"foo":"bar","baz":"qux"}"#,
    );
    check(
        r#"{"foo":["bar","baz"]}"#,
        r#"[{"op":"add","path":"/foo/1","value":"qux"}]"#,
        r#"{"foo":["bar","qux","baz"]}"#,
    );
    check(r#"{"baz":"qux","foo":"bar"}"#, r#"[{"op":"remove","path":"/baz"}]"#, r#"{"foo":"bar"}"#);
    check(
        r#"{"foo":["bar","qux","baz"]}"#,
        r#"[{"op":"remove","path":"/foo/1"}]"#,
        r#"{"foo":["bar","baz"]}"#,
    );
    check(
        r#"{"baz":"qux","foo":"bar"}"#,
        r#"[{"op":"replace","path":"/baz","value":"boo"}]"#,
        r#"{"baz":"boo","foo":"bar"}"#,
    );
    check(
        r#"{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}"#,
        r#"[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]"#,
        r#"{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}"#,
    );
    check(
        r#"{"foo":["all","grass","cows","eat"]}"#,
        r#"[{"op":"move","from":"/foo/1","path":"/foo/3"}]"#,
        r#"{"foo":["all","cows","eat","grass"]}"#,
    );
    let document = r#"{"baz":"qux","foo":["a",2,"c"]}"#;
    let tests = r#"[{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}]"#;
    check(document, tests, document);
    let test = r#"[{"op":"test","path":"/baz","value":"bar"}]"#;
    refuse(r#"{"baz":"qux"}"#, test, ("PATCH_TEST_FAILED", 0, "test", "/baz"));
}

#[test]
fn the_other_examples_of_rfc_6902() {
    check(
        r#"{"foo":"bar"}"#,
        r#"[{"op":"add","path":"/child","value":{"grandchild":{}}}]"#,
        r#"{"foo":"bar","child":{"grandchild":{}}}"#,
    );
    check(
        r#"{"foo":"bar"}"#,
        r#"[{"op":"add","path":"/baz","value":"qux","xyz":123}]"#,
        r#"{"foo":"bar","baz":"qux"}"#,
    );
    let nested = r#"[{"op":"add","path":"/baz/bat","value":"qux"}]"#;
    refuse(r#"{"foo":"bar"}"#, nested, ("PATCH_PATH_NOT_FOUND", 0, "add", "/baz/bat"));
    let twice = r#"[{"op":"add","path":"/baz","value":"qux","op":"remove"}]"#;
    refuse(r#"{"foo":"bar"}"#, twice, ("PATCH_INVALID", 0, "remove", ""));
    let document = r#"{"/":9,"~1":10}"#;
    check(document, r#"[{"op":"test","path":"/~01","value":10}]"#, document);
    refuse(
        document,
        r#"[{"op":"test","path":"/~01","value":"10"}]"#,
        ("PATCH_TEST_FAILED", 0, "test", "/~01"),
    );
    check(
        r#"{"foo":["bar"]}"#,
        r#"[{"op":"add","path":"/foo/-","value":["abc","def"]}]"#,
        r#"{"foo":["bar",["abc","def"]]}"#,
    );
}

#[test]
fn the_root() {
    check(r#"{"a":1}"#, r#"[{"op":"replace","path":"","value":[1.50]}]"#, "[1.50]");
    check("1", r#"[{"op":"add","path":"","value":{}},{"op":"add","path":"/a","value":-0}]"#, r#"{"a":-0}"#);
    check(r#"{"a":[1,2]}"#, r#"[{"op":"move","from":"/a","path":""}]"#, "[1,2]");
    check(r#"{"a":1}"#, r#"[{"op":"copy","from":"","path":"/b"}]"#, r#"{"a":1,"b":{"a":1}}"#);
    check("7", r#"[{"op":"move","from":"","path":""}]"#, "7");
    refuse("{}", r#"[{"op":"remove","path":""}]"#, ("PATCH_INVALID", 0, "remove", ""));
    refuse("{}", r#"[{"op":"move","from":"","path":"/a"}]"#, ("PATCH_INVALID", 0, "move", "/a"));
}

#[test]
fn numbers_and_strings_stay_as_they_were_read() {
    let document = r#"{"a":12345678901234567890123,"b":1E2,"c":"\ud800","d":0.1000000000000000055}"#;
    check(document, r#"[{"op":"test","path":"/b","value":100.0}]"#, document);
    check(document, r#"[{"op":"test","path":"/a","value":12345678901234567890123.0}]"#, document);
    let other = r#"[{"op":"test","path":"/a","value":12345678901234567890124}]"#;
    refuse(document, other, ("PATCH_TEST_FAILED", 0, "test", "/a"));
    check(
        r#"{"a":{"x":1,"y":[1]}}"#,
        r#"[{"op":"test","path":"/a","value":{"y":[1e0],"x":1.0}}]"#,
        r#"{"a":{"x":1,"y":[1]}}"#,
    );
}

#[test]
fn keys_that_are_no_text() {
    let document = r#"{"\ud800":{"\ud800\n/":1}}"#;
    check(
        document,
        r#"[{"op":"replace","path":"/\ud800/\uD800\n~1","value":2}]"#,
        r#"{"\ud800":{"\ud800\n/":2}}"#,
    );
    check(document, r#"[{"op":"remove","path":"/\ud800"}]"#, "{}");
}

#[test]
fn members_keep_their_order() {
    check(r#"{"a":1,"b":2,"c":3,"d":4}"#, r#"[{"op":"remove","path":"/b"}]"#, r#"{"a":1,"c":3,"d":4}"#);
    check(r#"{"a":1,"b":2}"#, r#"[{"op":"add","path":"/a","value":3}]"#, r#"{"a":3,"b":2}"#);
    check(r#"{"a":1,"b":2}"#, r#"[{"op":"move","from":"/a","path":"/b"}]"#, r#"{"b":1}"#);
}

#[test]
fn indices() {
    let not_found = |op: &str, path: &str| {
        let operations = format!(r#"[{{"op":"{op}","path":"{path}","from":"{path}","value":0}}]"#);
        refuse("[1,2]", &operations, ("PATCH_PATH_NOT_FOUND", 0, op, path));
    };
    for path in ["/2", "/-", "/01", "/-1", "/+1", "/1e0", "/18446744073709551616", "/a", "/"] {
        for op in ["remove", "replace", "test", "copy", "move"] {
            not_found(op, path);
        }
    }
    for path in ["/3", "/01", "/-1", "/99999999999999999999", "/--"] {
        not_found("add", path);
    }
    check("[1,2]", r#"[{"op":"add","path":"/2","value":3},{"op":"add","path":"/-","value":4}]"#, "[1,2,3,4]");
}

/// The target of a move is read when its source is gone.
#[test]
fn a_move_within_an_array_counts_without_what_it_moves() {
    check("[1,2,3]", r#"[{"op":"move","from":"/0","path":"/2"}]"#, "[2,3,1]");
    refuse("[1,2]", r#"[{"op":"move","from":"/0","path":"/2"}]"#, ("PATCH_PATH_NOT_FOUND", 0, "move", "/2"));
    check(r#"[{"a":1},{}]"#, r#"[{"op":"move","from":"/1","path":"/0/b"}]"#, r#"[{"a":1,"b":{}}]"#);
}

#[test]
fn what_is_malformed_is_named_with_its_place() {
    malformed("{}", "the patch is an object", (1, 1));
    malformed("[1]", "it is a number", (1, 2));
    malformed("[\n {\"path\":\"\",\"value\":1}]", "\"op\" is missing", (2, 2));
    malformed(r#"[{"op":"spam","path":""}]"#, "\"op\" is \"spam\"", (1, 8));
    malformed(r#"[{"op":null,"path":""}]"#, "\"op\" is null", (1, 8));
    malformed(r#"[{"op":"add","value":1}]"#, "\"path\" is missing", (1, 2));
    malformed(r#"[{"op":"add","path":"/a"}]"#, "\"value\" is missing", (1, 2));
    malformed(r#"[{"op":"copy","path":"/a"}]"#, "\"from\" is missing", (1, 2));
    malformed(r#"[{"op":"add","path":null,"value":1}]"#, "it is null", (1, 21));
    malformed(r#"[{"op":"add","path":"a","value":1}]"#, "begins with '/'", (1, 21));
    malformed(r#"[{"op":"add","path":"/~2","value":1}]"#, "'~'", (1, 21));
    malformed(r#"[{"op":"move","from":"/~","path":"/a"}]"#, "'~'", (1, 22));
    malformed(r#"[{"op":"move","from":"/a","path":"/a/b"}]"#, "into itself", (1, 34));
    malformed(r#"[{"op":"remove","path":"/a","p\u0061th":"/b"}]"#, "there twice", (1, 29));
}

#[test]
fn repeated_members_matter_in_operations_only() {
    check("{}", r#"[{"op":"add","path":"/a","value":{"op":1,"op":2},"x":1,"x":2}]"#, r#"{"a":{"op":2}}"#);
    let invalid = patch(b"{}", b"[", &ScanOptions::default(), &budget());
    assert!(matches!(invalid, Err(Error::Part { part: "patch", .. })), "{invalid:?}");
    let invalid = patch(b"{", b"[]", &ScanOptions::default(), &budget());
    assert!(matches!(invalid, Err(Error::Invalid(_))), "{invalid:?}");
}

#[test]
fn a_patch_that_fails_changes_nothing() {
    let before = apply("{}", r#"[{"op":"add","path":"/a","value":[1,{"b":2}]}]"#);
    assert_eq!(before.unwrap().text, br#"{"a":[1,{"b":2}]}"#);
    let make = br#"[{"op":"replace","path":"","value":{"a":[1,{"b":2}]}}]"#;
    let empty = json_engine::document::Document::Null;
    let limits = Limits::default();
    let parse = |text: &[u8]| Patch::parse(text, &ScanOptions::default()).unwrap();
    let document = parse(make).apply(&empty, &limits, &budget()).unwrap();
    let fails = br#"[{"op":"add","path":"/a/1/b","value":3},{"op":"remove","path":"/a/0"},{"op":"remove","path":"/x"}]"#;
    let Err(Error::Patch { operation: 2, .. }) = parse(fails).apply(&document, &limits, &budget()) else {
        panic!("the third operation fails")
    };
    let same = br#"[{"op":"test","path":"","value":{"a":[1,{"b":2}]}}]"#;
    assert!(parse(same).apply(&document, &limits, &budget()).is_ok());
}

/// A patch lies two levels above its values, so what a document can hold can be patched.
#[test]
fn depth() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    let add = |path: &str, depth| format!(r#"[{{"op":"add","path":"{path}","value":{}}}]"#, nested(depth));
    assert!(apply("1", &add("", 128)).is_ok());
    assert!(apply("[]", &add("/0", 127)).is_ok());
    assert_eq!(limit_of(apply("[]", &add("/0", 128))), "DEPTH_LIMIT");
    for depth in [129, 100_000, 1_000_000] {
        let outcome = apply("1", &add("", depth));
        assert!(matches!(outcome, Err(Error::Part { part: "patch", .. })), "{depth}");
    }
}

fn limit_of(outcome: Result<Patched, Error>) -> &'static str {
    match outcome {
        Err(Error::Limit { limit, .. }) => limit.reason(),
        Err(Error::Budget { kind, .. }) => kind.reason(),
        other => panic!("{:?}", other.map(|patched| patched.text.len())),
    }
}

fn repeated(operation: &str, count: usize) -> String {
    format!("[{}]", vec![operation; count].join(","))
}

#[test]
fn copy_bombs_meet_a_limit() {
    let inside = repeated(r#"{"op":"copy","from":"","path":"/a"}"#, 200);
    assert_eq!(limit_of(apply(r#"{"a":1}"#, &inside)), "DEPTH_LIMIT");
    let beside = repeated(r#"{"op":"copy","from":"/0","path":"/0/-"}"#, 100);
    assert_eq!(limit_of(apply("[[1,2,3]]", &beside)), "NODES_LIMIT");
    let text = format!("[{:?}]", "x".repeat(1 << 20));
    let long = repeated(r#"{"op":"copy","from":"/0","path":"/-"}"#, 5_000);
    assert_eq!(limit_of(apply(&text, &long)), "OUTPUT_TOO_LARGE");
    let shared = format!(r#"{{"a":[{}0]}}"#, "0,".repeat(100_000));
    let pair = r#"{"op":"copy","from":"/a","path":"/b"},{"op":"add","path":"/b/-","value":0}"#;
    // No more than can be freed within the time.
    let (patch_text, budget) = (repeated(pair, 2_000), budget_of(256 << 20));
    let copied = patch(shared.as_bytes(), patch_text.as_bytes(), &ScanOptions::default(), &budget);
    assert_eq!(limit_of(copied), "BUDGET_MEMORY");
}

#[test]
fn what_is_removed_does_not_count() {
    let options =
        ScanOptions { limits: Limits { max_nodes: 40, ..Limits::default() }, ..ScanOptions::default() };
    let pair = r#"{"op":"add","path":"/a","value":[1,2,3]},{"op":"remove","path":"/a"}"#;
    let lists = patch(b"{}", repeated(pair, 1).as_bytes(), &options, &budget());
    assert_eq!(lists.unwrap().text, b"{}");
    let operations = Patch::parse(repeated(pair, 500).as_bytes(), &ScanOptions::default()).unwrap();
    let empty = Patch::parse(br#"[{"op":"add","path":"","value":{}}]"#, &options).unwrap();
    let document = empty.apply(&json_engine::document::Document::Null, &options.limits, &budget()).unwrap();
    assert!(operations.apply(&document, &options.limits, &budget()).is_ok());
}

#[test]
fn too_many_operations_are_refused() {
    let operation = r#"{"op":"test","path":"","value":1}"#;
    assert!(apply("1", &repeated(operation, MAX_OPERATIONS)).is_ok());
    assert_eq!(limit_of(apply("1", &repeated(operation, MAX_OPERATIONS + 1))), "PATCH_OPERATIONS_LIMIT");
}

#[test]
fn errors_echo_no_long_key_or_value() {
    let long = "k".repeat(100_000);
    let operations = format!(r#"[{{"op":"test","path":"/{long}","value":"{long}"}}]"#);
    for document in [r#"{"a":1}"#.to_owned(), format!(r#"{{"{long}":"{}"}}"#, "y".repeat(100_000))] {
        let error = apply(&document, &operations).unwrap_err();
        assert!(error.to_string().len() < 400, "{error}");
    }
    for odd in [format!(r#"[{{"op":"{long}"}}]"#), format!(r#"[{{"op":"add","path":"{long}"}}]"#)] {
        let error = apply("1", &odd).unwrap_err();
        assert!(error.to_string().len() < 400, "{error}");
    }
}

/// Cut at every byte, a patch is refused and nothing panics.
#[test]
fn truncated_patches() {
    let whole =
        r#"[{"op":"move","from":"/\ud83d\ude00~1","path":"/é/-"},{"op":"add","path":"/a~0","value":[1e5]}]"#;
    for end in 0..whole.len() {
        let outcome = patch(b"{}", &whole.as_bytes()[..end], &ScanOptions::default(), &budget());
        assert!(matches!(outcome, Err(Error::Part { part: "patch", .. })), "{end}: {outcome:?}");
    }
}

#[test]
fn the_documented_examples() {
    let rows = documented("patch.md", 3);
    let (patches, merges): (Vec<_>, Vec<_>) =
        rows.iter().filter(|row| !row[0].starts_with("PATCH_")).partition(|row| row[1].contains("\"op\""));
    patches.iter().for_each(|row| check(&row[0], &row[1], &row[2]));
    merges.iter().for_each(|row| crate::merge::check(&row[0], &row[1], &row[2]));
    assert_eq!((patches.len(), merges.len()), (10, 4));
}

/// Operations of which many can be done: few keys, small indices.
fn operations() -> impl Strategy<Value = Vec<String>> {
    let token = prop::sample::select(vec!["a", "b", "0", "1", "-"]);
    let pointer = prop::collection::vec(token, 0..4)
        .prop_map(|tokens| tokens.iter().map(|token| format!("/{token}")).collect::<String>());
    let value =
        prop::sample::select(vec!["1", "null", "[]", "{}", r#"{"a":[1,2],"b":{}}"#, r#"[{"a":1},[2]]"#]);
    let op = prop::sample::select(vec!["add", "add", "remove", "replace", "move", "copy", "copy"]);
    let operation = (op, pointer.clone(), pointer, value).prop_map(|(op, path, from, value)| {
        format!(r#"{{"op":"{op}","path":"{path}","from":"{from}","value":{value}}}"#)
    });
    prop::collection::vec(operation, 1..30)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    /// What operations share in memory must not show: in one patch they do what they do one by one.
    #[test]
    fn operations_together_do_what_they_do_one_by_one(operations in operations()) {
        let mut present = r#"{"a":[{"a":1},[2,{"b":[]}]],"b":{"a":{"a":0},"b":[1,2,3]}}"#.to_owned();
        let first = present.clone();
        let mut done = Vec::new();
        for operation in operations {
            let Ok(patched) = apply(&present, &format!("[{operation}]")) else { continue };
            done.push(operation);
            present = String::from_utf8(patched.text).unwrap();
            if present.len() > 10_000 {
                break;
            }
        }
        let together = apply(&first, &format!("[{}]", done.join(","))).unwrap();
        prop_assert_eq!(String::from_utf8(together.text).unwrap(), present);
    }

    /// Whatever a patch does, and wherever it fails, the document that it was given stays.
    #[test]
    fn the_document_stays(operations in operations()) {
        let text = r#"{"a":[{"a":1},[2,{"b":[]}]],"b":{"a":{"a":0},"b":[1,2,3]}}"#;
        let make = format!(r#"[{{"op":"add","path":"","value":{text}}}]"#);
        let read = |text: &str| Patch::parse(text.as_bytes(), &ScanOptions::default());
        let (null, limits) = (json_engine::document::Document::Null, Limits::default());
        let document = read(&make).unwrap().apply(&null, &limits, &budget()).unwrap();
        if let Ok(patch) = read(&format!("[{}]", operations.join(","))) {
            let _ = patch.apply(&document, &limits, &budget());
        }
        let same = format!(r#"[{{"op":"test","path":"","value":{text}}}]"#);
        prop_assert!(read(&same).unwrap().apply(&document, &limits, &budget()).is_ok());
    }
}
