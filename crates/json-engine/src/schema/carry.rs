//! Carry: a schema as the value that the checking library compiles; the one conversion, of schemas and never of documents.
//!
//! What that value cannot hold exactly stands once more beside its keyword, as JSON text under a name of our own, from
//! where [`keywords`](super::keywords) reads it. Promise: no number of a schema is rounded where it decides.

use serde_json::{Map, Value};

use super::node::replaced;
use crate::ScanOptions;
use crate::document::{Document, Key, Number};
use crate::number::double;

/// Keywords whose values must be exact.
pub(super) const EXACT: [&str; 7] =
    ["const", "enum", "exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf"];

/// What an object is: a schema, a map whose values are schemas, or data.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Schema,
    Map,
    Data,
}

impl Inside {
    fn below(self, key: &str) -> Inside {
        match (self, key) {
            (Inside::Data, _) | (Inside::Schema, "const" | "enum" | "default" | "examples") => Inside::Data,
            (
                Inside::Schema,
                "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas"
                | "dependencies",
            ) => Inside::Map,
            (Inside::Schema | Inside::Map, _) => Inside::Schema,
        }
    }
}

/// The schema as a value. Recurses by its depth, at most 512.
pub(super) fn value(schema: &Document) -> Value {
    convert(schema, Inside::Schema)
}

fn convert(document: &Document, inside: Inside) -> Value {
    match document {
        Document::Null => Value::Null,
        Document::Bool(value) => Value::Bool(*value),
        Document::Number(number) => Value::Number(nearest(number)),
        Document::Str(text) => Value::String(text.as_ref().to_owned()),
        Document::Surrogates(literal) => Value::String(replaced(literal)),
        Document::Arr(elements) => elements.iter().map(|element| convert(element, inside)).collect(),
        Document::Obj(members) => {
            let mut all = Map::with_capacity(members.len());
            for (key, member) in members.iter() {
                let name = match key {
                    Key::Text(text) => text.as_ref().to_owned(),
                    Key::Surrogates(literal) => replaced(literal),
                };
                if inside == Inside::Schema && EXACT.contains(&name.as_str()) && !is_exact(member) {
                    all.insert(exact_name(&name), Value::String(text(member)));
                }
                all.insert(name.clone(), convert(member, inside.below(&name)));
            }
            Value::Object(all)
        }
    }
}

/// What stands before the name of a keyword whose exact value is carried.
const CARRIED: &str = "\0exact ";

/// Whether a name is one under which an exact value is carried, and so no keyword.
pub(super) fn is_carried(name: &str) -> bool {
    name.starts_with(CARRIED)
}

/// Where the exact value of a keyword stands.
fn exact_name(keyword: &str) -> String {
    format!("{CARRIED}{keyword}")
}

/// The exact value of `keyword` in the schema `parent`, where it stands as `value`.
pub(super) fn exact(parent: &Map<String, Value>, keyword: &str, value: &Value) -> Document {
    let kept = parent.get(&exact_name(keyword)).and_then(Value::as_str);
    kept.and_then(parse).unwrap_or_else(|| document(value))
}

/// A value of the library as a document.
pub(super) fn document(value: &Value) -> Document {
    parse(&value.to_string()).unwrap_or(Document::Null)
}

fn parse(text: &str) -> Option<Document> {
    let mut options = ScanOptions::default();
    options.limits.max_bytes = u64::MAX;
    options.limits.max_nodes = u64::MAX;
    options.limits.max_depth = crate::MAX_DEPTH;
    options.limits.max_number_digits = u32::MAX;
    crate::parse::parse(text.as_bytes(), &options).ok().map(|(document, _)| document)
}

fn text(document: &Document) -> String {
    let mut out = Vec::new();
    crate::write::document(document, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// Whether a value of the library holds it as it is.
fn is_exact(document: &Document) -> bool {
    match document {
        Document::Null | Document::Bool(_) | Document::Str(_) => true,
        Document::Surrogates(_) => false,
        Document::Number(Number::I64(_)) => true,
        Document::Number(Number::Literal(literal)) => {
            literal.parse::<u64>().is_ok() || double::nearest(literal.as_bytes()).is_named
        }
        Document::Arr(elements) => elements.iter().all(is_exact),
        Document::Obj(members) => {
            members.iter().all(|(key, value)| key.as_text().is_some() && is_exact(value))
        }
    }
}

/// The nearest number that the library has; what no double reaches is the largest, or the smallest that is not 0.
pub(super) fn nearest(number: &Number) -> serde_json::Number {
    let literal = match number {
        Number::I64(integer) => return (*integer).into(),
        Number::Literal(literal) => literal.as_str(),
    };
    if let Ok(integer) = literal.parse::<u64>() {
        return integer.into();
    }
    let double: f64 = literal.parse().unwrap_or(0.0);
    let is_zero = *number == Number::I64(0);
    let size = double.abs().min(f64::MAX);
    let size = if size == 0.0 && !is_zero { f64::MIN_POSITIVE } else { size };
    serde_json::Number::from_f64(size.copysign(if literal.starts_with('-') { -1.0 } else { 1.0 }))
        .unwrap_or_else(|| 0.into())
}
