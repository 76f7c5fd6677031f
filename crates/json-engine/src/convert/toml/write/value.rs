//! Values on the line of their key.

use crate::convert::foreign::{Meaning, NonFinite, base64url};
use crate::convert::literal::with_replacements;
use crate::document::Document;
use crate::{Code, Error};

use super::super::shape::{Shape, is_datetime, meant, number, shape};
use super::super::text;
use super::members::SURROGATE;
use super::{Step, Writer};

impl<'d> Writer<'d, '_, '_> {
    pub(super) fn value(&mut self, document: &'d Document) -> Result<(), Error> {
        let steps = self.steps.len();
        let document = self.untag(document);
        match meant(document, self.writing.foreign) {
            Some(Meaning::Map(_)) => self.inline_table(document)?,
            Some(meaning) => self.meaning(meaning),
            None => self.plain(document)?,
        }
        self.steps.truncate(steps);
        self.check()
    }

    fn plain(&mut self, document: &'d Document) -> Result<(), Error> {
        match document {
            // Callers leave nulls out; this one keeps the text TOML should one not.
            Document::Null => text::string("", &mut self.out),
            Document::Bool(true) => self.out.extend_from_slice(b"true"),
            Document::Bool(false) => self.out.extend_from_slice(b"false"),
            Document::Number(value) => {
                let (spelled, survives) = number(value);
                self.out.extend_from_slice(spelled.as_bytes());
                if !survives {
                    self.lose(
                        Code::NumberRounded,
                        "readers of TOML hold it as a double, which is another number",
                    );
                }
            }
            Document::Str(text) => text::string(text, &mut self.out),
            Document::Surrogates(literal) => {
                text::string(&with_replacements(literal), &mut self.out);
                self.lose(Code::SurrogateReplaced, SURROGATE);
            }
            Document::Arr(elements) => self.array(elements)?,
            Document::Obj(_) => self.inline_table(document)?,
        }
        Ok(())
    }

    fn meaning(&mut self, meaning: Meaning<'d>) {
        match meaning {
            Meaning::Bytes(bytes) => {
                text::string(&base64url(&bytes), &mut self.out);
                self.lose(Code::BytesAsText, "the bytes became base64url text: TOML has none");
            }
            Meaning::Float(NonFinite::Nan) => self.out.extend_from_slice(b"nan"),
            Meaning::Float(NonFinite::Infinity) => self.out.extend_from_slice(b"inf"),
            Meaning::Float(NonFinite::NegativeInfinity) => self.out.extend_from_slice(b"-inf"),
            Meaning::Datetime(value) if is_datetime(&value) => self.out.extend_from_slice(value.as_bytes()),
            Meaning::Datetime(value) => {
                text::string(&value, &mut self.out);
                self.lose(Code::DatetimeAsText, "the date or time is none of TOML and became text");
            }
            // Tags and maps are unwrapped before, nulls left out.
            Meaning::Tag(..) | Meaning::Map(_) | Meaning::Undefined | Meaning::Simple(_) => {}
        }
    }

    fn array(&mut self, elements: &'d [Document]) -> Result<(), Error> {
        self.out.push(b'[');
        let mut separator: &[u8] = b"";
        for (index, element) in elements.iter().enumerate() {
            self.steps.push(Step::Index(index));
            if shape(element, self.writing.foreign) == Shape::Nothing {
                self.lose_null(element);
            } else {
                self.out.extend_from_slice(separator);
                separator = b", ";
                self.value(element)?;
            }
            self.steps.pop();
        }
        self.out.push(b']');
        Ok(())
    }

    fn inline_table(&mut self, document: &'d Document) -> Result<(), Error> {
        let mut separator: &[u8] = b"{ ";
        for member in self.members(document) {
            self.steps.push(member.step);
            if member.shape == Shape::Nothing {
                self.lose_null(member.value);
            } else {
                self.out.extend_from_slice(separator);
                separator = b", ";
                text::key(&member.name, &mut self.out);
                self.out.extend_from_slice(b" = ");
                self.value(member.value)?;
            }
            self.steps.pop();
        }
        let is_empty = separator == b"{ ";
        self.out.extend_from_slice(if is_empty { b"{}" } else { b" }" });
        Ok(())
    }

    /// A value that is left out.
    pub(super) fn lose_null(&mut self, value: &Document) {
        match value {
            Document::Null => self.lose(Code::NullDropped, "the null was left out: TOML has none"),
            _ => self.lose(Code::NullDropped, "an undefined value was left out: TOML has none"),
        }
    }
}
