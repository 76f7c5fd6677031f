//! Minify and pretty, numbers and strings byte-exact: what is copied, and the white space between.

use crate::scan::{Container, Content, Scalar, Sink, Spelling};

use super::Indent;

/// Tokens up to this length are copied as a block of it, which is faster than a copy of just their length.
const BLOCK: usize = 32;

/// Appends `text[start..end]`.
#[inline(always)]
pub(super) fn copy(text: &[u8], start: usize, end: usize, out: &mut Vec<u8>) {
    let length = end - start;
    match text[start..].first_chunk::<BLOCK>() {
        Some(block) if length <= BLOCK => {
            let until = out.len() + length;
            out.extend_from_slice(block);
            out.truncate(until);
        }
        _ => out.extend_from_slice(&text[start..end]),
    }
}

/// Copies what lies between white space.
pub(crate) struct Minify<'t> {
    text: &'t [u8],
    out: Vec<u8>,
    /// What is not copied yet begins here.
    from: usize,
}

impl<'t> Minify<'t> {
    pub(super) fn new(text: &'t [u8], most: usize) -> Minify<'t> {
        Minify { text, out: Vec::with_capacity(text.len().min(most) + BLOCK), from: 0 }
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        self.out.extend_from_slice(&self.text[self.from..]);
        self.out
    }

    /// Goes on at `from` of a part of a text, behind what was written to `out`.
    pub(crate) fn on_part(text: &'t [u8], from: usize, out: Vec<u8>) -> Minify<'t> {
        Minify { text, out, from }
    }

    /// What is written of the text up to `at`.
    pub(crate) fn leave_part(mut self, at: usize) -> Vec<u8> {
        self.out.extend_from_slice(&self.text[self.from..at]);
        self.out
    }
}

impl Sink for Minify<'_> {
    #[inline(always)]
    fn space(&mut self, start: usize, end: usize) {
        copy(self.text, self.from, start, &mut self.out);
        self.from = end;
    }
}

/// The lines of pretty.
#[derive(Clone)]
pub(crate) struct Lines {
    /// Spaces a level.
    indent: usize,
    depth: usize,
    after_key: bool,
    /// Longest answer.
    most: usize,
}

impl Lines {
    pub(crate) fn new(indent: Indent, most: usize) -> Lines {
        Lines { indent: indent.spaces(), depth: 0, after_key: false, most }
    }

    /// Before a value: one after its key stands on the key's line; any other begins one.
    #[inline(always)]
    pub(super) fn value(&mut self, out: &mut Vec<u8>) {
        if !std::mem::take(&mut self.after_key) && self.depth > 0 {
            self.line(out);
        }
    }

    /// After a key.
    #[inline(always)]
    pub(super) fn colon(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b": ");
        self.after_key = true;
    }

    /// After an opening bracket.
    #[inline(always)]
    pub(super) fn enter(&mut self) {
        self.depth += 1;
    }

    /// Before a closing bracket.
    #[inline(always)]
    pub(super) fn leave(&mut self, content: Content, out: &mut Vec<u8>) {
        self.depth -= 1;
        if content == Content::Some {
            self.line(out);
        }
    }

    /// A new line, as long as the answer may still be given: a few bytes of `[` can ask for megabytes of spaces.
    #[inline(always)]
    pub(super) fn line(&self, out: &mut Vec<u8>) {
        const LINE: &[u8; BLOCK] = b"\n                               ";
        if out.len() > self.most {
            return;
        }
        let until = out.len() + 1 + self.depth * self.indent;
        out.extend_from_slice(LINE);
        if until <= out.len() {
            out.truncate(until);
        } else {
            out.resize(until, b' ');
        }
    }
}

/// A member or element a line.
pub(crate) struct Pretty<'t> {
    text: &'t [u8],
    out: Vec<u8>,
    lines: Lines,
}

impl<'t> Pretty<'t> {
    pub(super) fn new(text: &'t [u8], indent: Indent, most: usize) -> Pretty<'t> {
        let out = Vec::with_capacity(text.len().saturating_mul(2).min(most) + BLOCK);
        Pretty { text, out, lines: Lines::new(indent, most) }
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.out
    }
}

/// [`Pretty`] on a part of a text; full with `most` bytes.
pub(crate) struct PrettyPart<'t> {
    pretty: Pretty<'t>,
    most: usize,
}

impl<'t> PrettyPart<'t> {
    pub(crate) fn new(text: &'t [u8], lines: Lines, out: Vec<u8>, most: usize) -> PrettyPart<'t> {
        PrettyPart { pretty: Pretty { text, out, lines }, most }
    }

    /// Where the lines stand, and what is written.
    pub(crate) fn leave(self) -> (Lines, Vec<u8>) {
        (self.pretty.lines, self.pretty.out)
    }
}

impl Sink for PrettyPart<'_> {
    #[inline(always)]
    fn scalar(&mut self, kind: Scalar, start: usize, end: usize) {
        self.pretty.scalar(kind, start, end);
    }
    #[inline(always)]
    fn key(&mut self, spelling: Spelling, start: usize, end: usize) {
        self.pretty.key(spelling, start, end);
    }
    #[inline(always)]
    fn open(&mut self, kind: Container, at: usize) {
        self.pretty.open(kind, at);
    }
    #[inline(always)]
    fn close(&mut self, kind: Container, at: usize, content: Content) {
        self.pretty.close(kind, at, content);
    }
    #[inline(always)]
    fn comma(&mut self) {
        self.pretty.comma();
    }
    #[inline(always)]
    fn is_full(&self) -> bool {
        self.pretty.out.len() >= self.most
    }
}

impl Sink for Pretty<'_> {
    #[inline(always)]
    fn scalar(&mut self, _kind: Scalar, start: usize, end: usize) {
        self.lines.value(&mut self.out);
        copy(self.text, start, end, &mut self.out);
    }
    #[inline(always)]
    fn key(&mut self, _spelling: Spelling, start: usize, end: usize) {
        self.lines.line(&mut self.out);
        copy(self.text, start, end, &mut self.out);
        self.lines.colon(&mut self.out);
    }
    #[inline(always)]
    fn open(&mut self, _kind: Container, at: usize) {
        self.lines.value(&mut self.out);
        self.out.push(self.text[at]);
        self.lines.enter();
    }
    #[inline(always)]
    fn close(&mut self, _kind: Container, at: usize, content: Content) {
        self.lines.leave(content, &mut self.out);
        self.out.push(self.text[at]);
    }
    #[inline(always)]
    fn comma(&mut self) {
        self.out.push(b',');
    }
}
