//! Prove: that each keyword of the wider schema holds wherever the narrower schema allows a value.
//!
//! Each rule is sound alone, so a keyword that no rule knows is left open and never taken as proved.

use std::collections::HashSet;

use super::facts::{self, ARRAY, NUMBER, OBJECT, STRING};
use super::reference::{followable, refers, says_nothing, target};
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
/// Keywords that mean the same wherever they are written the same, whatever stands beside them.
const ALONE: [&str; 8] = [
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "format",
    "not",
    "oneOf",
    "pattern",
    "propertyNames",
];
/// Keywords that mean the same where all of their group are written the same.
const TOGETHER: [&[&str]; 2] = [&["contains", "maxContains", "minContains"], &["else", "if", "then"]];

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

    /// The schema that it refers to, or itself.
    fn target(self, root: Option<&'s Document>) -> Side<'s> {
        match target(self.schema, root) {
            (schema, Some(pointer)) => Side { schema, pointer: pointer.to_owned() },
            (schema, None) => Side { schema, ..self },
        }
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
        let (assumed, open) = (HashSet::new(), Vec::new());
        Proof { narrow_root, wide_root, meter, assumed, open }
    }

    /// Proves that `wide` allows what `narrow` allows, or adds what is open.
    pub(super) fn within(&mut self, narrow: Side<'s>, wide: Side<'s>, depth: u32) -> Result<(), Error> {
        self.meter.charge(16)?;
        let (narrow, wide) = (narrow.target(self.narrow_root), wide.target(self.wide_root));
        let pair = (std::ptr::from_ref(narrow.schema).addr(), std::ptr::from_ref(wide.schema).addr());
        if depth > DEPTH {
            self.leave_open(&wide, "$ref");
            return Ok(());
        }
        // Kept after the proof too: what was open there is listed already.
        if !self.assumed.insert(pair) || self.is_unchanged(narrow.schema, wide.schema)? {
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
            if !says_nothing(keyword) && !self.holds(keyword, value, present, wide_members)? {
                self.part(keyword, value, (&narrow, narrow_members), (&wide, wide_members), depth)?;
            }
        }
        Ok(())
    }

    /// Whether two schemas are the same, whatever their keywords mean; what they refer to may have changed.
    fn is_unchanged(&self, narrow: &Document, wide: &Document) -> Result<bool, Error> {
        Ok(!refers(narrow) && same(narrow, wide, self.meter)?)
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
                _ => self.stays_together(keyword, narrow, wide)?,
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
            _ => self.stays_together(keyword, narrow, wide)?,
        } || facts::listed_keep(narrow, keyword, limit))
    }

    /// Whether all of the keyword's group are the same in both.
    fn stays_together(&self, keyword: &str, narrow: &Members, wide: &Members) -> Result<bool, Error> {
        let Some(group) = TOGETHER.iter().find(|group| group.contains(&keyword)) else {
            return Ok(false);
        };
        for name in *group {
            let stays = match (narrow.get(*name), wide.get(*name)) {
                (None, None) => true,
                (Some(one), Some(other)) => !refers(other) && same(one, other, self.meter)?,
                (None, Some(_)) | (Some(_), None) => false,
            };
            if !stays {
                return Ok(false);
            }
        }
        Ok(true)
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
            ("patternProperties", Document::Obj(all)) => {
                for (key, schema) in all.iter() {
                    // Whatever else is said of a name that matches, this is.
                    let known =
                        narrow_members.and_then(|all| facts::map(all, keyword)).and_then(|all| all.get(key));
                    let to = wide.below(schema, &format!("{keyword}/{}", escape(key.literal())));
                    self.within(narrow.below(known.unwrap_or(&ANYTHING), keyword), to, depth + 1)?;
                }
                Ok(())
            }
            ("additionalProperties", _) if exempts(wide_members, narrow_members) => {
                let to = wide.below(value, keyword);
                let known = facts::map(wide_members, "properties");
                let is_new = |key: &Key| !known.is_some_and(|known| known.contains_key(key));
                let listed = narrow_members.and_then(|all| facts::map(all, "properties"));
                for (_, schema) in listed.into_iter().flatten().filter(|(key, _)| is_new(key)) {
                    self.within(narrow.below(schema, "properties"), to.clone(), depth + 1)?;
                }
                // What matches a pattern is exempt on both sides.
                let rest = narrow_members.and_then(|all| all.get(keyword)).unwrap_or(&ANYTHING);
                self.within(narrow.below(rest, keyword), to, depth + 1)
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

/// The keywords of a schema, unless a `$ref` stands beside them: until draft 7 it makes them void.
fn facts_of(schema: &Document) -> Option<&Members> {
    members(schema).filter(|members| !members.contains_key("$ref"))
}

pub(super) fn members(schema: &Document) -> Option<&Members> {
    match schema {
        Document::Obj(members) => Some(members),
        _ => None,
    }
}

/// Whether every pattern of names of the narrow schema is one of the wide schema too.
fn exempts(wide: &Members, narrow: Option<&Members>) -> bool {
    let known = facts::map(wide, "patternProperties");
    let narrow = narrow.and_then(|all| facts::map(all, "patternProperties"));
    narrow.into_iter().flatten().all(|(key, _)| known.is_some_and(|known| known.contains_key(key)))
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
