//! Val: a Document as the machine handles it.
//!
//! Beyond JSON it holds NaN and the infinities, as literals that no JSON text has; they are written as jq does, null and
//! the largest double. Promise: what is made here is charged; dropping never recurses, however deep the value. Cost: a copy
//! is a reference count.

use std::sync::Arc;

use super::account::{hold, release};
use super::fault::{Answer, Fault};
use super::text::described;
use crate::document::{Document, Key, Members, Number};

/// A value of a running program; 24 bytes.
#[derive(Debug, Clone)]
pub(super) struct Val(Document);

pub(super) const NAN: &str = "NaN";
pub(super) const INFINITY: &str = "Infinity";
pub(super) const MINUS_INFINITY: &str = "-Infinity";

/// Beside its elements, what an array, object or string costs in bytes.
pub(super) const HEAD: usize = 48;
/// What a member costs beside the text of its key.
pub(super) const MEMBER: usize = size_of::<(Key, Document)>();

impl Val {
    pub(super) const NULL: Val = Val(Document::Null);
    pub(super) const TRUE: Val = Val(Document::Bool(true));
    pub(super) const FALSE: Val = Val(Document::Bool(false));

    /// Wraps a value whose memory is charged already, or is no matter of this run.
    #[inline]
    pub(super) fn of(document: Document) -> Val {
        Val(document)
    }

    /// The value itself.
    #[inline]
    pub(super) fn document(&self) -> &Document {
        &self.0
    }

    /// Takes the value out; whoever holds it then must not drop what may be deep.
    #[inline]
    pub(super) fn into_document(mut self) -> Document {
        std::mem::replace(&mut self.0, Document::Null)
    }

    /// The value, to be changed; what is charged for it is the changer's matter.
    #[inline]
    pub(super) fn document_mut(&mut self) -> &mut Document {
        &mut self.0
    }

    /// Takes the value and leaves null.
    #[inline]
    pub(super) fn take(&mut self) -> Val {
        std::mem::replace(self, Val::NULL)
    }

    pub(super) fn array(elements: Vec<Document>) -> Val {
        hold(array_bytes(&elements));
        Val(Document::Arr(Arc::new(elements)))
    }

    pub(super) fn object(members: Members) -> Val {
        hold(object_bytes(&members));
        Val(Document::Obj(Arc::new(members)))
    }

    /// An array of values.
    pub(super) fn collect(values: Vec<Val>) -> Val {
        Val::array(values.into_iter().map(Val::into_document).collect())
    }

    pub(super) fn text(text: &str) -> Val {
        hold(text.len() + HEAD);
        Val(Document::Str(text.into()))
    }

    #[inline]
    pub(super) fn integer(integer: i64) -> Val {
        Val(Document::Number(Number::I64(integer)))
    }

    /// A count or a place.
    #[inline]
    pub(super) fn count(count: usize) -> Val {
        Val::integer(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// A double, as an integer if it is [`whole`].
    pub(super) fn double(double: f64) -> Val {
        if let Some(integer) = whole(double) {
            return Val::integer(integer);
        }
        let literal = if double.is_nan() {
            NAN.into()
        } else if double == f64::INFINITY {
            INFINITY.into()
        } else if double == f64::NEG_INFINITY {
            MINUS_INFINITY.into()
        } else {
            super::text::literal_of(double)
        };
        Val(Document::Number(Number::Literal(literal)))
    }

    /// The number, rounded to a double; `None` for what is none.
    #[inline]
    pub(super) fn as_double(&self) -> Option<f64> {
        as_double(&self.0)
    }

    /// The integer, if it is kept as one.
    #[inline]
    pub(super) fn as_integer(&self) -> Option<i64> {
        if let Document::Number(Number::I64(integer)) = &self.0 { Some(*integer) } else { None }
    }

    /// The text of a string; for one with a lone surrogate its escaped literal.
    #[inline]
    pub(super) fn as_text(&self) -> Option<&str> {
        if let Document::Str(text) | Document::Surrogates(text) = &self.0 { Some(text) } else { None }
    }

    #[inline]
    pub(super) fn as_elements(&self) -> Option<&[Document]> {
        if let Document::Arr(elements) = &self.0 { Some(elements) } else { None }
    }

    #[inline]
    pub(super) fn as_members(&self) -> Option<&Members> {
        if let Document::Obj(members) = &self.0 { Some(members) } else { None }
    }

    /// Whether `if` takes it for true: neither null nor false.
    #[inline]
    pub(super) fn is_true(&self) -> bool {
        !matches!(self.0, Document::Null | Document::Bool(false))
    }

    #[inline]
    pub(super) fn is_null(&self) -> bool {
        matches!(self.0, Document::Null)
    }

    pub(super) fn is_nan(&self) -> bool {
        matches!(&self.0, Document::Number(Number::Literal(literal)) if literal.as_str() == NAN)
    }

    /// The name of its type.
    pub(super) fn kind(&self) -> &'static str {
        kind(&self.0)
    }

    /// The key that a string is.
    #[inline]
    pub(super) fn as_key(&self) -> Option<Key> {
        match &self.0 {
            Document::Str(text) => Some(Key::Text(text.clone())),
            Document::Surrogates(literal) => Some(Key::Surrogates(literal.clone())),
            Document::Null
            | Document::Bool(_)
            | Document::Number(_)
            | Document::Arr(_)
            | Document::Obj(_) => None,
        }
    }

    /// Appends to an array; what is no array stays as it is. Copies it when others share it.
    #[inline]
    pub(super) fn push(&mut self, element: Val) {
        let Document::Arr(elements) = &mut self.0 else { return };
        let elements = owned_elements(elements);
        let before = elements.capacity();
        elements.push(element.into_document());
        let after = elements.capacity();
        if after != before {
            hold((after - before) * size_of::<Document>());
        }
    }

    /// Sets a member of an object under construction; what is no object stays as it is. Fails when the key is no string.
    pub(super) fn insert(&mut self, key: &Val, value: Val) -> Result<(), Fault> {
        let Some(key) = key.as_key() else {
            return Err(Fault::raise(&format!("Cannot use {} as object key", described(key))));
        };
        self.insert_key(key, value);
        Ok(())
    }

    /// As [`Val::insert`], with a key that is known to be one.
    pub(super) fn insert_key(&mut self, key: Key, value: Val) {
        let Document::Obj(members) = &mut self.0 else { return };
        match owned_members(members).insert(key, value.into_document()) {
            Some(replaced) => drop(Val(replaced)),
            None => hold(MEMBER),
        }
    }
}

/// The integer that a double is kept as: a whole one below 1e17.
#[inline]
pub(super) fn whole(double: f64) -> Option<i64> {
    const WHOLE: f64 = 1e17;
    let is_whole =
        double.abs() < WHOLE && double == double.trunc() && (double != 0.0 || double.is_sign_positive());
    is_whole.then_some(double as i64)
}

/// The elements, to be changed; a copy that is charged when others share them.
pub(super) fn owned_elements(elements: &mut Arc<Vec<Document>>) -> &mut Vec<Document> {
    if Arc::get_mut(elements).is_none() {
        let copy = Vec::clone(elements);
        hold(array_bytes(&copy));
        *elements = Arc::new(copy);
    }
    Arc::make_mut(elements)
}

/// The members, to be changed; a copy that is charged when others share them.
pub(super) fn owned_members(members: &mut Arc<Members>) -> &mut Members {
    if Arc::get_mut(members).is_none() {
        let copy = Members::clone(members);
        hold(object_bytes(&copy));
        *members = Arc::new(copy);
    }
    Arc::make_mut(members)
}

/// The name of a type.
pub(super) fn kind(document: &Document) -> &'static str {
    match document {
        Document::Null => "null",
        Document::Bool(_) => "boolean",
        Document::Number(_) => "number",
        Document::Str(_) | Document::Surrogates(_) => "string",
        Document::Arr(_) => "array",
        Document::Obj(_) => "object",
    }
}

#[inline]
pub(super) fn as_double(document: &Document) -> Option<f64> {
    if let Document::Number(number) = document { Some(double_of(number)) } else { None }
}

#[inline]
pub(super) fn double_of(number: &Number) -> f64 {
    match number {
        Number::I64(integer) => *integer as f64,
        // Rust reads NaN and Infinity too.
        Number::Literal(literal) => literal.parse().unwrap_or(f64::NAN),
    }
}

fn array_bytes(elements: &Vec<Document>) -> usize {
    elements.capacity() * size_of::<Document>() + HEAD
}

/// What an object costs, without what its members hold.
pub(super) fn object_bytes(members: &Members) -> usize {
    members.len() * MEMBER + HEAD
}

impl Default for Val {
    fn default() -> Val {
        Val::NULL
    }
}

impl Drop for Val {
    #[inline]
    fn drop(&mut self) {
        match &self.0 {
            Document::Null | Document::Bool(_) | Document::Number(_) => {}
            Document::Str(text) | Document::Surrogates(text) => {
                if Arc::strong_count(text) == 1 {
                    release(text.len() + HEAD);
                }
            }
            Document::Arr(elements) => {
                if Arc::strong_count(elements) == 1 {
                    bury(std::mem::replace(&mut self.0, Document::Null));
                }
            }
            Document::Obj(members) => {
                if Arc::strong_count(members) == 1 {
                    bury(std::mem::replace(&mut self.0, Document::Null));
                }
            }
        }
    }
}

/// Drops a container that nobody else holds, level by level.
fn bury(document: Document) {
    let mut open = Vec::new();
    let mut next = Some(document);
    while let Some(document) = next {
        match document {
            Document::Arr(elements) => {
                if let Some(elements) = Arc::into_inner(elements) {
                    release(array_bytes(&elements));
                    elements.into_iter().for_each(|element| bury_child(element, &mut open));
                }
            }
            Document::Obj(members) => {
                if let Some(members) = Arc::into_inner(members) {
                    release(object_bytes(&members));
                    members.into_iter().for_each(|(key, value)| {
                        drop(Val(key.into()));
                        bury_child(value, &mut open);
                    });
                }
            }
            Document::Null
            | Document::Bool(_)
            | Document::Number(_)
            | Document::Str(_)
            | Document::Surrogates(_) => {}
        }
        next = open.pop();
    }
}

fn bury_child(child: Document, open: &mut Vec<Document>) {
    match child {
        Document::Null | Document::Bool(_) | Document::Number(_) => {}
        Document::Str(_) | Document::Surrogates(_) => drop(Val(child)),
        Document::Arr(_) | Document::Obj(_) => open.push(child),
    }
}

impl From<bool> for Val {
    #[inline]
    fn from(bool: bool) -> Val {
        Val(Document::Bool(bool))
    }
}

/// An operation that always succeeds.
impl From<Val> for Answer {
    #[inline]
    fn from(val: Val) -> Answer {
        Ok(val)
    }
}

#[cfg(test)]
mod tests {
    use super::super::account;
    use super::*;

    #[test]
    fn a_value_a_million_levels_deep_is_dropped() {
        let mut deep = Val::NULL;
        for _ in 0..1_000_000 {
            deep = Val::collect(vec![deep]);
        }
        drop(deep);
    }

    #[test]
    fn what_is_held_is_given_back() {
        let before = account::held();
        let mut array = Val::array(Vec::new());
        for at in 0..100 {
            array.push(Val::text(&at.to_string()));
        }
        let mut copy = array.clone();
        copy.push(Val::TRUE);
        let mut object = Val::object(Members::default());
        object.insert(&Val::text("a"), copy).unwrap();
        object.insert(&Val::text("a"), Val::NULL).unwrap();
        assert!(account::held() > before);
        drop((array, object));
        assert_eq!(account::held(), before);
    }

    #[test]
    fn doubles() {
        let literal = |double| match Val::double(double).document() {
            Document::Number(Number::Literal(literal)) => literal.to_string(),
            other => format!("{other:?}"),
        };
        assert_eq!(literal(1.5), "1.5");
        assert_eq!(literal(-0.0), "-0");
        assert_eq!(literal(f64::NAN), "NaN");
        assert_eq!(literal(1e300), "1e+300");
        assert_eq!(Val::double(3.0).as_integer(), Some(3));
    }
}
