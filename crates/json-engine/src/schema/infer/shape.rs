//! Shape: what the values at one place have in common.
//!
//! Promise: what was seen satisfies the description; merging is as seeing both. Cost: a visit a value; memory by the
//! places, which are held.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::formats;
use super::objects::Objects;
use crate::document::{Document, Key, Members, Number};
use crate::schema::node::Place;
use crate::schema::run::Run;

/// Most different strings of an `enum`.
const DISTINCT: usize = 10;
/// Longest string of an `enum`, in bytes.
const ENUM_BYTES: usize = 64;
/// How often each string of an `enum` must have come on average.
const REPEATED: u64 = 3;

/// What was seen at one place.
#[derive(Debug, Clone, Default)]
pub(super) struct Shape {
    /// Values of any type.
    pub(super) count: u64,
    nulls: u64,
    booleans: u64,
    numbers: Option<Numbers>,
    strings: Option<Strings>,
    arrays: Option<Arrays>,
    objects: Option<Objects>,
}

#[derive(Debug, Clone)]
struct Numbers {
    all_integers: bool,
    least: Number,
    most: Number,
}

#[derive(Debug, Clone)]
struct Strings {
    count: u64,
    least: u64,
    most: u64,
    /// Bits of the formats that all have.
    formats: u8,
    /// `None` where there are too many.
    distinct: Option<BTreeSet<Arc<str>>>,
}

#[derive(Debug, Clone)]
struct Arrays {
    least: u64,
    most: u64,
    items: Box<Shape>,
}

impl Shape {
    /// Learns from a value. Recurses by its depth, at most 512.
    pub(super) fn add(&mut self, document: &Document, run: &Run<'_>) {
        run.charge(1);
        self.count += 1;
        match document {
            Document::Null => self.nulls += 1,
            Document::Bool(_) => self.booleans += 1,
            Document::Number(number) => {
                self.numbers.get_or_insert_with(|| Numbers::of(number)).add(number);
            }
            Document::Str(text) => {
                let strings = self.strings.get_or_insert_default();
                let formats = formats::of(Place::root(document, run), text, strings.formats);
                run.charge(text.len() as u64 / 16);
                strings.add(text, formats);
            }
            Document::Surrogates(literal) => {
                let strings = self.strings.get_or_insert_default();
                strings.add(&crate::schema::node::replaced(literal).into(), 0);
                strings.distinct = None;
            }
            Document::Arr(elements) => {
                let length = elements.len() as u64;
                let seen = Arrays { least: length, most: length, items: Box::default() };
                join(&mut self.arrays, seen, Arrays::merge);
                let items = self.arrays.as_mut().map(|arrays| &mut arrays.items);
                items.into_iter().for_each(|items| elements.iter().for_each(|one| items.add(one, run)));
            }
            Document::Obj(members) => self.objects.get_or_insert_default().add(members, run),
        }
    }

    pub(super) fn merge(&mut self, other: Shape) {
        self.count += other.count;
        self.nulls += other.nulls;
        self.booleans += other.booleans;
        other.numbers.into_iter().for_each(|seen| join(&mut self.numbers, seen, Numbers::merge));
        other.strings.into_iter().for_each(|seen| join(&mut self.strings, seen, Strings::merge));
        other.arrays.into_iter().for_each(|seen| join(&mut self.arrays, seen, Arrays::merge));
        other.objects.into_iter().for_each(|seen| join(&mut self.objects, seen, Objects::merge));
    }

    /// Writes its keywords.
    pub(super) fn describe(&self, out: &mut Members) {
        let types = self.types();
        match &types[..] {
            [] => return,
            [only] => set(out, "type", string(only)),
            several => set(out, "type", array(several.iter().map(|name| string(name)))),
        }
        if let Some(numbers) = &self.numbers {
            set(out, "minimum", Document::Number(numbers.least.clone()));
            set(out, "maximum", Document::Number(numbers.most.clone()));
        }
        if let Some(strings) = &self.strings {
            strings.describe(types.len() == 1, out);
        }
        if let Some(arrays) = &self.arrays {
            set(out, "minItems", count(arrays.least));
            set(out, "maxItems", count(arrays.most));
            let mut items = Members::default();
            arrays.items.describe(&mut items);
            set(out, "items", Document::Obj(Arc::new(items)));
        }
        if let Some(objects) = &self.objects {
            objects.describe(out);
        }
    }

    fn types(&self) -> Vec<&'static str> {
        let number = self.numbers.as_ref().map(|all| if all.all_integers { "integer" } else { "number" });
        let seen = [
            (self.nulls > 0).then_some("null"),
            (self.booleans > 0).then_some("boolean"),
            number,
            self.strings.as_ref().map(|_| "string"),
            self.arrays.as_ref().map(|_| "array"),
            self.objects.as_ref().map(|_| "object"),
        ];
        seen.into_iter().flatten().collect()
    }
}

impl Numbers {
    fn of(number: &Number) -> Numbers {
        Numbers { all_integers: true, least: number.clone(), most: number.clone() }
    }

    fn add(&mut self, number: &Number) {
        self.all_integers = self.all_integers && number.is_integer();
        if *number < self.least {
            self.least = number.clone();
        } else if *number > self.most {
            self.most = number.clone();
        }
    }

    fn merge(&mut self, other: Numbers) {
        self.all_integers &= other.all_integers;
        if other.least < self.least {
            self.least = other.least;
        }
        if other.most > self.most {
            self.most = other.most;
        }
    }
}

impl Default for Strings {
    /// None yet: they may have any format.
    fn default() -> Strings {
        Strings { count: 0, least: u64::MAX, most: 0, formats: u8::MAX, distinct: Some(BTreeSet::new()) }
    }
}

impl Strings {
    fn add(&mut self, text: &Arc<str>, formats: u8) {
        let length = text.chars().count() as u64;
        self.count += 1;
        self.least = self.least.min(length);
        self.most = self.most.max(length);
        self.formats &= formats;
        let Some(all) = &mut self.distinct else { return };
        if text.len() <= ENUM_BYTES && (all.contains(text) || all.len() < DISTINCT) {
            all.insert(text.clone());
        } else {
            self.distinct = None;
        }
    }

    fn merge(&mut self, other: Strings) {
        self.count += other.count;
        self.least = self.least.min(other.least);
        self.most = self.most.max(other.most);
        self.formats &= other.formats;
        self.distinct = match (self.distinct.take(), other.distinct) {
            (Some(mut all), Some(more)) => {
                all.extend(more);
                Some(all).filter(|all| all.len() <= DISTINCT)
            }
            _ => None,
        };
    }

    /// An `enum` speaks of all values, so it is written only where strings stand alone.
    fn describe(&self, is_alone: bool, out: &mut Members) {
        let repeats = |all: &&BTreeSet<Arc<str>>| self.count >= REPEATED * all.len() as u64;
        if let Some(all) = self.distinct.as_ref().filter(repeats).filter(|_| is_alone) {
            set(out, "enum", array(all.iter().map(|text| Document::Str(text.clone()))));
            return;
        }
        set(out, "minLength", count(self.least));
        set(out, "maxLength", count(self.most));
        if let Some(bit) = (0..formats::NAMES.len()).find(|bit| self.formats & (1 << bit) != 0) {
            set(out, "format", string(formats::NAMES[bit]));
        }
    }
}

impl Arrays {
    fn merge(&mut self, other: Arrays) {
        self.least = self.least.min(other.least);
        self.most = self.most.max(other.most);
        self.items.merge(*other.items);
    }
}

fn join<T>(present: &mut Option<T>, seen: T, merge: fn(&mut T, T)) {
    match present {
        Some(present) => merge(present, seen),
        None => *present = Some(seen),
    }
}

pub(super) fn set(out: &mut Members, keyword: &str, value: Document) {
    out.insert(Key::Text(keyword.into()), value);
}

fn string(text: &str) -> Document {
    Document::Str(text.into())
}

fn array(values: impl Iterator<Item = Document>) -> Document {
    Document::Arr(Arc::new(values.collect()))
}

fn count(size: u64) -> Document {
    Document::Number(Number::I64(i64::try_from(size).unwrap_or(i64::MAX)))
}
