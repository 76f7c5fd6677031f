//! The short way: block collections of scalars that stand on one line, of texts behind `|`, and of nothing else. That is
//! what programs write and most of what people do.
//!
//! It drives the composer as the parser's events do, so that only the grammar is read here, and gives up at the first byte
//! that could mean anything else: a tag, an anchor, a flow collection, a line that goes on, a value that is not
//! there, a tab, whatever is an error or breaks a limit. The parser then reads the text from its start and alone decides.
//!
//! Promise: what it reads, places included, the parser reads so too. Cost: one look at each byte, nothing kept of a line;
//! a text that it gives up costs what it had read till then.

mod literal;
mod word;

use super::compose::{Collection, Composer};
use super::tag::Tagging;
use crate::convert::{Content, Read, Reading};

use word::{Role, Word};

/// Bytes of the longest key that is surely no longer than YAML lets one be that has no `?` (1,024 characters).
const LONGEST_KEY: usize = 1_000;

/// Reads the document of `text`; `None` says that this is not for the short way.
pub(super) fn read(text: &str, reading: &Reading<'_>) -> Option<Read> {
    // A line has an end, so that nothing has to look for that of the text.
    if !text.ends_with('\n') {
        return None;
    }
    let composer = Composer::new(text, reading).ok()?;
    let mut lines = Lines { text, bytes: text.as_bytes(), at: 0, open: Vec::new(), composer };
    lines.document()?;
    let (document, spans) = lines.composer.take_document()?;
    Some(Read { content: Content::One(document, spans), losses: lines.composer.losses, stats: None })
}

struct Lines<'r> {
    text: &'r str,
    bytes: &'r [u8],
    at: usize,
    open: Vec<Block>,
    composer: Composer<'r>,
}

/// A block collection that is open.
#[derive(Clone, Copy)]
struct Block {
    kind: Collection,
    /// Where its entries begin.
    column: usize,
}

/// What is read next.
enum Next {
    /// A node whose first byte stands in this column.
    Node(usize),
    /// An entry of what is open, on a line of its own.
    Line,
}

impl Lines<'_> {
    fn document(&mut self) -> Option<()> {
        let mut column = self.indentation()?;
        if column == 0 && self.bytes[self.at..].starts_with(b"---\n") {
            self.at += 3;
            column = self.indentation()?;
        }
        let mut next = Next::Node(column);
        loop {
            next = match next {
                Next::Node(column) => self.node(column)?,
                Next::Line => {
                    let column = self.indentation()?;
                    if self.at == self.bytes.len() {
                        break;
                    }
                    self.entry(column)?
                }
            };
        }
        while !self.open.is_empty() {
            self.close()?;
        }
        Some(())
    }

    /// Goes to the first byte of a line that has more than spaces and a comment, and gives its column.
    #[inline]
    fn indentation(&mut self) -> Option<usize> {
        loop {
            let column = self.spaces();
            match self.byte(0) {
                Some(b'\n') => self.at += 1,
                Some(b'#') => self.comment()?,
                Some(_) | None => return Some(column),
            }
        }
    }

    /// The byte that lies `ahead` of the present one.
    #[inline]
    fn byte(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    /// Whether an element of a sequence begins here.
    #[inline]
    fn is_dash(&self) -> bool {
        self.byte(0) == Some(b'-') && matches!(self.byte(1), Some(b' ' | b'\n'))
    }

    /// An entry in `column`, which must be that of a collection that is open.
    fn entry(&mut self, column: usize) -> Option<Next> {
        while self.open.last()?.column > column {
            self.close()?;
        }
        let is_dash = self.is_dash();
        // A sequence in the column of its key ends with the next key.
        if !is_dash && self.open.last()?.kind == Collection::Sequence {
            self.close()?;
        }
        let open = self.open.last()?;
        if open.column != column {
            return None;
        }
        match (open.kind, is_dash) {
            (Collection::Sequence, true) => self.element(column),
            (Collection::Mapping, false) => {
                let key = self.word()?;
                self.key(&key)
            }
            (Collection::Sequence, false) | (Collection::Mapping, true) => None,
        }
    }

    /// A node that stands where any may.
    fn node(&mut self, column: usize) -> Option<Next> {
        if self.is_dash() {
            self.enter(Collection::Sequence, column, self.at)?;
            return self.element(column);
        }
        if matches!(self.byte(0)?, b'|' | b'[' | b'{') {
            return self.leaf();
        }
        let word = self.word()?;
        match word.role {
            Role::Value => self.value(&word),
            Role::Key => {
                self.enter(Collection::Mapping, column, word.place.start)?;
                self.key(&word)
            }
        }
    }

    /// Goes behind the `-` in `column`.
    fn element(&mut self, column: usize) -> Option<Next> {
        self.at += 1;
        let spaces = self.spaces();
        match self.byte(0)? {
            b'\n' | b'#' => self.below(),
            _ => Some(Next::Node(column + 1 + spaces)),
        }
    }

    /// A key, and the value on its line.
    fn key(&mut self, word: &Word<'_>) -> Option<Next> {
        if word.role != Role::Key || word.text.len() > LONGEST_KEY {
            return None;
        }
        self.scalar(word)?;
        self.spaces();
        match self.byte(0)? {
            b'\n' | b'#' => self.below(),
            _ => self.leaf(),
        }
    }

    /// The node of an indicator whose line ends behind it.
    fn below(&mut self) -> Option<Next> {
        let column = self.indentation()?;
        let open = *self.open.last()?;
        if column > open.column {
            return Some(Next::Node(column));
        }
        if column < open.column || open.kind == Collection::Sequence || !self.is_dash() {
            return None;
        }
        // For the parser a comment behind the first `-` of such a sequence stands before it.
        let is_comment = self.text[self.at + 1..].trim_start().starts_with('#');
        if is_comment {
            return None;
        }
        self.enter(Collection::Sequence, column, self.at)?;
        self.element(column)
    }

    /// A node that ends its line and is no collection with anything in it.
    fn leaf(&mut self) -> Option<Next> {
        match self.byte(0)? {
            b'|' => self.literal(),
            b'[' => self.empty(Collection::Sequence, "[]"),
            b'{' => self.empty(Collection::Mapping, "{}"),
            _ => {
                let word = self.word()?;
                if word.role == Role::Key { None } else { self.value(&word) }
            }
        }
    }

    fn empty(&mut self, kind: Collection, written: &str) -> Option<Next> {
        let start = self.at;
        if !self.text[start..].starts_with(written) {
            return None;
        }
        self.at += 2;
        self.composer.meter.charge(2).ok()?;
        self.composer.open(kind, start, 0, Tagging::Untagged).ok()?;
        self.composer.close(Some(self.at)).ok()?;
        self.end_line()
    }

    fn enter(&mut self, kind: Collection, column: usize, start: usize) -> Option<()> {
        self.composer.meter.charge(1).ok()?;
        self.composer.open(kind, start, 0, Tagging::Untagged).ok()?;
        self.open.push(Block { kind, column });
        Some(())
    }

    fn close(&mut self) -> Option<()> {
        self.composer.meter.charge(1).ok()?;
        self.open.pop();
        self.composer.close(None).ok()
    }

    /// The end of a line behind a value.
    #[inline]
    fn end_line(&mut self) -> Option<Next> {
        let spaces = self.spaces();
        match self.byte(0)? {
            b'\n' => Some(Next::Line),
            b'#' if spaces > 0 => self.comment().map(|()| Next::Line),
            _ => None,
        }
    }

    /// Goes to the end of the line, behind a comment that begins here.
    fn comment(&mut self) -> Option<()> {
        let start = self.at;
        self.at = self.line_end(start)?;
        self.composer.meter.charge(1).ok()?;
        self.composer.leave_out_comment(start..self.at);
        Some(())
    }

    /// Goes behind spaces, and says how many there were.
    #[inline]
    fn spaces(&mut self) -> usize {
        let start = self.at;
        while self.byte(0) == Some(b' ') {
            self.at += 1;
        }
        self.at - start
    }
}
