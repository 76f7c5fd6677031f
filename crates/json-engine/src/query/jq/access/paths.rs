//! Values at paths: arrays of keys, indices and slices.
//!
//! Promise: what nobody else holds is changed in its place, level by level; nothing recurses by the length of a path but
//! deletion, which allows [`DELETED_LEVELS`]. Cost: a look-up a level.

use std::cmp::Ordering;
use std::sync::Arc;

use super::super::account::charge;
use super::super::compare::{documents, for_sorting};
use super::super::fault::{Answer, Fault};
use super::super::sort::sort;
use super::super::val::{Val, double_of};
use super::{change, index, place, set};
use crate::document::Document;

/// Longest path that is deleted.
const DELETED_LEVELS: usize = 1_000;

fn keys_of(path: &Val) -> Result<&[Document], Fault> {
    path.as_elements().ok_or_else(|| Fault::raise("Path must be specified as an array"))
}

/// The value at a path; null where a level is missing.
pub(in super::super) fn get_path(val: &Val, path: &Val) -> Answer {
    let mut found = val.clone();
    for key in keys_of(path)? {
        charge(1)?;
        found = index(&found, &Val::of(key.clone()))?;
    }
    Ok(found)
}

/// Takes the value at a path out and leaves null there, so that it can be changed in its place and [`set_path`] puts it
/// back. A slice, and what lies below one, is copied and stays. Fails as [`get_path`].
pub(in super::super) fn take_path(val: &mut Val, path: &Val) -> Answer {
    let keys = keys_of(path)?;
    let mut at = val.document_mut();
    for (level, key) in keys.iter().enumerate() {
        charge(1)?;
        let Some(place) = own_place(at, key) else {
            let found = Val::of(at.clone());
            return keys[level..].iter().try_fold(found, |found, key| index(&found, &Val::of(key.clone())));
        };
        match child_mut(at, place) {
            Some(child) => at = child,
            None => return Ok(Val::NULL),
        }
    }
    Ok(Val::of(std::mem::replace(at, Document::Null)))
}

/// Where the child at a key stands in a container that nobody else holds.
fn own_place(parent: &Document, key: &Document) -> Option<usize> {
    match (parent, key) {
        (Document::Obj(members), Document::Str(name)) if Arc::strong_count(members) == 1 => {
            members.get_index_of(&**name)
        }
        (Document::Arr(elements), Document::Number(number)) if Arc::strong_count(elements) == 1 => {
            place(double_of(number), elements.len())
        }
        _ => None,
    }
}

fn child_mut(parent: &mut Document, place: usize) -> Option<&mut Document> {
    match parent {
        Document::Obj(members) => Arc::get_mut(members)?.value_mut(place),
        Document::Arr(elements) => Arc::get_mut(elements)?.get_mut(place),
        _ => None,
    }
}

/// The value with `new` at a path; missing levels are created.
pub(in super::super) fn set_path(val: Val, path: &Val, new: Val) -> Answer {
    let Some((last, levels)) = keys_of(path)?.split_last() else { return Ok(new) };
    let mut parents = Vec::with_capacity(levels.len());
    let mut current = val;
    for key in levels {
        charge(1)?;
        let key = Val::of(key.clone());
        let child = child_to_change(&mut current, &key)?;
        parents.push((current, key));
        current = child;
    }
    let mut changed = set(current, &Val::of(last.clone()), new)?;
    while let Some((parent, key)) = parents.pop() {
        changed = set(parent, &key, changed)?;
    }
    Ok(changed)
}

/// A child that will be set again: moved out where that leaves nothing behind that is seen, so that it is not shared.
fn child_to_change(parent: &mut Val, key: &Val) -> Answer {
    let place = own_place(parent.document(), key.document());
    match place.and_then(|place| child_mut(parent.document_mut(), place)) {
        Some(child) => Ok(Val::of(std::mem::replace(child, Document::Null))),
        None => index(parent, key),
    }
}

/// The value without what stands at the paths, which may be in any order and more than once.
pub(in super::super) fn delete_paths(val: Val, paths: &Val) -> Answer {
    let Some(paths) = paths.as_elements() else {
        return Err(Fault::raise("Paths must be specified as an array"));
    };
    let mut sorted: Vec<&[Document]> = Vec::with_capacity(paths.len());
    for path in paths {
        let Document::Arr(path) = path else {
            let kind = super::super::val::kind(path);
            return Err(Fault::raise(&format!("Path must be specified as array, not {kind}")));
        };
        if path.len() > DELETED_LEVELS {
            return Err(Fault::raise("Path too deep"));
        }
        sorted.push(path);
    }
    if sorted.iter().any(|path| path.is_empty()) {
        return Ok(Val::NULL);
    }
    sort(&mut sorted, |left, right| order_of_paths(left, right))?;
    delete_sorted(val, &sorted, 0)
}

fn order_of_paths(left: &[Document], right: &[Document]) -> Result<Ordering, Fault> {
    for (left, right) in left.iter().zip(right) {
        let order = for_sorting(left, right)?;
        if order.is_ne() {
            return Ok(order);
        }
    }
    Ok(left.len().cmp(&right.len()))
}

/// Paths that agree in their first `level` keys, of which `val` stands at the end.
fn delete_sorted(mut val: Val, paths: &[&[Document]], level: usize) -> Answer {
    if val.is_null() {
        return Ok(val);
    }
    let mut here: Vec<&Document> = Vec::new();
    let mut rest = paths;
    // From the last, as jq does it: so the first error is the same.
    while let Some(last) = rest.last() {
        charge(1)?;
        let key = &last[level];
        let mut from = rest.len() - 1;
        while from > 0 && documents(&rest[from - 1][level], key)?.is_eq() {
            from -= 1;
        }
        let group = &rest[from..];
        rest = &rest[..from];
        if group[0].len() == level + 1 {
            here.push(key);
            continue;
        }
        val = delete_below(val, key, group, level)?;
    }
    if here.is_empty() { Ok(val) } else { change::without(val, &here) }
}

fn delete_below(mut val: Val, key: &Document, paths: &[&[Document]], level: usize) -> Answer {
    let key = Val::of(key.clone());
    let child = child_to_change(&mut val, &key)?;
    if child.is_null() {
        return Ok(val);
    }
    let changed = delete_sorted(child, paths, level + 1)?;
    set(val, &key, changed)
}
