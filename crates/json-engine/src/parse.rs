//! Text to Document, by a sink of the scanner.
//!
//! Values lie on two stacks, elements and members, and a container that closes takes its own off in one piece. The
//! scanner knows already whether an object has a key twice, so no key is hashed or searched here; equal keys share one
//! text. Cost: beside the values themselves one allocation a string, two a container that is not empty.

mod names;
mod places;
mod spanned;
mod stack;

use std::sync::Arc;

use crate::document::{Document, Key, Literal, Members, Number};
use crate::number::integer_at;
use crate::scan::{Checked, Container, Content, Notation, Scalar, Sink, Spelling, scan_checked};
use crate::write::{surrogate_literal, unescape_into};
use crate::{DuplicateKeys, Error, Report, ScanOptions};

use names::Names;
pub(crate) use places::places;
pub(crate) use spanned::parse_with_spans;
use stack::Stack;

/// Reads `text`. Fails on an invalid text and on a breach of a limit. The last of duplicate members wins, in the place of
/// the first; under [`DuplicateKeys::First`] the first.
pub fn parse(text: &[u8], options: &ScanOptions) -> Result<(Document, Report), Error> {
    let checked = Checked::new(text, options)?;
    let (builder, report) =
        scan_checked(&checked, options, Builder::new(checked.valid(), options.duplicate_keys))?;
    if !report.is_valid() {
        return Err(Error::Invalid(Box::new(report)));
    }
    Ok((builder.root, report))
}

struct Builder<'t> {
    strings: Strings<'t>,
    names: Names,
    within: Within,
    outer: Vec<Within>,
    elements: Stack<Document>,
    members: Stack<(Key, Document)>,
    /// Whether of members with one key the first counts; else the last.
    keeps_first: bool,
    /// Whether the object that closes next has a key twice.
    twice: bool,
    root: Document,
}

/// What is open, and where its values begin on their stack.
#[derive(Clone, Copy)]
enum Within {
    Nothing,
    Array(usize),
    Object(usize),
}

impl<'t> Builder<'t> {
    fn new(text: &'t str, duplicate_keys: DuplicateKeys) -> Builder<'t> {
        Builder {
            keeps_first: duplicate_keys == DuplicateKeys::First,
            strings: Strings { text, scratch: Vec::new() },
            names: Names::for_text(text),
            within: Within::Nothing,
            outer: Vec::with_capacity(16),
            elements: Stack::with_capacity(text.len() / 32),
            members: Stack::with_capacity(text.len() / 128),
            twice: false,
            root: Document::Null,
        }
    }

    /// Where the next value lies; what lies there needs no dropping.
    #[inline(always)]
    fn slot(&mut self) -> &mut Document {
        match self.within {
            Within::Nothing => &mut self.root,
            Within::Array(_) => {
                self.elements.push(EMPTY);
                self.elements.last_mut().unwrap_or(&mut self.root)
            }
            Within::Object(_) => self.members.last_mut().map_or(&mut self.root, |(_, value)| value),
        }
    }

    /// A number is set where it lies, for the reason of [`EMPTY`].
    #[inline(always)]
    fn integer(&mut self, integer: i64) {
        const INTEGER: Document = Document::Number(Number::I64(0));
        let slot = self.slot();
        fill(slot, INTEGER);
        if let Document::Number(Number::I64(present)) = slot {
            *present = integer;
        }
    }

    #[inline(always)]
    fn literal(&mut self, start: usize, end: usize) {
        let text = self.strings.text;
        let slot = self.slot();
        fill(slot, EMPTY);
        if let Document::Number(Number::Literal(present)) = slot {
            present.set(text, start, end);
        }
    }

    fn object(&mut self, first: usize) -> Members {
        let entries = self.members.take(first);
        if !std::mem::take(&mut self.twice) {
            return Members::of_distinct(entries);
        }
        if !self.keeps_first {
            return entries.into_iter().collect();
        }
        let mut members = Members::default();
        for (key, value) in entries {
            if !members.contains_key(&key) {
                members.insert(key, value);
            }
        }
        members
    }
}

/// What lies where a value is to be. Each of its bytes is set, so that it moves in whole words: one that is put together
/// from parts and moved at once waits for its parts, which took a third of the time of a parse.
const EMPTY: Document = Document::Number(Number::Literal(Literal::EMPTY));

/// Sets a slot that holds [`EMPTY`], which there is no need to drop.
#[inline(always)]
fn fill(slot: &mut Document, value: Document) {
    std::mem::forget(std::mem::replace(slot, value));
}

impl Sink for Builder<'_> {
    #[inline]
    fn scalar(&mut self, kind: Scalar, start: usize, end: usize) {
        match kind {
            Scalar::Null => fill(self.slot(), Document::Null),
            Scalar::True => fill(self.slot(), Document::Bool(true)),
            Scalar::False => fill(self.slot(), Document::Bool(false)),
            Scalar::Number(Notation::Integer) => match integer_at(self.strings.text, start, end) {
                Some(integer) => self.integer(integer),
                None => self.literal(start, end),
            },
            Scalar::Number(Notation::Other) => self.literal(start, end),
            Scalar::String(spelling) => match self.strings.read(spelling, start, end) {
                Ok(text) => fill(self.slot(), Document::Str(text)),
                Err(literal) => fill(self.slot(), Document::Surrogates(literal)),
            },
        }
    }

    #[inline]
    fn key(&mut self, spelling: Spelling, start: usize, end: usize) {
        let key = match spelling {
            Spelling::Plain => Key::Text(self.names.name(self.strings.text, start + 1, end - 1)),
            Spelling::Escaped => {
                self.strings.read(spelling, start, end).map_or_else(Key::Surrogates, Key::Text)
            }
        };
        self.members.push((key, EMPTY));
    }

    #[inline]
    fn open(&mut self, kind: Container, _at: usize) {
        self.outer.push(self.within);
        self.within = match kind {
            Container::Array => Within::Array(self.elements.len()),
            Container::Object => Within::Object(self.members.len()),
        };
    }

    #[inline]
    fn close(&mut self, _kind: Container, _at: usize, _content: Content) {
        let closed = self.within;
        self.within = self.outer.pop().unwrap_or(Within::Nothing);
        match closed {
            Within::Nothing => {}
            Within::Array(first) => {
                let elements = Arc::new(self.elements.take(first));
                fill(self.slot(), Document::Arr(elements));
            }
            Within::Object(first) => {
                let members = Arc::new(self.object(first));
                fill(self.slot(), Document::Obj(members));
            }
        }
    }

    fn twice(&mut self) {
        self.twice = true;
    }
}

/// Reads the strings of a text.
struct Strings<'t> {
    text: &'t str,
    scratch: Vec<u8>,
}

impl Strings<'_> {
    /// The string at `start..end`, quotes included; `Err` is the literal of one that is no text.
    #[inline]
    fn read(&mut self, spelling: Spelling, start: usize, end: usize) -> Result<Arc<str>, Arc<str>> {
        let raw = &self.text[start + 1..end - 1];
        match spelling {
            Spelling::Plain => Ok(raw.into()),
            Spelling::Escaped => self.unescape(raw),
        }
    }

    fn unescape(&mut self, raw: &str) -> Result<Arc<str>, Arc<str>> {
        self.scratch.clear();
        unescape_into(raw.as_bytes(), &mut self.scratch);
        match simdutf8::basic::from_utf8(&self.scratch) {
            Ok(text) => Ok(text.into()),
            Err(_) => Err(surrogate_literal(&self.scratch).into()),
        }
    }
}
