//! JSON5 (spec.json5.org), of which JSON with comments is a part; only read.
//!
//! A machine over bytes with a stack of brackets, as the scanner of JSON is one; errors have its codes where they fit.
//! Promise: every number becomes a JSON literal of exactly its value, however it was written; a comment is a loss with its
//! place. Iterative, whatever the depth. Cost: one pass; memory for the document alone.

mod name;
mod number;
mod space;
mod string;

use std::ops::Range;

use super::build::Builder;
use super::losses::{Loss, Losses};
use super::{Content, Foreign, Read, Reading};
use crate::budget::Meter;
use crate::document::{Document, VALUE_BYTES, held_bytes};
use crate::scan::{Container, excerpt, invalid_at};
use crate::{Code, DuplicateKeys, Error};

pub(super) fn read(source: &[u8], reading: &Reading<'_>) -> Result<Read, Error> {
    let text = match simdutf8::compat::from_utf8(source) {
        Ok(text) => text,
        Err(bad) => return Err(not_utf8(source, bad.valid_up_to())),
    };
    let reader = Reader {
        text,
        at: 0,
        open: Vec::new(),
        builder: Builder::new(reading.limits, reading.keep, reading.duplicate_keys),
        losses: Losses::new(reading.limits.max_diagnostics),
        meter: Meter::open(reading.budget)?,
        reading,
    };
    reader.document()
}

fn not_utf8(source: &[u8], at: usize) -> Error {
    let message = "the bytes are not valid UTF-8; JSON5 is read as UTF-8".to_owned();
    invalid_at(source, Code::InvalidUtf8, message, at..at + 1, "")
}

/// What stands at the present place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// A value.
    Value,
    /// What follows a value: a comma, a bracket, the end.
    Separator,
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    open: Vec<Container>,
    builder: Builder,
    losses: Losses,
    meter: Meter<'t>,
    reading: &'t Reading<'t>,
}

impl Reader<'_> {
    fn document(mut self) -> Result<Read, Error> {
        self.space()?;
        if self.peek().is_none() {
            return Err(self.fail(Code::EmptyInput, "there is no value; JSON5 is one value", self.here()));
        }
        loop {
            let next = self.value()?;
            if next == Next::Separator && self.separator()? == Next::Separator {
                break;
            }
        }
        self.space()?;
        if self.peek().is_some() {
            let message = "there is more after the end of the value; JSON5 is one value";
            return Err(self.fail(Code::TrailingContent, message, self.here()));
        }
        self.meter.check()?;
        let (document, spans) = self.builder.finish().expect("the machine ends when the root is complete");
        Ok(Read { content: Content::One(document, spans), losses: self.losses, stats: None })
    }

    /// Reads one value, or opens a container that has content.
    fn value(&mut self) -> Result<Next, Error> {
        self.meter.charge(1)?;
        let start = self.at;
        match self.peek() {
            None => Err(self.ended()),
            Some(b'{') => self.open(Container::Object),
            Some(b'[') => self.open(Container::Array),
            Some(quote @ (b'"' | b'\'')) => {
                let text = self.string(quote)?;
                self.add(text.into(), start, 1)
            }
            Some(b'+' | b'-' | b'.' | b'0'..=b'9' | b'I' | b'N') => self.number(),
            Some(b't') => self.word("true", Document::Bool(true)),
            Some(b'f') => self.word("false", Document::Bool(false)),
            Some(b'n') => self.word("null", Document::Null),
            Some(_) => Err(self.no_value()),
        }
    }

    /// The value since `start`, which counts as `nodes` nodes, is complete.
    fn add(&mut self, value: Document, start: usize, nodes: u64) -> Result<Next, Error> {
        self.meter.hold(held_bytes(nodes, (self.at - start) as u64))?;
        self.builder.value(value, start..self.at, nodes)?;
        Ok(Next::Separator)
    }

    fn word(&mut self, word: &str, value: Document) -> Result<Next, Error> {
        let start = self.at;
        self.at = self.word_end(start);
        if &self.text[start..self.at] != word {
            return Err(self.no_word(start));
        }
        self.add(value, start, 1)
    }

    fn open(&mut self, kind: Container) -> Result<Next, Error> {
        self.meter.hold(VALUE_BYTES)?;
        match kind {
            Container::Array => self.builder.open_array(self.at)?,
            Container::Object => self.builder.open_object(self.at)?,
        }
        self.open.push(kind);
        self.at += 1;
        self.space()?;
        match (kind, self.peek()) {
            (Container::Array, Some(b']')) | (Container::Object, Some(b'}')) => Ok(self.close()),
            (Container::Array, _) => Ok(Next::Value),
            (Container::Object, _) => self.key(),
        }
    }

    fn close(&mut self) -> Next {
        self.open.pop();
        self.at += 1;
        self.builder.close(self.at);
        Next::Separator
    }

    /// A key and its colon.
    fn key(&mut self) -> Result<Next, Error> {
        self.meter.charge(1)?;
        let start = self.at;
        let key = match self.peek() {
            Some(quote @ (b'"' | b'\'')) => self.string(quote)?,
            _ => self.name()?,
        };
        let place = start..self.at;
        self.meter.hold(place.len() as u64)?;
        if self.builder.key(key, place.clone()) {
            self.twice(place)?;
        }
        self.space()?;
        match self.peek() {
            Some(b':') => self.at += 1,
            None => return Err(self.ended()),
            Some(_) => {
                let message = format!("found {} where ':' must follow the key", self.shown(self.here()));
                return Err(self.fail(Code::MissingColon, message, self.here()));
            }
        }
        self.space()?;
        Ok(Next::Value)
    }

    fn twice(&mut self, place: Range<usize>) -> Result<(), Error> {
        let key = self.shown(place.clone());
        let message = format!("the key {key} stands in this object already; only one of the members is kept");
        match self.reading.duplicate_keys {
            DuplicateKeys::Reject => return Err(self.fail(Code::DuplicateKey, message, place)),
            DuplicateKeys::Report | DuplicateKeys::First | DuplicateKeys::Last => self.losses.add(|| Loss {
                code: Code::DuplicateDropped,
                message,
                pointer: self.builder.pointer(),
                place: Some(place),
            }),
        }
        Ok(())
    }

    /// After a value: a comma and the next, or closing brackets; [`Next::Separator`] is the end of the document.
    fn separator(&mut self) -> Result<Next, Error> {
        while let Some(&kind) = self.open.last() {
            self.space()?;
            match (self.peek(), kind) {
                (Some(b']'), Container::Array) | (Some(b'}'), Container::Object) => drop(self.close()),
                (Some(b','), _) => {
                    self.at += 1;
                    self.space()?;
                    match (self.peek(), kind) {
                        // A comma may stand behind the last of a list; the bracket is read next.
                        (Some(b']'), Container::Array) | (Some(b'}'), Container::Object) => {}
                        (_, Container::Array) => return Ok(Next::Value),
                        (_, Container::Object) => return self.key(),
                    }
                }
                (_, _) => return Err(self.no_separator()),
            }
        }
        Ok(Next::Separator)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn peek_char(&self) -> Option<char> {
        self.text.get(self.at..)?.chars().next()
    }

    /// The character at the present place; empty at the end.
    fn here(&self) -> Range<usize> {
        self.at..self.at + self.peek_char().map_or(0, char::len_utf8)
    }

    /// The end of the word at `start`, which is empty where none stands.
    fn word_end(&self, start: usize) -> usize {
        let rest = &self.text[start..];
        start + rest.find(|c| !name::is_part(c)).unwrap_or(rest.len())
    }

    /// At most 64 bytes of the text, for a message.
    fn shown(&self, place: Range<usize>) -> String {
        excerpt(self.text.as_bytes(), place.start, place.end)
    }

    #[cold]
    fn fail(&self, code: Code, message: impl Into<String>, place: Range<usize>) -> Error {
        invalid_at(self.text.as_bytes(), code, message.into(), place, &self.builder.pointer())
    }

    #[cold]
    fn ended(&self) -> Error {
        self.fail(Code::UnexpectedEnd, "the text ends before the value is complete", self.here())
    }

    #[cold]
    fn no_word(&self, start: usize) -> Error {
        let place = start..self.word_end(start).max(start + 1);
        let found = self.shown(place.clone());
        let message = format!("{found} is not a value; allowed words: true, false, null, Infinity, NaN");
        self.fail(Code::InvalidLiteral, message, place)
    }

    #[cold]
    fn no_value(&self) -> Error {
        let place = self.here();
        let found = self.shown(place.clone());
        match self.peek_char() {
            Some(',' | ']' | '}' | ':') => {
                self.fail(Code::MissingValue, format!("found {found} where a value must stand"), place)
            }
            Some('#') => self.fail(Code::Comment, "a comment begins with // or /*", place),
            Some(first) if name::is_part(first) => self.no_word(place.start),
            _ => self.unexpected(place),
        }
    }

    #[cold]
    fn no_separator(&self) -> Error {
        let place = self.here();
        match self.peek() {
            None => self.ended(),
            Some(b']' | b'}') => {
                let found = self.shown(place.clone());
                self.fail(
                    Code::MismatchedBracket,
                    format!("{found} closes a bracket of the other kind"),
                    place,
                )
            }
            Some(b'#') => self.fail(Code::Comment, "a comment begins with // or /*", place),
            Some(b'"' | b'\'' | b'{' | b'[') => {
                self.fail(Code::MissingComma, "a ',' is missing before this", place)
            }
            Some(b'+' | b'-' | b'.' | b'0'..=b'9') => {
                self.fail(Code::MissingComma, "a ',' is missing before this", place)
            }
            Some(_) => self.unexpected(place),
        }
    }

    #[cold]
    fn unexpected(&self, place: Range<usize>) -> Error {
        let found = self.shown(place.clone());
        let message = format!("found {found} where a value, a key or a separator must stand");
        self.fail(Code::UnexpectedCharacter, message, place)
    }

    /// Whether foreign values keep what they are.
    fn is_tagged(&self) -> bool {
        self.reading.foreign == Foreign::Tagged
    }
}
