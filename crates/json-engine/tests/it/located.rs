//! Values that a query selects, with their places in the text.

use json_engine::query::{Language, Query};
use json_engine::{DuplicateKeys, Error, LimitKind, Limits, ScanOptions};

use crate::budgets::budget;

fn run(language: Language, program: &str, text: &str, options: &ScanOptions) -> Result<Vec<String>, Error> {
    let query = Query::compile(language, program).unwrap();
    let located = query.run_located(text.as_bytes(), options, &budget())?;
    let shown = |hit: json_engine::query::Hit| {
        assert_eq!((&hit.pointer, &hit.pointer), (&hit.start.json_pointer, &hit.end.json_pointer));
        let value = String::from_utf8(hit.text).unwrap();
        let (start, end) = (hit.start, hit.end);
        let place = format!("{}:{}-{}:{}", start.line, start.column, end.line, end.column);
        format!("{} {} {place} {value}", hit.path, hit.pointer)
    };
    Ok(located.hits.into_iter().map(shown).collect())
}

/// Hits come out as `path pointer line:column-line:column value`.
fn check(language: Language, program: &str, text: &str, expected: &[&str]) {
    assert_eq!(run(language, program, text, &ScanOptions::default()).unwrap(), expected, "{program}");
}

const TEXT: &str = "{\"a\": [1.50, {\"é'/\": [ true ]}],\n \"b\": {\"c\": 1.50}}";

#[test]
fn jsonpath_hits_have_path_pointer_and_place() {
    check(
        Language::JsonPath,
        "$..[?@ == 1.5]",
        TEXT,
        &["$['a'][0] /a/0 1:8-1:12 1.50", "$['b']['c'] /b/c 2:13-2:17 1.50"],
    );
    check(Language::JsonPath, "$.a[1].*", TEXT, &[r"$['a'][1]['é\'/'] /a/1/é'~1 1:22-1:30 [true]"]);
    check(Language::JsonPath, "$.none", TEXT, &[]);
    check(Language::JsonPath, "$", "\n 7 ", &["$  2:2-2:3 7"]);
    check(
        Language::JsonPath,
        "$.b.c",
        "{\"b\":{\"c\":1},\"b\":{\"c\":2}}",
        &["$['b']['c'] /b/c 1:23-1:24 2"],
    );
}

#[test]
fn a_pointer_is_one_hit_as_it_stands() {
    check(Language::Pointer, "/a/1/é'~1", TEXT, &[r"$['a'][1]['é\'/'] /a/1/é'~1 1:22-1:30 [ true ]"]);
    check(Language::Pointer, "", "[ ]", &["$  1:1-1:4 [ ]"]);
    let missing = run(Language::Pointer, "/a/7", TEXT, &ScanOptions::default());
    assert!(matches!(missing, Err(Error::PointerNotFound { .. })), "{missing:?}");
}

#[test]
fn the_first_of_duplicates_has_its_own_place() {
    let options = ScanOptions { duplicate_keys: DuplicateKeys::First, ..ScanOptions::default() };
    let found = run(Language::JsonPath, "$.a", "{\"a\":1,\"a\":2}", &options).unwrap();
    assert_eq!(found, ["$['a'] /a 1:6-1:7 1"]);
}

#[test]
fn what_makes_values_has_no_places() {
    for language in [Language::JmesPath, Language::Jq] {
        let program = if language == Language::Jq { ".a" } else { "a" };
        let refused = run(language, program, "{}", &ScanOptions::default());
        let expected = run(language, program, "{", &ScanOptions::default());
        assert!(matches!(&refused, Err(Error::Option { name: "lang", .. })), "{refused:?}");
        assert_eq!(refused, expected, "whatever the text");
    }
}

/// Each hit of a deep text has a long path, so that the values alone are no bound.
#[test]
fn paths_count_as_output() {
    let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
    let length = |max_output_bytes| {
        let limits = Limits { max_output_bytes, ..Limits::default() };
        run(Language::JsonPath, "$..*", &deep, &ScanOptions { limits, ..ScanOptions::default() })
    };
    // 99 hits of 64 bytes; the n-th has a path of 1 + 3n bytes, a pointer of 2n, which counts three times, and 2(100 - n).
    let whole = 99 * (64 + 1 + 200) + (1..100).map(|n| 3 * n + 6 * n - 2 * n).sum::<u64>();
    assert_eq!(length(whole).unwrap().len(), 99);
    let beyond = length(whole - 1);
    assert!(matches!(beyond, Err(Error::Limit { limit: LimitKind::Output, .. })), "{beyond:?}");
}
