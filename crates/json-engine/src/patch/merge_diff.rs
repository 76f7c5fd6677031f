//! The merge patch (RFC 7396) that makes one document of another.
//!
//! Promise: exact, or an error that says where it cannot be: in a merge patch null removes, so no member can become null.
//! Arrays are written whole. Cost: the smaller of the documents, and the values that are new.

use std::sync::Arc;

use super::classes::Node;
use super::path::Place;
use crate::budget::Meter;
use crate::document::{Document, Key, Members, VALUE_BYTES};
use crate::error::Error;

/// The merge patch; `{}` changes nothing.
pub(super) fn merge_diff(from: &Node<'_>, to: &Node<'_>, meter: &Meter<'_>) -> Result<Document, Error> {
    let mut place = Place::default();
    match (from.document, to.document) {
        (Document::Obj(_), Document::Obj(_)) => members(from, to, &mut place, meter),
        // A merge patch that is no object becomes the document as it is, null too.
        (_, new) if from.class != to.class => whole(new, &mut place, meter),
        // Anything that changes nothing would do for an object only.
        (_, same) => Ok(same.clone()),
    }
}

/// Recurses by the depth of the documents, at most 512.
fn members(from: &Node<'_>, to: &Node<'_>, place: &mut Place, meter: &Meter<'_>) -> Result<Document, Error> {
    meter.charge((from.children.len() + to.children.len()) as u64)?;
    let mut changes = Members::default();
    let removed = from.members().filter(|(key, _)| to.member(key).is_none());
    changes.extend(removed.map(|(key, _)| (key.clone(), Document::Null)));
    for (key, new) in to.members() {
        let old = from.member(key);
        if old.is_some_and(|old| old.class == new.class) {
            continue;
        }
        let before = place.enter_key(key);
        let change = match (old, new.document) {
            (Some(old), Document::Obj(_)) if matches!(old.document, Document::Obj(_)) => {
                members(old, new, place, meter)?
            }
            (_, value) => member(value, place, meter)?,
        };
        place.leave(before);
        changes.insert(key.clone(), change);
    }
    meter.hold(VALUE_BYTES * changes.len() as u64)?;
    Ok(Document::Obj(Arc::new(changes)))
}

/// A member that is written as a whole.
fn member(value: &Document, place: &mut Place, meter: &Meter<'_>) -> Result<Document, Error> {
    if matches!(value, Document::Null) {
        let message =
            "the new value is null, which removes the member instead; ask for a JSON Patch".to_owned();
        return Err(Error::MergePatch { pointer: place.shown(), message });
    }
    whole(value, place, meter)
}

/// A value that takes the place of another: its objects must not hold null, or it would be dropped. Inside of arrays
/// null is null.
fn whole(value: &Document, place: &mut Place, meter: &Meter<'_>) -> Result<Document, Error> {
    meter.charge(1)?;
    if let Document::Obj(members) = value {
        check_members(members.iter(), place, meter)?;
    }
    Ok(value.clone())
}

fn check_members<'d>(
    members: impl Iterator<Item = (&'d Key, &'d Document)>,
    place: &mut Place,
    meter: &Meter<'_>,
) -> Result<(), Error> {
    for (key, value) in members {
        let before = place.enter_key(key);
        member(value, place, meter)?;
        place.leave(before);
    }
    Ok(())
}
