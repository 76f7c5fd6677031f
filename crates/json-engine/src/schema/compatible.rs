//! Compatible: whether what one schema allows, another allows too.
//!
//! Promise: COMPATIBLE is proved, keyword by keyword; BREAKS comes with a value that one schema allows and the other does
//! not, tried on both; anything else is UNDECIDED and names the keyword. Cost: the size of the schemas, and of what a
//! `$ref` unfolds; under the budget.

mod facts;
mod prove;
mod reference;
mod witness;

use super::{Schema, SchemaOptions};
use crate::budget::Meter;
use crate::document::Document;
use crate::{Budget, Error, ScanOptions};
use prove::{Proof, Side};
pub(super) use reference::says_nothing;

/// What must be able to read what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compatibility {
    /// The new schema allows every document that the old one allows.
    Backward,
    /// The old schema allows every document that the new one allows.
    Forward,
    /// Both.
    Full,
}

/// What was found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// It is proved.
    Compatible,
    /// There is a document that proves the contrary.
    Breaks,
    /// Neither was found.
    Undecided,
}

/// Why two schemas are not known to be compatible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// [`Compatibility::Backward`] or [`Compatibility::Forward`].
    pub direction: Compatibility,
    /// [`Judgement::Breaks`] or [`Judgement::Undecided`].
    pub judgement: Judgement,
    /// JSON Pointer of the keyword, in the schema that must allow more.
    pub pointer: String,
    /// The keyword.
    pub rule: String,
    /// Where it breaks: a document, as JSON, that one schema allows and the other does not, by this keyword where there is
    /// one that shows it.
    pub example: Option<String>,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// The worst of the reasons.
    pub judgement: Judgement,
    /// The keywords that could not be proved.
    pub reasons: Vec<Reason>,
}

/// Compares two schemas, each JSON. Fails where one is no schema, and on limits and budget.
pub fn compatible(
    (old, new): (&[u8], &[u8]),
    wanted: Compatibility,
    options: &SchemaOptions<'_>,
    scan: &ScanOptions,
    budget: &Budget,
) -> Result<Compared, Error> {
    let read = |text: &[u8]| -> Result<(Document, Schema), Error> {
        let schema = Schema::compile(text, options, scan, budget)?;
        Ok((crate::parse::parse(text, scan)?.0, schema))
    };
    let (old, new) = (read(old)?, read(new)?);
    if crate::equal::same(&old.0, &new.0, &Meter::open(budget)?)? {
        return Ok(Compared { judgement: Judgement::Compatible, reasons: Vec::new() });
    }
    let mut reasons = Vec::new();
    if wanted != Compatibility::Forward {
        reasons.extend(one_way(&old, &new, Compatibility::Backward, budget)?);
    }
    if wanted != Compatibility::Backward {
        reasons.extend(one_way(&new, &old, Compatibility::Forward, budget)?);
    }
    let breaks = reasons.iter().any(|reason| reason.judgement == Judgement::Breaks);
    let judgement = match (breaks, reasons.is_empty()) {
        (true, _) => Judgement::Breaks,
        (false, true) => Judgement::Compatible,
        (false, false) => Judgement::Undecided,
    };
    Ok(Compared { judgement, reasons })
}

/// Why `wide` is not known to allow all that `narrow` allows.
fn one_way(
    narrow: &(Document, Schema),
    wide: &(Document, Schema),
    direction: Compatibility,
    budget: &Budget,
) -> Result<Vec<Reason>, Error> {
    let meter = Meter::open(budget)?;
    let mut open = Vec::new();
    if draft(&narrow.0) != draft(&wide.0) || narrow.1.is_draft4() {
        open.push(("/$schema".to_owned(), "$schema".to_owned()));
    }
    let mut proof = Proof::new(&narrow.0, &wide.0, &meter);
    proof.within(Side::root(&narrow.0), Side::root(&wide.0), 0)?;
    open.append(&mut proof.open);
    if open.is_empty() {
        return Ok(Vec::new());
    }
    let examples = examples(narrow, wide, &open, budget)?;
    let reason = |((pointer, rule), example): ((String, String), Option<String>)| {
        let judgement = if example.is_some() { Judgement::Breaks } else { Judgement::Undecided };
        Reason { direction, judgement, pointer, rule, example }
    };
    Ok(open.into_iter().zip(examples).map(reason).collect())
}

/// For each of the keywords a document that breaks it; one that breaks none of them stands for all.
fn examples(
    narrow: &(Document, Schema),
    wide: &(Document, Schema),
    open: &[(String, String)],
    budget: &Budget,
) -> Result<Vec<Option<String>>, Error> {
    let meter = Meter::open(budget)?;
    let mut examples = vec![None; open.len()];
    let mut any = None;
    for document in witness::candidates(&narrow.0, &wide.0, &meter)? {
        if !narrow.1.allows(&document, budget)? {
            continue;
        }
        let failing = wide.1.failing(&document, budget)?;
        if !failing.is_empty() {
            any.get_or_insert_with(|| text(&document));
        }
        for ((pointer, _), example) in open.iter().zip(&mut examples) {
            if example.is_none() && failing.contains(pointer) {
                *example = Some(text(&document));
            }
        }
        if examples.iter().all(Option::is_some) {
            return Ok(examples);
        }
    }
    if examples.iter().all(Option::is_none) {
        examples.fill(any);
    }
    Ok(examples)
}

/// What `$schema` says; keywords of different drafts are not comparable.
fn draft(schema: &Document) -> Option<&str> {
    match prove::members(schema)?.get("$schema") {
        Some(Document::Str(uri)) => Some(uri),
        _ => None,
    }
}

fn text(document: &Document) -> String {
    let mut out = Vec::new();
    crate::write::document(document, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}
