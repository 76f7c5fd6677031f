//! Accept: says of most valid documents, at once, that they are valid; of all others it says nothing, and the library
//! decides.
//!
//! A schema of the plain keywords is compiled a second time, to a list of nodes that a document is held against. It knows
//! no failure, no annotation and no output, hence its speed; a schema with any other keyword has none of it.
//!
//! Promise: what it accepts is valid (docs/adr/0007-a-quick-yes-before-the-library.md); time and stack are charged as the
//! library's are. Cost: some nanoseconds a value; 160 bytes a subschema.

mod compile;

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;
use jsonschema::Validator;

use super::keywords::Rule;
use super::node::{Own, Place, length_told};
use super::run::Run;
use super::unique;
use crate::document::{Document, Key, Members, Number};

/// A node of an [`Acceptor`].
type Index = u32;

/// A compiled schema of plain keywords.
#[derive(Debug)]
pub(super) struct Acceptor {
    nodes: Vec<Node>,
}

/// What a subschema asks for; as it is by default, nothing.
#[derive(Debug, Default)]
struct Node {
    types: Types,
    rules: Vec<Rule>,
    length: Between,
    /// A `format` that is checked, by the library.
    format: Option<Arc<Validator<Own>>>,
    elements: Elements,
    members: Option<Box<Shape>>,
    /// All of these hold too: `allOf` and `$ref`.
    every: Vec<Index>,
    /// One of these holds, if there are any.
    any: Vec<Index>,
}

/// From so many to so many, both allowed.
#[derive(Debug, Clone, Copy)]
struct Between(u64, u64);

/// The types that are allowed.
#[derive(Debug, Clone, Copy)]
struct Types(u8);

/// What is asked of an array.
#[derive(Debug, Default)]
struct Elements {
    count: Between,
    is_unique: bool,
    first: Vec<Index>,
    others: Option<Index>,
}

/// What is asked of an object.
#[derive(Debug, Default)]
struct Shape {
    count: Between,
    fields: Vec<Field>,
    places: HashMap<Arc<str>, usize, RandomState>,
    required: usize,
    others: Option<Index>,
}

/// A member that has a name.
#[derive(Debug)]
struct Field {
    name: Arc<str>,
    value: Option<Index>,
    is_required: bool,
}

impl Acceptor {
    /// Whether the document is certainly valid. Unwinds on the budget, as the library does.
    pub(super) fn accepts(&self, document: &Document, run: &Run<'_>) -> bool {
        run.charge(1);
        self.is_fit(0, document, run)
    }

    /// Recurses by the depth of the document times the length of its chains of references; the run looks at the stack. A
    /// scalar is charged by whoever holds it.
    fn is_fit(&self, at: Index, document: &Document, run: &Run<'_>) -> bool {
        let node = &self.nodes[at as usize];
        if !node.types.has(document) || !node.rules.iter().all(|rule| rule.is_kept(document, run)) {
            return false;
        }
        let is_fit = match document {
            Document::Null | Document::Bool(_) | Document::Number(_) => true,
            Document::Str(text) => {
                let has_format = |format: &Arc<Validator<Own>>| format.is_valid(Place::root(document, run));
                node.length.has_length(text, run) && node.format.as_ref().is_none_or(has_format)
            }
            // The library sees other characters.
            Document::Surrogates(_) => false,
            Document::Arr(elements) => self.are_elements_fit(&node.elements, elements, run),
            Document::Obj(members) => {
                node.members.as_ref().is_none_or(|shape| self.are_members_fit(shape, members, run))
            }
        };
        is_fit && (node.is_alone() || self.are_others_fit(node, document, run))
    }

    fn are_others_fit(&self, node: &Node, document: &Document, run: &Run<'_>) -> bool {
        run.charge(1);
        node.every.iter().all(|at| self.is_fit(*at, document, run))
            && (node.any.is_empty() || node.any.iter().any(|at| self.is_fit(*at, document, run)))
    }

    fn are_elements_fit(&self, asked: &Elements, elements: &[Document], run: &Run<'_>) -> bool {
        run.charge(elements.len() as u64);
        let (first, others) = elements.split_at(asked.first.len().min(elements.len()));
        asked.count.has(elements.len())
            && first.iter().zip(&asked.first).all(|(element, at)| self.is_fit(*at, element, run))
            && asked.others.is_none_or(|at| others.iter().all(|element| self.is_fit(at, element, run)))
            && (!asked.is_unique || all_differ(elements, run))
    }

    fn are_members_fit(&self, shape: &Shape, members: &Members, run: &Run<'_>) -> bool {
        run.charge(members.len() as u64);
        if !shape.count.has(members.len()) {
            return false;
        }
        let (mut next, mut required) = (0, shape.required);
        for (key, value) in members {
            // The library sees another name.
            let Key::Text(name) = key else { return false };
            let Some(at) = shape.find(name, next, run) else {
                if shape.others.is_some_and(|at| !self.is_fit(at, value, run)) {
                    return false;
                }
                continue;
            };
            next = at + 1;
            let field = &shape.fields[at];
            required -= usize::from(field.is_required);
            if field.value.is_some_and(|at| !self.is_fit(at, value, run)) {
                return false;
            }
        }
        required == 0
    }
}

/// By itself, since what this needs of the stack is not needed a level.
#[inline(never)]
fn all_differ(elements: &[Document], run: &Run<'_>) -> bool {
    run.expect(unique::all_differ(elements, run.meter()))
}

impl Shape {
    /// Where the field `name` stands: mostly behind the last one, as members come in one order.
    #[inline]
    fn find(&self, name: &Arc<str>, next: usize, run: &Run<'_>) -> Option<usize> {
        if self.fields.get(next).is_some_and(|field| field.name == *name) {
            return Some(next);
        }
        if self.fields.is_empty() {
            return None;
        }
        run.charge(1 + name.len() as u64 / 64);
        self.places.get(name).copied()
    }
}

impl Node {
    fn is_alone(&self) -> bool {
        self.every.is_empty() && self.any.is_empty()
    }
}

impl Between {
    fn is_any(self) -> bool {
        matches!(self, Between(0, u64::MAX))
    }

    fn has(self, count: usize) -> bool {
        (self.0..=self.1).contains(&(count as u64))
    }

    /// Whether a text has so many characters.
    fn has_length(self, text: &str, run: &Run<'_>) -> bool {
        length_told(text, self.0, self.1).unwrap_or_else(|| {
            run.charge(text.len() as u64 / 64);
            self.has(text.chars().count())
        })
    }
}

impl Default for Between {
    fn default() -> Between {
        Between(0, u64::MAX)
    }
}

impl Types {
    const NULL: u8 = 1;
    const BOOLEAN: u8 = 1 << 1;
    const NUMBER: u8 = 1 << 2;
    const INTEGER: u8 = 1 << 3;
    const STRING: u8 = 1 << 4;
    const ARRAY: u8 = 1 << 5;
    const OBJECT: u8 = 1 << 6;

    #[inline]
    fn has(self, document: &Document) -> bool {
        let bit = match document {
            Document::Null => Types::NULL,
            Document::Bool(_) => Types::BOOLEAN,
            Document::Number(number) => return self.has_number(number),
            Document::Str(_) | Document::Surrogates(_) => Types::STRING,
            Document::Arr(_) => Types::ARRAY,
            Document::Obj(_) => Types::OBJECT,
        };
        self.0 & bit != 0
    }

    #[inline]
    fn has_number(self, number: &Number) -> bool {
        self.0 & Types::NUMBER != 0 || self.0 & Types::INTEGER != 0 && number.is_integer()
    }
}

impl Default for Types {
    fn default() -> Types {
        Types(u8::MAX)
    }
}

#[cfg(test)]
mod tests {
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
        check(
            r##"{"anyOf":[{"$ref":"#/$defs/a"},{"maxLength":1}],"$defs":{"a":{"const":1.0}}}"##,
            r#""é""#,
            yes,
        );
        check(r#"{"format":"date","maxLength":10}"#, r#""2024-02-29""#, yes);
        check(r#"{"items":{"format":"date"}}"#, r#"["2024-02-29","2023-02-29"]"#, no);
        check(r#"{"maximum":0.1000000000000000000001}"#, "0.10000000000000000000011", no);
    }

    #[test]
    fn what_is_not_plain_is_left_to_the_library() {
        for schema in [
            r#"{"not":{"type":"null"}}"#,
            r#"{"properties":{"a":{"oneOf":[true]}}}"#,
            r#"{"pattern":"a"}"#,
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
        prop::sample::select(&[
            "null", "true", "0", "1", "1.0", "-2", "1.5", "4e1", r#""""#, r#""a""#, r#""bé""#,
        ])
    }

    fn document() -> impl Strategy<Value = String> {
        scalar().prop_map(str::to_owned).prop_recursive(3, 12, 4, |inner| {
            let members = prop::collection::btree_map("[a-d]", inner.clone(), 0..4);
            let object = members.prop_map(|members| {
                let members = members.iter().map(|(name, value)| format!("{name:?}:{value}"));
                format!("{{{}}}", members.collect::<Vec<_>>().join(","))
            });
            prop_oneof![
                prop::collection::vec(inner, 0..4).prop_map(|all| format!("[{}]", all.join(","))),
                object
            ]
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
            (-1..2_i32)
                .prop_map(|most| json!({ "exclusiveMinimum": f64::from(most) / 2.0, "multipleOf": 0.5 })),
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
}
