//! What is written, as text.

use super::{codes, document, documents, json, read, write_all};
use crate::convert::losses::Losses;
use crate::convert::{Foreign, Writing};
use crate::document::Document;
use crate::{Budget, Error};

fn check(json_text: &str, yaml: &str) {
    let document = document(json_text);
    let (written, losses) = write_all(&document, Foreign::Plain);
    assert_eq!((written.as_str(), losses.total()), (yaml, 0), "{json_text}");
    back(&document, &written, Foreign::Plain);
}

/// Under the tagged form; it comes back unless there are losses.
fn check_tagged(json_text: &str, yaml: &str, losses: &str) {
    let document = document(json_text);
    let (written, found) = write_all(&document, Foreign::Tagged);
    assert_eq!((written.as_str(), codes(&found).as_str()), (yaml, losses), "{json_text}");
    if losses.is_empty() {
        back(&document, &written, Foreign::Tagged);
    }
}

fn back(document: &Document, written: &str, foreign: Foreign) {
    let again = documents(read(written.as_bytes(), foreign).unwrap());
    assert_eq!(again.iter().map(json).collect::<Vec<_>>(), [json(document)], "{written}");
}

#[test]
fn block_style() {
    check("1", "1\n");
    check("null", "null\n");
    check("[]", "[]\n");
    check("{}", "{}\n");
    check(
        r#"{"a":1,"b":[1,[2,[]],{"c":{},"d":{"e":null}}],"f":true}"#,
        "a: 1\nb:\n  - 1\n  - - 2\n    - []\n  - c: {}\n    d:\n      e: null\nf: true\n",
    );
    check("[[[1],2]]", "- - - 1\n  - 2\n");
}

#[test]
fn numbers_as_they_are() {
    check(
        "[12345678901234567890123,0.1000000000000000055,-0,1.5e+3,-1.5E-3]",
        "- 12345678901234567890123\n- 0.1000000000000000055\n- -0\n- 1.5e+3\n- -1.5E-3\n",
    );
}

#[test]
fn a_number_that_yaml_1_1_takes_for_text_says_what_it_is() {
    check("[1E2,1e400,-1e-7]", "- !!float 1E2\n- !!float 1e400\n- !!float -1e-7\n");
    check(r#"{"a":1.5e3}"#, "a: !!float 1.5e3\n");
    check_tagged(r#"{"$tag":"!x","$value":1e3}"#, "!x 1e3\n", "");
    check_tagged(r#"{"$map":[[1e3,[1e3]]]}"#, "!!float 1e3:\n  - !!float 1e3\n", "");
}

#[test]
fn texts() {
    check(r#""no""#, "\"no\"\n");
    check(r#"{"no":"a b","":"x: y","a\nb":"tab\t"}"#, "\"no\": a b\n\"\": \"x: y\"\n\"a\\nb\": \"tab\\t\"\n");
    check(r#""a\nb""#, "|-\n  a\n  b\n");
    check(r#"{"k":["a\n\n  b\n"]}"#, "k:\n  - |\n    a\n\n      b\n");
    check("\"a\u{feff}\u{85}\u{2028}\\u0000\"", "\"a\\ufeff\\u0085\\u2028\\u0000\"\n");
    let long = "k".repeat(1_100);
    check(&format!("{{\"a\":{{\"{long}\":[1]}}}}"), &format!("a:\n  ? {long}\n  :\n    - 1\n"));
}

#[test]
fn half_a_surrogate_pair() {
    let (written, losses) = write_all(&document(r#"{"\ud800":["x\ud800y\udc00í"]}"#), Foreign::Plain);
    assert_eq!(written, "\"\u{fffd}\":\n  - \"x\u{fffd}y\u{fffd}í\"\n");
    assert_eq!(codes(&losses), "SURROGATE_REPLACED SURROGATE_REPLACED");
    assert_eq!(losses.kept()[1].pointer, "/\\ud800/0");
}

#[test]
fn tagged_forms_come_back() {
    check_tagged(r#"[{"$bytes":"-_-v"},{"$bytes":""}]"#, "- !!binary \"+/+v\"\n- !!binary \"\"\n", "");
    check_tagged(r#"[{"$float":"NaN"},{"$float":"-Infinity"}]"#, "- .nan\n- -.inf\n", "");
    check_tagged(r#"{"a":{"$datetime":"1979-05-27"}}"#, "a: !!timestamp \"1979-05-27\"\n", "");
    check_tagged(r#"{"$tag":"!x","$value":{"a":{"$tag":"!y","$value":[1]}}}"#, "!x\na: !y\n  - 1\n", "");
    check_tagged(
        r#"[{"$tag":"!x","$value":"a\nb"},{"$tag":"!x y","$value":[]}]"#,
        "- !x |-\n  a\n  b\n- !x%20y []\n",
        "",
    );
    check_tagged(r#"[{"$tag":"tag:yaml.org,2002:set","$value":{"a":null}}]"#, "- !!set\n  a: null\n", "");
    check_tagged(r#"{"$tag":"tag:e.org,2000:a","$value":1}"#, "!<tag:e.org,2000:a> 1\n", "");
    check_tagged(
        r#"{"$map":[[1,"a"],[null,{"$map":[[[1],2]]}],["b",3]]}"#,
        "1: a\nnull:\n  ? - 1\n  : 2\nb: 3\n",
        "",
    );
    check_tagged(
        r#"{"$map":[[{"a":1},[2]],[{"$tag":"!x","$value":"z"},0],[{"$float":"NaN"},[]]]}"#,
        "? a: 1\n:\n  - 2\n? !x z\n: 0\n.nan: []\n",
        "",
    );
    check_tagged(r#"{"$map":[["$bytes","aGk"]]}"#, "$bytes: aGk\n", "");
}

#[test]
fn what_yaml_lacks_is_a_loss() {
    check_tagged(r#"{"$tag":32,"$value":"u"}"#, "u\n", "TAG_DROPPED");
    check_tagged(r#"{"$tag":"!x","$value":{"$tag":"!y","$value":1}}"#, "!y 1\n", "TAG_DROPPED");
    check_tagged(r#"{"$tag":"tag:yaml.org,2002:str","$value":1}"#, "1\n", "TAG_DROPPED");
    check_tagged(
        r#"[{"$undefined":true},{"$simple":99}]"#,
        "- null\n- null\n",
        "UNDEFINED_AS_NULL UNDEFINED_AS_NULL",
    );
}

#[test]
fn a_stream_of_documents() {
    let (budget, mut losses) = (super::budget(), Losses::new(100));
    let writing = Writing { foreign: Foreign::Plain, max_output_bytes: 1 << 20, budget: &budget };
    let documents = [document("1"), document(r#"{"a":"x\ny"}"#), document("[]"), document(r#""---""#)];
    let written = super::super::write_stream(&documents, &writing, &mut losses).unwrap();
    assert_eq!(String::from_utf8_lossy(&written), "---\n1\n---\na: |-\n  x\n  y\n---\n[]\n---\n\"---\"\n");
    let again = super::documents(read(&written, Foreign::Plain).unwrap());
    assert_eq!(again.iter().map(json).collect::<Vec<_>>(), documents.iter().map(json).collect::<Vec<_>>());
    assert!(super::super::write_stream([], &writing, &mut losses).unwrap().is_empty());
}

#[test]
fn the_output_is_limited() {
    let mut deep = document(&format!("\"{}\"", "a\\n".repeat(1_000_000)));
    for _ in 0..500 {
        deep = Document::Arr(std::sync::Arc::new(vec![deep]));
    }
    let budget = Budget::new(
        std::sync::Arc::new(|| std::time::Duration::ZERO),
        std::time::Duration::from_secs(1),
        1 << 20,
    );
    let writing = Writing { foreign: Foreign::Plain, max_output_bytes: 1 << 20, budget: &budget };
    let stopped = super::super::write(&deep, &writing, &mut Losses::new(0));
    assert!(
        matches!(stopped, Err(Error::Limit { limit, allowed: 1_048_576, .. }) if limit.reason() == "OUTPUT_TOO_LARGE")
    );
}
