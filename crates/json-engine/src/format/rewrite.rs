//! Writing that changes more than white space: numbers, strings, the order of members.
//!
//! Cost: about twice a plain style. Once the answer is too long nothing more is written, yet all is still judged.

use crate::Severity;
use crate::number::ecmascript::{self, Fit};
use crate::scan::{Container, Content, Remark, Scalar, Sink, Spelling};
use crate::write::respell;

use super::layout::{Lines, copy};
use super::order::Order;
use super::{FormatOptions, Indent, KeyOrder, Numbers, Style};

/// How strings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Strings {
    AsRead,
    FewestEscapes,
}

/// Writes as the options say.
pub(super) struct Rewrite<'t> {
    text: &'t [u8],
    out: Vec<u8>,
    most: usize,
    lines: Option<Lines>,
    order: Option<Order>,
    numbers: Numbers,
    strings: Strings,
    remark: Option<Remark>,
    rounded: u64,
}

impl<'t> Rewrite<'t> {
    pub(super) fn new(
        text: &'t [u8],
        indent: Option<Indent>,
        how: &FormatOptions,
        most: usize,
    ) -> Rewrite<'t> {
        // Places of members are kept in 32 bits.
        let most = most.min(u32::MAX as usize);
        let expected = if indent.is_some() { text.len().saturating_mul(2) } else { text.len() };
        Rewrite {
            text,
            out: Vec::with_capacity(expected.min(most) + 64),
            most,
            lines: indent.map(|indent| Lines::new(indent, most)),
            order: match how.key_order {
                KeyOrder::AsRead => None,
                KeyOrder::Sorted => Some(Order::default()),
            },
            numbers: how.numbers,
            strings: Strings::AsRead,
            remark: None,
            rounded: 0,
        }
    }

    /// Numbers that changed their value.
    pub(super) fn rounded(&self) -> u64 {
        self.rounded
    }

    pub(super) fn finish(self) -> Vec<u8> {
        match self.order {
            Some(order) if self.out.len() <= self.most => order.arrange(self.out),
            Some(_) | None => self.out,
        }
    }

    #[inline]
    fn is_full(&self) -> bool {
        self.out.len() > self.most
    }

    #[inline]
    fn begin(&mut self) {
        if let Some(lines) = &mut self.lines {
            lines.value(&mut self.out);
        }
    }

    fn number(&mut self, start: usize, end: usize) {
        let literal = &self.text[start..end];
        match self.numbers {
            Numbers::Exact => copy(self.text, start, end, &mut self.out),
            Numbers::Double => match ecmascript::write(literal, &mut self.out) {
                Fit::Exact => {}
                Fit::Rounded => {
                    self.rounded += 1;
                    self.remark = Some(Remark::Rounded);
                }
                Fit::Overflow => self.remark = Some(Remark::Overflow),
            },
            Numbers::StringIfUnsafe => {
                let from = self.out.len();
                let quote: &[u8] = match ecmascript::write(literal, &mut self.out) {
                    Fit::Exact => b"",
                    Fit::Rounded | Fit::Overflow => b"\"",
                };
                self.out.truncate(from);
                self.out.extend_from_slice(quote);
                self.out.extend_from_slice(literal);
                self.out.extend_from_slice(quote);
            }
        }
    }

    #[inline]
    fn string(&mut self, spelling: Spelling, start: usize, end: usize) {
        match (spelling, self.strings) {
            (Spelling::Plain, _) | (_, Strings::AsRead) => copy(self.text, start, end, &mut self.out),
            (Spelling::Escaped, Strings::FewestEscapes) => {
                self.out.push(b'"');
                respell(&self.text[start + 1..end - 1], &mut self.out);
                self.out.push(b'"');
            }
        }
    }
}

impl Sink for Rewrite<'_> {
    #[inline]
    fn scalar(&mut self, kind: Scalar, start: usize, end: usize) {
        if self.is_full() {
            return;
        }
        self.begin();
        match kind {
            Scalar::Null | Scalar::True | Scalar::False => copy(self.text, start, end, &mut self.out),
            Scalar::Number(_) => self.number(start, end),
            Scalar::String(spelling) => self.string(spelling, start, end),
        }
    }

    #[inline]
    fn key(&mut self, spelling: Spelling, start: usize, end: usize) {
        if self.is_full() {
            return;
        }
        if let Some(lines) = &self.lines {
            lines.line(&mut self.out);
        }
        let from = self.out.len();
        self.string(spelling, start, end);
        if let Some(order) = &mut self.order {
            order.key(from..self.out.len(), &self.out);
        }
        match &mut self.lines {
            Some(lines) => lines.colon(&mut self.out),
            None => self.out.push(b':'),
        }
    }

    #[inline]
    fn open(&mut self, kind: Container, at: usize) {
        if self.is_full() {
            return;
        }
        self.begin();
        self.out.push(self.text[at]);
        if let Some(lines) = &mut self.lines {
            lines.enter();
        }
        if let (Container::Object, Some(order)) = (kind, &mut self.order) {
            order.open();
        }
    }

    #[inline]
    fn close(&mut self, kind: Container, at: usize, content: Content) {
        if self.is_full() {
            return;
        }
        if let (Container::Object, Some(order)) = (kind, &mut self.order) {
            order.close(self.out.len(), &self.out);
        }
        if let Some(lines) = &mut self.lines {
            lines.leave(content, &mut self.out);
        }
        self.out.push(self.text[at]);
    }

    #[inline]
    fn comma(&mut self) {
        if self.is_full() {
            return;
        }
        if let Some(order) = &mut self.order {
            order.comma(self.out.len());
        }
        self.out.push(b',');
    }

    #[inline]
    fn remark(&mut self) -> Option<Remark> {
        self.remark.take()
    }
}

/// Writes the canonical form; what has none is an error.
pub(super) struct Strict<'t>(Rewrite<'t>);

impl<'t> Strict<'t> {
    pub(super) fn new(text: &'t [u8], most: usize) -> Strict<'t> {
        let how =
            FormatOptions { style: Style::Canonical, key_order: KeyOrder::Sorted, numbers: Numbers::Double };
        let rewrite = Rewrite::new(text, None, &how, most);
        Strict(Rewrite { strings: Strings::FewestEscapes, ..rewrite })
    }

    pub(super) fn rounded(&self) -> u64 {
        self.0.rounded()
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.0.finish()
    }
}

impl Sink for Strict<'_> {
    const LONE_SURROGATE: Severity = Severity::Error;

    #[inline]
    fn scalar(&mut self, kind: Scalar, start: usize, end: usize) {
        self.0.scalar(kind, start, end);
    }
    #[inline]
    fn key(&mut self, spelling: Spelling, start: usize, end: usize) {
        self.0.key(spelling, start, end);
    }
    #[inline]
    fn open(&mut self, kind: Container, at: usize) {
        self.0.open(kind, at);
    }
    #[inline]
    fn close(&mut self, kind: Container, at: usize, content: Content) {
        self.0.close(kind, at, content);
    }
    #[inline]
    fn comma(&mut self) {
        self.0.comma();
    }
    #[inline]
    fn remark(&mut self) -> Option<Remark> {
        self.0.remark()
    }
}
