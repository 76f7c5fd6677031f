//! Prove: that each keyword of the wider schema holds wherever the narrower schema allows a value.
//!
//! Each rule is sound alone, so a keyword that no rule knows is left open and never taken as proved.

use std::collections::HashSet;

use super::facts::{self, ARRAY, NUMBER, OBJECT, STRING};
use crate::budget::Meter;
use crate::document::{Document, Key, Members};
use crate::equal::same;
use crate::error::Error;
use crate::number::Divisor;
use crate::pointer::escape;

/// Deepest unfolding, in schemas.
const DEPTH: u32 = 128;
/// The schema that allows everything.
static ANYTHING: Document = Document::Bool(true);

const ZERO: crate::document::Number = crate::document::Number::I64(0);
/// Keywords that say nothing about which values are allowed.
const ANNOTATIONS: [&str; 12] = [
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
/// Keywords that mean the same wherever they are written the same, whatever stands beside them.
const ALONE: [&str; 6] = ["dependentRequired", "format", "not", "oneOf", "pattern", "propertyNames"];

/// A schema and its JSON Pointer.
#[derive(Clone)]
pub(super) struct Side<'s> {
    schema: &'s Document,
    pointer: String,
}

impl<'s> Side<'s> {
    pub(super) fn root(schema: &'s Document) -> Side<'s> {
        Side { schema, pointer: String::new() }
    }

    fn below(&self, schema: &'s Document, path: &str) -> Side<'s> {
        Side { schema, pointer: format!("{}/{path}", self.pointer) }
    }
}

/// A proof under way.
pub(super) struct Proof<'s, 'm> {
    narrow_root: Option<&'s Document>,
    wide_root: Option<&'s Document>,
    meter: &'m Meter<'m>,
    /// Pairs of `$ref` that are being proved, and so may be used: a counterexample would be finite.
    assumed: HashSet<(usize, usize)>,
    /// Pointer and keyword of what is not proved.
    pub(super) open: Vec<(String, String)>,
}

impl<'s, 'm> Proof<'s, 'm> {
    pub(super) fn new(narrow_root: &'s Document, wide_root: &'s Document, meter: &'m Meter<'m>) -> Self {
        let (narrow_root, wide_root) = (followable(narrow_root), followable(wide_root));
        Proof { narrow_root, wide_root, meter, assumed: HashSet::new(), open: Vec::new() }
    }

    /// Proves that `wide` allows what `narrow` allows, or adds what is open.
    pub(super) fn within(&mut self, narrow: Side<'s>, wide: Side<'s>, depth: u32) -> Result<(), Error> {
        self.meter.charge(16)?;
        let narrow = Side { schema: target(narrow.schema, self.narrow_root), ..narrow };
        let wide = Side { schema: target(wide.schema, self.wide_root), ..wide };
        let pair = (std::ptr::from_ref(narrow.schema).addr(), std::ptr::from_ref(wide.schema).addr());
        if depth > DEPTH {
            self.leave_open(&wide, "$ref");
            return Ok(());
        }
        // Kept after the proof too: what was open there is listed already.
        if !self.assumed.insert(pair) {
            return Ok(());
        }
        let (narrow_members, wide_members) = match (narrow.schema, wide.schema) {
            (Document::Bool(false), _) | (_, Document::Bool(true)) => return Ok(()),
            (_, Document::Obj(wide_members)) => (facts_of(narrow.schema), wide_members),
            _ => {
                let keyword = wide.pointer.rsplit('/').next().unwrap_or_default().to_owned();
                self.open.push((wide.pointer, keyword));
                return Ok(());
            }
        };
        let empty = Members::default();
        for (key, value) in wide_members.iter() {
            let keyword = key.as_text().unwrap_or_default();
            let present = narrow_members.unwrap_or(&empty);
            let says_nothing = ANNOTATIONS.contains(&keyword) || keyword.starts_with("x-");
            if !says_nothing && !self.holds(keyword, value, present, wide_members)? {
                self.part(keyword, value, (&narrow, narrow_members), (&wide, wide_members), depth)?;
            }
        }
        Ok(())
    }

    fn leave_open(&mut self, wide: &Side<'_>, keyword: &str) {
        self.open.push((format!("{}/{}", wide.pointer, escape(keyword)), keyword.to_owned()));
    }

    /// Whether a keyword follows from the facts of the narrow schema alone.
    fn holds(
        &self,
        keyword: &str,
        value: &Document,
        narrow: &Members,
        wide: &Members,
    ) -> Result<bool, Error> {
        let types = facts::types(narrow);
        let equal = |keyword: &str| narrow.get(keyword).map_or(Ok(false), |one| same(one, value, self.meter));
        let at = |keywords: [&str; 2], is_tight: &dyn Fn(&crate::document::Number) -> bool| {
            keywords.iter().any(|name| facts::number(narrow, name).is_some_and(is_tight))
        };
        let Document::Number(limit) = value else {
            return Ok(match keyword {
                "type" => types & !facts::types(wide) == 0,
                "enum" | "const" => self.among(narrow, wide)?,
                "required" => types & OBJECT == 0 || self.all_in(value, &facts::required(narrow))?,
                "uniqueItems" => {
                    types & ARRAY == 0 || matches!(value, Document::Bool(false)) || equal(keyword)?
                }
                "pattern" | "format" if types & STRING == 0 => true,
                _ if ALONE.contains(&keyword) => !refers(value) && equal(keyword)?,
                _ => false,
            });
        };
        Ok(match keyword {
            "minimum" => {
                types & NUMBER == 0 || at(["minimum", "exclusiveMinimum"], &|present| present >= limit)
            }
            "maximum" => {
                types & NUMBER == 0 || at(["maximum", "exclusiveMaximum"], &|present| present <= limit)
            }
            "exclusiveMinimum" => {
                types & NUMBER == 0
                    || at(["minimum"; 2], &|present| present > limit)
                    || at([keyword; 2], &|present| present >= limit)
            }
            "exclusiveMaximum" => {
                types & NUMBER == 0
                    || at(["maximum"; 2], &|present| present < limit)
                    || at([keyword; 2], &|present| present <= limit)
            }
            "multipleOf" => {
                let divides = |present: &_| Divisor::of(limit).is_some_and(|limit| limit.divides(present));
                types & NUMBER == 0 || at([keyword; 2], &divides)
            }
            "minLength" => {
                *limit <= ZERO || types & STRING == 0 || at([keyword; 2], &|present| present >= limit)
            }
            "maxLength" => types & STRING == 0 || at([keyword; 2], &|present| present <= limit),
            "minItems" => {
                *limit <= ZERO || types & ARRAY == 0 || at([keyword; 2], &|present| present >= limit)
            }
            "maxItems" => types & ARRAY == 0 || at([keyword; 2], &|present| present <= limit),
            "minProperties" => {
                *limit <= ZERO || types & OBJECT == 0 || at([keyword; 2], &|present| present >= limit)
            }
            "maxProperties" => types & OBJECT == 0 || at([keyword; 2], &|present| present <= limit),
            "const" => self.among(narrow, wide)?,
            _ => false,
        })
    }

    /// Whether the values of the narrow schema are among those of the wide one.
    fn among(&self, narrow: &Members, wide: &Members) -> Result<bool, Error> {
        let (Some(narrow), Some(wide)) = (facts::values(narrow), facts::values(wide)) else {
            return Ok(false);
        };
        for value in narrow {
            if !self.is_in(value, &wide)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn all_in(&self, values: &Document, present: &[&Document]) -> Result<bool, Error> {
        let Document::Arr(values) = values else {
            return Ok(false);
        };
        for value in values.iter() {
            if !self.is_in(value, present)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn is_in(&self, value: &Document, present: &[&Document]) -> Result<bool, Error> {
        for one in present {
            if same(one, value, self.meter)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Proves a keyword that is about parts of the value, or of the narrow schema.
    fn part(
        &mut self,
        keyword: &str,
        value: &'s Document,
        (narrow, narrow_members): (&Side<'s>, Option<&'s Members>),
        (wide, wide_members): (&Side<'s>, &'s Members),
        depth: u32,
    ) -> Result<(), Error> {
        let types = narrow_members.map_or(u8::MAX, facts::types);
        match (keyword, value) {
            ("properties" | "additionalProperties", _) if types & OBJECT == 0 => Ok(()),
            ("items", _) if types & ARRAY == 0 => Ok(()),
            ("properties", Document::Obj(all)) => {
                for (key, schema) in all.iter() {
                    let from = narrow.below(member(narrow_members, key), "properties");
                    let to = wide.below(schema, &format!("properties/{}", escape(key.literal())));
                    self.within(from, to, depth + 1)?;
                }
                Ok(())
            }
            ("additionalProperties", _) if !wide_members.contains_key("patternProperties") => {
                let to = wide.below(value, keyword);
                let known = facts::map(wide_members, "properties");
                let is_new = |key: &Key| !known.is_some_and(|known| known.contains_key(key));
                let listed = narrow_members.and_then(|all| facts::map(all, "properties"));
                for (_, schema) in listed.into_iter().flatten().filter(|(key, _)| is_new(key)) {
                    self.within(narrow.below(schema, "properties"), to.clone(), depth + 1)?;
                }
                self.within(narrow.below(other(narrow_members), keyword), to, depth + 1)
            }
            ("items", Document::Obj(_) | Document::Bool(_))
                if !has(narrow_members, "prefixItems") && !wide_members.contains_key("prefixItems") =>
            {
                let items = match narrow_members.and_then(|all| all.get("items")) {
                    Some(items @ (Document::Obj(_) | Document::Bool(_))) => items,
                    _ => &ANYTHING,
                };
                self.within(narrow.below(items, keyword), wide.below(value, keyword), depth + 1)
            }
            ("allOf", Document::Arr(all)) => {
                for (index, schema) in all.iter().enumerate() {
                    self.within(narrow.clone(), wide.below(schema, &format!("allOf/{index}")), depth + 1)?;
                }
                Ok(())
            }
            ("anyOf", Document::Arr(all)) => self.union(narrow, wide, all, depth),
            _ => {
                self.leave_open(wide, keyword);
                Ok(())
            }
        }
    }

    /// Each schema of the narrow `anyOf`, or the narrow schema itself, lies within one of the wide `anyOf`.
    fn union(
        &mut self,
        narrow: &Side<'s>,
        wide: &Side<'s>,
        all: &'s [Document],
        depth: u32,
    ) -> Result<(), Error> {
        let branches: Vec<Side<'s>> = match facts_of(narrow.schema).and_then(|one| one.get("anyOf")) {
            Some(Document::Arr(parts)) => parts.iter().map(|part| narrow.below(part, "anyOf")).collect(),
            _ => vec![narrow.clone()],
        };
        for branch in branches {
            let mut found = false;
            for schema in all {
                let mut attempt = Proof { assumed: self.assumed.clone(), open: Vec::new(), ..*self };
                attempt.within(branch.clone(), wide.below(schema, "anyOf"), depth + 1)?;
                found = attempt.open.is_empty();
                if found {
                    break;
                }
            }
            if !found {
                self.leave_open(wide, "anyOf");
                return Ok(());
            }
        }
        Ok(())
    }
}

/// The schema that a lone `$ref` into the same document names.
pub(super) fn target<'s>(schema: &'s Document, root: Option<&'s Document>) -> &'s Document {
    let mut present = schema;
    for _ in 0..8 {
        let Some(Document::Str(reference)) = members(present).and_then(|all| all.get("$ref")) else {
            return present;
        };
        let is_alone = members(present).is_some_and(|all| all.len() == 1);
        let Some(pointer) = reference.strip_prefix('#').filter(|_| is_alone) else {
            return present;
        };
        let Some(next) = root.and_then(|root| named(root, pointer)) else {
            return present;
        };
        present = next;
    }
    present
}

/// The keywords of a schema, unless a `$ref` stands beside them: until draft 7 it makes them void.
fn facts_of(schema: &Document) -> Option<&Members> {
    members(schema).filter(|members| !members.contains_key("$ref"))
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

pub(super) fn members(schema: &Document) -> Option<&Members> {
    match schema {
        Document::Obj(members) => Some(members),
        _ => None,
    }
}

fn has(schema: Option<&Members>, keyword: &str) -> bool {
    schema.is_some_and(|schema| schema.contains_key(keyword))
}

/// What a schema says of the member `key`, at least.
fn member<'s>(schema: Option<&'s Members>, key: &Key) -> &'s Document {
    let listed = schema.and_then(|all| facts::map(all, "properties")).and_then(|all| all.get(key));
    listed.unwrap_or_else(|| other(schema))
}

/// What a schema says of members that it does not list, at least.
fn other(schema: Option<&Members>) -> &Document {
    match schema {
        Some(schema) if !schema.contains_key("patternProperties") => {
            schema.get("additionalProperties").unwrap_or(&ANYTHING)
        }
        _ => &ANYTHING,
    }
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
fn refers(document: &Document) -> bool {
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
