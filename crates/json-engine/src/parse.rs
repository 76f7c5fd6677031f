//! Text to Document, by a sink of the scanner.

use std::sync::Arc;

use crate::document::{Document, Key, Members, Number};
use crate::scan::{Container, Content, Scalar, Sink, scan};
use crate::write::{surrogate_literal, unescape};
use crate::{DuplicateKeys, Error, Report, ScanOptions};

/// Reads `text`. Fails on an invalid text and on a breach of a limit. The last of duplicate members wins, in the place of
/// the first; under [`DuplicateKeys::First`] the first.
pub(crate) fn parse(text: &[u8], options: &ScanOptions) -> Result<(Document, Report), Error> {
    let keeps_first = options.duplicate_keys == DuplicateKeys::First;
    let builder = Builder { text, keeps_first, open: Vec::new(), root: Document::Null };
    let (builder, report) = scan(text, options, builder)?;
    if !report.is_valid() {
        return Err(Error::Invalid(Box::new(report)));
    }
    Ok((builder.root, report))
}

struct Builder<'t> {
    text: &'t [u8],
    keeps_first: bool,
    open: Vec<Open>,
    root: Document,
}

enum Open {
    Array(Vec<Document>),
    Object(Members, Key),
}

impl Builder<'_> {
    fn add(&mut self, value: Document) {
        match self.open.last_mut() {
            None => self.root = value,
            Some(Open::Array(elements)) => elements.push(value),
            Some(Open::Object(members, key)) if self.keeps_first => {
                members.entry(key.clone()).or_insert(value);
            }
            Some(Open::Object(members, key)) => {
                members.insert(key.clone(), value);
            }
        }
    }

    /// A string without its quotes, and whether it is text.
    fn string(&self, start: usize, end: usize) -> Result<Arc<str>, Arc<str>> {
        let raw = &self.text[start + 1..end - 1];
        let lossy = |bytes: &[u8]| Arc::from(String::from_utf8_lossy(bytes));
        if memchr::memchr(b'\\', raw).is_none() {
            return Ok(lossy(raw));
        }
        match String::from_utf8(unescape(raw)) {
            Ok(text) => Ok(text.into()),
            Err(bytes) => Err(surrogate_literal(bytes.as_bytes()).into()),
        }
    }
}

impl Sink for Builder<'_> {
    fn scalar(&mut self, kind: Scalar, start: usize, end: usize) {
        let value = match kind {
            Scalar::Null => Document::Null,
            Scalar::True => Document::Bool(true),
            Scalar::False => Document::Bool(false),
            Scalar::Number => {
                let literal = std::str::from_utf8(&self.text[start..end]).unwrap_or("0");
                Document::Number(Number::from_literal(literal))
            }
            Scalar::String(_) => self.string(start, end).map_or_else(Document::Surrogates, Document::Str),
        };
        self.add(value);
    }

    fn key(&mut self, start: usize, end: usize) {
        let name = self.string(start, end).map_or_else(Key::Surrogates, Key::Text);
        if let Some(Open::Object(_, key)) = self.open.last_mut() {
            *key = name;
        }
    }

    fn open(&mut self, kind: Container, _at: usize) {
        self.open.push(match kind {
            Container::Array => Open::Array(Vec::new()),
            Container::Object => Open::Object(Members::default(), Key::Text("".into())),
        });
    }

    fn close(&mut self, _kind: Container, _at: usize, _content: Content) {
        match self.open.pop() {
            Some(Open::Array(elements)) => self.add(Document::Arr(Arc::new(elements))),
            Some(Open::Object(members, _)) => self.add(Document::Obj(Arc::new(members))),
            None => {}
        }
    }
}
