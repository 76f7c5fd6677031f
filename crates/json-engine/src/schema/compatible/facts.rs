//! Facts: what the keywords of one schema, without those of its subschemas, say of a value.
//!
//! Promise: a fact that is not sure is left out. Cost: a look at a few keywords.

use crate::document::{Document, Members, Number};
use crate::number::Divisor;

/// Types as bits; an integer is a number too.
pub(super) const INTEGER: u8 = 1;
pub(super) const FRACTION: u8 = 2;
pub(super) const STRING: u8 = 4;
pub(super) const ARRAY: u8 = 8;
pub(super) const OBJECT: u8 = 16;
pub(super) const BOOLEAN: u8 = 32;
pub(super) const NULL: u8 = 64;
pub(super) const NUMBER: u8 = INTEGER | FRACTION;
const ALL: u8 = 127;

/// The values of `enum` or `const`.
pub(super) fn values(schema: &Members) -> Option<Vec<&Document>> {
    match (schema.get("const"), schema.get("enum")) {
        (Some(only), _) => Some(vec![only]),
        (None, Some(Document::Arr(all))) => Some(all.iter().collect()),
        (None, _) => None,
    }
}

/// Keywords that set a limit to a value without regard to what stands beside them.
const LIMITS: [&str; 11] = [
    "exclusiveMaximum",
    "exclusiveMinimum",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
];

/// Whether a schema lists the values that it allows, and each keeps the limit that `keyword` sets.
pub(super) fn listed_keep(schema: &Members, keyword: &str, limit: &Number) -> bool {
    let all_keep = |values: Vec<&Document>| values.into_iter().all(|value| keeps(value, keyword, limit));
    LIMITS.contains(&keyword) && values(schema).is_some_and(all_keep)
}

fn keeps(value: &Document, keyword: &str, limit: &Number) -> bool {
    let size = match value {
        Document::Number(number) => {
            return match keyword {
                "minimum" => number >= limit,
                "maximum" => number <= limit,
                "exclusiveMinimum" => number > limit,
                "exclusiveMaximum" => number < limit,
                "multipleOf" => Divisor::of(limit).is_some_and(|limit| limit.divides(number)),
                _ => true,
            };
        }
        Document::Str(text) => ("Length", text.chars().count()),
        Document::Arr(elements) => ("Items", elements.len()),
        Document::Obj(members) => ("Properties", members.len()),
        // One that stands alone counts as a character, which needs a look at its escapes.
        Document::Surrogates(_) => return false,
        Document::Null | Document::Bool(_) => return true,
    };
    let length = Number::I64(i64::try_from(size.1).unwrap_or(i64::MAX));
    match keyword.split_at_checked(3) {
        Some(("min", of)) if of == size.0 => length >= *limit,
        Some(("max", of)) if of == size.0 => length <= *limit,
        _ => true,
    }
}

/// The types that a schema allows at the most.
pub(super) fn types(schema: &Members) -> u8 {
    let named = match schema.get("type") {
        Some(Document::Arr(names)) => names.iter().map(named).fold(0, |all, one| all | one),
        Some(name) => named(name),
        None => ALL,
    };
    match values(schema) {
        Some(values) => named & values.into_iter().map(type_of).fold(0, |all, one| all | one),
        None => named,
    }
}

fn named(name: &Document) -> u8 {
    let Document::Str(name) = name else {
        return ALL;
    };
    match name.as_ref() {
        "integer" => INTEGER,
        "number" => NUMBER,
        "string" => STRING,
        "array" => ARRAY,
        "object" => OBJECT,
        "boolean" => BOOLEAN,
        "null" => NULL,
        _ => ALL,
    }
}

/// The type of a value.
pub(super) fn type_of(value: &Document) -> u8 {
    match value {
        Document::Null => NULL,
        Document::Bool(_) => BOOLEAN,
        Document::Number(number) if number.is_integer() => INTEGER,
        Document::Number(_) => FRACTION,
        Document::Str(_) | Document::Surrogates(_) => STRING,
        Document::Arr(_) => ARRAY,
        Document::Obj(_) => OBJECT,
    }
}

/// A number that a keyword gives.
pub(super) fn number<'s>(schema: &'s Members, keyword: &str) -> Option<&'s Number> {
    match schema.get(keyword) {
        Some(Document::Number(number)) => Some(number),
        _ => None,
    }
}

/// The names of `required`.
pub(super) fn required(schema: &Members) -> Vec<&Document> {
    match schema.get("required") {
        Some(Document::Arr(names)) => names.iter().collect(),
        _ => Vec::new(),
    }
}

/// The members of a keyword that is a map of schemas.
pub(super) fn map<'s>(schema: &'s Members, keyword: &str) -> Option<&'s Members> {
    match schema.get(keyword) {
        Some(Document::Obj(members)) => Some(members),
        _ => None,
    }
}
