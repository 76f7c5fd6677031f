//! How a key, an index or a slice reads a value, and what `.[]` goes over.
//!
//! Promise: error texts are those of jq 1.8. Cost: one look-up; a slice copies its elements.

mod change;
mod paths;

pub(super) use change::set;
pub(super) use paths::{delete_paths, get_path, set_path, take_path};

use super::account::{ask, charge, reserve};
use super::compare::equal_documents;
use super::fault::{Answer, Fault};
use super::text::described;
use super::val::{Val, as_double};
use crate::document::{Document, Members};

#[cold]
pub(super) fn not_indexable(val: &Val, index: &Val) -> Fault {
    Fault::raise(&format!("Cannot index {} with {}", val.kind(), described(index)))
}

/// `.[index]`: a member, an element, a slice, or where an array stands in an array.
pub(super) fn index(val: &Val, index: &Val) -> Answer {
    match (val.document(), index.document()) {
        (Document::Obj(members), Document::Str(name)) => Ok(member(members, name)),
        (Document::Obj(members), Document::Surrogates(_)) => {
            let found = index.as_key().and_then(|key| members.get(&key).cloned());
            Ok(found.map_or(Val::NULL, Val::of))
        }
        (Document::Arr(elements), Document::Number(_)) => {
            let at = index.as_double().and_then(|index| place(index, elements.len()));
            Ok(at.map_or(Val::NULL, |at| Val::of(elements[at].clone())))
        }
        (
            Document::Null,
            Document::Number(_) | Document::Str(_) | Document::Surrogates(_) | Document::Obj(_),
        ) => Ok(Val::NULL),
        (Document::Arr(elements), Document::Obj(range)) => {
            let (start, end) = bounds(range, elements.len())?;
            charge((end - start) / 8)?;
            reserve((end - start) * size_of::<Document>())?;
            Ok(Val::array(elements[start..end].to_vec()))
        }
        (Document::Str(text), Document::Obj(range)) => slice_of_text(text, range),
        (Document::Arr(whole), Document::Arr(part)) => places_of_elements(whole, part),
        _ => Err(not_indexable(val, index)),
    }
}

/// `.name`, for a name that the compiler knows.
#[inline]
pub(super) fn field(val: &Val, name: &str) -> Answer {
    match val.document() {
        Document::Obj(members) => Ok(member(members, name)),
        Document::Null => Ok(Val::NULL),
        _ => Err(not_indexable(val, &Val::text(name))),
    }
}

#[inline]
fn member(members: &Members, name: &str) -> Val {
    members.get(name).map_or(Val::NULL, |value| Val::of(value.clone()))
}

/// The key that stands for a slice in a path.
pub(super) fn slice_key(from: &Val, upto: &Val) -> Val {
    let mut key = Val::object(Members::with_capacity(2));
    key.insert_key(crate::document::Key::Text("start".into()), from.clone());
    key.insert_key(crate::document::Key::Text("end".into()), upto.clone());
    key
}

/// How many children `.[]` goes over. Fails on what can have none.
#[inline]
pub(super) fn children(val: &Val) -> Result<usize, Fault> {
    let not_iterable = || Fault::raise(&format!("Cannot iterate over {}", described(val)));
    child_count(val).ok_or_else(not_iterable)
}

/// How many elements or members there are; `None` for what can have none.
#[inline]
pub(super) fn child_count(val: &Val) -> Option<usize> {
    match val.document() {
        Document::Arr(elements) => Some(elements.len()),
        Document::Obj(members) => Some(members.len()),
        _ => None,
    }
}

/// The child at a place, counted in the order of the value.
#[inline]
pub(super) fn child(val: &Val, at: usize) -> Option<Val> {
    match val.document() {
        Document::Arr(elements) => elements.get(at).map(|element| Val::of(element.clone())),
        Document::Obj(members) => members.get_index(at).map(|(_, value)| Val::of(value.clone())),
        _ => None,
    }
}

/// The key or index of the child at a place.
pub(super) fn child_key(val: &Val, at: usize) -> Option<Val> {
    match val.document() {
        Document::Arr(elements) => (at < elements.len()).then(|| Val::count(at)),
        Document::Obj(members) => members.get_index(at).map(|(key, _)| Val::of(key.clone().into())),
        _ => None,
    }
}

/// Where an index stands in `length` elements: cut to an integer, negative ones from the end.
#[inline]
pub(super) fn place(index: f64, length: usize) -> Option<usize> {
    let index = index.trunc();
    let index = if index < 0.0 { index + length as f64 } else { index };
    (index >= 0.0 && index < length as f64).then_some(index as usize)
}

/// The bounds of a slice of `length` elements, given as an object of `start` and `end`.
pub(super) fn bounds(range: &Members, length: usize) -> Result<(usize, usize), Fault> {
    let not_integers = || Fault::raise("Array/string slice indices must be integers");
    let size = length as f64;
    let bound = |name: &str, default: f64| match range.get(name) {
        Some(Document::Null) => Ok(default),
        Some(bound) => {
            let at = as_double(bound).ok_or_else(not_integers)?;
            let absolute = if at < 0.0 { at + size } else { at };
            Ok(if at.is_nan() { default } else { absolute.clamp(0.0, size) })
        }
        None => Err(not_integers()),
    };
    let start = bound("start", 0.0)?.floor() as usize;
    let end = bound("end", size)?.ceil() as usize;
    Ok((start, end.max(start)))
}

fn slice_of_text(text: &str, range: &Members) -> Answer {
    charge(1 + text.len() / 64)?;
    let length = text.chars().count();
    let (start, end) = bounds(range, length)?;
    let byte_of = |character: usize| {
        if length == text.len() {
            return character;
        }
        text.char_indices().nth(character).map_or(text.len(), |(byte, _)| byte)
    };
    let (start, end) = (byte_of(start), byte_of(end));
    reserve(end - start)?;
    ask(end - start)?;
    Ok(Val::text(&text[start..end]))
}

/// Where `part` begins in `whole`.
fn places_of_elements(whole: &[Document], part: &[Document]) -> Answer {
    let mut places = Val::array(Vec::new());
    if part.is_empty() {
        return Ok(places);
    }
    for (at, window) in whole.windows(part.len()).enumerate() {
        let mut is_there = true;
        for (left, right) in window.iter().zip(part) {
            charge(1)?;
            if !equal_documents(left, right)? {
                is_there = false;
                break;
            }
        }
        if is_there {
            places.push(Val::count(at));
        }
    }
    Ok(places)
}

/// `has`: whether a container has a key.
pub(super) fn has(val: &Val, key: &Val) -> Answer {
    let is_there = match (val.document(), key.document()) {
        (Document::Obj(members), Document::Str(name)) => members.contains_key(&**name),
        (Document::Obj(members), Document::Surrogates(_)) => {
            key.as_key().is_some_and(|key| members.contains_key(&key))
        }
        (Document::Arr(elements), Document::Number(_)) => {
            key.as_double().is_some_and(|at| at >= 0.0 && at < elements.len() as f64)
        }
        (Document::Null, _) => false,
        _ => {
            let (kind, key) = (val.kind(), key.kind());
            return Err(Fault::raise(&format!("Cannot check whether {kind} has a {key} key")));
        }
    };
    Ok(is_there.into())
}

/// `indices`: where a value, an array or a string begins in another.
pub(super) fn indices(whole: &Val, part: &Val) -> Answer {
    match (whole.document(), part.document()) {
        (Document::Str(whole), Document::Str(part)) => places_of_text(whole, part),
        (Document::Arr(_), Document::Arr(_)) => index(whole, part),
        (Document::Arr(whole), part) => places_of_elements(whole, std::slice::from_ref(part)),
        _ => index(whole, part),
    }
}

/// Overlapping places, in characters.
fn places_of_text(whole: &str, part: &str) -> Answer {
    let mut places = Val::array(Vec::new());
    if part.is_empty() {
        return Ok(places);
    }
    charge(1 + whole.len() / 16)?;
    let finder = memchr::memmem::Finder::new(part);
    let (mut byte, mut characters) = (0, 0);
    while let Some(next) = finder.find(&whole.as_bytes()[byte..]) {
        charge(1 + next / 16)?;
        characters += whole[byte..byte + next].chars().count();
        places.push(Val::count(characters));
        let found = byte + next;
        byte = found + whole[found..].chars().next().map_or(1, char::len_utf8);
        characters += 1;
    }
    Ok(places)
}
