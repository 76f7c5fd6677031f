//! Program to segments: recursive descent, bounded in depth, with the RFC's rules of types.
//!
//! Promise: what compiles is well-typed; nesting is at most [`MAX_DEPTH`]. Cost: one pass over the program, and its
//! patterns.

use super::function::{self, Function, Kind};
use super::lex::Lexer;
use super::pattern::Patterns;
use super::{Comparable, Logical, Operator, Path, Root, Segment, Selector, Sub};
use crate::document::{Document, Number};
use crate::error::Error;

/// Deepest nesting of filters, parentheses and function calls.
const MAX_DEPTH: u32 = 32;

pub(super) fn program(program: &str) -> Result<Path, Error> {
    let mut parser = Parser { lexer: Lexer::new(program), depth: 0, patterns: Patterns::default() };
    parser.lexer.expect("$")?;
    let segments = parser.segments()?;
    if parser.lexer.at < program.len() {
        return parser.lexer.fail("a segment must stand here: '.', '..' or '['");
    }
    Ok(Path { segments, pattern_bytes: parser.patterns.bytes() })
}

pub(super) struct Parser<'p> {
    pub(super) lexer: Lexer<'p>,
    depth: u32,
    patterns: Patterns,
}

/// An argument of a function, as it was written.
pub(super) enum Argument {
    Literal(Document),
    Query(Sub),
    Function(Function),
    Logical,
}

impl Parser<'_> {
    fn segments(&mut self) -> Result<Vec<Segment>, Error> {
        let mut segments = Vec::new();
        loop {
            let before = self.lexer.at;
            self.lexer.blank();
            match self.segment()? {
                Some(segment) => segments.push(segment),
                None => {
                    // Blank space belongs to a segment only if one follows.
                    self.lexer.at = before;
                    return Ok(segments);
                }
            }
        }
    }

    fn segment(&mut self) -> Result<Option<Segment>, Error> {
        if self.lexer.eat("..") {
            let selectors = if self.lexer.eat("[") { self.bracketed()? } else { vec![self.shorthand()?] };
            return Ok(Some(Segment::Descendant(selectors)));
        }
        if self.lexer.eat(".") {
            return Ok(Some(Segment::Child(vec![self.shorthand()?])));
        }
        if self.lexer.eat("[") {
            return Ok(Some(Segment::Child(self.bracketed()?)));
        }
        Ok(None)
    }

    fn shorthand(&mut self) -> Result<Selector, Error> {
        if self.lexer.eat("*") {
            return Ok(Selector::Wildcard);
        }
        let rest = self.lexer.rest();
        let is_first = |c: char| c.is_ascii_alphabetic() || c == '_' || c >= '\u{80}';
        if !rest.starts_with(is_first) {
            return self.lexer.fail("a name or '*' must follow");
        }
        let length = rest.find(|c: char| !is_first(c) && !c.is_ascii_digit()).unwrap_or(rest.len());
        self.lexer.at += length;
        Ok(Selector::Name(rest[..length].to_owned()))
    }

    /// Selectors up to the closing bracket.
    fn bracketed(&mut self) -> Result<Vec<Selector>, Error> {
        let mut selectors = Vec::new();
        loop {
            self.lexer.blank();
            selectors.push(self.selector()?);
            self.lexer.blank();
            if self.lexer.eat("]") {
                return Ok(selectors);
            }
            if !self.lexer.eat(",") {
                return self.lexer.fail("',' or ']' must stand here");
            }
        }
    }

    fn selector(&mut self) -> Result<Selector, Error> {
        if self.lexer.eat("*") {
            return Ok(Selector::Wildcard);
        }
        if self.lexer.eat("?") {
            self.lexer.blank();
            return self.logical().map(Selector::Filter);
        }
        if let Some(name) = self.lexer.string()? {
            return Ok(Selector::Name(name));
        }
        self.index_or_slice()
    }

    fn index_or_slice(&mut self) -> Result<Selector, Error> {
        let first = self.lexer.integer()?;
        let after_first = self.lexer.at;
        self.lexer.blank();
        if !self.lexer.eat(":") {
            self.lexer.at = after_first;
            return match first {
                Some(index) => Ok(Selector::Index(index)),
                None => self
                    .lexer
                    .fail("a selector must stand here: a name in quotes, an index, a slice, '*' or '?'"),
            };
        }
        self.lexer.blank();
        let end = self.lexer.integer()?;
        let after_end = self.lexer.at;
        self.lexer.blank();
        let mut step = None;
        if self.lexer.eat(":") {
            self.lexer.blank();
            step = self.lexer.integer()?;
        } else {
            self.lexer.at = after_end;
        }
        Ok(Selector::Slice { start: first, end, step: step.unwrap_or(1) })
    }

    fn deeper<T>(&mut self, inner: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        if self.depth == MAX_DEPTH {
            return self.lexer.fail("filters, parentheses and functions nest at most 32 deep");
        }
        self.depth += 1;
        let outcome = inner(self);
        self.depth -= 1;
        outcome
    }

    fn logical(&mut self) -> Result<Logical, Error> {
        self.deeper(Self::or)
    }

    fn or(&mut self) -> Result<Logical, Error> {
        self.chain("||", Self::and, Logical::Or)
    }

    fn and(&mut self) -> Result<Logical, Error> {
        self.chain("&&", Self::basic, Logical::And)
    }

    /// One operand, or several with an operator between them.
    fn chain(
        &mut self,
        operator: &str,
        operand: fn(&mut Self) -> Result<Logical, Error>,
        join: fn(Vec<Logical>) -> Logical,
    ) -> Result<Logical, Error> {
        let first = operand(self)?;
        let mut operands = vec![first];
        loop {
            let before = self.lexer.at;
            self.lexer.blank();
            if !self.lexer.eat(operator) {
                self.lexer.at = before;
                break;
            }
            self.lexer.blank();
            operands.push(operand(self)?);
        }
        match operands.len() {
            1 => Ok(operands.remove(0)),
            _ => Ok(join(operands)),
        }
    }

    fn basic(&mut self) -> Result<Logical, Error> {
        if self.lexer.eat("!") {
            self.lexer.blank();
            let inner = if self.lexer.peek() == Some('(') { self.paren()? } else { self.test()? };
            return Ok(Logical::Not(Box::new(inner)));
        }
        if self.lexer.peek() == Some('(') {
            return self.paren();
        }
        self.comparison_or_test()
    }

    fn paren(&mut self) -> Result<Logical, Error> {
        self.lexer.expect("(")?;
        self.lexer.blank();
        let inner = self.logical()?;
        self.lexer.blank();
        self.lexer.expect(")")?;
        Ok(inner)
    }

    fn test(&mut self) -> Result<Logical, Error> {
        let start = self.lexer.at;
        let operand = self.operand()?;
        self.as_test(operand, start)
    }

    fn as_test(&self, operand: Argument, start: usize) -> Result<Logical, Error> {
        match operand {
            Argument::Query(sub) => Ok(Logical::Exists(sub)),
            Argument::Function(function) if function.kind() == Kind::Logical => {
                Ok(Logical::Holds(Box::new(function)))
            }
            Argument::Function(_) => self.lexer.fail_at(start, "the value of this function must be compared"),
            Argument::Literal(_) | Argument::Logical => {
                self.lexer.fail_at(start, "a literal must be compared")
            }
        }
    }

    fn comparison_or_test(&mut self) -> Result<Logical, Error> {
        let start = self.lexer.at;
        let left = self.operand()?;
        let after_left = self.lexer.at;
        self.lexer.blank();
        let Some(operator) = self.operator() else {
            self.lexer.at = after_left;
            return self.as_test(left, start);
        };
        let left = self.comparable(left, start)?;
        self.lexer.blank();
        let start = self.lexer.at;
        let right = self.operand()?;
        let right = self.comparable(right, start)?;
        Ok(Logical::comparison(left, operator, right))
    }

    fn operator(&mut self) -> Option<Operator> {
        use Operator::{Eq, Ge, Gt, Le, Lt, Ne};
        let all = [("==", Eq), ("!=", Ne), ("<=", Le), (">=", Ge), ("<", Lt), (">", Gt)];
        all.into_iter().find(|(text, _)| self.lexer.eat(text)).map(|(_, operator)| operator)
    }

    fn comparable(&self, operand: Argument, start: usize) -> Result<Comparable, Error> {
        match operand {
            Argument::Literal(literal) => Ok(Comparable::Literal(literal)),
            Argument::Query(sub) if sub.is_singular() => Ok(Comparable::Singular(sub)),
            Argument::Query(_) => {
                self.lexer.fail_at(start, "only a query that selects at most one value can be compared")
            }
            Argument::Function(function) if function.kind() == Kind::Value => {
                Ok(Comparable::Function(Box::new(function)))
            }
            Argument::Function(_) | Argument::Logical => {
                self.lexer.fail_at(start, "the result of this function cannot be compared")
            }
        }
    }

    /// A literal, a query or a function call.
    fn operand(&mut self) -> Result<Argument, Error> {
        if let Some(text) = self.lexer.string()? {
            return Ok(Argument::Literal(Document::Str(text.into())));
        }
        match self.lexer.peek() {
            Some('$' | '@') => return self.sub().map(Argument::Query),
            Some('-' | '0'..='9') => {
                let literal = self.lexer.number()?;
                return Ok(Argument::Literal(Document::Number(Number::from_literal(literal))));
            }
            _ => {}
        }
        self.word()
    }

    fn sub(&mut self) -> Result<Sub, Error> {
        let from = if self.lexer.eat("$") { Root::Document } else { Root::Current };
        if from == Root::Current {
            self.lexer.expect("@")?;
        }
        let segments = self.segments()?;
        Ok(Sub { from, segments })
    }

    fn word(&mut self) -> Result<Argument, Error> {
        let rest = self.lexer.rest();
        let length =
            rest.bytes().take_while(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_').count();
        let (word, start) = (&rest[..length], self.lexer.at);
        self.lexer.at += length;
        match word {
            "true" => Ok(Argument::Literal(Document::Bool(true))),
            "false" => Ok(Argument::Literal(Document::Bool(false))),
            "null" => Ok(Argument::Literal(Document::Null)),
            "" => self.lexer.fail_at(start, "a query, a literal or a function must stand here"),
            name => self.deeper(|parser| parser.call(name, start)).map(Argument::Function),
        }
    }

    fn call(&mut self, name: &str, start: usize) -> Result<Function, Error> {
        if !self.lexer.eat("(") {
            return self.lexer.fail_at(start, "this is no literal, and a function needs '('");
        }
        let mut arguments = Vec::new();
        self.lexer.blank();
        while !self.lexer.eat(")") {
            if !arguments.is_empty() {
                self.lexer.expect(",")?;
                self.lexer.blank();
            }
            arguments.push(self.argument()?);
            self.lexer.blank();
        }
        match function::build(name, arguments, &mut self.patterns) {
            Ok(function) => Ok(function),
            Err(message) => self.lexer.fail_at(start, &message),
        }
    }

    /// A literal, query or function call, unless an operator makes it a logical expression, which no function of the
    /// RFC takes.
    fn argument(&mut self) -> Result<Argument, Error> {
        let start = self.lexer.at;
        if !matches!(self.lexer.peek(), Some('!' | '(')) {
            let operand = self.operand()?;
            self.lexer.blank();
            if matches!(self.lexer.peek(), Some(',' | ')')) {
                return Ok(operand);
            }
        }
        self.lexer.at = start;
        self.logical()?;
        Ok(Argument::Logical)
    }
}

impl Sub {
    /// Whether it can select one value at the most.
    pub(super) fn is_singular(&self) -> bool {
        self.segments.iter().all(|segment| match segment {
            Segment::Child(selectors) => {
                matches!(selectors.as_slice(), [Selector::Name(_) | Selector::Index(_)])
            }
            Segment::Descendant(_) => false,
        })
    }
}
