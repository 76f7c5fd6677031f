//! Tokens to expression: operator precedence, with the binding powers that every implementation has (the grammar of the
//! specification leaves them to the reader).
//!
//! A projection takes what follows it up to a token that binds looser than [`PROJECTION_STOP`]: `|`, `||`, `&&`, a
//! comparator, `[]`, or the end. What follows a filter ends at the next filter too, as it does elsewhere.
//!
//! Promise: nesting is at most [`MAX_DEPTH`]. Cost: one pass over the tokens.

mod bracket;
mod call;

use super::Fault;
use super::ast::Expr;
use super::lex::{Constant, Token, tokens};
use crate::document::Key;
use crate::error::Error;

/// Deepest nesting of brackets, parentheses, calls, projections, `!` and operators.
pub(super) const MAX_DEPTH: u32 = 128;

/// Tokens that bind looser end a projection.
const PROJECTION_STOP: u8 = 10;
const PIPE: u8 = 1;
const OR: u8 = 2;
const AND: u8 = 3;
const COMPARE: u8 = 5;
const FLATTEN: u8 = 9;
const STAR: u8 = 20;
const FILTER: u8 = 21;
const DOT: u8 = 40;
const NOT: u8 = 45;
const BRACKET: u8 = 55;

pub(super) fn program(program: &str) -> Result<Expr, Error> {
    let mut parser = Parser { program, tokens: tokens(program)?, at: 0, depth: 0 };
    let root = parser.expression(0)?;
    match parser.peek() {
        Token::End => Ok(root),
        _ => parser.fail("an operator or the end must stand here"),
    }
}

struct Parser<'p> {
    program: &'p str,
    tokens: Vec<(Token<'p>, usize)>,
    at: usize,
    depth: u32,
}

impl<'p> Parser<'p> {
    fn peek(&self) -> &Token<'p> {
        self.ahead(0)
    }

    /// The token `count` behind the present one; the last stands for all behind it.
    fn ahead(&self, count: usize) -> &Token<'p> {
        let at = (self.at + count).min(self.tokens.len() - 1);
        &self.tokens[at].0
    }

    fn offset(&self) -> usize {
        self.tokens[self.at].1
    }

    /// Takes the present token; the end stays.
    fn next(&mut self) -> Token<'p> {
        let token = std::mem::replace(&mut self.tokens[self.at].0, Token::End);
        if self.at + 1 < self.tokens.len() {
            self.at += 1;
        }
        token
    }

    fn eat(&mut self, token: &Token<'_>) -> bool {
        let is_here = self.peek() == token;
        if is_here {
            self.next();
        }
        is_here
    }

    fn expect(&mut self, token: &Token<'_>, message: &str) -> Result<(), Error> {
        if self.eat(token) { Ok(()) } else { self.fail(message) }
    }

    fn fail<T>(&self, message: &str) -> Result<T, Error> {
        Err(Fault::Syntax.at(self.program, self.offset(), message))
    }

    /// An expression of what binds tighter than `power`.
    fn expression(&mut self, power: u8) -> Result<Expr, Error> {
        if self.depth == MAX_DEPTH {
            return self.fail("expressions nest at most 128 deep");
        }
        self.depth += 1;
        let mut left = self.prefix()?;
        while power < binding(self.peek()) {
            left = self.infix(left)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    /// What an expression begins with.
    fn prefix(&mut self) -> Result<Expr, Error> {
        let at = self.offset();
        match self.next() {
            Token::Name(name) if *self.peek() == Token::OpenParen => self.call(name, at),
            Token::Name(name) => Ok(Expr::Field(Key::Text(name.into()))),
            Token::Quoted(_) if *self.peek() == Token::OpenParen => {
                self.fail("the name of a function has no quotes")
            }
            Token::Quoted(key) => Ok(Expr::Field(key)),
            Token::Literal(Constant(value)) => Ok(Expr::Literal(value)),
            Token::Current => Ok(Expr::Current),
            Token::Star => self.projected(STAR).map(|each| Expr::Values(Box::new(each))),
            Token::Not => self.expression(NOT).map(|inner| Expr::Not(Box::new(inner))),
            Token::OpenParen => {
                let inner = self.expression(0)?;
                self.expect(&Token::CloseParen, "')' must stand here")?;
                Ok(inner)
            }
            Token::Flatten => self.flatten(Expr::Current),
            Token::Filter => self.filter(Expr::Current),
            Token::OpenBrace => self.hash(),
            Token::OpenBracket => self.opening_bracket(),
            Token::Number(_)
            | Token::Compare(_)
            | Token::Dot
            | Token::CloseBracket
            | Token::CloseBrace
            | Token::CloseParen
            | Token::Comma
            | Token::Colon
            | Token::Pipe
            | Token::Or
            | Token::And
            | Token::Ampersand
            | Token::End => Err(Fault::Syntax.at(self.program, at, "an expression must stand here")),
        }
    }

    /// What continues `left`; the present token binds, so it is one of these.
    fn infix(&mut self, left: Expr) -> Result<Expr, Error> {
        match self.next() {
            Token::Dot if self.eat(&Token::Star) => {
                let each = self.projected(STAR)?;
                Ok(left.then(Expr::Values(Box::new(each))))
            }
            Token::Dot => Ok(left.then(self.behind_dot(DOT)?)),
            Token::Pipe => Ok(left.then(self.expression(PIPE)?)),
            Token::Flatten => self.flatten(left),
            Token::Filter => self.filter(left),
            Token::Or => Ok(left.or(self.expression(OR)?)),
            Token::And => Ok(left.and(self.expression(AND)?)),
            Token::Compare(operator) => Ok(left.compared(operator, self.expression(COMPARE)?)),
            // Only the bracket is left of what binds.
            _ => self.bracket_behind(left),
        }
    }

    /// What is applied to each element of a projection.
    fn projected(&mut self, power: u8) -> Result<Expr, Error> {
        match self.peek() {
            Token::OpenBracket | Token::Filter => self.expression(power),
            Token::Dot => {
                self.next();
                self.behind_dot(power)
            }
            other if binding(other) < PROJECTION_STOP => Ok(Expr::Current),
            _ => self.fail("'.', '[' or an operator must stand here"),
        }
    }

    fn behind_dot(&mut self, power: u8) -> Result<Expr, Error> {
        match self.peek() {
            Token::Name(_) | Token::Quoted(_) | Token::Star => self.expression(power),
            Token::OpenBracket => {
                self.next();
                self.list()
            }
            Token::OpenBrace => {
                self.next();
                self.hash()
            }
            _ => self.fail("a name, '*', '[' or '{' must follow '.'"),
        }
    }

    fn flatten(&mut self, left: Expr) -> Result<Expr, Error> {
        let each = self.projected(FLATTEN)?;
        Ok(left.then(Expr::Flatten).then(Expr::Each(Box::new(each))))
    }
}

/// How tightly a token holds what stands before it; 0 ends an expression.
fn binding(token: &Token<'_>) -> u8 {
    match token {
        Token::Pipe => PIPE,
        Token::Or => OR,
        Token::And => AND,
        Token::Compare(_) => COMPARE,
        Token::Flatten => FLATTEN,
        Token::Filter => FILTER,
        Token::Dot => DOT,
        Token::OpenBracket => BRACKET,
        Token::Name(_)
        | Token::Quoted(_)
        | Token::Number(_)
        | Token::Literal(_)
        | Token::Star
        | Token::CloseBracket
        | Token::OpenBrace
        | Token::CloseBrace
        | Token::OpenParen
        | Token::CloseParen
        | Token::Comma
        | Token::Colon
        | Token::Ampersand
        | Token::Not
        | Token::Current
        | Token::End => 0,
    }
}
