//! References: what a `$ref` into the same document names, as far as it can be followed by its pointer alone.
//!
//! Promise: what cannot be followed so stays what it is, and nothing is proved by it. Cost: at most 8 links.

use super::prove::members;
use crate::document::{Document, Members};

/// Keywords that say nothing about which values are allowed.
const ANNOTATIONS: [&str; 13] = [
    "$anchor",
    "$comment",
    "$defs",
    "$id",
    "$schema",
    "default",
    "definitions",
    "deprecated",
    "description",
    "examples",
    "readOnly",
    "title",
    "writeOnly",
];

/// Whether a keyword says nothing about which values are allowed.
pub(in crate::schema) fn says_nothing(keyword: &str) -> bool {
    ANNOTATIONS.contains(&keyword) || keyword.starts_with("x-")
}

/// The schema that a `$ref` names which stands alone or beside annotations, and its pointer; a schema that is none of these
/// stays, without a pointer.
pub(super) fn target<'s>(
    schema: &'s Document,
    root: Option<&'s Document>,
) -> (&'s Document, Option<&'s str>) {
    let (mut present, mut pointer) = (schema, None);
    for _ in 0..8 {
        let next = members(present).and_then(lone_reference).and_then(|reference| {
            let pointer = reference.strip_prefix('#')?;
            Some((named(root?, pointer)?, pointer))
        });
        let Some((schema, at)) = next else { break };
        (present, pointer) = (schema, Some(at));
    }
    (present, pointer)
}

fn lone_reference(schema: &Members) -> Option<&str> {
    let is_alone = |key: &str| key == "$ref" || says_nothing(key);
    match schema.get("$ref") {
        Some(Document::Str(reference)) if schema.keys().all(|key| key.as_text().is_some_and(is_alone)) => {
            Some(reference)
        }
        _ => None,
    }
}

fn named<'s>(root: &'s Document, pointer: &str) -> Option<&'s Document> {
    // A percent sign needs decoding, anything else is an anchor: neither is followed.
    if pointer.contains('%') || !(pointer.is_empty() || pointer.starts_with('/')) {
        return None;
    }
    pointer.split('/').skip(1).try_fold(root, |present, token| {
        let present = members(present)?;
        present.get(token.replace("~1", "/").replace("~0", "~").as_str())
    })
}

/// The root, if a pointer in a `$ref` anywhere below is relative to it.
pub(super) fn followable(root: &Document) -> Option<&Document> {
    (!has_inner_id(root, true)).then_some(root)
}

/// Whether an `$id` below the root moves what a reference is relative to.
fn has_inner_id(document: &Document, is_root: bool) -> bool {
    match document {
        Document::Arr(elements) => elements.iter().any(|element| has_inner_id(element, false)),
        Document::Obj(members) => {
            let has_id = !is_root && (members.contains_key("$id") || members.contains_key("id"));
            has_id && is_id(members) || members.values().any(|value| has_inner_id(value, false))
        }
        Document::Null
        | Document::Bool(_)
        | Document::Number(_)
        | Document::Str(_)
        | Document::Surrogates(_) => false,
    }
}

fn is_id(members: &Members) -> bool {
    [members.get("$id"), members.get("id")].iter().any(|id| matches!(id, Some(Document::Str(_))))
}

/// Whether a `$ref` stands anywhere below.
pub(super) fn refers(document: &Document) -> bool {
    match document {
        Document::Arr(elements) => elements.iter().any(refers),
        Document::Obj(members) => members
            .iter()
            .any(|(key, value)| key.as_text().is_some_and(|name| name.starts_with('$')) || refers(value)),
        Document::Null
        | Document::Bool(_)
        | Document::Number(_)
        | Document::Str(_)
        | Document::Surrogates(_) => false,
    }
}
