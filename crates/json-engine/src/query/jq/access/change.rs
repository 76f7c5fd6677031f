//! How a key, an index or a slice changes a value: null becomes what the key needs, arrays are filled up with null.
//!
//! Promise: a container that nobody else holds is changed in its place. Cost: else a copy of its level.

use std::sync::Arc;

use super::super::account::{charge, hold, reserve};
use super::super::arithmetic::charge_copy;
use super::super::fault::{Answer, Fault};
use super::super::growth::make_room;
use super::super::val::{Val, owned_elements, owned_members};
use super::{bounds, not_indexable, place};
use crate::document::{Document, Members};

/// Largest index that fills an array up, as in jq.
const LARGEST_INDEX: f64 = 536_870_911.0;

/// The value with `new` at `key`.
pub(in super::super) fn set(mut val: Val, key: &Val, new: Val) -> Answer {
    if val.is_null() {
        val = created(val, key)?;
    }
    match (val.document_mut(), key.document()) {
        (Document::Obj(members), Document::Str(_) | Document::Surrogates(_)) => {
            charge_copy(Arc::strong_count(members), members.len() * 2)?;
            val.insert(key, new)?;
            Ok(val)
        }
        (Document::Arr(elements), Document::Number(_)) => {
            let at = writable_place(key.as_double().unwrap_or(0.0), elements.len())?;
            set_element(elements, at, new)?;
            Ok(val)
        }
        (Document::Arr(elements), Document::Obj(range)) => {
            set_slice(elements, range, &new)?;
            Ok(val)
        }
        (Document::Arr(_), Document::Arr(_)) => {
            Err(Fault::raise("Cannot update field at array index of array"))
        }
        (Document::Str(_), Document::Obj(_)) => Err(Fault::raise("Cannot update string slices")),
        _ => Err(not_indexable(&val, key)),
    }
}

/// The empty container that a key makes of null.
fn created(null: Val, key: &Val) -> Answer {
    match key.document() {
        Document::Str(_) | Document::Surrogates(_) => Ok(Val::object(Members::default())),
        Document::Number(_) | Document::Obj(_) => Ok(Val::array(Vec::new())),
        _ => Err(not_indexable(&null, key)),
    }
}

fn writable_place(index: f64, length: usize) -> Result<usize, Fault> {
    if index.is_nan() {
        return Err(Fault::raise("Cannot set array element at NaN index"));
    }
    let index = index.trunc();
    let at = if index < 0.0 { index + length as f64 } else { index };
    if at < 0.0 {
        return Err(Fault::raise("Out of bounds negative array index"));
    }
    if at > LARGEST_INDEX {
        return Err(Fault::raise("Array index too large"));
    }
    Ok(at as usize)
}

fn set_element(elements: &mut Arc<Vec<Document>>, at: usize, new: Val) -> Result<(), Fault> {
    charge_copy(Arc::strong_count(elements), elements.len())?;
    let elements = owned_elements(elements);
    if at >= elements.len() {
        fill(elements, at + 1)?;
    }
    drop(Val::of(std::mem::replace(&mut elements[at], new.into_document())));
    Ok(())
}

/// Fills up with null to `length` elements, by stretches, each of which is charged.
fn fill(elements: &mut Vec<Document>, length: usize) -> Result<(), Fault> {
    const STRETCH: usize = 1 << 16;
    make_room(elements, length - elements.len())?;
    while elements.len() < length {
        let next = length.min(elements.len() + STRETCH);
        charge((next - elements.len()) / 8)?;
        elements.resize(next, Document::Null);
    }
    Ok(())
}

fn set_slice(elements: &mut Arc<Vec<Document>>, range: &Members, new: &Val) -> Result<(), Fault> {
    let (start, end) = bounds(range, elements.len())?;
    let Some(new) = new.as_elements() else {
        return Err(Fault::raise("A slice of an array can only be assigned another array"));
    };
    charge((elements.len() + new.len()) / 8)?;
    charge_copy(Arc::strong_count(elements), elements.len())?;
    reserve(size_of_val(new))?;
    let elements = owned_elements(elements);
    let before = elements.capacity();
    let replaced: Vec<Document> = elements.splice(start..end, new.iter().cloned()).collect();
    hold(elements.capacity().saturating_sub(before) * size_of::<Document>());
    replaced.into_iter().map(Val::of).for_each(drop);
    Ok(())
}

/// The value without what stands at the keys. What is not there is no error. The keys are those of one container.
pub(super) fn without(mut val: Val, keys: &[&Document]) -> Answer {
    match val.document_mut() {
        Document::Null => Ok(val),
        Document::Arr(elements) => {
            without_elements(elements, keys)?;
            Ok(val)
        }
        Document::Obj(members) => {
            charge_copy(Arc::strong_count(members), members.len() * 2)?;
            charge(members.len())?;
            let members = owned_members(members);
            match keys {
                [key] => remove(members, key)?,
                keys => remove_all(members, keys)?,
            }
            Ok(val)
        }
        _ => Err(Fault::raise(&format!("Cannot delete fields from {}", val.kind()))),
    }
}

fn name_of(key: &Document) -> Result<crate::document::Key, Fault> {
    let key = Val::of(key.clone());
    key.as_key().ok_or_else(|| Fault::raise(&format!("Cannot delete {} field of object", key.kind())))
}

fn remove(members: &mut Members, key: &Document) -> Result<(), Fault> {
    if let Some(removed) = members.shift_remove(&name_of(key)?) {
        drop(Val::of(removed));
        super::super::account::release(48);
    }
    Ok(())
}

fn remove_all(members: &mut Members, keys: &[&Document]) -> Result<(), Fault> {
    let mut removed = std::collections::HashSet::with_capacity(keys.len());
    for key in keys {
        removed.insert(name_of(key)?);
    }
    for key in &removed {
        if let Some(value) = members.get_mut(key) {
            drop(Val::of(std::mem::replace(value, Document::Null)));
            super::super::account::release(48);
        }
    }
    members.retain(|key, _| !removed.contains(key));
    Ok(())
}

fn without_elements(elements: &mut Arc<Vec<Document>>, keys: &[&Document]) -> Result<(), Fault> {
    let length = elements.len();
    let mut ranges = Vec::with_capacity(keys.len());
    for key in keys {
        match key {
            Document::Number(number) => {
                let at = place(super::super::val::double_of(number), length);
                ranges.extend(at.map(|at| (at, at + 1)));
            }
            Document::Obj(range) => ranges.push(bounds(range, length)?),
            key => {
                let kind = super::super::val::kind(key);
                return Err(Fault::raise(&format!("Cannot delete {kind} element of array")));
            }
        }
    }
    charge(length / 8 + ranges.len())?;
    charge_copy(Arc::strong_count(elements), length)?;
    ranges.sort_unstable();
    let elements = owned_elements(elements);
    let mut ranges = ranges.into_iter().peekable();
    let (mut at, mut end) = (0, 0);
    elements.retain_mut(|element| {
        while let Some((_, upto)) = ranges.next_if(|(from, _)| *from <= at) {
            end = end.max(upto);
        }
        let stays = at >= end;
        if !stays {
            drop(Val::of(std::mem::replace(element, Document::Null)));
        }
        at += 1;
        stays
    });
    Ok(())
}
