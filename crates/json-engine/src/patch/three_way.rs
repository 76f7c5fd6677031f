//! Three-way merge: two documents that came from one, as one.
//!
//! Promise: what one side alone has changed is taken; what both have changed in the same way is taken once; where they
//! disagree, our value stays and the conflict is listed. Equal is by exact value.
//! Cost: a parse of three texts, one table of all values, and what arrays cost by their rule; never quadratic.

mod chunks;
mod keyed;

use std::sync::Arc;

use super::arrays::Arrays;
use super::classes::{Classes, Node};
use super::path::{Place, shown};
use super::{read_part, text};
use crate::answer::written;
use crate::budget::{Budget, Meter};
use crate::document::{Document, Key, Members, VALUE_BYTES};
use crate::error::Error;
use crate::input::Input;
use crate::{Limits, ScanOptions};

/// How three documents are merged.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ThreeWayOptions {
    /// How the elements of arrays are matched.
    pub arrays: Arrays,
}

/// What kind of conflict it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConflictKind {
    /// Both sides changed the value, and not to the same.
    BothChanged,
    /// Both sides added a value that the base does not have, and not the same.
    BothAdded,
    /// We removed what they changed.
    WeRemoved,
    /// They removed what we changed.
    TheyRemoved,
    /// Both sides changed the order of an array, and not to the same.
    BothReordered,
}

/// A place where the sides disagree. Values are JSON, cut to 64 bytes; absent where a side has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Where in the answer, cut to 64 bytes; for a value that the answer does not have, where it would be.
    pub pointer: String,
    /// What kind it is.
    pub kind: ConflictKind,
    /// The value that both came from.
    pub base: Option<String>,
    /// Our value, which stands in the answer.
    pub ours: Option<String>,
    /// Their value.
    pub theirs: Option<String>,
}

/// What a merge gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The document without white space.
    pub text: Vec<u8>,
    /// The first conflicts, at most `max_diagnostics`.
    pub conflicts: Vec<Conflict>,
    /// How many conflicts there are in all.
    pub conflicts_total: u64,
}

/// Merges two texts that came from `base`. Fails on an invalid text (as [`Error::Part`]), on limits and over the budget;
/// conflicts are no failure.
pub fn three_way(
    base: &[u8],
    ours: &[u8],
    theirs: &[u8],
    how: &ThreeWayOptions,
    options: &ScanOptions,
    budget: &Budget,
) -> Result<Merged, Error> {
    three_way_input(base, &mut Input::of(ours), theirs, how, options, budget).map(|(merged, _)| merged)
}

/// As [`three_way`]; gives the values of the answer too.
pub(crate) fn three_way_input(
    base: &[u8],
    ours: &mut Input<'_>,
    theirs: &[u8],
    how: &ThreeWayOptions,
    options: &ScanOptions,
    budget: &Budget,
) -> Result<(Merged, Document), Error> {
    let meter = Meter::open(budget)?;
    let (base, _) = read_part("base", &mut Input::of(base), options, &meter)?;
    let (ours, _) = read_part("ours", ours, options, &meter)?;
    let (theirs, _) = read_part("theirs", &mut Input::of(theirs), options, &meter)?;
    let merged = three_way_documents(
        Sides { base: &base, ours: &ours, theirs: &theirs },
        how,
        &options.limits,
        &meter,
    )?;
    let text = written(&merged.document, options.limits.max_output_bytes, &meter)?;
    let MergedDocument { document, conflicts, conflicts_total } = merged;
    Ok((Merged { text, conflicts, conflicts_total }, document))
}

/// The documents of a three-way merge.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sides<'d> {
    pub(crate) base: &'d Document,
    pub(crate) ours: &'d Document,
    pub(crate) theirs: &'d Document,
}

/// What a merge of documents gave; see [`Merged`].
#[derive(Debug)]
pub(crate) struct MergedDocument {
    pub(crate) document: Document,
    pub(crate) conflicts: Vec<Conflict>,
    pub(crate) conflicts_total: u64,
}

/// Merges documents.
pub(crate) fn three_way_documents(
    sides: Sides<'_>,
    how: &ThreeWayOptions,
    limits: &Limits,
    meter: &Meter<'_>,
) -> Result<MergedDocument, Error> {
    let mut classes = Classes::new(meter);
    let base = classes.node(sides.base)?;
    let ours = classes.node(sides.ours)?;
    let theirs = classes.node(sides.theirs)?;
    drop(classes);
    let mut merge = Merge {
        arrays: &how.arrays,
        place: Place::default(),
        conflicts: Vec::new(),
        total: 0,
        most: limits.max_diagnostics as usize,
        meter,
    };
    let versions = Versions { base: Some(&base), ours: Some(&ours), theirs: Some(&theirs) };
    let merged = merge.value(versions)?;
    // The root stands on all sides, so it is never removed.
    let document = merged.unwrap_or_else(|| sides.ours.clone());
    super::size::check_nodes(super::size::measure(&document, meter)?.nodes, limits.max_nodes)?;
    Ok(MergedDocument { document, conflicts: merge.conflicts, conflicts_total: merge.total })
}

/// One place on all sides.
#[derive(Clone, Copy)]
struct Versions<'n, 'd> {
    base: Option<&'n Node<'d>>,
    ours: Option<&'n Node<'d>>,
    theirs: Option<&'n Node<'d>>,
}

/// One merge.
struct Merge<'a, 'b> {
    arrays: &'a Arrays,
    place: Place,
    conflicts: Vec<Conflict>,
    total: u64,
    most: usize,
    meter: &'a Meter<'b>,
}

impl Merge<'_, '_> {
    /// The value at the present place, or none where it is removed. Recurses by the depth of the documents, at most 512.
    fn value(&mut self, versions: Versions<'_, '_>) -> Result<Option<Document>, Error> {
        self.meter.charge(1)?;
        let class = |node: Option<&Node<'_>>| node.map(|node| node.class);
        let (base, ours, theirs) = (class(versions.base), class(versions.ours), class(versions.theirs));
        if ours == theirs || theirs == base {
            return Ok(versions.ours.map(|ours| ours.document.clone()));
        }
        if ours == base {
            return Ok(versions.theirs.map(|theirs| theirs.document.clone()));
        }
        let Versions { base: Some(base), ours: Some(ours), theirs: Some(theirs) } = versions else {
            return Ok(self.disagree(versions));
        };
        match (base.document, ours.document, theirs.document) {
            (Document::Obj(_), Document::Obj(_), Document::Obj(_)) => {
                self.members(base, ours, theirs).map(Some)
            }
            (Document::Arr(_), Document::Arr(_), Document::Arr(_)) => {
                self.elements(base, ours, theirs).map(Some)
            }
            _ => Ok(self.disagree(versions)),
        }
    }

    /// Our members in our order, then theirs that are new.
    fn members(&mut self, base: &Node<'_>, ours: &Node<'_>, theirs: &Node<'_>) -> Result<Document, Error> {
        let mut members = Members::default();
        let of = |key: &Key| Versions {
            base: base.member(key),
            ours: ours.member(key),
            theirs: theirs.member(key),
        };
        let new = theirs.members().filter(|(key, _)| ours.member(key).is_none());
        for key in ours.members().chain(new).map(|(key, _)| key) {
            let before = self.place.enter_key(key);
            let merged = self.value(of(key))?;
            self.place.leave(before);
            if let Some(value) = merged {
                self.meter.hold(VALUE_BYTES)?;
                members.insert(key.clone(), value);
            }
        }
        Ok(Document::Obj(Arc::new(members)))
    }

    fn elements(&mut self, base: &Node<'_>, ours: &Node<'_>, theirs: &Node<'_>) -> Result<Document, Error> {
        let count = base.children.len() + ours.children.len() + theirs.children.len();
        self.meter.hold(VALUE_BYTES * count as u64)?;
        match self.arrays {
            Arrays::Position => self.by_position(base, ours, theirs),
            Arrays::Lcs => self.by_chunks(base, ours, theirs),
            Arrays::Keyed(keys) => match self.by_key(base, ours, theirs, keys)? {
                Some(merged) => Ok(merged),
                None => self.by_chunks(base, ours, theirs),
            },
        }
    }

    /// The n-th element of each, as long as no side has changed the length.
    fn by_position(
        &mut self,
        base: &Node<'_>,
        ours: &Node<'_>,
        theirs: &Node<'_>,
    ) -> Result<Document, Error> {
        let length = base.children.len();
        if ours.children.len() != length || theirs.children.len() != length {
            let versions = Versions { base: Some(base), ours: Some(ours), theirs: Some(theirs) };
            return Ok(self.disagree(versions).unwrap_or(Document::Null));
        }
        let mut out = Vec::with_capacity(length);
        for at in 0..length {
            let (base, ours, theirs) = (&base.children[at], &ours.children[at], &theirs.children[at]);
            self.push(Versions { base: Some(base), ours: Some(ours), theirs: Some(theirs) }, &mut out)?;
        }
        Ok(Document::Arr(Arc::new(out)))
    }

    /// Merges one element onto the end of `out`.
    fn push(&mut self, versions: Versions<'_, '_>, out: &mut Vec<Document>) -> Result<(), Error> {
        let before = self.place.enter_index(out.len());
        let merged = self.value(versions)?;
        self.place.leave(before);
        out.extend(merged);
        Ok(())
    }

    /// Lists a conflict; our value stays.
    fn disagree(&mut self, versions: Versions<'_, '_>) -> Option<Document> {
        let Versions { base, ours, theirs } = versions;
        let kind = match (base, ours, theirs) {
            (None, _, _) => ConflictKind::BothAdded,
            (Some(_), None, _) => ConflictKind::WeRemoved,
            (Some(_), Some(_), None) => ConflictKind::TheyRemoved,
            (Some(_), Some(_), Some(_)) => ConflictKind::BothChanged,
        };
        let document = |node: Option<&Node<'_>>| node.map(|node| node.document.clone());
        self.conflict(kind, [document(base), document(ours), document(theirs)]);
        document(ours)
    }

    /// Lists a conflict at the present place, with what stands there in base, ours and theirs.
    fn conflict(&mut self, kind: ConflictKind, values: [Option<Document>; 3]) {
        self.total += 1;
        if self.conflicts.len() >= self.most {
            return;
        }
        let [base, ours, theirs] = values.map(|value| value.as_ref().map(text::excerpt));
        self.conflicts.push(Conflict { pointer: shown(self.place.bytes()), kind, base, ours, theirs });
    }
}
