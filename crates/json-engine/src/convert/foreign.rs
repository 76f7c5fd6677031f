//! Values that JSON does not have: bytes, tags, dates, numbers that are not finite, keys that are no text.
//!
//! Inside a [`Document`] they have a JSON form, and the caller chooses which. [`Foreign::Plain`] is the nearest plain
//! value (RFC 8949 section 6.1); each use of it is a loss that the report lists. [`Foreign::Tagged`] is an object that
//! says what it stands for, and every writer turns it back:
//!
//! | value | plain | tagged |
//! |---|---|---|
//! | bytes | base64url text without padding, of YAML the base64 as it stands | `{"$bytes":"<base64url without padding>"}` |
//! | NaN, infinities | `null` | `{"$float":"NaN"}`, `"Infinity"`, `"-Infinity"` |
//! | date or time | its text | `{"$datetime":"1979-05-27T07:32:00Z"}` |
//! | tag | the value in it | `{"$tag":32,"$value":…}`, `{"$tag":"!name","$value":…}` |
//! | undefined | `null` | `{"$undefined":true}` |
//! | simple value | `null` | `{"$simple":99}` |
//! | map with a key that is no text | the key's JSON text as key | `{"$map":[[key,value],…]}` |
//! | an object that looks like one of these | itself | `{"$map":[["$bytes",…]]}` |

use std::borrow::Cow;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::datetime;
use crate::document::{Document, Key, Members, Number};

/// The JSON form of values that JSON does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Foreign {
    /// The nearest plain value; objects are never taken for anything else.
    #[default]
    Plain,
    /// An object that says what it stands for; such objects are turned back when written.
    Tagged,
}

const BYTES: &str = "$bytes";
const FLOAT: &str = "$float";
const DATETIME: &str = "$datetime";
const TAG: &str = "$tag";
const VALUE: &str = "$value";
const UNDEFINED: &str = "$undefined";
const SIMPLE: &str = "$simple";
const MAP: &str = "$map";

/// A tag: a number in CBOR, a name in YAML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Tag {
    Number(u64),
    Name(Arc<str>),
}

/// A float that is no JSON number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NonFinite {
    Nan,
    Infinity,
    NegativeInfinity,
}

impl NonFinite {
    /// Its name, as in ECMAScript.
    pub(crate) fn name(self) -> &'static str {
        match self {
            NonFinite::Nan => "NaN",
            NonFinite::Infinity => "Infinity",
            NonFinite::NegativeInfinity => "-Infinity",
        }
    }

    fn named(name: &str) -> Option<NonFinite> {
        [NonFinite::Nan, NonFinite::Infinity, NonFinite::NegativeInfinity]
            .into_iter()
            .find(|f| f.name() == name)
    }
}

/// What a tagged object stands for.
#[derive(Debug, Clone)]
pub(crate) enum Meaning<'d> {
    Bytes(Vec<u8>),
    Float(NonFinite),
    /// Spelled by [`datetime::spelled`], or as it stands if it is no date or time that is known.
    Datetime(Cow<'d, str>),
    Tag(Tag, &'d Document),
    Undefined,
    Simple(u8),
    /// Pairs, each an array of key and value.
    Map(Vec<(&'d Document, &'d Document)>),
}

/// What `document` stands for, if it has exactly a tagged form; writers ask only under [`Foreign::Tagged`].
pub(crate) fn meaning(document: &Document) -> Option<Meaning<'_>> {
    let Document::Obj(members) = document else {
        return None;
    };
    let (name, value) = members.first()?;
    let name = name.as_text().filter(|name| name.starts_with('$'))?;
    match (name, members.len()) {
        (BYTES, 1) => URL_SAFE_NO_PAD.decode(text(value)?).ok().map(Meaning::Bytes),
        (FLOAT, 1) => NonFinite::named(text(value)?).map(Meaning::Float),
        (DATETIME, 1) => text(value).map(|text| Meaning::Datetime(datetime::spelled(text))),
        (UNDEFINED, 1) => matches!(value, Document::Bool(true)).then_some(Meaning::Undefined),
        (SIMPLE, 1) => integer(value).and_then(|simple| u8::try_from(simple).ok()).map(Meaning::Simple),
        (MAP, 1) => pairs(value).map(Meaning::Map),
        (TAG, 2) => Some(Meaning::Tag(tag(value)?, members.get(VALUE)?)),
        _ => None,
    }
}

fn text(value: &Document) -> Option<&str> {
    match value {
        Document::Str(text) => Some(text),
        _ => None,
    }
}

fn integer(value: &Document) -> Option<u64> {
    match value {
        Document::Number(Number::I64(integer)) => u64::try_from(*integer).ok(),
        Document::Number(Number::Literal(literal)) => literal.parse().ok(),
        _ => None,
    }
}

fn tag(value: &Document) -> Option<Tag> {
    match value {
        Document::Str(name) => Some(Tag::Name(Arc::clone(name))),
        number => integer(number).map(Tag::Number),
    }
}

fn pairs(value: &Document) -> Option<Vec<(&Document, &Document)>> {
    let Document::Arr(pairs) = value else {
        return None;
    };
    let is_pair = |pair: &Document| matches!(pair, Document::Arr(two) if two.len() == 2);
    if !pairs.iter().all(is_pair) {
        return None;
    }
    let halves = pairs.iter().filter_map(|pair| match pair {
        Document::Arr(two) => Some((two.first()?, two.get(1)?)),
        _ => None,
    });
    Some(halves.collect())
}

/// The tagged form of bytes.
pub(crate) fn bytes(bytes: &[u8]) -> Document {
    one(BYTES, Document::Str(base64url(bytes).into()))
}

/// The plain form of bytes.
pub(crate) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The tagged form of a float that is not finite.
pub(crate) fn float(float: NonFinite) -> Document {
    one(FLOAT, Document::Str(float.name().into()))
}

/// The tagged form of a date or time, in the one spelling.
pub(crate) fn datetime(text: &str) -> Document {
    one(DATETIME, Document::Str(datetime::spelled(text).into()))
}

/// The tagged form of a tagged value.
pub(crate) fn tagged(tag: &Tag, value: Document) -> Document {
    let tag = match tag {
        Tag::Number(number) => Document::Number(Number::from_literal(itoa::Buffer::new().format(*number))),
        Tag::Name(name) => Document::Str(Arc::clone(name)),
    };
    object([(TAG, tag), (VALUE, value)])
}

/// The tagged form of CBOR's undefined.
pub(crate) fn undefined() -> Document {
    one(UNDEFINED, Document::Bool(true))
}

/// The tagged form of a CBOR simple value.
pub(crate) fn simple(value: u8) -> Document {
    one(SIMPLE, Document::Number(Number::I64(i64::from(value))))
}

/// The tagged form of a map that is no object, or of an object that looks like a tagged form.
pub(crate) fn map(pairs: Vec<(Document, Document)>) -> Document {
    let pair = |(key, value)| Document::Arr(Arc::new(vec![key, value]));
    one(MAP, Document::Arr(Arc::new(pairs.into_iter().map(pair).collect())))
}

/// Whether an object would be taken for a tagged form, so that a reader must write it as [`map`] instead.
pub(crate) fn looks_tagged(document: &Document) -> bool {
    meaning(document).is_some()
}

fn one(name: &str, value: Document) -> Document {
    object([(name, value)])
}

fn object<const N: usize>(members: [(&str, Document); N]) -> Document {
    let members: Members = members.into_iter().map(|(name, value)| (Key::Text(name.into()), value)).collect();
    Document::Obj(Arc::new(members))
}
