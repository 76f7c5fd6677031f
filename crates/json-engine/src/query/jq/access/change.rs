//! How a key, an index or a slice changes a value: null becomes what the key needs, arrays are filled up with null.
//!
//! Promise: a container that nobody else holds is changed in its place. Cost: else a copy of its level.

use std::sync::Arc;

use super::super::account::{charge, hold, release, reserve};
use super::super::arithmetic::charge_copy;
use super::super::fault::{Answer, Fault};
use super::super::growth::make_room;
use super::super::val::{MEMBER, Val, object_bytes, owned_elements};
use super::{bounds, not_indexable, place};
use crate::document::{Document, Key, Members};

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
            without_members(members, keys)?;
            Ok(val)
        }
        _ => Err(Fault::raise(&format!("Cannot delete fields from {}", val.kind()))),
    }
}

/// Members that others share are not copied and then removed: the others of them are.
fn without_members(members: &mut Arc<Members>, keys: &[&Document]) -> Result<(), Fault> {
    charge_copy(Arc::strong_count(members), members.len() * 2)?;
    charge(members.len() + keys.len())?;
    let gone = places_of(members, keys)?;
    if gone.is_empty() {
        return Ok(());
    }
    let mut stays = staying(&gone);
    let Some(own) = Arc::get_mut(members) else {
        let kept = members.iter().filter(|_| stays()).map(|(key, value)| (key.clone(), value.clone()));
        let kept = Members::of_distinct(kept.collect());
        *members = Arc::new(kept);
        hold(object_bytes(members));
        return Ok(());
    };
    if let [at] = gone[..] {
        own.shift_remove_index(at).into_iter().for_each(discard);
        return Ok(());
    }
    let (kept, taken): (Vec<_>, Vec<_>) = std::mem::take(own).into_iter().partition(|_| stays());
    *own = Members::of_distinct(kept);
    taken.into_iter().for_each(discard);
    Ok(())
}

/// Drops a member that was held.
fn discard((key, value): (Key, Document)) {
    drop((Val::of(key.into()), Val::of(value)));
    release(MEMBER);
}

/// Where the members of these names stand, in order.
fn places_of(members: &Members, keys: &[&Document]) -> Result<Vec<usize>, Fault> {
    let mut places = Vec::with_capacity(keys.len());
    for key in keys {
        let key = Val::of(Document::clone(key));
        let Some(name) = key.as_key() else {
            return Err(Fault::raise(&format!("Cannot delete {} field of object", key.kind())));
        };
        places.extend(members.get_index_of(&name));
    }
    places.sort_unstable();
    places.dedup();
    Ok(places)
}

/// Says of each place in turn whether it stays.
fn staying(gone: &[usize]) -> impl FnMut() -> bool {
    let mut gone = gone.iter().peekable();
    let mut places = 0..;
    move || {
        let here = places.next();
        gone.next_if(|next| Some(**next) == here).is_none()
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::jq::account::held;

    fn object(members: std::ops::Range<usize>) -> Val {
        let mut object = Val::object(Members::default());
        for name in members {
            object.insert(&Val::text(&format!("k{name}")), Val::count(name)).unwrap();
        }
        object
    }

    /// Of objects that are searched and of ones that have a table, held by others or not.
    #[test]
    fn members_are_taken_out_of_what_is_shared_and_of_what_is_not() {
        for size in [3, 16, 40] {
            for gone in [vec![], vec![1], vec![0, 2], vec![2, 1, 0, 1], (0..size).rev().collect()] {
                let names: Vec<Val> = gone.iter().map(|name| Val::text(&format!("k{name}"))).collect();
                let mut keys: Vec<&Document> = names.iter().map(Val::document).collect();
                let missing = Val::text("none");
                keys.push(missing.document());
                let before = held();
                let (own, kept) = (object(0..size), object(0..size));
                let (of_own, of_shared) =
                    (without(own, &keys).unwrap(), without(kept.clone(), &keys).unwrap());
                let expected: Vec<String> =
                    (0..size).filter(|name| !gone.contains(name)).map(|name| format!("k{name}")).collect();
                for changed in [&of_own, &of_shared] {
                    let members = changed.as_members().unwrap();
                    assert!(members.keys().map(|key| key.literal()).eq(&expected), "{size} {gone:?}");
                    for (at, name) in expected.iter().enumerate() {
                        assert_eq!(members.get_index_of(name.as_str()), Some(at));
                    }
                    assert!(gone.iter().all(|name| !members.contains_key(format!("k{name}").as_str())));
                }
                assert_eq!(kept.as_members().unwrap().len(), size, "what is shared stays as it is");
                drop((of_own, of_shared, kept));
                assert!(held() <= before, "{size} {gone:?}: {} of {before}", held());
            }
        }
    }
}
