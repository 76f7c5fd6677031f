//! Text to Document, by a sink of the scanner.
//!
//! Values lie on two stacks, elements and members, and a container that closes takes its own off in one piece. The
//! scanner knows already whether an object has a key twice, so no key is hashed or searched here; equal keys share one
//! text. Cost: beside the values themselves one allocation a string, two a container that is not empty.

mod names;
mod spanned;

use std::sync::Arc;

use crate::document::{Document, Key, Members, Number};
use crate::scan::{Checked, Container, Content, Scalar, Sink, Spelling, scan_checked};
use crate::write::{surrogate_literal, unescape_into};
use crate::{DuplicateKeys, Error, Report, ScanOptions};

use names::Names;
pub(crate) use spanned::parse_with_spans;

/// Reads `text`. Fails on an invalid text and on a breach of a limit. The last of duplicate members wins, in the place of
/// the first; under [`DuplicateKeys::First`] the first.
pub(crate) fn parse(text: &[u8], options: &ScanOptions) -> Result<(Document, Report), Error> {
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
    elements: Vec<Document>,
    members: Vec<(Key, Document)>,
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
            elements: Vec::with_capacity(text.len() / 32),
            members: Vec::with_capacity(text.len() / 128),
            twice: false,
            root: Document::Null,
        }
    }

    #[inline]
    fn add(&mut self, value: Document) {
        match self.within {
            Within::Nothing => self.root = value,
            Within::Array(_) => self.elements.push(value),
            Within::Object(_) => {
                if let Some((_, present)) = self.members.last_mut() {
                    *present = value;
                }
            }
        }
    }

    fn object(&mut self, first: usize) -> Members {
        let entries = take(&mut self.members, first);
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

/// From here on the whole stack is given away rather than copied from.
const MANY: usize = 1024;

/// What lies on the stack from `first` on, in as much memory as it needs.
#[inline]
fn take<T>(stack: &mut Vec<T>, first: usize) -> Vec<T> {
    if first > 0 {
        return stack.split_off(first);
    }
    if stack.len() >= MANY {
        let mut all = std::mem::take(stack);
        all.shrink_to_fit();
        return all;
    }
    let mut copy = Vec::with_capacity(stack.len());
    copy.append(stack);
    copy
}

impl Sink for Builder<'_> {
    #[inline]
    fn scalar(&mut self, kind: Scalar, start: usize, end: usize) {
        let value = match kind {
            Scalar::Null => Document::Null,
            Scalar::True => Document::Bool(true),
            Scalar::False => Document::Bool(false),
            Scalar::Number => Document::Number(Number::at(self.strings.text, start, end)),
            Scalar::String(spelling) => {
                self.strings.read(spelling, start, end).map_or_else(Document::Surrogates, Document::Str)
            }
        };
        self.add(value);
    }

    #[inline]
    fn key(&mut self, spelling: Spelling, start: usize, end: usize) {
        let key = match spelling {
            Spelling::Plain => Key::Text(self.names.name(self.strings.text, start + 1, end - 1)),
            Spelling::Escaped => {
                self.strings.read(spelling, start, end).map_or_else(Key::Surrogates, Key::Text)
            }
        };
        self.members.push((key, Document::Null));
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
        let value = match self.within {
            Within::Nothing => return,
            Within::Array(first) => Document::Arr(Arc::new(take(&mut self.elements, first))),
            Within::Object(first) => Document::Obj(Arc::new(self.object(first))),
        };
        self.within = self.outer.pop().unwrap_or(Within::Nothing);
        self.add(value);
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
        match std::str::from_utf8(&self.scratch) {
            Ok(text) => Ok(text.into()),
            Err(_) => Err(surrogate_literal(&self.scratch).into()),
        }
    }
}
