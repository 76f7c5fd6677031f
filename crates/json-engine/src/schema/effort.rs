//! Effort: what compiling a schema will take, known before it is compiled, since the compiler cannot be stopped.
//!
//! Promise: what passes has at most 2,000 links in a chain of references, where 10,000 took under a second, and patterns of at
//! most 320,000 states. Cost: a look at each value, and a parse of each pattern.

mod pattern;

use crate::budget::Meter;
use crate::document::{Document, Members};
use crate::error::{Error, LimitKind};

pub(super) use pattern::states;

/// Most effort of compiling a schema together with all that it refers to: a value is one, a reference 8 more, 16 states of a
/// pattern one.
pub const MAX_EFFORT: u64 = 20_000;
/// What following a reference adds: each link is compiled with the names of those before it.
const REFERENCE: u64 = 8;
/// States of patterns that take as much as a value.
const STATES: u64 = 16;

/// The effort of `schema`; fails where it is more than [`MAX_EFFORT`], and on the budget. Recurses by the depth of the schema.
pub(super) fn of(schema: &Document, meter: &Meter<'_>) -> Result<u64, Error> {
    let mut effort = 0;
    add(schema, &mut effort, meter)?;
    Ok(effort)
}

/// The error of an effort beyond [`MAX_EFFORT`].
pub(super) fn within(effort: u64) -> Result<(), Error> {
    if effort <= MAX_EFFORT {
        return Ok(());
    }
    Err(Error::Limit { limit: LimitKind::SchemaEffort, allowed: MAX_EFFORT, actual: effort, position: None })
}

fn add(document: &Document, effort: &mut u64, meter: &Meter<'_>) -> Result<(), Error> {
    meter.charge(1)?;
    *effort += 1;
    match document {
        Document::Arr(elements) => elements.iter().try_for_each(|element| add(element, effort, meter))?,
        Document::Obj(members) => {
            keywords(members, effort, meter)?;
            members.values().try_for_each(|value| add(value, effort, meter))?;
        }
        Document::Null
        | Document::Bool(_)
        | Document::Number(_)
        | Document::Str(_)
        | Document::Surrogates(_) => {}
    }
    within(*effort)
}

/// States of the patterns that a schema matches the names of members with. Recurses by the depth of the schema.
pub(super) fn states_of_names(schema: &Document) -> u64 {
    let below: u64 = match schema {
        Document::Arr(elements) => elements.iter().map(states_of_names).sum(),
        Document::Obj(members) => members.values().map(states_of_names).sum(),
        Document::Null
        | Document::Bool(_)
        | Document::Number(_)
        | Document::Str(_)
        | Document::Surrogates(_) => 0,
    };
    let own: u64 = match schema {
        Document::Obj(members) => patterns_of_names(members).map(states).sum(),
        _ => 0,
    };
    below + own
}

fn patterns_of_names(members: &Members) -> impl Iterator<Item = &str> {
    let named = match members.get("patternProperties") {
        Some(Document::Obj(named)) => Some(named),
        _ => None,
    };
    named.into_iter().flat_map(|named| named.keys()).filter_map(|key| key.as_text())
}

/// What an object adds, as if it were a schema: whether it is one cannot be seen.
fn keywords(members: &Members, effort: &mut u64, meter: &Meter<'_>) -> Result<(), Error> {
    for keyword in ["$ref", "$dynamicRef", "$recursiveRef"] {
        if matches!(members.get(keyword), Some(Document::Str(_))) {
            *effort += REFERENCE;
        }
    }
    let mut count = |pattern: &str| {
        meter.charge(pattern.len() as u64)?;
        *effort = effort.saturating_add(states(pattern) / STATES);
        within(*effort)
    };
    if let Some(Document::Str(pattern)) = members.get("pattern") {
        count(pattern)?;
    }
    patterns_of_names(members).try_for_each(count)
}
