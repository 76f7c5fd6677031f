//! The members of a table: their names, and where each is written.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::Code;
use crate::convert::foreign::Meaning;
use crate::convert::literal::with_replacements;
use crate::document::{Document, Key};

use super::super::shape::{Shape, meant, shape};
use super::{Step, Writer};

pub(super) struct Member<'d> {
    pub(super) name: Cow<'d, str>,
    pub(super) value: &'d Document,
    pub(super) shape: Shape,
    pub(super) step: Step<'d>,
}

impl<'d> Writer<'d, '_, '_> {
    /// The members of an object or of its `$map` form.
    pub(super) fn members(&mut self, document: &'d Document) -> Vec<Member<'d>> {
        let document = self.untag(document);
        if let Some(Meaning::Map(pairs)) = meant(document, self.writing.foreign) {
            let pairs = pairs.into_iter().enumerate();
            let members = pairs.map(|(index, (key, value))| {
                let name = self.key_of_pair(key, index);
                self.member(name, value, Step::Pair(index))
            });
            let members = members.collect();
            return self.distinct(members);
        }
        let Document::Obj(members) = document else {
            return Vec::new();
        };
        let mut are_texts = true;
        let members = members.iter().map(|(key, value)| {
            let step = Step::Key(key.literal());
            let name = match key {
                Key::Text(text) => Cow::Borrowed(&**text),
                Key::Surrogates(literal) => {
                    are_texts = false;
                    self.steps.push(step);
                    self.lose(Code::SurrogateReplaced, SURROGATE);
                    self.steps.pop();
                    Cow::Owned(with_replacements(literal))
                }
            };
            self.member(name, value, step)
        });
        let members: Vec<_> = members.collect();
        if are_texts { members } else { self.distinct(members) }
    }

    /// The value in the tags around `document`; the steps go along.
    pub(super) fn untag(&mut self, document: &'d Document) -> &'d Document {
        let mut document = document;
        while let Some(Meaning::Tag(_, value)) = meant(document, self.writing.foreign) {
            self.lose(Code::TagDropped, "the tag was dropped: TOML has none");
            self.steps.push(Step::Key("$value"));
            document = value;
        }
        document
    }

    fn member(&self, name: Cow<'d, str>, value: &'d Document, step: Step<'d>) -> Member<'d> {
        Member { name, value, shape: shape(value, self.writing.foreign), step }
    }

    fn key_of_pair(&mut self, key: &'d Document, index: usize) -> Cow<'d, str> {
        let (code, message, name) = match key {
            Document::Str(text) => return Cow::Borrowed(text),
            Document::Surrogates(literal) => (Code::SurrogateReplaced, SURROGATE, with_replacements(literal)),
            other => {
                let mut text = Vec::new();
                crate::write::document(other, &mut text);
                let text = String::from_utf8_lossy(&text).into_owned();
                (Code::KeyAsText, "the key became text: keys of TOML are", text)
            }
        };
        self.steps.push(Step::Pair(index));
        self.lose(code, message);
        self.steps.pop();
        Cow::Owned(name)
    }

    /// Leaves out members whose name an earlier one has, since TOML refuses the text otherwise.
    fn distinct(&mut self, members: Vec<Member<'d>>) -> Vec<Member<'d>> {
        let mut names = HashSet::new();
        let mut distinct = Vec::with_capacity(members.len());
        for member in members {
            if names.insert(member.name.to_string()) {
                distinct.push(member);
                continue;
            }
            self.steps.push(member.step);
            self.lose(Code::DuplicateDropped, "the member was dropped: an earlier one has its key");
            self.steps.pop();
        }
        distinct
    }
}

pub(super) const SURROGATE: &str = "half of a surrogate pair became U+FFFD: TOML holds only Unicode text";
