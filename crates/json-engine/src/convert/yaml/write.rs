//! The writer: block style, two spaces a level, one member or element a line.
//!
//! Promise: reading what it writes gives the same document, numbers digit by digit. Cost: one pass; recurses by the depth
//! of the document, at most 512.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::quote::{Style, key_style, quoted, style};
use super::tag::shorthand;
use super::unique::unique;
use crate::budget::Meter;
use crate::convert::foreign::{self, Meaning, NonFinite, Tag};
use crate::convert::losses::{Loss, Losses};
use crate::convert::{Foreign, Writing};
use crate::document::{Document, Key, Number};
use crate::error::LimitKind;
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
                    && let Some(meaning) = foreign::meaning(document)
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

    /// An object that stands for something else.
    fn meaning(
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
                quoted(text, &mut self.out);
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
        let (allowed, actual) = (self.writing.max_output_bytes, self.out.len() as u64);
        if actual > allowed {
            return Err(Error::Limit { limit: LimitKind::Output, allowed, actual, position: None });
        }
        Ok(())
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

fn pointer(path: &[Step<'_>]) -> String {
    let mut pointer = String::new();
    for step in path {
        pointer.push('/');
        match step {
            Step::Index(index) => pointer.push_str(&index.to_string()),
            Step::Key(key) => pointer.push_str(&crate::pointer::escape(key)),
        }
    }
    pointer
}
