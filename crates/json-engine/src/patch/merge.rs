//! Merge patches, RFC 7396: a document that looks like the change, where null removes.
//!
//! Promise: members keep their places, new ones come last. Cost: the patch, and a copy of each object that it changes and
//! that somebody else holds too.

use std::sync::Arc;

use super::size::own;
use crate::budget::Meter;
use crate::document::{Document, Members, VALUE_BYTES};
use crate::error::Error;

/// `MergePatch(target, patch)` of RFC 7396 section 2. Recurses by the depth of the patch, at most 512; the result is as
/// deep as the deeper of the two.
pub(super) fn merge(target: Document, patch: &Document, meter: &Meter<'_>) -> Result<Document, Error> {
    meter.charge(1)?;
    let Document::Obj(changes) = patch else {
        return Ok(patch.clone());
    };
    let target = match target {
        Document::Obj(members) => Document::Obj(members),
        _ => Document::Obj(Arc::default()),
    };
    own(&target, meter)?;
    let Document::Obj(mut members) = target else {
        return Ok(target);
    };
    change(Arc::make_mut(&mut members), changes, meter)?;
    Ok(Document::Obj(members))
}

fn change(members: &mut Members, changes: &Members, meter: &Meter<'_>) -> Result<(), Error> {
    let mut removes = false;
    for (key, value) in changes {
        meter.charge(1)?;
        if matches!(value, Document::Null) {
            removes |= members.contains_key(key);
            continue;
        }
        let present =
            members.get_mut(key).map_or(Document::Null, |value| std::mem::replace(value, Document::Null));
        let merged = merge(present, value, meter)?;
        meter.hold(VALUE_BYTES)?;
        members.insert(key.clone(), merged);
    }
    if removes {
        // Once for all, since each removal alone would move all members behind it.
        meter.charge(members.len() as u64)?;
        members.retain(|key, _| !matches!(changes.get(key), Some(Document::Null)));
    }
    Ok(())
}
