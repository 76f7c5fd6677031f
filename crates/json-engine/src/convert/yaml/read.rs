//! The reader: text to events, and each event to what it means. What is written in lines goes a shorter way.

use std::ops::Range;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, Span, StructureStyle};

use super::compose::{Collection, Composer};
use super::encoding::{self, NotText};
use super::frame::{Body, Node, Open};
use super::scalar::{Resolved, decimal_literal, radix_literal, resolve};
use super::tag::{Known, Tagging, tagging};
use super::{lines, marks};
use crate::convert::allowance::{breach, check_length};
use crate::convert::foreign::NonFinite;
use crate::convert::{Content, Foreign, Read, Reading, foreign};
use crate::document::{Document, Number};
use crate::error::LimitKind;
use crate::scan::invalid_at;
use crate::spans::Spans;
use crate::{Code, Error};

/// Reads a YAML stream: one document, or as many as there are. Places are bytes of its text in UTF-8.
pub(in crate::convert) fn read(source: &[u8], reading: &Reading<'_>) -> Result<Read, Error> {
    check_length(source, reading.limits)?;
    let text = encoding::decode(source).map_err(|not_text| no_text(source, not_text))?;
    match lines::read(&text, reading) {
        Some(read) => Ok(read),
        None => by_events(&text, reading),
    }
}

/// Reads any stream. Costs one more reading for each quoted scalar with a mark in it that looks like one between documents.
pub(super) fn by_events(text: &str, reading: &Reading<'_>) -> Result<Read, Error> {
    let mut boundaries = marks::between_documents(text);
    loop {
        let mut composer = Composer::new(text, reading)?;
        let error = match composer.parts(&boundaries) {
            Ok(documents) => return Ok(composer.read(documents)),
            Err(error) => error,
        };
        // A mark that leaves a quoted scalar without its end is text of it (section 5.2), and the others stay boundaries.
        let Some(quoted) = composer.unclosed.and_then(|quote| marks::quoted(text, quote)) else {
            return Err(error);
        };
        let present = boundaries.len();
        boundaries.retain(|mark| !quoted.contains(mark));
        if boundaries.len() == present {
            return Err(error);
        }
    }
}

fn parser(text: &str, max_depth: u64) -> Parser<'_, granit_parser::StrInput<'_>> {
    let options = granit_parser::options! {
        strict_indentation: true,
        emit_comments: may_have_comments(text.as_bytes()),
        max_buffered_comment_events: usize::MAX,
        flow_nesting_limit: max_depth as usize,
        block_nesting_limit: max_depth as usize,
    };
    Parser::new_from_str_with_options(text, options)
}

/// A comment begins a line or stands behind a blank.
fn may_have_comments(text: &[u8]) -> bool {
    memchr::memchr_iter(b'#', text)
        .any(|at| at == 0 || matches!(text[at - 1], b' ' | b'\t' | b'\n' | b'\r' | 0xbf))
}

fn no_text(source: &[u8], NotText { place, encoding }: NotText) -> Error {
    let message = format!("the bytes are not valid {encoding}");
    invalid_at(source, Code::InvalidUtf8, message, place, "")
}

/// A document of a stream.
type OfStream = (Document, Option<Spans>);

impl Composer<'_> {
    /// Reads what stands between these boundaries as streams of their own.
    fn parts(&mut self, boundaries: &[usize]) -> Result<Vec<OfStream>, Error> {
        let mut documents = Vec::new();
        for end in boundaries.iter().copied().chain([self.text.len()]) {
            self.part(end, &mut documents)?;
        }
        Ok(documents)
    }

    fn read(self, documents: Vec<OfStream>) -> Read {
        let content = match <[_; 1]>::try_from(documents) {
            Ok([(document, spans)]) => Content::One(document, spans),
            Err(documents) => Content::Many(documents),
        };
        Read { content, losses: self.losses, stats: None }
    }

    /// Reads from where the part before ended to `end`.
    fn part(&mut self, end: usize, documents: &mut Vec<OfStream>) -> Result<(), Error> {
        for event in parser(&self.text[self.part..end], self.allowance.max_depth()) {
            let (event, span) = match &event {
                Ok(event) => event,
                Err(error) => return Err(self.syntax(error)),
            };
            self.meter.charge(1)?;
            match event {
                Event::DocumentEnd => {
                    self.directives = self.place(span).map_or(self.directives, |place| place.end);
                    documents.extend(self.take_document());
                }
                event => self.event(event, span)?,
            }
        }
        self.part = end;
        Ok(())
    }

    /// The bytes of the text that a span of the parser means.
    #[inline]
    fn place(&self, span: &Span) -> Option<Range<usize>> {
        span.byte_range().map(|place| self.part + place.start..self.part + place.end)
    }

    fn syntax(&mut self, error: &ScanError) -> Error {
        let at = error.marker().byte_offset().map_or(self.text.len(), |at| self.part + at);
        let at = at.min(self.text.len());
        if matches!(error.kind(), ErrorKind::RecursionLimitExceeded) {
            let allowed = self.allowance.max_depth();
            return breach(LimitKind::Depth, allowed, allowed + 1, at);
        }
        // Its place is that of the opening quote.
        self.unclosed = matches!(error.kind(), ErrorKind::UnclosedQuotedScalar).then_some(at);
        let end = self.text[at..].chars().next().map_or(at, |character| at + character.len_utf8());
        self.invalid(Code::YamlSyntax, format!("not YAML 1.2: {}", error.info()), at..end)
    }

    fn event(&mut self, event: &Event<'_>, span: &Span) -> Result<(), Error> {
        let place = self.place(span).unwrap_or(0..0);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let tagging = self.tagging(tag.as_deref(), span)?;
                let place = self.scalar_place(place, *style);
                self.check_scalar(text, *style, &place)?;
                let node = self.construct(text, *style, tagging, place)?;
                self.scalar(node, *anchor)
            }
            Event::SequenceStart(style, anchor, tag) => {
                let tagging = self.tagging(tag.as_deref(), span)?;
                self.check_start(*style, place.start)?;
                let start = self.first_dash(*style).unwrap_or(place.start);
                self.open(Collection::Sequence, start, *anchor, tagging)
            }
            Event::MappingStart(style, anchor, tag) => {
                let tagging = self.tagging(tag.as_deref(), span)?;
                self.check_start(*style, place.start)?;
                self.open(Collection::Mapping, place.start, *anchor, tagging)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(self.bracket_end(place)),
            Event::Alias(anchor) => self.alias(*anchor, place),
            Event::Comment(_, _) => {
                self.leave_out_comment(place);
                Ok(())
            }
            Event::DocumentStart(_, version) => self.check_directives(*version, place),
            // Nodes are all of the above; what else a later parser tells is about presentation.
            _ => Ok(()),
        }
    }

    #[inline]
    fn tagging(&self, tag: Option<&granit_parser::Tag>, span: &Span) -> Result<Tagging, Error> {
        let Some(tag) = tag else {
            return Ok(Tagging::Untagged);
        };
        let source = span.tag_span().and_then(|tag| tag.slice(&self.text[self.part..]));
        let place = self.place(span).unwrap_or(0..0);
        tagging(tag, source).map_err(|message| self.invalid(Code::YamlSyntax, message.to_owned(), place))
    }

    /// Where a sequence in block style begins that is a value: in the column of its key the parser has it begin behind its
    /// first `-`.
    fn first_dash(&self, style: StructureStyle) -> Option<usize> {
        let Some(Open { body: Body::Mapping(_, Some((_, key))), .. }) = self.open.last() else {
            return None;
        };
        let mut at = key.end;
        loop {
            let rest = &self.text.as_bytes()[at..];
            at += match rest.first()? {
                b' ' | b'\t' | b'\n' | b'\r' | b':' => 1,
                b'#' => memchr::memchr2(b'\n', b'\r', rest)?,
                b'&' | b'!' => rest.iter().position(u8::is_ascii_whitespace)?,
                b'-' if style != StructureStyle::Flow => return Some(at),
                _ => return None,
            };
        }
    }

    /// Behind the bracket of a collection in flow style; the end of one in block style is that of its last node.
    fn bracket_end(&self, place: Range<usize>) -> Option<usize> {
        matches!(self.text.get(place.clone()), Some("]" | "}")).then_some(place.end)
    }

    /// A block scalar ends with its last line, not where the next token begins.
    fn scalar_place(&self, place: Range<usize>, style: ScalarStyle) -> Range<usize> {
        let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        match self.text.get(place.clone()) {
            Some(text) if is_block => place.start..place.start + text.trim_end().len(),
            Some(_) | None => place,
        }
    }

    /// What a scalar with this tag stands for.
    #[inline]
    pub(super) fn construct(
        &mut self,
        text: &str,
        style: ScalarStyle,
        tagging: Tagging,
        place: Range<usize>,
    ) -> Result<Node, Error> {
        self.meter.hold((size_of::<Document>() + text.len()) as u64)?;
        let is_plain = style == ScalarStyle::Plain;
        // The parser says `~` for a node that is not there.
        let is_absent = is_plain && place.is_empty() && matches!(text, "" | "~");
        let resolved = if is_plain { resolve(text) } else { Resolved::Text };
        match tagging {
            Tagging::Untagged => self.value(text, resolved, place),
            Tagging::NonSpecific => self.value(text, Resolved::Text, place),
            Tagging::Known(known) => self.known(text, known, place),
            Tagging::Named(name) => {
                let node = self.value(text, resolved, place)?;
                self.named(node, name)
            }
        }
        .map(|node| Node { is_absent, ..node })
    }

    #[inline]
    fn value(&mut self, text: &str, resolved: Resolved, place: Range<usize>) -> Result<Node, Error> {
        let document = match resolved {
            Resolved::Null => Document::Null,
            Resolved::Bool(value) => Document::Bool(value),
            Resolved::Integer | Resolved::Float => {
                self.allowance.digits(digits(text), place.start)?;
                Document::Number(Number::from_literal(&decimal_literal(text)))
            }
            Resolved::Radix(bits) => {
                self.allowance.digits(text.len() as u64 - 2, place.start)?;
                Document::Number(Number::from_literal(&radix_literal(text, bits, &self.meter)?))
            }
            Resolved::NonFinite(float) => return Ok(self.non_finite(float, place)),
            Resolved::Text => Document::Str(self.share(text)),
        };
        Ok(Node::scalar(document, place))
    }

    fn non_finite(&mut self, float: NonFinite, place: Range<usize>) -> Node {
        match self.reading.foreign {
            Foreign::Tagged => Node::foreign(foreign::float(float), place),
            Foreign::Plain => {
                let message = || "a number that is not finite became null".to_owned();
                self.lose(Code::NonFiniteAsNull, message, place.clone());
                Node::scalar(Document::Null, place)
            }
        }
    }

    /// A scalar under a tag that has a meaning.
    fn known(&mut self, text: &str, known: Known, place: Range<usize>) -> Result<Node, Error> {
        let resolved = resolve(text);
        let resolved = match (known, resolved) {
            (Known::Str, _) => Resolved::Text,
            (Known::Int, Resolved::Integer | Resolved::Radix(_))
            | (Known::Float, Resolved::Integer | Resolved::Float | Resolved::NonFinite(_))
            | (Known::Bool, Resolved::Bool(_))
            | (Known::Null, Resolved::Null) => resolved,
            (Known::Binary, _) => return self.binary(text, place),
            (Known::Timestamp, _) => return Ok(self.timestamp(text, place)),
            (Known::Int | Known::Float | Known::Bool | Known::Null, _)
            | (Known::Seq | Known::Map | Known::Set | Known::Omap, _) => {
                let message = format!("the tag !!{} does not fit this scalar", known.name());
                return Err(self.invalid(Code::YamlSyntax, message, place));
            }
        };
        self.value(text, resolved, place)
    }

    fn binary(&mut self, text: &str, place: Range<usize>) -> Result<Node, Error> {
        let base64: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let bytes = STANDARD.decode(base64).map_err(|_| {
            let message = "the value of a !!binary is not base64 (RFC 4648 section 4)".to_owned();
            self.invalid(Code::YamlSyntax, message, place.clone())
        })?;
        match self.reading.foreign {
            Foreign::Tagged => Ok(Node::foreign(foreign::bytes(&bytes), place)),
            Foreign::Plain => {
                let message = || "bytes became text, base64 as it stands there".to_owned();
                self.lose(Code::BytesAsText, message, place.clone());
                Ok(Node::scalar(Document::Str(text.into()), place))
            }
        }
    }

    fn timestamp(&mut self, text: &str, place: Range<usize>) -> Node {
        match self.reading.foreign {
            Foreign::Tagged => Node::foreign(foreign::datetime(text), place),
            Foreign::Plain => {
                self.lose(Code::DatetimeAsText, || "a date or time became text".to_owned(), place.clone());
                Node::scalar(Document::Str(Arc::from(text)), place)
            }
        }
    }
}

fn digits(number: &str) -> u64 {
    number.bytes().filter(u8::is_ascii_digit).count() as u64
}
