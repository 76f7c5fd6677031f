//! Node: a document as the checking library sees it, so that nothing is converted.
//!
//! Promise: every look at a value is charged to the run. Cost: a reference a value; strings are borrowed.

use std::borrow::Cow;
use std::ops::ControlFlow;

use jsonschema::JsonType;
use jsonschema::json::{Array, Json, JsonNumber, Node, NodeIdentity, Object};
use serde_json::Value;

use super::run::Run;
use super::unique;
use crate::document::{Document, Iter, Key, Members, Number};
use crate::write::unescape;

/// Memory that a failure holds, in bytes: two paths, the kind and what is reported in the end.
const FAILURE_BYTES: u64 = 1024;

/// The representation.
pub(super) struct Own;

/// A value of it. Only a name that the library makes up stands outside of a run.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    document: &'a Document,
    run: Option<&'a Run<'a>>,
}

impl<'a> Place<'a> {
    pub(super) fn root(document: &'a Document, run: &'a Run<'a>) -> Place<'a> {
        Place { document, run: Some(run) }
    }

    /// The value and its run, charged for a look.
    pub(super) fn look(&self) -> (&'a Document, Option<&'a Run<'a>>) {
        self.charge();
        (self.document, self.run)
    }

    fn below(self, document: &'a Document) -> Place<'a> {
        Place { document, ..self }
    }

    #[inline]
    fn charge(&self) {
        if let Some(run) = self.run {
            run.charge(1);
        }
    }
}

impl Json for Own {
    type Node<'a> = Place<'a>;
    type PreparedKey = String;
    type StringBuffer = ();

    const ACYCLIC: bool = true;

    fn prepare_key(key: &str) -> String {
        key.to_owned()
    }

    fn with_string_node<T>((): &mut (), string: &str, f: impl FnOnce(Place<'_>) -> T) -> T {
        f(Place { document: &Document::Str(string.into()), run: None })
    }
}

impl<'a> Node<'a, Own> for Place<'a> {
    type Object = Fields<'a>;
    type Array = Elements<'a>;
    type Number = &'a Number;

    fn as_object(&self) -> Option<Fields<'a>> {
        self.charge();
        match self.document {
            Document::Obj(members) => Some(Fields { members, place: *self }),
            _ => None,
        }
    }

    fn as_array(&self) -> Option<Elements<'a>> {
        self.charge();
        match self.document {
            Document::Arr(elements) => Some(Elements { elements, place: *self }),
            _ => None,
        }
    }

    fn as_string(&self) -> Option<Cow<'a, str>> {
        match self.document {
            Document::Str(text) => {
                self.run.inspect(|run| run.charge(1 + text.len() as u64 / 64));
                Some(Cow::Borrowed(text))
            }
            Document::Surrogates(literal) => {
                self.charge();
                Some(Cow::Owned(replaced(literal)))
            }
            _ => {
                self.charge();
                None
            }
        }
    }

    /// Characters have one to four bytes, so that those of most texts need not be counted.
    fn string_length_within(&self, least: u64, most: u64) -> Option<bool> {
        let Document::Str(text) = self.document else {
            return self.string_length().map(|length| (least..=most).contains(&length));
        };
        if let Some(told) = length_told(text, least, most) {
            self.charge();
            return Some(told);
        }
        self.string_length().map(|length| (least..=most).contains(&length))
    }

    fn as_number(&self) -> Option<&'a Number> {
        self.charge();
        match self.document {
            Document::Number(number) => Some(number),
            _ => None,
        }
    }

    fn as_boolean(&self) -> Option<bool> {
        self.charge();
        match self.document {
            Document::Bool(value) => Some(*value),
            _ => None,
        }
    }

    fn is_null(&self) -> bool {
        self.charge();
        matches!(self.document, Document::Null)
    }

    fn json_type(&self) -> JsonType {
        self.charge();
        match self.document {
            Document::Null => JsonType::Null,
            Document::Bool(_) => JsonType::Boolean,
            Document::Number(_) => JsonType::Number,
            Document::Str(_) | Document::Surrogates(_) => JsonType::String,
            Document::Arr(_) => JsonType::Array,
            Document::Obj(_) => JsonType::Object,
        }
    }

    /// Reports say where a value stands, not what it is, so none is converted; each failure asks for it once.
    fn to_value(&self) -> Cow<'a, Value> {
        self.run.inspect(|run| run.hold(FAILURE_BYTES));
        Cow::Owned(Value::Null)
    }

    fn equals_value(&self, expected: &Value) -> bool {
        let (document, run) = self.look();
        let expected = super::carry::document(expected);
        run.is_some_and(|run| run.expect(crate::equal::same(document, &expected, run.meter())))
    }

    fn identity(&self) -> Option<NodeIdentity> {
        self.charge();
        Some(NodeIdentity::new(std::ptr::from_ref(self.document).addr()))
    }
}

/// Whether a text has so many characters, if its bytes tell.
#[inline]
pub(super) fn length_told(text: &str, least: u64, most: u64) -> Option<bool> {
    let bytes = text.len() as u64;
    let fewest = bytes.div_ceil(4);
    if bytes < least || fewest > most {
        return Some(false);
    }
    (least <= fewest && bytes <= most).then_some(true)
}

/// The members of an object.
pub(super) struct Fields<'a> {
    members: &'a Members,
    place: Place<'a>,
}

/// An iterator over members.
pub(super) struct FieldsIter<'a>(Iter<'a>, Place<'a>);

impl<'a> Iterator for FieldsIter<'a> {
    type Item = (Cow<'a, str>, Place<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let (key, value) = self.0.next()?;
        self.1.run.inspect(|run| run.name(key.literal()));
        Some((name(key), self.1.below(value)))
    }
}

impl<'a> Object<'a, Own> for Fields<'a> {
    type Node = Place<'a>;
    type MemberName = Cow<'a, str>;
    type MembersIter = FieldsIter<'a>;

    fn len(&self) -> usize {
        self.members.len()
    }

    fn get(&self, key: &String) -> Option<Place<'a>> {
        self.place.charge();
        self.members.get(key.as_str()).map(|value| self.place.below(value))
    }

    fn members(&self) -> FieldsIter<'a> {
        FieldsIter(self.members.iter(), self.place)
    }

    fn try_for_each_name_node<B>(
        &self,
        (): &mut (),
        mut f: impl FnMut(Place<'_>) -> ControlFlow<B>,
    ) -> ControlFlow<B> {
        for key in self.members.keys() {
            f(Place { document: &Document::from(key.clone()), run: self.place.run })?;
        }
        ControlFlow::Continue(())
    }
}

/// The elements of an array.
pub(super) struct Elements<'a> {
    elements: &'a [Document],
    place: Place<'a>,
}

/// An iterator over elements, which are charged already.
pub(super) struct ElementsIter<'a>(std::slice::Iter<'a, Document>, Place<'a>);

impl<'a> Iterator for ElementsIter<'a> {
    type Item = Place<'a>;

    fn next(&mut self) -> Option<Place<'a>> {
        self.0.next().map(|element| self.1.below(element))
    }
}

impl<'a> Array<'a, Own> for Elements<'a> {
    type Node = Place<'a>;
    type ElementsIter = ElementsIter<'a>;

    fn len(&self) -> usize {
        self.elements.len()
    }

    fn elements(&self) -> ElementsIter<'a> {
        self.place.run.inspect(|run| run.charge(self.elements.len() as u64));
        ElementsIter(self.elements.iter(), self.place)
    }

    fn is_unique(&self) -> bool {
        self.place.run.is_none_or(|run| run.expect(unique::all_differ(self.elements, run.meter())))
    }
}

impl JsonNumber for &Number {
    fn as_u64(&self) -> Option<u64> {
        match self {
            Number::I64(integer) => u64::try_from(*integer).ok(),
            Number::Literal(literal) => literal.parse().ok(),
        }
    }

    fn as_i64(&self) -> Option<i64> {
        match self {
            Number::I64(integer) => Some(*integer),
            Number::Literal(_) => None,
        }
    }

    fn as_f64(&self) -> Option<f64> {
        match self {
            Number::I64(integer) => Some(*integer as f64),
            Number::Literal(literal) => literal.parse().ok().filter(|double: &f64| double.is_finite()),
        }
    }

    fn as_str(&self) -> Cow<'_, str> {
        match self {
            Number::I64(integer) => Cow::Owned(integer.to_string()),
            Number::Literal(literal) => Cow::Borrowed(literal.as_str()),
        }
    }

    fn to_number(&self) -> Cow<'_, serde_json::Number> {
        Cow::Owned(super::carry::nearest(self))
    }

    fn is_integer(&self) -> bool {
        Number::is_integer(self)
    }
}

fn name(key: &Key) -> Cow<'_, str> {
    match key {
        Key::Text(text) => Cow::Borrowed(text),
        Key::Surrogates(literal) => Cow::Owned(replaced(literal)),
    }
}

/// A string with lone surrogates as text: U+FFFD stands for each.
pub(super) fn replaced(literal: &str) -> String {
    let mut bytes = unescape(literal.as_bytes());
    for at in 0..bytes.len().saturating_sub(2) {
        if bytes[at] == 0xed && bytes[at + 1] >= 0xa0 {
            bytes[at..at + 3].copy_from_slice("\u{fffd}".as_bytes());
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
