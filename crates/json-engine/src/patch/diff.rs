//! Diff: two texts in, what makes the second of the first out: a JSON Patch, a merge patch, or lines for people.
//!
//! Promise: applied to the first text, the patch gives the second; equal by exact value, so `1` to `1.0` is no change.
//! Cost: a parse of both, a pass over both, a table of the values between which elements of arrays are looked for, and what
//! arrays cost by their rule; never quadratic.

use super::arrays::Arrays;
use super::changes::{Change, Changes, to_patch};
use super::classes::{Classes, Node};
use super::compare::Comparison;
use super::merge_diff::merge_diff;
use super::pairs::Pairs;
use super::path::Place;
use super::{read_part, text};
use crate::answer::{check_output, written};
use crate::budget::{Budget, Meter};
use crate::document::Document;
use crate::error::Error;
use crate::input::Input;
use crate::{Limits, Report, ScanOptions};

/// What a comparison is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DiffOutput {
    /// A JSON Patch, RFC 6902.
    #[default]
    Patch,
    /// A merge patch, RFC 7396. Arrays are replaced whole, and a new null cannot be said: that is [`Error::MergePatch`].
    MergePatch,
    /// A line a change for people, values cut to 64 bytes.
    Text,
}

/// How two documents are compared.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DiffOptions {
    /// What the comparison is written as.
    pub output: DiffOutput,
    /// How the elements of arrays are matched; merge patches do not ask.
    pub arrays: Arrays,
}

/// What a comparison gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diffed {
    /// The patch without white space, or the lines.
    pub text: Vec<u8>,
    /// How many changes there are: operations, lines, or members of a merge patch that are set or removed.
    pub changes: u64,
    /// Pointers, cut to 64 bytes, of the values whose changes could be fewer or smaller, had a bound not been met; at
    /// most `max_diagnostics`.
    pub coarse: Vec<String>,
    /// Warnings about the first text.
    pub from: Report,
    /// Warnings about the second text.
    pub to: Report,
}

/// Compares two texts. Fails on an invalid text (as [`Error::Part`]), on limits, over the budget, and with
/// [`Error::MergePatch`].
pub fn diff(
    from: &[u8],
    to: &[u8],
    how: &DiffOptions,
    options: &ScanOptions,
    budget: &Budget,
) -> Result<Diffed, Error> {
    diff_input(&mut Input::of(from), to, how, options, budget)
}

/// As [`diff`].
pub(crate) fn diff_input(
    from: &mut Input<'_>,
    to: &[u8],
    how: &DiffOptions,
    options: &ScanOptions,
    budget: &Budget,
) -> Result<Diffed, Error> {
    let meter = Meter::open(budget)?;
    let (old, from) = read_part("from", from, options, &meter)?;
    let (new, to) = read_part("to", &mut Input::of(to), options, &meter)?;
    let compared = diff_documents(&old, &new, how, &options.limits, &meter)?;
    Ok(Diffed { text: compared.text, changes: compared.changes, coarse: compared.coarse, from, to })
}

/// What a comparison of documents gave; see [`Diffed`].
#[derive(Debug)]
pub(crate) struct Compared {
    pub(crate) text: Vec<u8>,
    pub(crate) changes: u64,
    pub(crate) coarse: Vec<String>,
}

/// Compares two documents.
pub(crate) fn diff_documents(
    from: &Document,
    to: &Document,
    how: &DiffOptions,
    limits: &Limits,
    meter: &Meter<'_>,
) -> Result<Compared, Error> {
    let mut classes = Classes::new(meter);
    let (from, to) = Pairs::new(&mut classes, &how.arrays).pair(from, to)?;
    drop(classes);
    if how.output == DiffOutput::MergePatch {
        let patch = merge_diff(&from, &to, meter)?;
        let changes = if from.class == to.class { 0 } else { leaves(&patch) };
        let text = written(&patch, limits.max_output_bytes, meter)?;
        return Ok(Compared { text, changes, coarse: Vec::new() });
    }
    let (changes, coarse) = compare(&from, &to, &how.arrays, limits, meter)?;
    let text = match how.output {
        DiffOutput::Text => lines(&changes, limits.max_output_bytes, meter)?,
        DiffOutput::Patch | DiffOutput::MergePatch => {
            written(&to_patch(&changes), limits.max_output_bytes, meter)?
        }
    };
    Ok(Compared { text, changes: changes.len() as u64, coarse })
}

fn compare<'d>(
    from: &Node<'d>,
    to: &Node<'d>,
    arrays: &Arrays,
    limits: &Limits,
    meter: &Meter<'_>,
) -> Result<(Vec<Change<'d>>, Vec<String>), Error> {
    let changes = Changes::new(limits.max_diagnostics as usize, meter);
    let mut comparison = Comparison { arrays, changes, place: Place::default(), meter };
    comparison.value(from, to)?;
    Ok(comparison.changes.finish())
}

fn lines(changes: &[Change<'_>], allowed: u64, meter: &Meter<'_>) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    for change in changes {
        meter.charge(4 + change.place.len() as u64 / 64)?;
        out.extend_from_slice(text::line(change).as_bytes());
        check_output(out.len() as u64, allowed)?;
    }
    Ok(out)
}

/// Members that a merge patch sets or removes. Recurses by its depth, at most 512.
fn leaves(patch: &Document) -> u64 {
    match patch {
        Document::Obj(members) if !members.is_empty() => members.values().map(leaves).sum(),
        _ => 1,
    }
}

#[cfg(test)]
mod tests;
