//! Objects that stand for what JSON lacks: bytes, tags, maps with keys of any kind.
//!
//! Cost: a look at the members of an object; that of its keys for a map.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{At, Step, Writer};
use crate::convert::foreign::{self, Meaning, NonFinite, Tag};
use crate::convert::yaml::quote::quoted;
use crate::convert::yaml::tag::shorthand;
use crate::convert::yaml::unique::unique;
use crate::document::Document;
use crate::{Code, Error};

impl<'d> Writer<'d, '_> {
    /// An object that stands for something else.
    pub(super) fn meaning(
        &mut self,
        document: &'d Document,
        meaning: Meaning<'d>,
        indent: usize,
        at: At,
    ) -> Result<(), Error> {
        match meaning {
            Meaning::Tag(Tag::Name(name), value) => self.tagged(&name, value, indent, at),
            Meaning::Tag(Tag::Number(number), value) => {
                self.lose(Code::TagDropped, || format!("the tag {number} was left out: YAML tags are names"));
                self.value(value, indent, at)
            }
            Meaning::Map(pairs) if pairs.is_empty() => {
                self.separate(at);
                self.out.extend_from_slice(b"{}");
                self.end_line()
            }
            Meaning::Map(pairs) => {
                let (kept, dropped) = unique(pairs, &self.meter)?;
                for _ in 0..dropped {
                    let what =
                        "a key stands in this map more than once; only the last of its members was kept";
                    self.lose(Code::DuplicateDropped, || what.to_owned());
                }
                self.pairs(kept, indent, at)
            }
            Meaning::Bytes(_)
            | Meaning::Float(_)
            | Meaning::Datetime(_)
            | Meaning::Undefined
            | Meaning::Simple(_) => {
                self.separate(at);
                self.foreign_scalar(document, meaning);
                self.end_line()
            }
        }
    }

    /// A meaning that stands on one line; `document` is its form, and is written where there is none.
    fn foreign_scalar(&mut self, document: &Document, meaning: Meaning<'_>) {
        match meaning {
            Meaning::Bytes(bytes) => {
                self.out.extend_from_slice(b"!!binary \"");
                self.out.extend_from_slice(STANDARD.encode(bytes).as_bytes());
                self.out.push(b'"');
            }
            Meaning::Float(NonFinite::Nan) => self.out.extend_from_slice(b".nan"),
            Meaning::Float(NonFinite::Infinity) => self.out.extend_from_slice(b".inf"),
            Meaning::Float(NonFinite::NegativeInfinity) => self.out.extend_from_slice(b"-.inf"),
            Meaning::Datetime(text) => {
                self.out.extend_from_slice(b"!!timestamp ");
                quoted(&text, &mut self.out);
            }
            Meaning::Undefined => {
                self.lose(Code::UndefinedAsNull, || "undefined became null".to_owned());
                self.out.extend_from_slice(b"null");
            }
            Meaning::Simple(simple) => {
                self.lose(Code::UndefinedAsNull, || format!("the simple value {simple} became null"));
                self.out.extend_from_slice(b"null");
            }
            Meaning::Tag(_, _) | Meaning::Map(_) => self.short_scalar(document),
        }
    }

    /// `!name value`. A node has one tag, and some values have theirs already.
    fn tagged(&mut self, name: &str, value: &'d Document, indent: usize, at: At) -> Result<(), Error> {
        let inner = foreign::meaning(value);
        let is_free = matches!(inner, None | Some(Meaning::Map(_) | Meaning::Float(_)));
        let Some(tag) = shorthand(name).filter(|_| is_free) else {
            self.lose(Code::TagDropped, || "a tag was left out: YAML cannot say it here".to_owned());
            return self.value(value, indent, at);
        };
        self.separate(at);
        self.out.extend_from_slice(tag.as_bytes());
        if let Document::Number(number) = value {
            self.out.push(b' ');
            number.write(&mut self.out);
            return self.end_line();
        }
        self.value(value, indent, At::Behind)
    }

    /// A mapping whose keys are anything.
    fn pairs(
        &mut self,
        pairs: Vec<(&'d Document, &'d Document)>,
        indent: usize,
        at: At,
    ) -> Result<(), Error> {
        for (index, (key, value)) in pairs.into_iter().enumerate() {
            self.begin(index, indent, at);
            self.path.push(Step::Index(index));
            let start = self.out.len();
            if is_short(key) {
                self.short_key(key);
                self.end_key(start, indent);
            } else {
                self.out.extend_from_slice(b"? ");
                self.value(key, indent + 2, At::Begin)?;
                self.indent(indent);
                self.out.push(b':');
            }
            self.value(value, indent + 2, At::Behind)?;
            self.path.pop();
        }
        Ok(())
    }

    fn short_key(&mut self, key: &Document) {
        match foreign::meaning(key) {
            Some(meaning) => self.foreign_scalar(key, meaning),
            None => self.short_scalar(key),
        }
    }
}

/// Whether a key stands on one line before its `:`.
fn is_short(key: &Document) -> bool {
    match foreign::meaning(key) {
        Some(Meaning::Tag(_, _) | Meaning::Map(_)) => false,
        Some(_) => true,
        None => match key {
            Document::Arr(elements) => elements.is_empty(),
            Document::Obj(members) => members.is_empty(),
            Document::Null
            | Document::Bool(_)
            | Document::Number(_)
            | Document::Str(_)
            | Document::Surrogates(_) => true,
        },
    }
}
