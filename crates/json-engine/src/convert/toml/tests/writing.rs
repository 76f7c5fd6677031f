//! What is written, and that it reads back.

use proptest::prelude::*;

use super::{document, json, read, write};
use crate::convert::Foreign;
use crate::document::{Document, Key, Number};

fn check(json: &str, expected: &str, losses: &[&str]) {
    let (toml, found) = write(&document(json), Foreign::Tagged).unwrap();
    assert_eq!(toml, expected, "{json}");
    assert_eq!(found, losses, "{json}");
}

#[test]
fn lines_come_first_then_tables() {
    check("{}", "", &[]);
    check(
        r#"{"a":1,"b":{"c":true},"d":[{"e":1},{}]}"#,
        "a = 1\n\n[b]\nc = true\n\n[[d]]\ne = 1\n\n[[d]]\n",
        &[],
    );
    check(r#"{"b":{"c":1},"a":2}"#, "a = 2\n\n[b]\nc = 1\n", &["ORDER_CHANGED /a"]);
    check(r#"{"a":{"b":{"c":{}}}}"#, "[a.b.c]\n", &[]);
    check(r#"{"a":{"b":{"c":1},"d":[{"e":{"f":2}}]}}"#, "[a.b]\nc = 1\n\n[[a.d]]\n\n[a.d.e]\nf = 2\n", &[]);
    check(r#"{"a.b":{"é":{"x":1}}}"#, "[\"a.b\".\"é\"]\nx = 1\n", &[]);
    check(r#"{"a":[{"b":1},2,[{}]],"c":[]}"#, "a = [{ b = 1 }, 2, [{}]]\nc = []\n", &[]);
}

#[test]
fn what_toml_lacks_is_listed() {
    check(
        r#"{"a":null,"b":[1,null,2],"c":{"d":null}}"#,
        "b = [1, 2]\n\n[c]\n",
        &["NULL_DROPPED /a", "NULL_DROPPED /b/1", "NULL_DROPPED /c/d"],
    );
    check(
        r#"{"a":12345678901234567890,"b":-0,"c":1E2,"d":0.1,"e":1e400,"f":0.1000000000000000055,"g":1e300}"#,
        "a = 12345678901234567890.0\nb = -0.0\nc = 1E2\nd = 0.1\ne = 1e400\nf = 0.1000000000000000055\ng = 1e300\n",
        &["NUMBER_ROUNDED /a", "NUMBER_ROUNDED /e", "NUMBER_ROUNDED /f"],
    );
    check(r#"{"a":"\ud800"}"#, "a = \"\u{fffd}\"\n", &["SURROGATE_REPLACED /a"]);
    check(
        r#"{"\ud800":1,"\udfff":2}"#,
        "\"\u{fffd}\" = 1\n",
        &["SURROGATE_REPLACED /\\ud800", "SURROGATE_REPLACED /\\udfff", "DUPLICATE_DROPPED /\\udfff"],
    );
}

#[test]
fn tagged_forms_are_turned_back() {
    check(
        r#"{"a":{"$datetime":"1979-05-27 07:32Z"},"b":{"$float":"-Infinity"},"c":[{"$float":"NaN"}]}"#,
        "a = 1979-05-27T07:32:00Z\nb = -inf\nc = [nan]\n",
        &[],
    );
    check(
        r#"{"a":{"$datetime":"soon"},"b":{"$bytes":"AQI"}}"#,
        "a = \"soon\"\nb = \"AQI\"\n",
        &["DATETIME_AS_TEXT /a", "BYTES_AS_TEXT /b"],
    );
    check(
        r#"{"$tag":1,"$value":{"a":{"$tag":2,"$value":{"b":null}},"c":{"$undefined":true}}}"#,
        "[a]\n",
        &[
            "TAG_DROPPED ",
            "NULL_DROPPED /$value/c",
            "TAG_DROPPED /$value/a",
            "NULL_DROPPED /$value/a/$value/b",
        ],
    );
    check(
        r#"{"$map":[["$bytes","AA"],[1,{"x":null}],[true,2]]}"#,
        "\"$bytes\" = \"AA\"\ntrue = 2\n\n[1]\n",
        &[
            "KEY_AS_TEXT /$map/1/1",
            "KEY_AS_TEXT /$map/2/1",
            "ORDER_CHANGED /$map/2/1",
            "NULL_DROPPED /$map/1/1/x",
        ],
    );
    let (toml, losses) = write(&document(r#"{"a":{"$float":"NaN"}}"#), Foreign::Plain).unwrap();
    assert_eq!((&*toml, losses.len()), ("[a]\n\"$float\" = \"NaN\"\n", 0));
}

#[test]
fn a_root_that_is_no_object_is_refused() {
    for root in ["[]", "1", "null", r#"{"$float":"NaN"}"#] {
        assert!(
            matches!(write(&document(root), Foreign::Tagged), Err(crate::Error::Option { .. })),
            "{root}"
        );
    }
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof!["[a-c]", "[ -~]{0,4}", any::<String>()]
}

fn value() -> impl Strategy<Value = Document> {
    let number =
        prop_oneof!["-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?", "-?[1-9][0-9]{0,17}"];
    let text = prop_oneof![any::<String>(), "[\"'\\\\\n\r\t a\u{7f}\u{0}-\u{1f}]{0,60}"];
    let leaf = prop_oneof![
        any::<bool>().prop_map(Document::Bool),
        number.prop_map(|literal| Document::Number(Number::from_literal(&literal))),
        text.prop_map(|text| Document::Str(text.into())),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(|all| Document::Arr(all.into())),
            object(inner)
        ]
    })
}

fn object(inner: impl Strategy<Value = Document>) -> impl Strategy<Value = Document> {
    prop::collection::vec((key(), inner), 0..5).prop_map(|members| {
        let members = members.into_iter().map(|(key, value)| (Key::Text(key.into()), value));
        Document::Obj(std::sync::Arc::new(members.collect()))
    })
}

/// Equality whatever the order of members and the spelling of numbers.
fn same(left: &Document, right: &Document) -> bool {
    match (left, right) {
        (Document::Number(left), Document::Number(right)) => left == right,
        (Document::Arr(left), Document::Arr(right)) => {
            left.len() == right.len() && left.iter().zip(right.iter()).all(|(left, right)| same(left, right))
        }
        (Document::Obj(left), Document::Obj(right)) => {
            let is_there =
                |(key, value): (&Key, &Document)| right.get(key).is_some_and(|other| same(value, other));
            left.len() == right.len() && left.iter().all(is_there)
        }
        (left, right) => json(left) == json(right),
    }
}

proptest! {
    #[test]
    fn what_is_written_reads_back(root in object(value())) {
        let (toml, _) = write(&root, Foreign::Plain).unwrap();
        let back = read(toml.as_bytes()).unwrap();
        prop_assert!(same(&root, &back), "{}\n{}\n{}", json(&root), toml, json(&back));
    }

    #[test]
    fn mutated_text_never_panics(root in object(value()), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut toml = write(&root, Foreign::Plain).unwrap().0.into_bytes();
        if !toml.is_empty() {
            let at = at.index(toml.len());
            toml[at] = byte;
            let _ = read(&toml);
            let _ = read(&toml[..at]);
        }
    }
}
