//! The writer: block style, two spaces a level, one member or element a line.
//!
//! Promise: reading what it writes gives the same document, numbers digit by digit. Cost: one pass; recurses by the depth
//! of the document, at most 512.

mod foreign;

use super::quote::{Style, key_style, quoted, style};
use crate::budget::Meter;
use crate::convert::foreign::meaning;
use crate::convert::losses::{Loss, Losses};
use crate::convert::{Foreign, Writing};
use crate::document::{Document, Key, Number};
use crate::pointer::Written;
use crate::write::unescape;
use crate::{Code, Error};

/// A key that is longer stands behind `?` (YAML 1.2.2 section 7.4.3 allows 1,024 characters).
const MAX_IMPLICIT_KEY: usize = 1_000;

/// Writes one document.
pub(in crate::convert) fn write(
    document: &Document,
    writing: &Writing<'_>,
    losses: &mut Losses,
) -> Result<Vec<u8>, Error> {
    let mut writer = Writer::new(writing, losses)?;
    writer.value(document, 0, At::Begin)?;
    Ok(writer.out)
}

/// Writes documents behind `---`, one after the other.
pub(in crate::convert) fn write_stream<'d>(
    documents: impl IntoIterator<Item = &'d Document>,
    writing: &Writing<'_>,
    losses: &mut Losses,
) -> Result<Vec<u8>, Error> {
    let mut writer = Writer::new(writing, losses)?;
    for (index, document) in documents.into_iter().enumerate() {
        writer.losses.enter(index);
        writer.out.extend_from_slice(b"---\n");
        writer.value(document, 0, At::Begin)?;
    }
    Ok(writer.out)
}

/// Where a node begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    /// On a line of its own or behind an indicator and a space: a collection may begin here.
    Begin,
    /// Right behind `:` or a tag: a collection begins on the next line.
    Behind,
}

enum Step<'d> {
    Index(usize),
    Key(&'d str),
}

struct Writer<'d, 'w> {
    writing: &'w Writing<'w>,
    meter: Meter<'w>,
    losses: &'w mut Losses,
    path: Vec<Step<'d>>,
    out: Vec<u8>,
}

impl<'d, 'w> Writer<'d, 'w> {
    fn new(writing: &'w Writing<'w>, losses: &'w mut Losses) -> Result<Writer<'d, 'w>, Error> {
        let meter = Meter::open(writing.budget)?;
        Ok(Writer { writing, meter, losses, path: Vec::new(), out: Vec::new() })
    }

    /// A node and the end of its line; its members or elements stand at `indent`.
    fn value(&mut self, document: &'d Document, indent: usize, at: At) -> Result<(), Error> {
        match document {
            Document::Arr(elements) if !elements.is_empty() => self.sequence(elements, indent, at),
            Document::Obj(members) if !members.is_empty() => {
                if self.writing.foreign == Foreign::Tagged
                    && let Some(meaning) = meaning(document)
                {
                    return self.meaning(document, meaning, indent, at);
                }
                self.mapping(members, indent, at)
            }
            Document::Str(text) => {
                self.separate(at);
                match style(text) {
                    Style::Plain => self.out.extend_from_slice(text.as_bytes()),
                    Style::Quoted => quoted(text, &mut self.out),
                    Style::Literal => return self.literal(text, indent),
                }
                self.end_line()
            }
            scalar => {
                self.separate(at);
                self.short_scalar(scalar);
                self.end_line()
            }
        }
    }

    /// Anything that stands on one line, texts of several lines too.
    fn short_scalar(&mut self, document: &Document) {
        match document {
            Document::Null => self.out.extend_from_slice(b"null"),
            Document::Bool(true) => self.out.extend_from_slice(b"true"),
            Document::Bool(false) => self.out.extend_from_slice(b"false"),
            Document::Number(number) => self.number(number),
            Document::Str(text) => self.key_text(text),
            Document::Surrogates(literal) => self.surrogates(literal),
            Document::Arr(_) => self.out.extend_from_slice(b"[]"),
            Document::Obj(_) => self.out.extend_from_slice(b"{}"),
        }
    }

    /// A number digit by digit. YAML 1.1 takes `1e3` and `1.5e3` for text (its floats have a point and a signed
    /// exponent), so that such a number says what it is.
    fn number(&mut self, number: &Number) {
        let start = self.out.len();
        number.write(&mut self.out);
        if is_text_in_yaml_1_1(&self.out[start..]) {
            self.out.splice(start..start, *b"!!float ");
        }
    }

    fn sequence(&mut self, elements: &'d [Document], indent: usize, at: At) -> Result<(), Error> {
        for (index, element) in elements.iter().enumerate() {
            self.begin(index, indent, at);
            self.out.extend_from_slice(b"- ");
            self.path.push(Step::Index(index));
            self.value(element, indent + 2, At::Begin)?;
            self.path.pop();
        }
        Ok(())
    }

    fn mapping(&mut self, members: &'d crate::document::Members, indent: usize, at: At) -> Result<(), Error> {
        for (index, (key, value)) in members.iter().enumerate() {
            self.begin(index, indent, at);
            let start = self.out.len();
            self.path.push(Step::Key(key.literal()));
            match key {
                Key::Text(text) => self.key_text(text),
                Key::Surrogates(literal) => self.surrogates(literal),
            }
            self.end_key(start, indent);
            self.value(value, indent + 2, At::Behind)?;
            self.path.pop();
        }
        Ok(())
    }

    /// `:` behind the key that stands from `start` on; before it `?` if it is long.
    fn end_key(&mut self, start: usize, indent: usize) {
        if self.out.len() - start > MAX_IMPLICIT_KEY {
            self.out.splice(start..start, *b"? ");
            self.out.push(b'\n');
            self.indent(indent);
        }
        self.out.push(b':');
    }

    /// Where an entry begins: the first of a collection that begins here is there already.
    fn begin(&mut self, index: usize, indent: usize, at: At) {
        if index == 0 && at == At::Behind {
            self.out.push(b'\n');
        }
        if index > 0 || at == At::Behind {
            self.indent(indent);
        }
    }

    fn separate(&mut self, at: At) {
        if at == At::Behind {
            self.out.push(b' ');
        }
    }

    fn indent(&mut self, indent: usize) {
        self.out.resize(self.out.len() + indent, b' ');
    }

    fn end_line(&mut self) -> Result<(), Error> {
        self.out.push(b'\n');
        self.meter.charge(1)?;
        self.check_length()
    }

    fn check_length(&self) -> Result<(), Error> {
        self.writing.check_length(self.out.len())
    }

    fn key_text(&mut self, text: &str) {
        match key_style(text) {
            Style::Plain => self.out.extend_from_slice(text.as_bytes()),
            Style::Quoted | Style::Literal => quoted(text, &mut self.out),
        }
    }

    /// A text of several lines; it ends with at most one line feed.
    fn literal(&mut self, text: &str, indent: usize) -> Result<(), Error> {
        let body = text.strip_suffix('\n');
        self.out.extend_from_slice(if body.is_some() { b"|" } else { b"|-" });
        for line in body.unwrap_or(text).split('\n') {
            self.out.push(b'\n');
            if !line.is_empty() {
                // A block scalar at the root stands in by a level too.
                self.indent(indent.max(2));
                self.out.extend_from_slice(line.as_bytes());
                self.check_length()?;
            }
        }
        self.end_line()
    }

    /// A string with a surrogate that stands alone.
    fn surrogates(&mut self, literal: &str) {
        self.lose(Code::SurrogateReplaced, || "half of a surrogate pair became U+FFFD".to_owned());
        let mut bytes = unescape(literal.as_bytes());
        let mut at = 0;
        while let Some(found) = memchr::memchr(0xed, &bytes[at..]) {
            at += found;
            if let Some([_, 0xa0..=0xff, _]) = bytes.get(at..at + 3) {
                bytes[at..at + 3].copy_from_slice("\u{fffd}".as_bytes());
            }
            at += 3;
            at = at.min(bytes.len());
        }
        quoted(&String::from_utf8_lossy(&bytes), &mut self.out);
    }

    fn lose(&mut self, code: Code, message: impl FnOnce() -> String) {
        let Writer { losses, path, .. } = self;
        losses.add(|| Loss { code, message: message(), pointer: pointer(path), place: None });
    }
}

/// Whether YAML 1.1 has no number of this spelling (its type repository, `float`).
fn is_text_in_yaml_1_1(number: &[u8]) -> bool {
    match memchr::memchr2(b'e', b'E', number) {
        Some(at) => {
            let is_signed = matches!(number.get(at + 1), Some(b'+' | b'-'));
            !is_signed || memchr::memchr(b'.', &number[..at]).is_none()
        }
        None => false,
    }
}

fn pointer(path: &[Step<'_>]) -> String {
    let mut pointer = Written::default();
    for step in path {
        match step {
            Step::Index(index) => pointer.index(*index),
            Step::Key(key) => pointer.key(key),
        }
    }
    pointer.finish()
}
