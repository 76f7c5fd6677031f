//! Order of numbers, by exact value, and of strings, by code points; and a stable sort that the budget can stop.
//!
//! Promise: equal keys keep their order. Cost: n log n comparisons of doubles, of which equal ones are looked at closer.

use std::cmp::Ordering;

use super::{Run, text};
use crate::document::{Document, Number};
use crate::error::Error;

/// A value and what it is sorted by.
pub(super) struct Keyed {
    pub(super) key: Document,
    /// The double nearest to a key that is a number; rounding keeps the order, so only equal doubles need a closer look.
    near: f64,
    value: Document,
}

impl Keyed {
    /// Costs a look at the literal of a number.
    pub(super) fn new(key: Document, value: Document) -> Keyed {
        let near = match &key {
            Document::Number(Number::I64(integer)) => *integer as f64,
            Document::Number(Number::Literal(literal)) => literal.parse().unwrap_or(0.0),
            _ => 0.0,
        };
        Keyed { key, near, value }
    }

    fn compare(&self, other: &Keyed) -> Ordering {
        match self.near.partial_cmp(&other.near) {
            Some(Ordering::Equal) | None => compare(&self.key, &other.key),
            Some(decided) => decided,
        }
    }
}

/// Elements that are sorted at once, between two looks at the budget.
const RUN: usize = 64;

/// The order of two numbers or two strings; others are equal.
pub(super) fn compare(left: &Document, right: &Document) -> Ordering {
    match (left, right) {
        (Document::Number(left), Document::Number(right)) => numbers(left, right),
        (Document::Str(left), Document::Str(right)) => left.cmp(right),
        _ => text::of(left).cmp(&text::of(right)),
    }
}

/// Literals that are the same text need no closer look.
fn numbers(left: &Number, right: &Number) -> Ordering {
    match (left, right) {
        (Number::Literal(left), Number::Literal(right)) if left == right => Ordering::Equal,
        _ => left.cmp(right),
    }
}

/// What a comparison costs.
pub(super) fn cost(key: &Document) -> u64 {
    match key {
        Document::Number(Number::Literal(literal)) => 2 + literal.len() as u64 / text::BYTES_PER_UNIT,
        Document::Str(text) | Document::Surrogates(text) => 1 + text.len() as u64 / text::BYTES_PER_UNIT,
        Document::Null | Document::Bool(_) | Document::Number(_) | Document::Arr(_) | Document::Obj(_) => 1,
    }
}

/// The values in the order of their keys; equal ones stay as they are. Charges every comparison.
pub(super) fn sorted(items: Vec<Keyed>, run: &Run<'_>) -> Result<Document, Error> {
    let mut runs = Vec::with_capacity(items.len() / RUN + 1);
    let mut rest = items.into_iter();
    loop {
        let mut few: Vec<Keyed> = rest.by_ref().take(RUN).collect();
        if few.is_empty() {
            break;
        }
        let comparisons = u64::from(few.len().ilog2() + 1);
        run.meter.charge(few.iter().map(|item| cost(&item.key) * comparisons).sum())?;
        few.sort_by(Keyed::compare);
        runs.push(few);
    }
    while runs.len() > 1 {
        let mut merged = Vec::with_capacity(runs.len().div_ceil(2));
        let mut pending = runs.into_iter();
        while let Some(left) = pending.next() {
            merged.push(match pending.next() {
                Some(right) => merge(left, right, run)?,
                None => left,
            });
        }
        runs = merged;
    }
    let all = runs.pop().unwrap_or_default();
    super::eval::collect(all.into_iter().map(|item| Ok(item.value)), run)
}

fn merge(left: Vec<Keyed>, right: Vec<Keyed>, run: &Run<'_>) -> Result<Vec<Keyed>, Error> {
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        run.meter.charge(cost(&a.key).min(cost(&b.key)))?;
        let is_right_first = b.compare(a) == Ordering::Less;
        merged.extend(if is_right_first { right.next() } else { left.next() });
    }
    merged.extend(left);
    merged.extend(right);
    Ok(merged)
}
