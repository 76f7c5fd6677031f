//! How paths read and change a value: null is created on the way, arrays are filled up, as jq does it.

use std::sync::Arc;

use jaq_core::box_iter::{BoxIter, box_once};
use jaq_core::path::Opt;
use jaq_core::val::Range;
use jaq_core::{Error, Exn, ValR, ValX};

use super::account::{charge, hold};
use super::text::{described, shown, to_json};
use super::val::{Val, compare};
use crate::document::{Document, Key, Members, Number};

/// Largest index that fills an array up, as in jq.
const LARGEST_INDEX: f64 = 536_870_911.0;

/// The text of a key.
pub(super) fn key_of(val: &Val) -> Option<Key> {
    match val.document() {
        Document::Str(text) => Some(Key::Text(text.clone())),
        Document::Surrogates(literal) => Some(Key::Surrogates(literal.clone())),
        _ => None,
    }
}

fn not_iterable(val: &Val) -> Error<Val> {
    Error::str(format!("Cannot iterate over {}", described(val)))
}

fn not_indexable(val: &Val, index: &Val) -> Error<Val> {
    Error::str(format!("Cannot index {} with {}", val.kind(), described(index)))
}

/// Where an index stands in `length` elements.
fn place(index: f64, length: usize) -> Option<usize> {
    let index = index.floor();
    let index = if index < 0.0 { index + length as f64 } else { index };
    (index >= 0.0 && index < length as f64).then_some(index as usize)
}

/// The bounds of a slice of `length` elements.
fn bounds(range: &Range<&Val>, length: usize) -> Result<(usize, usize), Error<Val>> {
    let bound = |val: Option<&Val>, default: f64| match val.map(Val::document) {
        None | Some(Document::Null) => Ok(default),
        Some(_) => val
            .and_then(Val::as_double)
            .ok_or_else(|| Error::str("Start and end indices of an array slice must be numbers")),
    };
    let size = length as f64;
    let absolute = |at: f64| if at < 0.0 { at + size } else { at }.clamp(0.0, size);
    let start = absolute(bound(range.start, 0.0)?).floor() as usize;
    let end = absolute(bound(range.end, size)?).ceil() as usize;
    Ok((start, end.max(start)))
}

fn slice_members(members: &Members) -> Range<Val> {
    let bound = |name: &str| members.get(name).map(|bound| Val::of(bound.clone()));
    bound("start")..bound("end")
}

fn slice(text: &str, range: &Range<&Val>) -> ValR<Val> {
    charge(text.len() as u64 / 16);
    let (start, end) = bounds(range, text.chars().count())?;
    Ok(Val::text(&text.chars().skip(start).take(end - start).collect::<String>()))
}

/// Where `part` begins in `whole`.
pub(super) fn indices(whole: &Val, part: &Val) -> ValR<Val> {
    match (whole.document(), part.document()) {
        (Document::Null, _) => Ok(Val::NULL),
        (Document::Str(whole), Document::Str(part)) => Ok(text_indices(whole, part)),
        (Document::Arr(_), Document::Arr(part)) if part.is_empty() => Ok(Val::NULL),
        (Document::Arr(whole), Document::Arr(part)) => {
            let is_there = |window: &[Document]| {
                window.iter().zip(part.iter()).all(|(left, right)| compare(left, right).is_eq())
            };
            let windows = whole.windows(part.len()).enumerate();
            Ok(windows.filter(|(_, window)| is_there(window)).map(|(at, _)| Val::from(at)).collect())
        }
        (Document::Arr(whole), part) => {
            let there = whole.iter().enumerate().filter(|(_, element)| compare(element, part).is_eq());
            Ok(there.map(|(at, _)| Val::from(at)).collect())
        }
        _ => Err(not_indexable(whole, part)),
    }
}

/// Overlapping places, in characters.
fn text_indices(whole: &str, part: &str) -> Val {
    charge(whole.len() as u64 / 16);
    if part.is_empty() {
        return Val::NULL;
    }
    let starts = whole.char_indices().enumerate();
    starts.filter(|(_, (byte, _))| whole[*byte..].starts_with(part)).map(|(at, _)| Val::from(at)).collect()
}

impl jaq_core::ValT for Val {
    fn from_num(literal: &str) -> ValR<Val> {
        let is_json = literal.starts_with(|first: char| first.is_ascii_digit())
            && !literal.ends_with('.')
            && !literal.contains(".e")
            && !literal.contains(".E")
            && (literal == "0" || !literal.starts_with('0') || literal[1..].starts_with(['.', 'e', 'E']));
        if is_json {
            return Ok(Val::of(Document::Number(Number::from_literal(literal))));
        }
        Ok(Val::double(literal.parse().unwrap_or(f64::NAN)))
    }

    fn from_map<I: IntoIterator<Item = (Val, Val)>>(members: I) -> ValR<Val> {
        let mut map = Members::default();
        for (key, value) in members {
            let Some(key) = key_of(&key) else {
                return Err(Error::str(format!("Object keys must be strings, not {}", described(&key))));
            };
            map.insert(key, value.into_document());
        }
        Ok(Val::object(map))
    }

    fn key_values(self) -> BoxIter<'static, ValR<(Val, Val), Val>> {
        match self.document().clone() {
            Document::Arr(elements) => Box::new(
                (0..elements.len()).map(move |at| Ok((Val::from(at), Val::of(elements[at].clone())))),
            ),
            Document::Obj(members) => Box::new((0..members.len()).filter_map(move |at| {
                let (key, value) = members.get_index(at)?;
                Some(Ok((Val::of(key.clone().into()), Val::of(value.clone()))))
            })),
            _ => box_once(Err(not_iterable(&self))),
        }
    }

    fn values(self) -> Box<dyn Iterator<Item = ValR<Val>>> {
        match self.document() {
            Document::Arr(elements) => {
                let length = elements.len();
                Box::new((0..length).filter_map(move |at| match self.document() {
                    Document::Arr(elements) => elements.get(at).map(|element| Ok(Val::of(element.clone()))),
                    _ => None,
                }))
            }
            Document::Obj(_) => Box::new(self.key_values().map(|member| member.map(|(_, value)| value))),
            _ => box_once(Err(not_iterable(&self))),
        }
    }

    fn index(self, index: &Val) -> ValR<Val> {
        match (self.document(), index.document()) {
            (
                Document::Null,
                Document::Null | Document::Number(_) | Document::Str(_) | Document::Surrogates(_),
            ) => Ok(Val::NULL),
            (Document::Obj(members), Document::Str(_) | Document::Surrogates(_)) => {
                let found = key_of(index).and_then(|key| members.get(&key).cloned());
                Ok(found.map_or(Val::NULL, Val::of))
            }
            (Document::Arr(elements), Document::Number(_)) => {
                let at = index.as_double().and_then(|index| place(index, elements.len()));
                Ok(at.map_or(Val::NULL, |at| Val::of(elements[at].clone())))
            }
            (Document::Null | Document::Arr(_) | Document::Str(_), Document::Obj(members)) => {
                let range = slice_members(members);
                self.range(range.start.as_ref()..range.end.as_ref())
            }
            (Document::Arr(_), Document::Arr(_)) => indices(&self, index),
            _ => Err(not_indexable(&self, index)),
        }
    }

    fn range(self, range: Range<&Val>) -> ValR<Val> {
        match self.document() {
            Document::Null => Ok(Val::NULL),
            Document::Str(text) => slice(text, &range),
            Document::Arr(elements) => {
                let (start, end) = bounds(&range, elements.len())?;
                charge((end - start) as u64 / 8);
                Ok(Val::array(elements[start..end].to_vec()))
            }
            _ => Err(Error::str(format!("Cannot index {} with object", self.kind()))),
        }
    }

    fn map_values<'a, I: Iterator<Item = ValX<'a, Val>>>(
        self,
        opt: Opt,
        f: impl Fn(Val) -> I,
    ) -> ValX<'a, Val> {
        charge(1);
        match self.document() {
            Document::Arr(elements) => {
                let values = elements.iter().map(|element| Val::of(element.clone()));
                values.filter_map(|value| f(value).next()).collect()
            }
            Document::Obj(members) => {
                let mut mapped = Members::with_capacity(members.len());
                for (key, value) in members.iter() {
                    if let Some(value) = f(Val::of(value.clone())).next() {
                        mapped.insert(key.clone(), value?.into_document());
                    }
                }
                Ok(Val::object(mapped))
            }
            _ => opt.fail(self, |val| Exn::from(not_iterable(&val))),
        }
    }

    fn map_index<'a, I: Iterator<Item = ValX<'a, Val>>>(
        mut self,
        index: &Val,
        opt: Opt,
        f: impl Fn(Val) -> I,
    ) -> ValX<'a, Val> {
        charge(1);
        if let (Document::Null | Document::Arr(_), Document::Obj(members)) =
            (self.document(), index.document())
        {
            let range = slice_members(members);
            return self.map_range(range.start.as_ref()..range.end.as_ref(), opt, f);
        }
        match (self.document(), index.document()) {
            (Document::Null, Document::Str(_) | Document::Surrogates(_)) => {
                self = Val::object(Members::default())
            }
            (Document::Null, Document::Number(_)) => self = Val::array(Vec::new()),
            _ => {}
        }
        match (self.document_mut(), index.document()) {
            (Document::Obj(members), Document::Str(_) | Document::Surrogates(_)) => {
                let Some(key) = key_of(index) else { return Ok(self) };
                map_member(members, key, f)?;
                Ok(self)
            }
            (Document::Arr(elements), Document::Number(_)) => {
                map_element(elements, index.as_double().unwrap_or(0.0), f)?;
                Ok(self)
            }
            _ => opt.fail(self, |val| Exn::from(not_indexable(&val, index))),
        }
    }

    fn map_range<'a, I: Iterator<Item = ValX<'a, Val>>>(
        mut self,
        range: Range<&Val>,
        opt: Opt,
        f: impl Fn(Val) -> I,
    ) -> ValX<'a, Val> {
        if matches!(self.document(), Document::Null) {
            self = Val::array(Vec::new());
        }
        let Document::Arr(elements) = self.document_mut() else {
            return opt.fail(self, |val| {
                Exn::from(Error::str(format!("Cannot update field at object index of {}", val.kind())))
            });
        };
        let (start, end) = bounds(&range, elements.len()).map_err(Exn::from)?;
        let part = Val::array(elements[start..end].to_vec());
        let new = f(part).next().transpose()?.unwrap_or_else(|| Val::array(Vec::new()));
        let Document::Arr(new) = new.document() else {
            return Err(Exn::from(Error::str("A slice of an array can only be assigned another array")));
        };
        hold(new.len() * size_of::<Document>());
        Arc::make_mut(elements).splice(start..end, new.iter().cloned());
        Ok(self)
    }

    fn as_bool(&self) -> bool {
        !matches!(self.document(), Document::Null | Document::Bool(false))
    }

    fn into_string(self) -> Val {
        match self.document() {
            Document::Str(_) | Document::Surrogates(_) => self,
            _ => Val::text(&to_json(&self)),
        }
    }
}

/// A container that others see too is copied before it changes, which costs its length.
fn charge_copy(is_shared: bool, length: usize) {
    if is_shared {
        charge(length as u64 / 8);
        hold(length * 24);
    }
}

fn map_member<'a, I: Iterator<Item = ValX<'a, Val>>>(
    members: &mut Arc<Members>,
    key: Key,
    f: impl Fn(Val) -> I,
) -> Result<(), Exn<'a, Val>> {
    charge_copy(Arc::strong_count(members) > 1, members.len() * 2);
    let members = Arc::make_mut(members);
    // Taken out while it changes, so that nothing shares it and it is not copied.
    let old = members.get_mut(&key).map(|value| std::mem::replace(value, Document::Null));
    match f(old.map_or(Val::NULL, Val::of)).next().transpose()? {
        Some(new) => {
            hold(48);
            members.insert(key, new.into_document());
        }
        None => {
            members.shift_remove(&key);
        }
    }
    Ok(())
}

fn map_element<'a, I: Iterator<Item = ValX<'a, Val>>>(
    elements: &mut Arc<Vec<Document>>,
    index: f64,
    f: impl Fn(Val) -> I,
) -> Result<(), Exn<'a, Val>> {
    charge_copy(Arc::strong_count(elements) > 1, elements.len());
    let at = index.floor();
    let at = if at < 0.0 { at + elements.len() as f64 } else { at };
    if at < 0.0 {
        return Err(Exn::from(Error::str("Out of bounds negative array index")));
    }
    if at > LARGEST_INDEX {
        return Err(Exn::from(Error::str("Array index too large")));
    }
    let at = at as usize;
    let elements = Arc::make_mut(elements);
    let old = elements.get_mut(at).map_or(Document::Null, |value| std::mem::replace(value, Document::Null));
    let Some(new) = f(Val::of(old)).next().transpose()? else {
        if at < elements.len() {
            elements.remove(at);
        }
        return Ok(());
    };
    if at >= elements.len() {
        hold((at + 1 - elements.len()) * size_of::<Document>());
        elements.resize(at + 1, Document::Null);
    }
    elements[at] = new.into_document();
    Ok(())
}

/// Whether a container has a key.
pub(super) fn has(val: &Val, key: &Val) -> ValR<Val> {
    match (val.document(), key.document()) {
        (Document::Obj(members), Document::Str(_) | Document::Surrogates(_)) => {
            Ok(key_of(key).is_some_and(|key| members.contains_key(&key)).into())
        }
        (Document::Arr(elements), Document::Number(_)) => {
            let is_there = key.as_double().is_some_and(|at| at >= 0.0 && at < elements.len() as f64);
            Ok(is_there.into())
        }
        _ => Err(Error::str(format!("Cannot check whether {} has a {} key", val.kind(), key.kind()))),
    }
}

/// A value without what stands at a path; what is not there is no error.
pub(super) fn without(val: Val, path: &[Document]) -> ValR<Val> {
    let Some((first, rest)) = path.split_first() else { return Ok(Val::NULL) };
    let first = Val::of(first.clone());
    if matches!(val.document(), Document::Null) {
        return Ok(val);
    }
    if !rest.is_empty() {
        let child = jaq_core::ValT::index(val.clone(), &first)?;
        if matches!(child.document(), Document::Null) {
            return Ok(val);
        }
        let changed = without(child, rest)?;
        let outcome = jaq_core::ValT::map_index(val, &first, Opt::Essential, |_| {
            std::iter::once(Ok::<Val, Exn<'_, Val>>(changed.clone()))
        });
        return outcome.map_err(|_| Error::str("Cannot delete there"));
    }
    match (val.document(), first.document()) {
        (Document::Obj(_), Document::Str(_) | Document::Surrogates(_)) => {}
        (Document::Arr(elements), Document::Number(_)) => {
            if first.as_double().and_then(|at| place(at, elements.len())).is_none() {
                return Ok(val);
            }
        }
        (Document::Arr(_), Document::Obj(_)) => {}
        (Document::Obj(_), _) => {
            return Err(Error::str(format!("Cannot delete field at object index of {}", first.kind())));
        }
        _ => {
            let what = if matches!(first.document(), Document::Str(_)) {
                "field at object"
            } else {
                "field at array"
            };
            return Err(Error::str(format!("Cannot delete {what} index of {}", val.kind())));
        }
    }
    let outcome = jaq_core::ValT::map_index(val, &first, Opt::Essential, |_| std::iter::empty());
    outcome.map_err(|_| Error::str(format!("Cannot delete {}", shown(&first))))
}
