//! Values that are found in documents which are in memory already.

use json_engine::document::{parse, write};
use json_engine::patch::{Patch, merge_into};
use json_engine::query::{Language, Query};
use json_engine::{Error, LimitKind, Limits, ScanOptions};

use crate::budgets::budget;

const TEXT: &str = "{\"a\": [1.50, {\"é'/\": [ true ]}],\n \"b\": {\"c\": 1E2}}";

fn find(language: Language, program: &str, max_bytes: u64) -> Result<Vec<String>, Error> {
    let (document, _) = parse(TEXT.as_bytes(), &ScanOptions::default()).unwrap();
    let found = Query::compile(language, program).unwrap().find(&document, max_bytes, &budget())?;
    let shown = |found: json_engine::query::Found| {
        format!("{} {} {}", found.path, found.pointer, String::from_utf8(found.text).unwrap())
    };
    Ok(found.into_iter().map(shown).collect())
}

#[test]
fn what_is_found_has_its_path_and_its_pointer() {
    let check = |language, program, expected: &[&str]| {
        assert_eq!(find(language, program, 1_000).unwrap(), expected, "{program}");
    };
    check(Language::Pointer, "/a/1", &[r#"$['a'][1] /a/1 {"é'/":[true]}"#]);
    check(Language::Pointer, "/a/1/é'~1/0", &[r"$['a'][1]['é\'/'][0] /a/1/é'~1/0 true"]);
    check(Language::JsonPath, "$.a[0]", &["$['a'][0] /a/0 1.50"]);
    check(Language::JsonPath, "$..c", &["$['b']['c'] /b/c 1E2"]);
    check(Language::JsonPath, "$.none", &[]);
}

#[test]
fn what_is_not_there_or_too_long_is_an_error() {
    assert!(matches!(find(Language::Pointer, "/a/2", 1_000), Err(Error::PointerNotFound { .. })));
    assert!(matches!(find(Language::Jq, ".a", 1_000), Err(Error::Option { name: "lang", .. })));
    let whole = find(Language::JsonPath, "$", 72);
    assert!(matches!(whole, Err(Error::Limit { limit: LimitKind::Output, .. })), "{whole:?}");
}

#[test]
fn a_change_leaves_the_document_that_it_was_made_of_as_it_was() {
    let (limits, options) = (Limits::default(), ScanOptions::default());
    let (document, _) = parse(TEXT.as_bytes(), &options).unwrap();
    let patch = Patch::parse(br#"[{"op":"add","path":"/b/d","value":1.0}]"#, &options).unwrap();
    let patched = patch.apply_to((&document, 8), &limits, &budget()).unwrap();
    let tight = Limits { max_nodes: 8, ..limits };
    assert!(patch.apply_to((&document, 8), &tight, &budget()).is_err());
    let (change, _) = parse(br#"{"a":null,"b":{"d":null,"e":2.0}}"#, &options).unwrap();
    let merged = merge_into(&patched, &change, &limits, &budget()).unwrap();
    let check = |document, nodes: u64, expected: &str| {
        let written = write(document, 1_000, &budget()).unwrap();
        assert_eq!((written.nodes, String::from_utf8(written.text).unwrap().as_str()), (nodes, expected));
    };
    check(&document, 8, r#"{"a":[1.50,{"é'/":[true]}],"b":{"c":1E2}}"#);
    check(&patched, 9, r#"{"a":[1.50,{"é'/":[true]}],"b":{"c":1E2,"d":1.0}}"#);
    check(&merged, 4, r#"{"b":{"c":1E2,"e":2.0}}"#);
    assert!(matches!(write(&document, 5, &budget()), Err(Error::Limit { limit: LimitKind::Output, .. })));
}
