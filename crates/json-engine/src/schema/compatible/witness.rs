//! Witness: documents that may show where two schemas differ: values at the bounds of both, and one step beyond.
//!
//! Nothing is concluded from a candidate before both schemas have judged it. Cost: at most a few hundred candidates.

use std::sync::Arc;

use super::facts::{self, ARRAY, BOOLEAN, FRACTION, NULL, NUMBER, OBJECT, STRING};
use super::prove::members;
use super::reference::{followable, target};
use crate::budget::Meter;
use crate::document::{Document, Key, Members, Number};
use crate::error::Error;

/// Most candidates of one schema below the root.
const FEW: usize = 12;
/// Most candidates of the root.
const MANY: usize = 400;
/// Deepest schema that is looked into.
const DEPTH: u32 = 6;
/// Longest string and array that are made up.
const LONGEST: i64 = 4096;

const BOUNDS: [&str; 5] = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];
/// Keywords about members, and those that hold other schemas.
const PARTS: [&str; 6] = ["additionalProperties", "allOf", "anyOf", "oneOf", "properties", "required"];
/// Keywords about elements.
const ELEMENTS: [&str; 4] = ["items", "maxItems", "minItems", "uniqueItems"];
/// A string of each of the usual formats, and one of none.
const TEXTS: [&str; 8] = [
    "a",
    "",
    "2020-01-31",
    "2020-01-31T00:00:00Z",
    "00000000-0000-4000-8000-000000000000",
    "a@example.com",
    "https://example.com/",
    "192.0.2.1",
];

/// Documents to be tried.
pub(super) fn candidates(
    narrow: &Document,
    wide: &Document,
    meter: &Meter<'_>,
) -> Result<Vec<Document>, Error> {
    let maker = Maker { roots: (followable(narrow), followable(wide)), meter };
    let mut all = maker.samples(narrow, wide, 0)?;
    all.truncate(MANY);
    Ok(all)
}

struct Maker<'s, 'm> {
    roots: (Option<&'s Document>, Option<&'s Document>),
    meter: &'m Meter<'m>,
}

impl Maker<'_, '_> {
    fn samples(&self, narrow: &Document, wide: &Document, depth: u32) -> Result<Vec<Document>, Error> {
        self.meter.charge(64)?;
        let (narrow, wide) = (target(narrow, self.roots.0).0, target(wide, self.roots.1).0);
        let empty = Members::default();
        let pair = (members(narrow).unwrap_or(&empty), members(wide).unwrap_or(&empty));
        let mut all: Vec<Document> = Vec::new();
        for schema in [pair.0, pair.1] {
            all.extend(facts::values(schema).into_iter().flatten().take(FEW).cloned());
        }
        let mut parts = Vec::new();
        if depth < DEPTH {
            self.branches((narrow, wide), pair, depth, &mut parts)?;
            self.containers(pair, depth, &mut parts)?;
        }
        // Only a few are kept: what the schemas speak of comes first.
        if speaks_of(pair, &PARTS) || speaks_of(pair, &ELEMENTS) {
            all.append(&mut parts);
        }
        scalars(pair, &mut all);
        all.append(&mut parts);
        all.sort_by_key(|value| !is_plausible(pair.0, value));
        all.truncate(if depth == 0 { MANY } else { FEW });
        Ok(all)
    }

    /// What the parts of a combination would allow.
    fn branches(
        &self,
        (narrow, wide): (&Document, &Document),
        pair: (&Members, &Members),
        depth: u32,
        all: &mut Vec<Document>,
    ) -> Result<(), Error> {
        for keyword in ["anyOf", "oneOf", "allOf"] {
            if let Some(Document::Arr(parts)) = pair.0.get(keyword) {
                for part in parts.iter().take(FEW) {
                    all.extend(self.samples(part, wide, depth + 1)?);
                }
            }
            if let Some(Document::Arr(parts)) = pair.1.get(keyword) {
                for part in parts.iter().take(FEW) {
                    all.extend(self.samples(narrow, part, depth + 1)?);
                }
            }
        }
        Ok(())
    }

    fn containers(
        &self,
        pair: (&Members, &Members),
        depth: u32,
        all: &mut Vec<Document>,
    ) -> Result<(), Error> {
        if speaks_of(pair, &ELEMENTS) {
            self.arrays(pair, depth, all)?;
            return self.objects(pair, depth, all);
        }
        self.objects(pair, depth, all)?;
        self.arrays(pair, depth, all)
    }

    fn arrays(&self, pair: (&Members, &Members), depth: u32, all: &mut Vec<Document>) -> Result<(), Error> {
        if facts::types(pair.0) & ARRAY == 0 {
            return Ok(());
        }
        let items = |schema: &Members| schema.get("items").cloned().unwrap_or(Document::Bool(true));
        let elements = self.samples(&items(pair.0), &items(pair.1), depth + 1)?;
        all.push(Document::Arr(Arc::default()));
        let mut lengths = around(pair, &["minItems", "maxItems"]);
        lengths.push(2);
        for length in lengths {
            let length = usize::try_from(length).unwrap_or(0);
            let one = elements.first().cloned().unwrap_or(Document::Null);
            all.push(Document::Arr(Arc::new(vec![one; length])));
        }
        let least = facts::number(pair.0, "minItems").and_then(small).unwrap_or(1).clamp(1, LONGEST);
        let least = usize::try_from(least).unwrap_or(1);
        all.extend(elements.into_iter().map(|element| Document::Arr(Arc::new(vec![element; least]))));
        Ok(())
    }

    fn objects(&self, pair: (&Members, &Members), depth: u32, all: &mut Vec<Document>) -> Result<(), Error> {
        if facts::types(pair.0) & OBJECT == 0 {
            return Ok(());
        }
        let mut values: Vec<(Key, Vec<Document>)> = Vec::new();
        let listed = [pair.0, pair.1].into_iter().filter_map(|schema| facts::map(schema, "properties"));
        let needed = [pair.0, pair.1].into_iter().flat_map(facts::required).filter_map(|name| match name {
            Document::Str(text) => Some(Key::Text(text.clone())),
            _ => None,
        });
        let names = listed.flat_map(|all| all.keys().take(64).cloned());
        for key in names.chain(needed).chain([Key::Text("other".into())]) {
            if values.iter().all(|(present, _)| *present != key) {
                let (narrow, wide) = (member(pair.0, &key), member(pair.1, &key));
                values.push((key, self.samples(&narrow, &wide, depth + 1)?));
            }
        }
        let is_needed = |key: &Key| {
            facts::required(pair.0)
                .iter()
                .any(|name| matches!(name, Document::Str(text) if key.as_text() == Some(text)))
        };
        let least: Members = values
            .iter()
            .filter(|(key, _)| is_needed(key))
            .map(|(key, samples)| (key.clone(), samples.first().cloned().unwrap_or(Document::Null)))
            .collect();
        all.push(Document::Obj(Arc::new(least.clone())));
        for (key, samples) in &values {
            for sample in samples {
                let mut object = least.clone();
                object.insert(key.clone(), sample.clone());
                all.push(Document::Obj(Arc::new(object)));
            }
        }
        let full = values.iter().filter_map(|(key, samples)| Some((key.clone(), samples.first()?.clone())));
        all.push(Document::Obj(Arc::new(full.collect())));
        Ok(())
    }
}

fn speaks_of((narrow, wide): (&Members, &Members), keywords: &[&str]) -> bool {
    keywords.iter().any(|keyword| narrow.contains_key(*keyword) || wide.contains_key(*keyword))
}

fn member(schema: &Members, key: &Key) -> Document {
    let listed = facts::map(schema, "properties").and_then(|all| all.get(key));
    listed.or_else(|| schema.get("additionalProperties")).cloned().unwrap_or(Document::Bool(true))
}

fn scalars(pair: (&Members, &Members), all: &mut Vec<Document>) {
    let types = facts::types(pair.0);
    if types & STRING != 0 {
        all.extend(TEXTS.iter().map(|text| Document::Str((*text).into())));
        for length in around(pair, &["minLength", "maxLength"]) {
            let length = usize::try_from(length).unwrap_or(0);
            // One of them is perhaps not listed.
            all.extend(["a", "z"].map(|letter| Document::Str(letter.repeat(length).into())));
        }
    }
    if types & NUMBER != 0 {
        let bounds = [pair.0, pair.1]
            .into_iter()
            .flat_map(|schema| BOUNDS.iter().filter_map(|name| facts::number(schema, name)));
        all.extend(bounds.cloned().map(Document::Number));
        let near = around(pair, &BOUNDS).into_iter().chain([0, 1, -1, 1_000_000]);
        all.extend(near.map(|integer| Document::Number(Number::I64(integer))));
    }
    if types & FRACTION != 0 {
        let literals = ["0.5", "-0.5", "1e300"].iter();
        all.extend(literals.map(|literal| Document::Number(Number::from_literal(literal))));
    }
    if types & BOOLEAN != 0 {
        all.extend([Document::Bool(true), Document::Bool(false)]);
    }
    if types & NULL != 0 {
        all.push(Document::Null);
    }
}

/// Integers at and next to what these keywords say; of lengths those that can be made up.
fn around((narrow, wide): (&Members, &Members), keywords: &[&str]) -> Vec<i64> {
    let are_lengths = keywords != BOUNDS;
    let numbers = [narrow, wide]
        .into_iter()
        .flat_map(|schema| keywords.iter().filter_map(|name| facts::number(schema, name).and_then(small)));
    let near = numbers.flat_map(|integer| [integer, integer.saturating_add(1), integer.saturating_sub(1)]);
    near.filter(|integer| !are_lengths || (0..=LONGEST).contains(integer)).collect()
}

fn small(number: &Number) -> Option<i64> {
    match number {
        Number::I64(integer) => Some(*integer),
        Number::Literal(_) => None,
    }
}

/// A first guess whether a schema allows a value: what is likely to be allowed is tried first, and makes up the rest of an
/// object.
fn is_plausible(schema: &Members, value: &Document) -> bool {
    let at_least = |keyword, size: &Number| facts::number(schema, keyword).is_none_or(|limit| size >= limit);
    let at_most = |keyword, size: &Number| facts::number(schema, keyword).is_none_or(|limit| size <= limit);
    let differs = |keyword, size: &Number| facts::number(schema, keyword).is_none_or(|limit| size != limit);
    let length = |size: usize| Number::I64(i64::try_from(size).unwrap_or(i64::MAX));
    let is_listed = facts::values(schema)
        .is_none_or(|values| values.iter().any(|one| super::text(one) == super::text(value)));
    is_listed
        && facts::types(schema) & facts::type_of(value) != 0
        && match value {
            Document::Number(number) => {
                ["minimum", "exclusiveMinimum"].iter().all(|keyword| at_least(keyword, number))
                    && ["maximum", "exclusiveMaximum"].iter().all(|keyword| at_most(keyword, number))
                    && ["exclusiveMinimum", "exclusiveMaximum"].iter().all(|keyword| differs(keyword, number))
            }
            Document::Str(text) => {
                let size = length(text.chars().count());
                at_least("minLength", &size) && at_most("maxLength", &size)
            }
            Document::Arr(elements) => {
                let size = length(elements.len());
                at_least("minItems", &size) && at_most("maxItems", &size)
            }
            Document::Obj(members) => facts::required(schema)
                .iter()
                .all(|name| matches!(name, Document::Str(text) if members.contains_key(text.as_ref()))),
            Document::Null | Document::Bool(_) | Document::Surrogates(_) => true,
        }
}
