//! Whether values differ from each other: numbers by value, objects whatever their order.
//!
//! Promise: exact; a hash decides nothing alone. Cost: one pass, and comparisons where hashes collide, for which nobody
//! can aim, since the seed is random.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, Hasher};

use foldhash::fast::RandomState;

use crate::budget::Meter;
use crate::document::Document;
use crate::equal::same;
use crate::error::Error;

/// Up to here each is compared with each.
const FEW: usize = 8;

/// Whether no two of `values` are equal.
pub(super) fn all_differ(values: &[Document], meter: &Meter<'_>) -> Result<bool, Error> {
    if values.len() <= FEW {
        return few_differ(values, meter);
    }
    meter.hold(values.len() as u64 * 48)?;
    let state = RandomState::default();
    let mut seen: HashMap<u64, Vec<usize>, RandomState> = HashMap::default();
    for (at, value) in values.iter().enumerate() {
        let alike = seen.entry(hash(value, &state, meter)?).or_default();
        for other in alike.iter() {
            if same(value, &values[*other], meter)? {
                return Ok(false);
            }
        }
        alike.push(at);
    }
    meter.release(values.len() as u64 * 48);
    Ok(true)
}

fn few_differ(values: &[Document], meter: &Meter<'_>) -> Result<bool, Error> {
    for (at, value) in values.iter().enumerate() {
        for other in &values[..at] {
            if same(value, other, meter)? {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// Equal values have equal hashes. Recurses by the depth of the document, at most 512.
fn hash(document: &Document, state: &RandomState, meter: &Meter<'_>) -> Result<u64, Error> {
    meter.charge(1)?;
    let mut hasher = state.build_hasher();
    std::mem::discriminant(document).hash(&mut hasher);
    match document {
        Document::Null => {}
        Document::Bool(value) => value.hash(&mut hasher),
        Document::Number(number) => number.canonical().hash(&mut hasher),
        Document::Str(text) | Document::Surrogates(text) => text.hash(&mut hasher),
        Document::Arr(elements) => {
            for element in elements.iter() {
                hash(element, state, meter)?.hash(&mut hasher);
            }
        }
        Document::Obj(members) => {
            let mut sum = 0_u64;
            for (key, value) in members.iter() {
                sum = sum.wrapping_add(state.hash_one((key, hash(value, state, meter)?)));
            }
            sum.hash(&mut hasher);
        }
    }
    Ok(hasher.finish())
}
