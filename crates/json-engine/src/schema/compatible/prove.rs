//! Prove: that each keyword of the wider schema holds wherever the narrower schema allows a value.
//!
//! Promise: each rule is sound alone, so a keyword that no rule knows is left open and never taken as proved. Cost: a
//! visit a pair of subschemas, at most [`DEPTH`] deep; each is charged.

mod limits;
mod parts;

use std::collections::HashSet;

use super::facts::{self, ARRAY, OBJECT, STRING};
use super::reference::{followable, refers, says_nothing, target};
use crate::budget::Meter;
use crate::document::{Document, Members};
use crate::equal::same;
use crate::error::Error;
use crate::pointer::escape;

/// Deepest unfolding, in schemas.
const DEPTH: u32 = 128;
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
        if let Document::Number(limit) = value
            && let Some(follows) = limits::follows(keyword, limit, narrow)
        {
            return Ok(follows);
        }
        let types = facts::types(narrow);
        let equal = |keyword: &str| narrow.get(keyword).map_or(Ok(false), |one| same(one, value, self.meter));
        Ok(match keyword {
            "type" => types & !facts::types(wide) == 0,
            "enum" | "const" => self.among(narrow, wide)?,
            "required" => types & OBJECT == 0 || self.all_in(value, &facts::required(narrow))?,
            "uniqueItems" => types & ARRAY == 0 || matches!(value, Document::Bool(false)) || equal(keyword)?,
            "pattern" | "format" if types & STRING == 0 => true,
            _ if ALONE.contains(&keyword) => !refers(value) && equal(keyword)?,
            _ => self.stays_together(keyword, narrow, wide)?,
        })
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
