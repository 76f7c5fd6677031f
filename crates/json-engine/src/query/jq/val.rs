//! Val: a Document as the interpreter handles it.
//!
//! Beyond JSON it holds NaN and the infinities, as literals that no JSON text has; they are written as jq does, null and
//! the largest double. Promise: what is made here is charged; dropping never recurses, however deep the value.

use std::cmp::Ordering;
use std::sync::Arc;

use super::account::{charge, hold, release};
use crate::document::{Document, Key, Members, Number};

/// A value of a running program.
#[derive(Debug, Clone)]
pub(super) struct Val(Document);

pub(super) const NAN: &str = "NaN";
pub(super) const INFINITY: &str = "Infinity";
pub(super) const MINUS_INFINITY: &str = "-Infinity";

/// Beside its elements, what an array, object or string costs in bytes.
const HEAD: usize = 48;

impl Val {
    pub(super) const NULL: Val = Val(Document::Null);

    /// Wraps a value whose memory is charged already.
    pub(super) fn of(document: Document) -> Val {
        Val(document)
    }

    pub(super) fn document(&self) -> &Document {
        &self.0
    }

    pub(super) fn document_mut(&mut self) -> &mut Document {
        &mut self.0
    }

    pub(super) fn into_document(mut self) -> Document {
        std::mem::replace(&mut self.0, Document::Null)
    }

    pub(super) fn array(elements: Vec<Document>) -> Val {
        let value = Val(Document::Arr(Arc::new(elements)));
        hold(value.shallow_bytes());
        value
    }

    pub(super) fn object(members: Members) -> Val {
        let value = Val(Document::Obj(Arc::new(members)));
        hold(value.shallow_bytes());
        value
    }

    pub(super) fn text(text: &str) -> Val {
        hold(text.len() + HEAD);
        Val(Document::Str(text.into()))
    }

    pub(super) fn integer(integer: i64) -> Val {
        Val(Document::Number(Number::I64(integer)))
    }

    /// A double; whole ones below 1e17 become integers.
    pub(super) fn double(double: f64) -> Val {
        if double.fract() == 0.0 && double.abs() < 1e17 && (double != 0.0 || double.is_sign_positive()) {
            return Val::integer(double as i64);
        }
        let literal: crate::document::Literal = if double.is_nan() {
            NAN.into()
        } else if double == f64::INFINITY {
            INFINITY.into()
        } else if double == f64::NEG_INFINITY {
            MINUS_INFINITY.into()
        } else {
            super::text::double(double).as_str().into()
        };
        Val(Document::Number(Number::Literal(literal)))
    }

    fn shallow_bytes(&self) -> usize {
        shallow_bytes(&self.0)
    }

    /// The number, rounded to a double; `None` for what is none.
    pub(super) fn as_double(&self) -> Option<f64> {
        match &self.0 {
            Document::Number(number) => Some(double_of(number)),
            Document::Null
            | Document::Bool(_)
            | Document::Str(_)
            | Document::Surrogates(_)
            | Document::Arr(_)
            | Document::Obj(_) => None,
        }
    }

    pub(super) fn kind(&self) -> &'static str {
        match &self.0 {
            Document::Null => "null",
            Document::Bool(_) => "boolean",
            Document::Number(_) => "number",
            Document::Str(_) | Document::Surrogates(_) => "string",
            Document::Arr(_) => "array",
            Document::Obj(_) => "object",
        }
    }
}

impl Default for Val {
    fn default() -> Val {
        Val::NULL
    }
}

fn shallow_bytes(document: &Document) -> usize {
    match document {
        Document::Null | Document::Bool(_) | Document::Number(_) => 0,
        Document::Str(text) | Document::Surrogates(text) => text.len() + HEAD,
        Document::Arr(elements) => elements.len() * size_of::<Document>() + HEAD,
        Document::Obj(members) => members.len() * size_of::<(Key, Document)>() + HEAD,
    }
}

impl Drop for Val {
    fn drop(&mut self) {
        if matches!(self.0, Document::Null | Document::Bool(_) | Document::Number(_)) {
            return;
        }
        let mut open = vec![std::mem::replace(&mut self.0, Document::Null)];
        while let Some(document) = open.pop() {
            let bytes = shallow_bytes(&document);
            match document {
                Document::Arr(elements) => {
                    if let Ok(elements) = Arc::try_unwrap(elements) {
                        release(bytes);
                        open.extend(elements.into_iter().filter(|element| shallow_bytes(element) > 0));
                    }
                }
                Document::Obj(members) => {
                    if let Ok(members) = Arc::try_unwrap(members) {
                        release(bytes);
                        let values = members.into_iter().map(|(_, value)| value);
                        open.extend(values.filter(|value| shallow_bytes(value) > 0));
                    }
                }
                Document::Str(text) | Document::Surrogates(text) => {
                    if Arc::strong_count(&text) == 1 {
                        release(bytes);
                    }
                }
                Document::Null | Document::Bool(_) | Document::Number(_) => {}
            }
        }
    }
}

pub(super) fn double_of(number: &Number) -> f64 {
    match number {
        Number::I64(integer) => *integer as f64,
        // Rust reads NaN and Infinity too.
        Number::Literal(literal) => literal.parse().unwrap_or(f64::NAN),
    }
}

fn rank(document: &Document) -> u8 {
    match document {
        Document::Null => 0,
        Document::Bool(false) => 1,
        Document::Bool(true) => 2,
        Document::Number(_) => 3,
        Document::Str(_) | Document::Surrogates(_) => 4,
        Document::Arr(_) => 5,
        Document::Obj(_) => 6,
    }
}

/// The order of jq: null, false, true, numbers, strings, arrays, objects; NaN below every number.
pub(super) fn compare(left: &Document, right: &Document) -> Ordering {
    charge(1);
    match (left, right) {
        (Document::Number(Number::I64(left)), Document::Number(Number::I64(right))) => left.cmp(right),
        (Document::Number(left), Document::Number(right)) => {
            let (left, right) = (double_of(left), double_of(right));
            left.partial_cmp(&right).unwrap_or(if left.is_nan() { Ordering::Less } else { Ordering::Greater })
        }
        (
            Document::Str(left) | Document::Surrogates(left),
            Document::Str(right) | Document::Surrogates(right),
        ) => {
            charge(left.len().min(right.len()) as u64 / 64);
            left.cmp(right)
        }
        (Document::Arr(left), Document::Arr(right)) => {
            let pairs = left.iter().zip(right.iter()).map(|(left, right)| compare(left, right));
            pairs.into_iter().find(|order| order.is_ne()).unwrap_or_else(|| left.len().cmp(&right.len()))
        }
        (Document::Obj(left), Document::Obj(right)) => compare_objects(left, right),
        (left, right) => rank(left).cmp(&rank(right)),
    }
}

/// First the sorted keys as arrays, then the values key by key.
fn compare_objects(left: &Members, right: &Members) -> Ordering {
    let (left, right) = (sorted(left), sorted(right));
    let keys =
        |members: &[(&Key, &Document)]| members.iter().map(|(key, _)| key.literal().to_owned()).collect();
    let (left_keys, right_keys): (Vec<String>, Vec<String>) = (keys(&left), keys(&right));
    left_keys.cmp(&right_keys).then_with(|| {
        let mut pairs = left.iter().zip(&right).map(|((_, left), (_, right))| compare(left, right));
        pairs.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    })
}

/// The members by their keys.
pub(super) fn sorted(members: &Members) -> Vec<(&Key, &Document)> {
    charge(members.len() as u64);
    let mut sorted: Vec<(&Key, &Document)> = members.iter().collect();
    sorted.sort_by(|(left, _), (right, _)| left.literal().cmp(right.literal()));
    sorted
}

impl PartialEq for Val {
    fn eq(&self, other: &Val) -> bool {
        let is_nan = |val: &Val| val.as_double().is_some_and(f64::is_nan);
        !is_nan(self) && compare(&self.0, &other.0).is_eq()
    }
}

impl Eq for Val {}

impl PartialOrd for Val {
    fn partial_cmp(&self, other: &Val) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Val {
    fn cmp(&self, other: &Val) -> Ordering {
        compare(&self.0, &other.0)
    }
}

impl From<bool> for Val {
    fn from(bool: bool) -> Val {
        Val(Document::Bool(bool))
    }
}

impl From<isize> for Val {
    fn from(integer: isize) -> Val {
        Val::integer(integer as i64)
    }
}

impl From<usize> for Val {
    fn from(integer: usize) -> Val {
        Val::integer(integer as i64)
    }
}

impl From<f64> for Val {
    fn from(double: f64) -> Val {
        Val::double(double)
    }
}

impl From<String> for Val {
    fn from(text: String) -> Val {
        Val::text(&text)
    }
}

impl From<std::ops::Range<Option<Val>>> for Val {
    fn from(range: std::ops::Range<Option<Val>>) -> Val {
        let bound = |name: &str, value: Option<Val>| {
            (Key::Text(name.into()), value.unwrap_or_default().into_document())
        };
        Val::object([bound("start", range.start), bound("end", range.end)].into_iter().collect())
    }
}

impl FromIterator<Val> for Val {
    fn from_iter<I: IntoIterator<Item = Val>>(values: I) -> Val {
        // Charged as it grows: the source may have no end.
        let mut collected: Vec<Val> = Vec::new();
        for value in values {
            hold(size_of::<Document>());
            charge(1);
            collected.push(value);
        }
        hold(HEAD);
        Val(Document::Arr(Arc::new(collected.into_iter().map(Val::into_document).collect())))
    }
}
