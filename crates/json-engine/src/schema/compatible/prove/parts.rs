//! Parts: the keywords that are about parts of a value, or that join schemas; each is proved by proofs about the parts.

use super::{Proof, Side, facts_of};
use crate::document::{Document, Key, Members};
use crate::error::Error;
use crate::pointer::escape;
use crate::schema::compatible::facts::{self, ARRAY, OBJECT};

/// The schema that allows everything.
static ANYTHING: Document = Document::Bool(true);

/// A schema and its keywords, where it has any that say something.
type Narrow<'p, 's> = (&'p Side<'s>, Option<&'s Members>);
/// A schema and its keywords.
type Wide<'p, 's> = (&'p Side<'s>, &'s Members);

impl<'s> Proof<'s, '_> {
    /// Proves `keyword` of the wide schema, or leaves it open.
    pub(super) fn part(
        &mut self,
        keyword: &str,
        value: &'s Document,
        narrow: Narrow<'_, 's>,
        wide: Wide<'_, 's>,
        depth: u32,
    ) -> Result<(), Error> {
        let types = narrow.1.map_or(u8::MAX, facts::types);
        match (keyword, value) {
            ("properties" | "additionalProperties", _) if types & OBJECT == 0 => Ok(()),
            ("items", _) if types & ARRAY == 0 => Ok(()),
            ("properties", Document::Obj(all)) => self.properties(all, narrow, wide.0, depth),
            ("patternProperties", Document::Obj(all)) => self.pattern_properties(all, narrow, wide.0, depth),
            ("additionalProperties", _) if exempts(wide.1, narrow.1) => {
                self.additional_properties(value, narrow, wide, depth)
            }
            ("items", Document::Obj(_) | Document::Bool(_))
                if !has(narrow.1, "prefixItems") && !wide.1.contains_key("prefixItems") =>
            {
                let items = match narrow.1.and_then(|all| all.get("items")) {
                    Some(items @ (Document::Obj(_) | Document::Bool(_))) => items,
                    _ => &ANYTHING,
                };
                self.within(narrow.0.below(items, keyword), wide.0.below(value, keyword), depth + 1)
            }
            ("allOf", Document::Arr(all)) => self.each(all, narrow.0, wide.0, depth),
            ("anyOf", Document::Arr(all)) => self.union(all, narrow.0, wide.0, depth),
            _ => {
                self.leave_open(wide.0, keyword);
                Ok(())
            }
        }
    }

    fn properties(
        &mut self,
        all: &'s Members,
        (narrow, said): Narrow<'_, 's>,
        wide: &Side<'s>,
        depth: u32,
    ) -> Result<(), Error> {
        for (key, schema) in all {
            let from = narrow.below(member(said, key), "properties");
            let to = wide.below(schema, &format!("properties/{}", escape(key.literal())));
            self.within(from, to, depth + 1)?;
        }
        Ok(())
    }

    fn pattern_properties(
        &mut self,
        all: &'s Members,
        (narrow, said): Narrow<'_, 's>,
        wide: &Side<'s>,
        depth: u32,
    ) -> Result<(), Error> {
        const KEYWORD: &str = "patternProperties";
        for (key, schema) in all {
            // Whatever else is said of a name that matches, this is.
            let known = said.and_then(|all| facts::map(all, KEYWORD)).and_then(|all| all.get(key));
            let to = wide.below(schema, &format!("{KEYWORD}/{}", escape(key.literal())));
            self.within(narrow.below(known.unwrap_or(&ANYTHING), KEYWORD), to, depth + 1)?;
        }
        Ok(())
    }

    fn additional_properties(
        &mut self,
        value: &'s Document,
        (narrow, said): Narrow<'_, 's>,
        (wide, wide_members): Wide<'_, 's>,
        depth: u32,
    ) -> Result<(), Error> {
        const KEYWORD: &str = "additionalProperties";
        let to = wide.below(value, KEYWORD);
        let known = facts::map(wide_members, "properties");
        let is_new = |key: &Key| !known.is_some_and(|known| known.contains_key(key));
        let listed = said.and_then(|all| facts::map(all, "properties"));
        for (_, schema) in listed.into_iter().flatten().filter(|(key, _)| is_new(key)) {
            self.within(narrow.below(schema, "properties"), to.clone(), depth + 1)?;
        }
        // What matches a pattern is exempt on both sides.
        let rest = said.and_then(|all| all.get(KEYWORD)).unwrap_or(&ANYTHING);
        self.within(narrow.below(rest, KEYWORD), to, depth + 1)
    }

    fn each(
        &mut self,
        all: &'s [Document],
        narrow: &Side<'s>,
        wide: &Side<'s>,
        depth: u32,
    ) -> Result<(), Error> {
        for (index, schema) in all.iter().enumerate() {
            self.within(narrow.clone(), wide.below(schema, &format!("allOf/{index}")), depth + 1)?;
        }
        Ok(())
    }

    /// Each schema of the narrow `anyOf`, or the narrow schema itself, lies within one of the wide `anyOf`.
    fn union(
        &mut self,
        all: &'s [Document],
        narrow: &Side<'s>,
        wide: &Side<'s>,
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
