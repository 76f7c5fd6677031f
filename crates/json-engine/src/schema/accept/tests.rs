//! What is accepted is what the library allows.

use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::budget::{Budget, Meter};
use crate::schema::{Draft, Formats, Place, Registered, Run, Schema, SchemaOptions};
use crate::{Error, ScanOptions};

fn budget() -> Budget {
    Budget::new(std::sync::Arc::new(|| Duration::ZERO), Duration::from_millis(100), 1 << 30)
}

fn compile(schema: &str, default_draft: Draft) -> Result<Schema, Error> {
    let (formats, registered) = (Formats::Assert, Registered::default());
    let options = SchemaOptions { default_draft, formats, registered: &registered };
    Schema::compile(schema.as_bytes(), &options, &ScanOptions::default(), &budget())
}

/// What is accepted, if the schema is a plain one, and whether the library allows it.
fn answers(schema: &Schema, document: &str) -> (Option<bool>, bool) {
    let (document, _) = crate::document::parse(document.as_bytes(), &ScanOptions::default()).unwrap();
    let budget = budget();
    Run::of(Meter::open(&budget).unwrap(), 0, |run| {
        let accepted = schema.acceptor.as_ref().map(|acceptor| acceptor.accepts(&document, run));
        (accepted, schema.validator.is_valid(Place::root(&document, run)))
    })
    .unwrap()
}

#[track_caller]
fn check(schema: &str, document: &str, expected: (Option<bool>, bool)) {
    let schema_ = compile(schema, Draft::default()).unwrap();
    assert_eq!(answers(&schema_, document), expected, "{schema} {document}");
}

#[test]
fn plain_schemas_are_decided() {
    let [yes, no] = [true, false].map(|answer| (Some(answer), answer));
    check(r#"{"type":["integer","null"],"minimum":1,"maximum":3.5}"#, "2.0", yes);
    check(r#"{"type":"integer","minimum":1}"#, "0", no);
    check(r#"{"properties":{"a":{"type":"string"}},"required":["b","a"]}"#, r#"{"b":1,"a":""}"#, yes);
    check(r#"{"required":["b"],"additionalProperties":{"type":"null"}}"#, r#"{"b":1}"#, no);
    check(r#"{"prefixItems":[true,{"type":"null"}],"items":false}"#, "[1,null]", yes);
    check(r#"{"prefixItems":[true,{"type":"null"}],"items":false}"#, "[1,null,2]", no);
    check(r##"{"items":{"$ref":"#"},"uniqueItems":true,"maxItems":2}"##, "[[],[[]]]", yes);
    check(r##"{"anyOf":[{"$ref":"#/$defs/a"},{"maxLength":1}],"$defs":{"a":{"const":1.0}}}"##, r#""é""#, yes);
    check(r#"{"format":"date","maxLength":10}"#, r#""2024-02-29""#, yes);
    check(r#"{"items":{"format":"date"}}"#, r#"["2024-02-29","2023-02-29"]"#, no);
    check(r#"{"pattern":"^[a-c]+$","minLength":2}"#, r#""abc""#, yes);
    check(r#"{"items":{"pattern":"^(?!x)"}}"#, r#"[1,"ax"]"#, yes);
    check(r#"{"items":{"pattern":"^(?!x)"}}"#, r#"["xa"]"#, no);
    check(r#"{"maximum":0.1000000000000000000001}"#, "0.10000000000000000000011", no);
}

#[test]
fn what_is_not_plain_is_left_to_the_library() {
    for schema in [
        r#"{"not":{"type":"null"}}"#,
        r#"{"properties":{"a":{"oneOf":[true]}}}"#,
        r#"{"patternProperties":{"a":true}}"#,
        r##"{"$defs":{"a":{"$id":"x:b","$ref":"#/$defs/c","$defs":{"c":true}}},"$ref":"#/$defs/a"}"##,
        r##"{"$anchor":"a","items":{"$ref":"#a"}}"##,
        r#"{"$schema":"http://json-schema.org/draft-04/schema#","type":"number"}"#,
        r#"{"$schema":"http://json-schema.org/draft-07/schema#","prefixItems":[true],"items":{"type":"string"}}"#,
    ] {
        check(schema, "1", (None, true));
    }
    check(r#"{"minLength":1}"#, r#""\ud800""#, (Some(false), true));
    check(r#"{"properties":{"a":true}}"#, r#"{"\ud800":1}"#, (Some(false), true));
}

fn scalar() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&["null", "true", "0", "1", "1.0", "-2", "1.5", "4e1", r#""""#, r#""a""#, r#""bé""#])
}

fn document() -> impl Strategy<Value = String> {
    scalar().prop_map(str::to_owned).prop_recursive(3, 12, 4, |inner| {
        let members = prop::collection::btree_map("[a-d]", inner.clone(), 0..4);
        let object = members.prop_map(|members| {
            let members = members.iter().map(|(name, value)| format!("{name:?}:{value}"));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        });
        prop_oneof![prop::collection::vec(inner, 0..4).prop_map(|all| format!("[{}]", all.join(","))), object]
    })
}

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn leaf() -> impl Strategy<Value = Value> {
    let names = ["null", "boolean", "number", "integer", "string", "array", "object"];
    let names = prop::sample::select(names.to_vec());
    prop_oneof![
        any::<bool>().prop_map(Value::Bool),
        prop::collection::btree_set(names, 1..4).prop_map(|names| json!({ "type": names })),
        prop::collection::vec(scalar(), 1..4)
            .prop_map(|all| json!({ "enum": all.iter().map(|text| value(text)).collect::<Vec<_>>() })),
        scalar().prop_map(|text| json!({ "const": value(text) })),
        (-2..3_i32, -2..3_i32)
            .prop_map(|(least, most)| json!({ "minimum": least, "exclusiveMaximum": most })),
        (-1..2_i32).prop_map(|most| json!({ "exclusiveMinimum": f64::from(most) / 2.0, "multipleOf": 0.5 })),
        prop::sample::select(vec!["^$", "a", "[^a]", "^(?!a)", "\\w"])
            .prop_map(|text| json!({ "pattern": text })),
        (0..3_u32, 0..3_u32).prop_map(|(least, most)| json!({ "minLength": least, "maxLength": most })),
        (0..3_u32, 0..4_u32).prop_map(|(least, most)| json!({ "minItems": least, "maxItems": most })),
        (0..3_u32, 0..4_u32)
            .prop_map(|(least, most)| json!({ "minProperties": least, "maxProperties": most })),
        any::<bool>().prop_map(|is_unique| json!({ "uniqueItems": is_unique })),
        prop::collection::btree_set("[a-d]", 1..3).prop_map(|names| json!({ "required": names })),
        prop::sample::select(vec!["#", "#/$defs/a"]).prop_map(|target| json!({ "$ref": target })),
    ]
}

fn schema() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(4, 24, 4, |inner| {
        let several = || prop::collection::vec(inner.clone(), 1..3);
        let named = prop::collection::btree_map("[a-d]", inner.clone(), 1..4);
        prop_oneof![
            inner.clone().prop_map(|items| json!({ "items": items })),
            several().prop_map(|first| json!({ "prefixItems": first })),
            named.prop_map(|properties| json!({ "properties": properties })),
            inner.clone().prop_map(|others| json!({ "additionalProperties": others })),
            several().prop_map(|all| json!({ "allOf": all })),
            several().prop_map(|any| json!({ "anyOf": any })),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| united(left, right)),
        ]
    })
}

/// A schema with the keywords of both, of which those of `right` count.
fn united(left: Value, right: Value) -> Value {
    match (left, right) {
        (Value::Object(mut left), Value::Object(right)) => {
            left.extend(right);
            Value::Object(left)
        }
        (left, _) => left,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn it_says_what_the_library_says(
        (schema, target) in (schema(), schema()),
        documents in prop::collection::vec(document(), 8),
    ) {
        let whole = united(schema, json!({ "$defs": { "a": target } })).to_string();
        // References may lead back in place.
        let Ok(compiled) = compile(&whole, Draft::default()) else { return Ok(()) };
        for document in documents {
            let (accepted, allowed) = answers(&compiled, &document);
            prop_assert_eq!(accepted, Some(allowed), "{} {}", whole, document);
        }
    }

    #[test]
    fn in_older_drafts_it_accepts_what_is_valid_only(schema in schema(), document in document()) {
        for draft in [Draft::Draft4, Draft::Draft6, Draft::Draft7, Draft::Draft201909] {
            let Ok(compiled) = compile(&schema.to_string(), draft) else { continue };
            let (accepted, allowed) = answers(&compiled, &document);
            prop_assert!(allowed || accepted != Some(true), "{} {} {:?}", schema, document, draft);
        }
    }
}
