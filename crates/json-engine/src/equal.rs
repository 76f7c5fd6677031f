//! Equality of documents: numbers by exact value, objects whatever the order of their members.
//!
//! Cost: the smaller of the two.

use crate::budget::Meter;
use crate::document::Document;
use crate::error::Error;

/// Whether two documents have the same value. Recurses by their depth, at most 512.
pub(crate) fn same(left: &Document, right: &Document, meter: &Meter<'_>) -> Result<bool, Error> {
    meter.charge(1)?;
    match (left, right) {
        (Document::Null, Document::Null) => Ok(true),
        (Document::Bool(left), Document::Bool(right)) => Ok(left == right),
        (Document::Number(left), Document::Number(right)) => Ok(left == right),
        (Document::Str(left), Document::Str(right))
        | (Document::Surrogates(left), Document::Surrogates(right)) => {
            meter.charge(left.len().min(right.len()) as u64 / 64)?;
            Ok(left == right)
        }
        (Document::Arr(left), Document::Arr(right)) => {
            if left.len() != right.len() {
                return Ok(false);
            }
            all_same(left.iter().zip(right.iter()).map(|(left, right)| (left, Some(right))), meter)
        }
        (Document::Obj(left), Document::Obj(right)) => {
            if left.len() != right.len() {
                return Ok(false);
            }
            all_same(left.iter().map(|(key, value)| (value, right.get(key))), meter)
        }
        _ => Ok(false),
    }
}

fn all_same<'d>(
    pairs: impl Iterator<Item = (&'d Document, Option<&'d Document>)>,
    meter: &Meter<'_>,
) -> Result<bool, Error> {
    for (left, right) in pairs {
        let Some(right) = right else {
            return Ok(false);
        };
        if !same(left, right, meter)? {
            return Ok(false);
        }
    }
    Ok(true)
}
