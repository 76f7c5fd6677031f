//! The grammar: lines, headers, keys, and values without recursion.

use std::borrow::Cow;
use std::ops::Range;

use toml_parser::lexer::{Lexer, Token, TokenKind};
use toml_parser::{ParseError, Source};

use crate::budget::Meter;
use crate::convert::losses::{Loss, Losses};
use crate::convert::{Foreign, Reading};
use crate::document::{Document, Key, Members, VALUE_BYTES};
use crate::spans::Spans;
use crate::{Code, Error};

use super::fault::{Halt, decoded, syntax};
use super::tree::{Body, Growth, Id, Origin, Part, Place, Tree};
use super::version::Version;

pub(super) struct Reader<'s, 'o> {
    pub(super) source: Source<'s>,
    pub(super) version: Version,
    lexer: Lexer<'s>,
    /// The token that comes next; at the end it stays the end.
    pub(super) present: Token,
    pub(super) tree: Tree,
    /// The table that lines add to.
    table: Id,
    /// Brackets and braces that are open.
    open: Vec<Open>,
    pub(super) foreign: Foreign,
    pub(super) losses: Losses,
    pub(super) meter: Meter<'o>,
    charged: u64,
}

#[derive(Clone, Copy)]
struct Open {
    node: Id,
    kind: Bracket,
    last: Last,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Bracket {
    Square,
    Curly,
}

/// What stood last in a bracket.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    /// The bracket itself.
    Opening,
    Separator,
    Value,
}

impl<'s, 'o> Reader<'s, 'o> {
    pub(super) fn new(
        text: &'s str,
        version: Version,
        reading: &Reading<'o>,
    ) -> Result<Reader<'s, 'o>, Error> {
        let source = Source::new(text);
        let mut lexer = source.lex();
        let present = lexer.next().expect("a lexer tells the end before it ends");
        Ok(Reader {
            source,
            version,
            lexer,
            present,
            tree: Tree::new(reading.limits, reading.keep, text.len())?,
            table: Tree::ROOT,
            open: Vec::new(),
            foreign: reading.foreign,
            losses: Losses::new(reading.limits.max_diagnostics),
            meter: Meter::open(reading.budget)?,
            charged: 0,
        })
    }

    /// Reads all of it.
    pub(super) fn run(mut self, source: &[u8]) -> Result<(Document, Option<Spans>, Losses), Error> {
        if let Err(halt) = self.document() {
            let pointer = self.tree.pointer(self.innermost());
            return Err(halt.into_error(source, &pointer));
        }
        self.meter.check()?;
        let (document, spans) = self.tree.finish(self.foreign)?;
        Ok((document, spans, self.losses))
    }

    fn document(&mut self) -> Result<(), Halt> {
        loop {
            match self.present.kind() {
                TokenKind::Eof => return Ok(()),
                TokenKind::Whitespace | TokenKind::Newline | TokenKind::Comment => self.trivia()?,
                TokenKind::LeftSquareBracket => {
                    self.header()?;
                    self.line_end()?;
                }
                _ => {
                    let place = self.member(self.table)?;
                    self.value(place)?;
                    self.line_end()?;
                }
            }
        }
    }

    /// `[path]` or `[[path]]`.
    fn header(&mut self) -> Result<(), Halt> {
        let start = self.present.span().start();
        self.advance()?;
        let is_array = self.present.kind() == TokenKind::LeftSquareBracket;
        if is_array {
            self.advance()?;
        }
        let path = self.path()?;
        let mut end = self.expect(TokenKind::RightSquareBracket, "`]` behind the name of a table")?;
        if is_array {
            let second =
                self.expect(TokenKind::RightSquareBracket, "`]]` behind the name of an array of tables")?;
            if second.start != end.end {
                return Err(syntax("space inside `]]`; allowed: none".to_owned(), end.end..second.start));
            }
            end = second;
        }
        let place = start..end.end;
        self.table = match is_array {
            true => self.tree.appended(&path, place)?,
            false => self.tree.table(&path, place)?,
        };
        self.charge()
    }

    /// A key and its `=`; the place for its value.
    fn member(&mut self, table: Id) -> Result<Place, Halt> {
        let path = self.path()?;
        self.expect(TokenKind::Equals, "`=` behind a key")?;
        self.blank()?;
        self.tree.member(table, &path)
    }

    /// A dotted key, with the blanks around it.
    fn path(&mut self) -> Result<Vec<Part>, Halt> {
        let mut path = Vec::with_capacity(1);
        loop {
            self.blank()?;
            path.push(self.key()?);
            self.blank()?;
            if self.present.kind() != TokenKind::Dot {
                return Ok(path);
            }
            self.advance()?;
            self.tree.allowance.depth(path.len() as u64, self.present.span().start())?;
        }
    }

    fn key(&mut self) -> Result<Part, Halt> {
        let place = self.place();
        match self.present.kind() {
            TokenKind::Atom
            | TokenKind::BasicString
            | TokenKind::LiteralString
            | TokenKind::MlBasicString
            | TokenKind::MlLiteralString => {}
            _ => return Err(self.unexpected("a key")),
        }
        let raw = self.source.get(self.present).expect("a token lies in its text");
        let (mut text, mut error) = (Cow::Borrowed(""), None::<ParseError>);
        raw.decode_key(&mut text, &mut error);
        decoded(error, &place)?;
        self.version.check_escapes(self.present.kind(), raw.as_str(), &place)?;
        self.advance()?;
        Ok(Part { key: Key::Text(text.into()), place })
    }

    /// A value and all in it.
    fn value(&mut self, place: Place) -> Result<(), Halt> {
        self.one(place)?;
        while let Some(place) = self.next_place()? {
            self.one(place)?;
        }
        Ok(())
    }

    /// A scalar, or the opening of a bracket.
    fn one(&mut self, place: Place) -> Result<(), Halt> {
        self.charge()?;
        let (kind, body) = match self.present.kind() {
            TokenKind::LeftSquareBracket => (Bracket::Square, Body::Array(Vec::new(), Growth::Closed)),
            TokenKind::LeftCurlyBracket => (Bracket::Curly, Body::Table(Members::default(), Origin::Inline)),
            _ => return self.scalar(place),
        };
        let node = self.tree.open(place, body, self.place())?;
        self.open.push(Open { node, kind, last: Last::Opening });
        self.advance()
    }

    /// The place of the value that comes next in the open brackets; closes those that end before it.
    fn next_place(&mut self) -> Result<Option<Place>, Halt> {
        while let Some(open) = self.open.last().copied() {
            while let TokenKind::Whitespace | TokenKind::Newline | TokenKind::Comment = self.present.kind() {
                if open.kind == Bracket::Curly {
                    self.version.check_line(self.present.kind(), self.place())?;
                }
                self.trivia()?;
            }
            let (closing, allowed) = match open.kind {
                Bracket::Square => (TokenKind::RightSquareBracket, "`,` or `]` behind an element"),
                Bracket::Curly => (TokenKind::RightCurlyBracket, "`,` or `}` behind a member"),
            };
            if self.present.kind() == closing {
                if (open.kind, open.last) == (Bracket::Curly, Last::Separator) {
                    self.version.check_last_comma(self.place())?;
                }
                self.tree.close(open.node, self.present.span().end());
                self.open.pop();
                self.advance()?;
                continue;
            }
            if open.last == Last::Value && self.present.kind() != TokenKind::Comma {
                return Err(self.unexpected(allowed));
            }
            if open.last == Last::Value {
                self.mark(Last::Separator);
                self.advance()?;
                continue;
            }
            self.mark(Last::Value);
            let at = self.present.span().start();
            return match open.kind {
                Bracket::Square => Ok(Some(self.tree.element(open.node, at)?)),
                Bracket::Curly => self.member(open.node).map(Some),
            };
        }
        Ok(None)
    }

    fn mark(&mut self, last: Last) {
        if let Some(open) = self.open.last_mut() {
            open.last = last;
        }
    }

    /// What may stand behind a header or a value: blanks, a comment, the end of the line.
    fn line_end(&mut self) -> Result<(), Halt> {
        self.blank()?;
        if self.present.kind() == TokenKind::Comment {
            self.trivia()?;
        }
        match self.present.kind() {
            TokenKind::Newline => self.trivia(),
            TokenKind::Eof => Ok(()),
            _ => Err(self.unexpected("the end of the line, or a comment")),
        }
    }

    fn blank(&mut self) -> Result<(), Halt> {
        match self.present.kind() {
            TokenKind::Whitespace => self.advance(),
            _ => Ok(()),
        }
    }

    /// White space, a line end or a comment.
    fn trivia(&mut self) -> Result<(), Halt> {
        let place = self.place();
        let raw = self.source.get(self.present).expect("a token lies in its text");
        let mut error = None::<ParseError>;
        match self.present.kind() {
            TokenKind::Comment => raw.decode_comment(&mut error),
            TokenKind::Newline => raw.decode_newline(&mut error),
            _ => {}
        }
        decoded(error, &place)?;
        if self.present.kind() == TokenKind::Comment {
            let (tree, node) = (&self.tree, self.innermost());
            self.losses.warn(|| Loss {
                code: Code::CommentDropped,
                message: "the comment was dropped: a document has none".to_owned(),
                pointer: tree.pointer(node),
                place: Some(place),
            });
        }
        self.advance()
    }

    fn expect(&mut self, kind: TokenKind, allowed: &str) -> Result<Range<usize>, Halt> {
        if self.present.kind() != kind {
            return Err(self.unexpected(allowed));
        }
        let place = self.place();
        self.advance()?;
        Ok(place)
    }

    pub(super) fn unexpected(&self, allowed: &str) -> Halt {
        let found = match self.present.kind() {
            TokenKind::Eof => "the end of the text",
            TokenKind::Newline => "the end of the line",
            TokenKind::Atom => "a bare word",
            other => other.description(),
        };
        syntax(format!("found {found}; allowed: {allowed}"), self.place())
    }

    pub(super) fn place(&self) -> Range<usize> {
        self.present.span().start()..self.present.span().end()
    }

    pub(super) fn advance(&mut self) -> Result<(), Halt> {
        self.meter.charge(1)?;
        if let Some(next) = self.lexer.next() {
            self.present = next;
        }
        Ok(())
    }

    /// Charges the memory of the values since the last time.
    fn charge(&mut self) -> Result<(), Halt> {
        let size = self.tree.size();
        self.meter.hold((size - self.charged) * VALUE_BYTES)?;
        self.charged = size;
        Ok(())
    }

    fn innermost(&self) -> Id {
        self.open.last().map_or(self.table, |open| open.node)
    }
}
