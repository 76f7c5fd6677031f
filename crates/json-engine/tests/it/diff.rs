//! Comparisons: what they say, and that applying them gives what was compared.

use json_engine::patch::{Arrays, DiffOptions, DiffOutput, Diffed, diff, merge, patch};
use json_engine::{Error, Limits, ScanOptions};
use proptest::prelude::*;
use serde_json::Value;

use crate::budgets::{budget, ticking};
use crate::shared::documented;

fn options() -> ScanOptions {
    let limits = Limits { max_output_bytes: 64 << 20, ..Limits::default() };
    ScanOptions { limits, ..ScanOptions::default() }
}

fn run(from: &str, to: &str, output: DiffOutput, arrays: &Arrays) -> Result<Diffed, Error> {
    let how = DiffOptions { output, arrays: arrays.clone() };
    diff(from.as_bytes(), to.as_bytes(), &how, &options(), &budget())
}

fn check(arrays: &Arrays, from: &str, to: &str, expected: &str) {
    let found = run(from, to, DiffOutput::Text, arrays).unwrap();
    assert_eq!(String::from_utf8(found.text).unwrap(), expected, "{from} {to}");
    assert_eq!(found.changes as usize, expected.lines().count());
    let found = run(from, to, DiffOutput::Patch, arrays).unwrap();
    let patched = patch(from.as_bytes(), &found.text, &options(), &budget()).unwrap();
    assert!(is_same(&patched.text, to.as_bytes()), "{}", String::from_utf8_lossy(&patched.text));
}

/// Equal by exact value as far as a double tells numbers apart; that is far enough for the numbers used here.
pub(crate) fn is_same(left: &[u8], right: &[u8]) -> bool {
    fn plain(value: Value) -> Value {
        match value {
            Value::Number(number) => Value::from(number.as_f64().unwrap() + 0.0),
            Value::Array(all) => all.into_iter().map(plain).collect(),
            Value::Object(all) => all.into_iter().map(|(key, value)| (key, plain(value))).collect(),
            other => other,
        }
    }
    let read = |text| plain(serde_json::from_slice::<Value>(text).unwrap());
    read(left) == read(right)
}

fn keyed() -> Arrays {
    Arrays::Keyed(vec!["id".to_owned(), "name".to_owned()])
}

#[test]
fn objects() {
    check(&Arrays::Lcs, r#"{"a":{"b":1}}"#, r#"{"a":{"b":2}}"#, "~ /a/b: 1 -> 2\n");
    check(&Arrays::Lcs, r#"{"d":3}"#, r#"{"c":{"x":[1]}}"#, "- /d: 3\n+ /c: {\"x\":[1]}\n");
    check(&Arrays::Lcs, r#"{"a":1,"b":2}"#, r#"{"b":2.0,"a":1e0}"#, "");
    check(&Arrays::Lcs, "1", "[]", "~ (root): 1 -> []\n");
    check(&Arrays::Lcs, r#"{"a/b":{"~":null}}"#, r#"{"a/b":{"~":false}}"#, "~ /a~1b/~0: null -> false\n");
    check(&Arrays::Lcs, r#"{"x\ny":1}"#, r#"{"x\ny":2}"#, "~ /x\\ny: 1 -> 2\n");
}

#[test]
fn arrays_by_common_subsequence() {
    check(&Arrays::Lcs, "[1,2,3]", "[1,3]", "- /1: 2\n");
    check(&Arrays::Lcs, "[1,3]", "[1,2,3]", "+ /1: 2\n");
    check(&Arrays::Lcs, "[1,2,3,4]", "[0,1,2,4,5]", "- /2: 3\n+ /0: 0\n+ /4: 5\n");
    check(&Arrays::Lcs, r#"[{"a":1,"b":1},2]"#, r#"[{"a":2,"b":1},2]"#, "~ /0/a: 1 -> 2\n");
    check(&Arrays::Lcs, r#"[{"a":1}]"#, r#"[{"b":1}]"#, "~ /0: {\"a\":1} -> {\"b\":1}\n");
    check(&Arrays::Lcs, "[[1,2],[3]]", "[[1],[3],[]]", "- /0/1: 2\n+ /2: []\n");
}

#[test]
fn arrays_by_position() {
    check(&Arrays::Position, "[1,2,3]", "[1,3]", "- /2: 3\n~ /1: 2 -> 3\n");
    check(&Arrays::Position, "[1]", "[2,3]", "~ /0: 1 -> 2\n+ /1: 3\n");
}

#[test]
fn arrays_by_key() {
    let from = r#"[{"id":1,"v":1},{"id":2,"v":2},{"id":3,"v":3}]"#;
    check(
        &keyed(),
        from,
        r#"[{"id":2,"v":2},{"id":3,"v":3},{"id":1,"v":9}]"#,
        "> /0 -> /2\n~ /2/v: 1 -> 9\n",
    );
    check(&keyed(), from, r#"[{"id":3,"v":3},{"id":1.0,"v":1},{"id":2,"v":2}]"#, "> /2 -> /0\n");
    check(
        &keyed(),
        from,
        r#"[{"id":3,"v":4}]"#,
        "- /1: {\"id\":2,\"v\":2}\n- /0: {\"id\":1,\"v\":1}\n~ /0/v: 3 -> 4\n",
    );
    check(&keyed(), "[1,2,3,1]", "[3,1,2,1]", "> /2 -> /0\n");
    check(
        &keyed(),
        r#"[{"id":1,"v":1},{"id":1,"v":2}]"#,
        r#"[{"id":1,"v":2},{"id":1,"v":3}]"#,
        "- /0: {\"id\":1,\"v\":1}\n+ /1: {\"id\":1,\"v\":3}\n",
    );
}

#[test]
fn merge_patches() {
    let check = |from: &str, to: &str, expected: &str, changes: u64| {
        let found = run(from, to, DiffOutput::MergePatch, &Arrays::Lcs).unwrap();
        assert_eq!((String::from_utf8(found.text).unwrap().as_str(), found.changes), (expected, changes));
    };
    check(
        r#"{"a":1,"b":{"c":2,"d":3}}"#,
        r#"{"b":{"c":[null],"d":3},"e":1}"#,
        r#"{"a":null,"b":{"c":[null]},"e":1}"#,
        3,
    );
    check(r#"{"a":null}"#, r#"{"a":null}"#, "{}", 0);
    check(r#"{"a":1}"#, "null", "null", 1);
    let refuse = |from: &str, to: &str, at: &str| {
        let outcome = run(from, to, DiffOutput::MergePatch, &Arrays::Lcs);
        let Err(Error::MergePatch { pointer, .. }) = outcome else { panic!("{outcome:?}") };
        assert_eq!(pointer, at);
    };
    refuse(r#"{"a":1}"#, r#"{"a":null}"#, "/a");
    refuse(r#"{"a":{"b":1}}"#, r#"{"a":{"b":1,"c":{"d":null}}}"#, "/a/c/d");
    refuse("[]", r#"{"a":{"b":null}}"#, "/a/b");
}

#[test]
fn the_text_that_is_wrong_is_named() {
    for (from, to, expected) in [("{", "1", "from"), ("1", "{", "to")] {
        let outcome = run(from, to, DiffOutput::Patch, &Arrays::Lcs);
        assert!(matches!(outcome, Err(Error::Part { part, .. }) if part == expected), "{outcome:?}");
    }
}

#[test]
fn the_documented_examples() {
    let rows = documented("diff.md", 4);
    for row in &rows {
        let found = run(&row[0], &row[1], DiffOutput::Patch, &Arrays::Lcs).unwrap();
        assert_eq!(String::from_utf8(found.text).unwrap(), row[2]);
        let lines = if row[3].is_empty() { String::new() } else { row[3].replace("` `", "\n") + "\n" };
        check(&Arrays::Lcs, &row[0], &row[1], &lines);
    }
    assert_eq!(rows.len(), 5);
}

fn all_arrays() -> [Arrays; 3] {
    [Arrays::Lcs, keyed(), Arrays::Position]
}

/// Compares and applies; gives the number of changes and whether the answer is coarse.
fn round_trip(from: &str, to: &str, arrays: &Arrays) -> (u64, bool) {
    let found = run(from, to, DiffOutput::Patch, arrays).unwrap();
    let patched = patch(from.as_bytes(), &found.text, &options(), &budget()).unwrap();
    assert!(patched.text == to.as_bytes() || is_same(&patched.text, to.as_bytes()), "{arrays:?}");
    (found.changes, !found.coarse.is_empty())
}

#[test]
fn a_hundred_thousand_elements_that_all_differ() {
    let list = |element: &dyn Fn(usize) -> String, order: &mut dyn Iterator<Item = usize>| {
        let all: Vec<String> = order.map(element).collect();
        format!("[{}]", all.join(","))
    };
    let count = 100_000;
    let number = |at: usize| at.to_string();
    let object = |at: usize| format!(r#"{{"id":{at},"v":{}}}"#, at % 7);
    for arrays in all_arrays() {
        let (from, other) = (list(&number, &mut (0..count)), list(&number, &mut (count..2 * count)));
        assert_eq!(round_trip(&from, &other, &arrays), (1, true), "{arrays:?}");
        let reverse = list(&object, &mut (0..count).rev());
        assert_eq!(round_trip(&list(&object, &mut (0..count)), &reverse, &arrays), (1, true), "{arrays:?}");
        let few = list(&|at| (at % 3).to_string(), &mut (0..count));
        let shuffled = list(&|at| (at * at % 3).to_string(), &mut (0..count));
        round_trip(&few, &shuffled, &arrays);
    }
    let rotated = list(&object, &mut (5..count).chain(0..5));
    assert_eq!(round_trip(&list(&object, &mut (0..count)), &rotated, &keyed()), (5, false));
    let without = list(&number, &mut (0..count).filter(|at| at % 1_000 != 0));
    assert_eq!(round_trip(&list(&number, &mut (0..count)), &without, &Arrays::Lcs), (100, false));
}

/// As deep as a patch can hold; nothing overflows the stack.
#[test]
fn the_deepest_documents() {
    let limits = Limits { max_depth: 510, ..Limits::default() };
    let options = ScanOptions { limits, ..ScanOptions::default() };
    let nested = |open: &str, close: &str, value: &str| {
        format!("{}{value}{}", open.repeat(510), close.repeat(510)).into_bytes()
    };
    for (open, close) in [("[", "]"), ("{\"id\":", "}"), ("[0,", "]"), ("{\"a\":0,\"b\":", ",\"c\":0}")] {
        let [from, to, other] = ["1", "2", "3"].map(|value| nested(open, close, value));
        for arrays in all_arrays() {
            let how = DiffOptions { output: DiffOutput::Patch, arrays: arrays.clone() };
            let found = diff(&from, &to, &how, &options, &budget()).unwrap();
            let patched = patch(&from, &found.text, &options, &budget()).unwrap();
            assert_eq!(patched.text, to);
            let how = json_engine::patch::ThreeWayOptions { arrays };
            let merged =
                json_engine::patch::three_way(&from, &to, &other, &how, &options, &budget()).unwrap();
            assert_eq!((merged.text, merged.conflicts_total), (to.clone(), 1));
        }
        let how = DiffOptions { output: DiffOutput::MergePatch, arrays: Arrays::Lcs };
        let found = diff(&from, &to, &how, &options, &budget()).unwrap();
        assert_eq!(merge(&from, &found.text, &options, &budget()).unwrap().text, to);
    }
}

#[test]
fn keys_that_are_no_text() {
    let (from, to) =
        (r#"{"a":{"\ud800~/":1,"\n":[{"\udfff":1}]}}"#, r#"{"a":{"\ud800~/":2,"\n":[{"\udfff":2}]}}"#);
    let found = run(from, to, DiffOutput::Patch, &Arrays::Lcs).unwrap();
    let patched = patch(from.as_bytes(), &found.text, &options(), &budget()).unwrap();
    assert_eq!(String::from_utf8(patched.text).unwrap(), to);
    let lines = run(from, to, DiffOutput::Text, &Arrays::Lcs).unwrap().text;
    let expected = "~ /a/\\ud800~0~1: 1 -> 2\n~ /a/\\n/0/\\udfff: 1 -> 2\n";
    assert_eq!(String::from_utf8(lines).unwrap(), expected);
}

#[test]
fn a_comparison_stops_by_time_and_by_memory() {
    let list = |step: usize| {
        let all: Vec<String> = (0..200_000).map(|at| (at * step % 1_009).to_string()).collect();
        format!("[{}]", all.join(","))
    };
    let (from, to) = (list(1), list(7));
    for memory in [100 << 20, 1 << 20] {
        let outcome =
            diff(from.as_bytes(), to.as_bytes(), &DiffOptions::default(), &options(), &ticking(memory));
        assert!(matches!(outcome, Err(Error::Budget { .. })), "{outcome:?}");
    }
}

/// Every change has its whole pointer, so long keys above many changes would make an endless answer.
#[test]
fn long_keys_above_many_changes() {
    let nested = |value: &str| {
        let all: Vec<String> = (0..5_000).map(|key| format!("\"{key}\":{value}")).collect();
        format!("{{\"{}\":{{{}}}}}", "k".repeat(1 << 20), all.join(","))
    };
    let (from, to) = (nested("1").into_bytes(), nested("2").into_bytes());
    let outcome = diff(&from, &to, &DiffOptions::default(), &options(), &ticking(64 << 20));
    assert!(matches!(outcome, Err(Error::Budget { .. })), "{:?}", outcome.map(|found| found.text.len()));
}

/// A value from few parts, so that two of them have much in common.
pub(crate) fn documents() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "null", "true", "0", "1", "1.0", "-0", "10e-1", "2", "\"a\"", "\"\"", "{}", "[]",
    ]);
    leaf.prop_map(str::to_owned).prop_recursive(4, 40, 6, |inner| {
        let key = prop::sample::select(vec!["id", "name", "a", "b/c", "~", ""]);
        let members = prop::collection::btree_map(key, inner.clone(), 0..5);
        let object = |members: Vec<(&str, String)>| {
            let all: Vec<String> = members.iter().map(|(key, value)| format!("{key:?}:{value}")).collect();
            format!("{{{}}}", all.join(","))
        };
        let row = (0..6_u8, inner.clone()).prop_map(|(id, value)| format!(r#"{{"id":{id},"v":{value}}}"#));
        let list = |all: Vec<String>| format!("[{}]", all.join(","));
        prop_oneof![
            prop::collection::vec(inner, 0..6).prop_map(list),
            prop::collection::vec(row, 0..7).prop_map(list),
            members.prop_map(move |members| object(members.into_iter().collect())),
            Just("[1,2,3]".to_owned()),
        ]
    })
}

/// Changes some places of a document, so that the two are alike.
pub(crate) fn edited(text: &str, seed: u64) -> String {
    fn edit(value: &mut Value, state: &mut u64) {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let chance = (*state >> 33) % 16;
        match value {
            Value::Array(all) if chance < 3 && !all.is_empty() => {
                let at = (*state >> 40) as usize % all.len();
                match chance {
                    0 => drop(all.remove(at)),
                    1 => all.insert(at, all[0].clone()),
                    _ => all.rotate_left(at),
                }
            }
            Value::Array(all) => all.iter_mut().for_each(|element| edit(element, state)),
            Value::Object(all) if chance == 0 => drop(all.shift_remove("a")),
            Value::Object(all) if chance == 1 => drop(all.insert("name".to_owned(), Value::from(chance))),
            Value::Object(all) => all.values_mut().for_each(|member| edit(member, state)),
            scalar if chance < 3 => *scalar = Value::from(chance),
            _ => {}
        }
    }
    let mut value: Value = serde_json::from_str(text).unwrap();
    let mut state = seed;
    edit(&mut value, &mut state);
    value.to_string()
}

fn check_pair(from: &str, to: &str) {
    for arrays in all_arrays() {
        let (changes, is_coarse) = round_trip(from, to, &arrays);
        assert!(!is_coarse);
        assert_eq!(changes == 0, is_same(from.as_bytes(), to.as_bytes()), "{from} {to}");
        let lines = run(from, to, DiffOutput::Text, &arrays).unwrap().text;
        assert_eq!(String::from_utf8(lines).unwrap().lines().count() as u64, changes);
    }
    match run(from, to, DiffOutput::MergePatch, &Arrays::Lcs) {
        Ok(found) => {
            let merged = merge(from.as_bytes(), &found.text, &options(), &budget()).unwrap();
            assert!(is_same(&merged.text, to.as_bytes()), "{from} {to}");
        }
        Err(Error::MergePatch { .. }) => assert!(to.contains("null"), "{from} {to}"),
        Err(other) => panic!("{other}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn a_patch_makes_what_was_compared(from in documents(), to in documents()) {
        check_pair(&from, &to);
    }

    #[test]
    fn a_patch_makes_what_was_edited(from in documents(), seed in any::<u64>()) {
        check_pair(&from, &edited(&from, seed));
        for arrays in all_arrays() {
            prop_assert_eq!(run(&from, &from, DiffOutput::Patch, &arrays).unwrap().text, b"[]");
        }
    }
}
