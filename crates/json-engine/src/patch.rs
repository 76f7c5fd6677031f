//! Patches: changes of documents as documents.
//!
//! [`Patch`] and [`patch()`] are JSON Patch (RFC 6902), [`merge`] is JSON Merge Patch (RFC 7396), [`diff`] finds the
//! changes between two documents, [`three_way`] merges two documents that came from one.
//!
//! Promise: numbers and strings that are not changed stay as they were read, members keep their order; an operation
//! works as a whole or not at all. Nothing takes more than its budget, and no answer breaks a limit.
//! Cost: a parse of each text, and the changed parts.

mod apply;
mod arrays;
mod changes;
mod classes;
mod compare;
mod diff;
mod merge;
mod merge_diff;
mod operation;
mod pairs;
mod path;
mod repeated;
mod sequence;
mod size;
mod text;
mod three_way;

use std::ops::Range;

use crate::answer::written;
use crate::budget::{Budget, Meter};
use crate::document::Document;
use crate::error::{Error, LimitKind, PatchFault};
use crate::input::Input;
use crate::pointer::{Pointer, locate};
use crate::scan::position;
use crate::{Limits, Report, ScanOptions, parse};

pub use arrays::Arrays;
pub use diff::{DiffOptions, DiffOutput, Diffed, diff};
pub use three_way::{Conflict, ConflictKind, Merged, ThreeWayOptions, three_way};

pub(crate) use diff::diff_input;
use operation::{Malformed, Operation};
pub(crate) use three_way::three_way_input;

/// Most operations of a JSON Patch, read or written.
pub const MAX_OPERATIONS: usize = 10_000;

/// A JSON Patch, RFC 6902.
#[derive(Debug, Clone)]
pub struct Patch(Vec<Operation>);

impl Patch {
    /// Reads a patch. Members that RFC 6902 does not name are ignored; a named one must be there once. Fails with
    /// [`Error::Patch`] at the operation and the place in the text, on an invalid text and on limits; of these, a patch may
    /// be two levels deeper than a document.
    pub fn parse(text: &[u8], options: &ScanOptions) -> Result<Patch, Error> {
        Patch::parse_with_report(text, options).map(|(patch, _)| patch)
    }

    fn parse_with_report(text: &[u8], options: &ScanOptions) -> Result<(Patch, Report), Error> {
        // A value lies two levels deeper in a patch than at the root of a document.
        let max_depth = options.limits.max_depth.saturating_add(2);
        let options = ScanOptions { limits: Limits { max_depth, ..options.limits }, ..*options };
        let (document, report) = parse::parse(text, &options)?;
        let patch =
            read_operations(&document).map_err(|error| error.at(|place| find(text, place, &options)))?;
        if report.diagnostics_total > 0 {
            refuse_repeated(text, &patch, &options)?;
        }
        Ok((patch, report))
    }

    /// Reads a patch that is a document already; as [`Patch::parse`], but errors have no place in a text.
    pub fn from_document(document: &Document) -> Result<Patch, Error> {
        read_operations(document).map_err(|error| error.at(|_| None))
    }

    /// How many operations it has.
    pub fn operations(&self) -> usize {
        self.0.len()
    }

    /// Applies all operations to a copy of `document`, which shares what does not change; the first that fails ends it
    /// with [`Error::Patch`]. Of the limits, `max_depth` and `max_nodes` hold for the result at every step.
    pub fn apply(&self, document: &Document, limits: &Limits, budget: &Budget) -> Result<Document, Error> {
        self.apply_metered(document, limits, &Meter::open(budget)?)
    }

    /// As [`Patch::apply`] to a document that is known to have at most `nodes` values, so that they are not counted.
    pub fn apply_to(
        &self,
        (document, nodes): (&Document, u64),
        limits: &Limits,
        budget: &Budget,
    ) -> Result<Document, Error> {
        apply::apply(document.clone(), nodes, &self.0, limits, &Meter::open(budget)?)
    }

    /// As [`Patch::apply`], on an account that is open already.
    pub(crate) fn apply_metered(
        &self,
        document: &Document,
        limits: &Limits,
        meter: &Meter<'_>,
    ) -> Result<Document, Error> {
        let nodes = size::measure(document, meter)?.nodes;
        apply::apply(document.clone(), nodes, &self.0, limits, meter)
    }
}

impl Patch {
    /// As [`patch()`], for a patch that is compiled already; gives the values of the answer too.
    pub(crate) fn apply_input(
        &self,
        document: &mut Input<'_>,
        options: &ScanOptions,
        meter: &Meter<'_>,
    ) -> Result<(Patched, Document), Error> {
        let (document, report) = document.take_charged(options, meter)?;
        let patched = apply::apply(document, report.stats.nodes, &self.0, &options.limits, meter)?;
        let text = written(&patched, options.limits.max_output_bytes, meter)?;
        Ok((Patched { text, report, operations: self.operations() }, patched))
    }
}

/// What [`patch()`] gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patched {
    /// The document without white space.
    pub text: Vec<u8>,
    /// Warnings about the document.
    pub report: Report,
    /// How many operations were applied: all of the patch.
    pub operations: usize,
}

/// Applies the JSON Patch `patch` to `document`. Fails as [`Patch::parse`] (what is wrong with the patch comes as
/// [`Error::Part`], but for [`Error::Patch`]) and [`Patch::apply`], and when the answer is too long.
pub fn patch(
    document: &[u8],
    patch: &[u8],
    options: &ScanOptions,
    budget: &Budget,
) -> Result<Patched, Error> {
    let meter = Meter::open(budget)?;
    let parsed = Patch::parse_with_report(patch, options).map_err(|error| in_part("patch", error))?;
    let (patch, patch_report) = parsed;
    meter.hold_values(&patch_report.stats)?;
    meter.check()?;
    patch.apply_input(&mut Input::of(document), options, &meter).map(|(patched, _)| patched)
}

/// What [`merge`] gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergePatched {
    /// The document without white space.
    pub text: Vec<u8>,
    /// Warnings about the document.
    pub report: Report,
}

/// Applies the merge patch `patch` (RFC 7396) to `document`. Fails on an invalid text (of the patch as [`Error::Part`]),
/// on limits and over the budget.
pub fn merge(
    document: &[u8],
    patch: &[u8],
    options: &ScanOptions,
    budget: &Budget,
) -> Result<MergePatched, Error> {
    merge_input(&mut Input::of(document), patch, options, budget).map(|(merged, _)| merged)
}

/// As [`merge`]; gives the values of the answer too.
pub(crate) fn merge_input(
    document: &mut Input<'_>,
    patch: &[u8],
    options: &ScanOptions,
    budget: &Budget,
) -> Result<(MergePatched, Document), Error> {
    let meter = Meter::open(budget)?;
    let (changes, _) = read_part("patch", &mut Input::of(patch), options, &meter)?;
    let (document, report) = document.take_charged(options, &meter)?;
    let merged = merge_documents(document, &changes, &options.limits, &meter)?;
    let text = written(&merged, options.limits.max_output_bytes, &meter)?;
    Ok((MergePatched { text, report }, merged))
}

/// Applies the merge patch `patch` to a copy of `document`, which shares what does not change. Of the limits, `max_nodes`
/// holds for the result, which is as deep as the deeper of the two. Fails on that and over the budget.
pub fn merge_into(
    document: &Document,
    patch: &Document,
    limits: &Limits,
    budget: &Budget,
) -> Result<Document, Error> {
    merge_documents(document.clone(), patch, limits, &Meter::open(budget)?)
}

/// Applies the merge patch `patch` to `document`, which is changed in place where nobody else holds it.
pub(crate) fn merge_documents(
    document: Document,
    patch: &Document,
    limits: &Limits,
    meter: &Meter<'_>,
) -> Result<Document, Error> {
    let merged = merge::merge(document, patch, meter)?;
    size::check_nodes(size::measure(&merged, meter)?.nodes, limits.max_nodes)?;
    Ok(merged)
}

/// Reads one of several texts; what is wrong with it says which.
fn read_part(
    part: &'static str,
    input: &mut Input<'_>,
    options: &ScanOptions,
    meter: &Meter<'_>,
) -> Result<(Document, Report), Error> {
    input.take_charged(options, meter).map_err(|error| in_part(part, error))
}

fn in_part(part: &'static str, error: Error) -> Error {
    match error {
        Error::Limit { limit: LimitKind::PatchOperations, .. } => error,
        Error::Invalid(_) | Error::Limit { .. } => Error::Part { part, error: Box::new(error) },
        // These say already what they are about.
        Error::Patch { .. }
        | Error::Query { .. }
        | Error::Program { .. }
        | Error::PointerNotFound { .. }
        | Error::MergePatch { .. }
        | Error::Part { .. }
        | Error::Fidelity(_)
        | Error::Option { .. }
        | Error::Budget { .. } => error,
    }
}

/// Why a document is no patch that can be used.
enum Unreadable {
    Malformed(Malformed),
    TooLong(Error),
}

impl Unreadable {
    /// The error, with what `find` knows of a place: a pointer into the patch.
    fn at(self, find: impl FnOnce(&str) -> Option<Box<crate::Position>>) -> Error {
        let malformed = match self {
            Unreadable::TooLong(error) => return error,
            Unreadable::Malformed(malformed) => malformed,
        };
        let place = match (malformed.operation, malformed.member) {
            (None, _) => String::new(),
            (Some(index), None) => format!("/{index}"),
            (Some(index), Some(member)) => format!("/{index}/{member}"),
        };
        let Malformed { operation, op, pointer, message, .. } = malformed;
        let operation = operation.unwrap_or(0);
        Error::Patch { fault: PatchFault::Invalid, operation, op, pointer, message, position: find(&place) }
    }
}

fn read_operations(document: &Document) -> Result<Patch, Unreadable> {
    let Document::Arr(elements) = document else {
        let message = format!("the patch is {}; allowed is an array of operations", path::kind(document));
        let (pointer, op) = (String::new(), "");
        return Err(Unreadable::Malformed(Malformed { operation: None, op, member: None, pointer, message }));
    };
    if elements.len() > MAX_OPERATIONS {
        let (allowed, actual) = (MAX_OPERATIONS as u64, elements.len() as u64);
        let limit = LimitKind::PatchOperations;
        return Err(Unreadable::TooLong(Error::Limit { limit, allowed, actual, position: None }));
    }
    operation::read(elements).map(Patch).map_err(Unreadable::Malformed)
}

/// The position of the value that `pointer` names in a text.
fn find(text: &[u8], pointer: &str, options: &ScanOptions) -> Option<Box<crate::Position>> {
    let parsed = Pointer::parse(pointer).ok()?;
    let Range { start, .. } = locate(text, &parsed, options).ok()?;
    Some(Box::new(position(text, start, pointer.to_owned())))
}

fn refuse_repeated(text: &[u8], patch: &Patch, options: &ScanOptions) -> Result<(), Error> {
    let Some(found) = repeated::find(text, options)? else {
        return Ok(());
    };
    let place = position(text, found.place.start, format!("/{}", found.operation));
    Err(Error::Patch {
        fault: PatchFault::Invalid,
        operation: found.operation,
        op: patch.0.get(found.operation).map_or("", Operation::name),
        pointer: String::new(),
        message: format!("the member {:?} is there twice; readers disagree which one counts", found.name),
        position: Some(Box::new(place)),
    })
}
