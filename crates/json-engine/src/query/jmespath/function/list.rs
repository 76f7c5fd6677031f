//! Functions of arrays and objects.

use std::cmp::Ordering;
use std::sync::Arc;

use super::signature::{is_number, is_text};
use super::{Args, type_name};
use crate::document::{Document, Members, Number};
use crate::error::Error;
use crate::query::jmespath::eval::{MEMBER_BYTES, collect};
use crate::query::jmespath::order::{Keyed, compare, cost, sorted};
use crate::query::jmespath::{Fault, text};

/// What an element that is sorted costs in memory until it is in its place.
const SORTED_BYTES: u64 = 2 * size_of::<Keyed>() as u64;

pub(super) fn keys(args: &Args<'_>) -> Result<Document, Error> {
    match args.value(0) {
        Document::Obj(members) => collect(members.keys().map(|key| Ok(key.clone().into())), args.run),
        _ => Ok(Document::Null),
    }
}

pub(super) fn values(args: &Args<'_>) -> Result<Document, Error> {
    match args.value(0) {
        Document::Obj(members) => collect(members.values().map(|value| Ok(value.clone())), args.run),
        _ => Ok(Document::Null),
    }
}

/// Code points of a string, elements of an array, members of an object.
pub(super) fn length(args: &Args<'_>) -> Result<Document, Error> {
    let length = match args.value(0) {
        Document::Obj(members) => members.len(),
        Document::Arr(elements) => elements.len(),
        other => {
            let bytes = text::of(other);
            args.run.meter.charge(bytes.len() as u64 / text::BYTES_PER_UNIT)?;
            text::length(&bytes)
        }
    };
    Ok(Document::Number(Number::I64(i64::try_from(length).unwrap_or(i64::MAX))))
}

pub(super) fn map(args: &Args<'_>) -> Result<Document, Error> {
    collect(args.elements(0).iter().map(|element| args.refer(element)), args.run)
}

/// Of members with one key the last counts, in the place of the first.
pub(super) fn merge(args: &Args<'_>) -> Result<Document, Error> {
    let mut merged = Members::default();
    for value in &args.values {
        if let Document::Obj(members) = value {
            for (key, value) in members.iter() {
                args.run.meter.charge(1)?;
                args.run.meter.hold(MEMBER_BYTES)?;
                merged.insert(key.clone(), value.clone());
            }
        }
    }
    Ok(Document::Obj(Arc::new(merged)))
}

pub(super) fn not_null(args: &Args<'_>) -> Document {
    args.values.iter().find(|value| !matches!(value, Document::Null)).cloned().unwrap_or(Document::Null)
}

pub(super) fn to_array(args: &Args<'_>) -> Result<Document, Error> {
    match args.value(0) {
        array @ Document::Arr(_) => Ok(array.clone()),
        other => collect(std::iter::once(Ok(other.clone())), args.run),
    }
}

pub(super) fn reverse(args: &Args<'_>) -> Result<Document, Error> {
    let Some(bytes) = text::bytes(args.value(0)) else {
        return collect(args.elements(0).iter().rev().map(|element| Ok(element.clone())), args.run);
    };
    text::make(bytes.len() as u64, args.run)?;
    Ok(text::string(text::reversed(&bytes)))
}

pub(super) fn sort(args: &Args<'_>) -> Result<Document, Error> {
    let elements = args.elements(0);
    let held = SORTED_BYTES.saturating_mul(elements.len() as u64);
    args.run.meter.hold(held)?;
    let items = elements.iter().map(|element| Keyed::new(element.clone(), element.clone())).collect();
    let array = sorted(items, args.run)?;
    args.run.meter.release(held);
    Ok(array)
}

pub(super) fn sort_by(args: &Args<'_>) -> Result<Document, Error> {
    let elements = args.elements(0);
    let held = SORTED_BYTES.saturating_mul(elements.len() as u64);
    args.run.meter.hold(held)?;
    let mut items: Vec<Keyed> = Vec::with_capacity(elements.len());
    for element in elements {
        let key = args.refer(element)?;
        check_key(args, items.first().map(|item| &item.key), &key)?;
        items.push(Keyed::new(key, element.clone()));
    }
    let array = sorted(items, args.run)?;
    args.run.meter.release(held);
    Ok(array)
}

/// The keys of one call are all numbers or all strings.
fn check_key(args: &Args<'_>, first: Option<&Document>, key: &Document) -> Result<(), Error> {
    let is_right = match first {
        Some(first) if is_number(first) => is_number(key),
        Some(_) => is_text(key),
        None => is_number(key) || is_text(key),
    };
    if is_right {
        return Ok(());
    }
    let wanted = first.map_or("a number or a string", type_name);
    let message = format!("the expression gives {} for an element; allowed: {wanted}", type_name(key));
    args.fail(Fault::InvalidType, &message)
}

pub(super) fn max(args: &Args<'_>) -> Result<Document, Error> {
    outermost(args, Ordering::Greater)
}

pub(super) fn min(args: &Args<'_>) -> Result<Document, Error> {
    outermost(args, Ordering::Less)
}

/// The first element before which none stands in this order; null if there is none.
fn outermost(args: &Args<'_>, wanted: Ordering) -> Result<Document, Error> {
    let mut best: Option<&Document> = None;
    for element in args.elements(0) {
        args.run.meter.charge(cost(element))?;
        if best.is_none_or(|best| compare(element, best) == wanted) {
            best = Some(element);
        }
    }
    Ok(best.cloned().unwrap_or(Document::Null))
}

pub(super) fn max_by(args: &Args<'_>) -> Result<Document, Error> {
    outermost_by(args, Ordering::Greater)
}

pub(super) fn min_by(args: &Args<'_>) -> Result<Document, Error> {
    outermost_by(args, Ordering::Less)
}

fn outermost_by(args: &Args<'_>, wanted: Ordering) -> Result<Document, Error> {
    let mut best: Option<(Document, &Document)> = None;
    for element in args.elements(0) {
        let key = args.refer(element)?;
        check_key(args, best.as_ref().map(|(key, _)| key), &key)?;
        args.run.meter.charge(cost(&key))?;
        if best.as_ref().is_none_or(|(best, _)| compare(&key, best) == wanted) {
            best = Some((key, element));
        }
    }
    Ok(best.map_or(Document::Null, |(_, element)| element.clone()))
}
