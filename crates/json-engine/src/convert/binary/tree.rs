//! The builder of documents from items whose containers say beforehand how many items they hold.
//!
//! Whether a map is an object is known only at its last key, and a key can be any item. So here, other than in
//! [`Builder`](crate::convert::build::Builder), a map takes items in turn as key and value, and becomes pairs at the
//! first key that is no text.
//!
//! Promise: iterative, whatever the depth; the depth of the document, forms of foreign values counted, stays within
//! `max_depth`. Cost: a hash a key; spans only on request.

use std::ops::Range;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Step;
use super::frame::{self, Frame, Kind, base16};
use super::source::inside;
use crate::budget::Meter;
use crate::convert::allowance::Allowance;
use crate::convert::build::Keep;
use crate::convert::foreign::{self, Foreign, NonFinite, Tag};
use crate::convert::losses::{Loss, Losses};
use crate::convert::{Content, Read, Reading};
use crate::document::{Document, Key, Members, Number};
use crate::error::Error;
use crate::spans::Spans;
use crate::{Code, DuplicateKeys};

/// Most room that is made for a container before its items are there.
const MOST_ROOM: u64 = 256;

/// How bytes are spelled where they become text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hint {
    Base64Url,
    Base64,
    Base16,
}

/// Builds one document.
pub(crate) struct Tree<'o> {
    pub(super) source: &'o [u8],
    pub(crate) allowance: Allowance,
    pub(super) duplicate_keys: DuplicateKeys,
    pub(super) foreign: Foreign,
    pub(super) keep: Keep,
    pub(crate) meter: Meter<'o>,
    pub(super) open: Vec<Frame>,
    /// Spans of complete values whose container is open.
    pub(super) spans: Vec<Spans>,
    pub(super) losses: Losses,
    pub(super) root: Option<Document>,
}

impl<'o> Tree<'o> {
    pub(crate) fn new(source: &'o [u8], reading: &Reading<'o>) -> Result<Tree<'o>, Error> {
        Ok(Tree {
            source,
            allowance: Allowance::new(reading.limits),
            duplicate_keys: reading.duplicate_keys,
            foreign: reading.foreign,
            keep: reading.keep,
            meter: Meter::open(reading.budget)?,
            open: Vec::new(),
            spans: Vec::new(),
            losses: Losses::new(reading.limits.max_diagnostics),
            root: None,
        })
    }

    /// Whether the document has its root.
    #[inline]
    pub(crate) fn is_complete(&self) -> bool {
        self.root.is_some()
    }

    /// A text.
    #[inline]
    pub(crate) fn text(&mut self, text: &str, place: Range<usize>) -> Step {
        let text = Arc::from(text);
        if let Some(Frame { left, kind: Kind::Object(_, key @ None), .. }) = self.open.last_mut() {
            *left = left.map(|left| left - 1);
            *key = Some((Key::Text(text), place));
            return self.meter.charge(1).map_err(Box::new);
        }
        self.scalar(Document::Str(text), place)
    }

    /// Any other value of one node.
    #[inline]
    pub(crate) fn scalar(&mut self, value: Document, place: Range<usize>) -> Step {
        self.count(1, place.start)?;
        self.put(value, 0, place)
    }

    /// A number by its literal, which is one by RFC 8259.
    #[inline]
    pub(crate) fn number(&mut self, literal: &str, place: Range<usize>) -> Step {
        self.allowance.literal(literal, place.start)?;
        self.scalar(Document::Number(Number::from_literal(literal)), place)
    }

    /// A double or what it stands for.
    #[inline]
    pub(crate) fn double(&mut self, double: f64, place: Range<usize>) -> Step {
        if !double.is_finite() {
            return self.non_finite(double, place);
        }
        let mut buffer = zmij::Buffer::new();
        let literal = crate::number::double::literal(double, &mut buffer);
        // Its `.0` or exponent makes it no integer, so there is nothing to look for.
        if literal.len() as u64 > self.allowance.max_digits() {
            return self.number(literal, place);
        }
        self.scalar(Document::Number(Number::Literal(literal.into())), place)
    }

    fn non_finite(&mut self, double: f64, place: Range<usize>) -> Step {
        let float = match (double.is_nan(), double > 0.0) {
            (true, _) => NonFinite::Nan,
            (false, true) => NonFinite::Infinity,
            (false, false) => NonFinite::NegativeInfinity,
        };
        if self.foreign == Foreign::Tagged {
            return self.form(foreign::float(float), place);
        }
        self.lose(Code::NonFiniteAsNull, &place, || format!("{double} became null"));
        self.scalar(Document::Null, place)
    }

    /// Bytes.
    pub(crate) fn bytes(&mut self, bytes: &[u8], place: Range<usize>) -> Step {
        self.meter.charge(bytes.len() as u64 / 64).map_err(Box::new)?;
        if self.foreign == Foreign::Tagged {
            return self.form(foreign::bytes(bytes), place);
        }
        let (name, text) = match self.hint() {
            Hint::Base64Url => ("base64url", foreign::base64url(bytes)),
            Hint::Base64 => ("base64", STANDARD.encode(bytes)),
            Hint::Base16 => ("base16", base16(bytes)),
        };
        self.lose(Code::BytesAsText, &place, || format!("{} bytes became {name} text", bytes.len()));
        self.scalar(Document::Str(text.into()), place)
    }

    /// A date or time.
    pub(crate) fn datetime(&mut self, text: &str, place: Range<usize>) -> Step {
        if self.foreign == Foreign::Tagged {
            return self.form(foreign::datetime(text), place);
        }
        self.lose(Code::DatetimeAsText, &place, || "a date or time became text".to_owned());
        self.scalar(Document::Str(text.into()), place)
    }

    /// Undefined, or the simple value `simple`.
    pub(crate) fn simple(&mut self, simple: Option<u8>, place: Range<usize>) -> Step {
        if self.foreign == Foreign::Tagged {
            return self.form(simple.map_or_else(foreign::undefined, foreign::simple), place);
        }
        self.lose(Code::UndefinedAsNull, &place, || match simple {
            Some(simple) => format!("the simple value {simple} became null"),
            None => "undefined became null".to_owned(),
        });
        self.scalar(Document::Null, place)
    }

    /// The tagged form of a scalar: an object with one member.
    fn form(&mut self, form: Document, place: Range<usize>) -> Step {
        self.count(2, place.start)?;
        self.put(form, 1, place)
    }

    /// Opens an array of `count` items, `None` until a break.
    pub(crate) fn open_array(&mut self, start: usize, end: usize, count: Option<u64>) -> Step {
        let room = count.map_or(0, |count| count.min(MOST_ROOM) as usize);
        self.enter(start, count, Kind::Array(Vec::with_capacity(room)))?;
        self.close_if_full(end)
    }

    /// Opens a map of `count` pairs, `None` until a break.
    pub(crate) fn open_map(&mut self, start: usize, end: usize, count: Option<u64>) -> Step {
        let room = count.map_or(0, |count| count.min(MOST_ROOM) as usize);
        let members = Members::with_capacity(room);
        self.enter(start, count.map(|count| count.saturating_mul(2)), Kind::Object(members, None))?;
        self.close_if_full(end)
    }

    /// Opens a tag, to which the next item belongs; bytes in it are spelled as `hint` says.
    pub(crate) fn open_tag(&mut self, place: Range<usize>, tag: Tag, hint: Option<Hint>) -> Step {
        if self.foreign == Foreign::Plain {
            let name = |tag: &Tag| match tag {
                Tag::Number(number) => number.to_string(),
                Tag::Name(name) => name.chars().take(16).collect(),
            };
            self.lose(Code::TagDropped, &place, || format!("the tag {} was left out", name(&tag)));
        }
        self.enter(place.start, Some(1), Kind::Tag(tag, None))?;
        if let (Some(hint), Some(frame)) = (hint, self.open.last_mut()) {
            frame.hint = hint;
        }
        Ok(())
    }

    /// Whether a break may stand here.
    pub(crate) fn can_break(&self) -> bool {
        match self.open.last() {
            Some(Frame { left: None, kind, .. }) => match kind {
                Kind::Array(_) | Kind::Object(_, None) => true,
                Kind::Pairs(pairs) => pairs.key.is_none(),
                Kind::Object(_, Some(_)) | Kind::Tag(..) => false,
            },
            Some(Frame { left: Some(_), .. }) | None => false,
        }
    }

    /// Closes the innermost container at a break that ends before `end`.
    pub(crate) fn break_at(&mut self, end: usize) -> Step {
        if let Some(frame) = self.open.last_mut() {
            frame.left = Some(0);
        }
        self.close_if_full(end)
    }

    /// The same error with the pointer of the place where the reader stands.
    pub(crate) fn explain(&self, error: Error) -> Error {
        inside(error, &frame::pointer(&self.open, self.foreign))
    }

    /// The document, once its root is complete.
    pub(crate) fn finish(mut self) -> Read {
        let root = self.root.unwrap_or(Document::Null);
        let spans = if self.keep == Keep::Spans { self.spans.pop() } else { None };
        Read { content: Content::One(root, spans), losses: self.losses, stats: None }
    }

    fn hint(&self) -> Hint {
        self.open.last().map_or(Hint::Base64Url, |frame| frame.hint)
    }

    #[cold]
    fn lose(&mut self, code: Code, place: &Range<usize>, message: impl FnOnce() -> String) {
        let (open, form) = (&self.open, self.foreign);
        self.losses.add(|| Loss {
            code,
            message: message(),
            pointer: frame::pointer(open, form),
            place: Some(place.clone()),
        });
    }

    #[inline]
    pub(super) fn count(&mut self, nodes: u64, start: usize) -> Step {
        self.allowance.nodes(nodes, start)?;
        self.meter.charge(1).map_err(Box::new)
    }

    fn enter(&mut self, start: usize, left: Option<u64>, kind: Kind) -> Step {
        self.count(1, start)?;
        self.check_depth(1, start)?;
        let (hint, spans_from) = (self.hint(), self.spans.len());
        self.open.push(Frame { start, left, height: 1, hint, spans_from, kind });
        Ok(())
    }

    #[inline]
    pub(super) fn check_depth(&self, height: u32, start: usize) -> Step {
        Ok(self.allowance.depth(self.open.len() as u64 + u64::from(height), start)?)
    }
}
