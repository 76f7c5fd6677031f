//! What stands in brackets and braces: indices, slices, projections, filters, multi-selects.

use super::{FILTER, Parser, STAR};
use crate::document::Key;
use crate::error::Error;
use crate::query::jmespath::Fault;
use crate::query::jmespath::ast::{Expr, Slice};
use crate::query::jmespath::lex::Token;

impl Parser<'_> {
    /// Behind a bracket that an expression begins with.
    pub(super) fn opening_bracket(&mut self) -> Result<Expr, Error> {
        match (self.peek(), self.ahead(1)) {
            (Token::Number(_) | Token::Colon, _) | (Token::Star, Token::CloseBracket) => {
                self.bracket_behind(Expr::Current)
            }
            _ => self.list(),
        }
    }

    /// Behind a bracket that follows `left`.
    pub(super) fn bracket_behind(&mut self, left: Expr) -> Result<Expr, Error> {
        match (self.peek(), self.ahead(1)) {
            (Token::Star, _) => {
                self.next();
                self.close()?;
                let each = self.projected(STAR)?;
                Ok(left.then(Expr::Each(Box::new(each))))
            }
            (Token::Colon, _) | (Token::Number(_), Token::Colon) => {
                let slice = self.slice()?;
                let each = self.projected(STAR)?;
                Ok(left.then(Expr::Slice(slice)).then(Expr::Each(Box::new(each))))
            }
            (Token::Number(index), _) => {
                let index = *index;
                self.next();
                self.close()?;
                Ok(left.then(Expr::Index(index)))
            }
            _ => self.fail("an index, a slice or '*' must stand here"),
        }
    }

    fn close(&mut self) -> Result<(), Error> {
        self.expect(&Token::CloseBracket, "']' must stand here")
    }

    /// `start:end:step`, each of which may be missing, and the last colon too.
    fn slice(&mut self) -> Result<Slice, Error> {
        let start = self.integer();
        self.expect(&Token::Colon, "':' must stand here")?;
        let end = self.integer();
        let has_step = self.eat(&Token::Colon);
        let at = self.offset();
        let step = if has_step { self.integer() } else { None };
        self.close()?;
        match step {
            Some(0) => Err(Fault::InvalidValue.at(self.program, at, "the step of a slice is not 0")),
            step => Ok(Slice { start, end, step: step.unwrap_or(1) }),
        }
    }

    fn integer(&mut self) -> Option<i64> {
        let Token::Number(integer) = *self.peek() else {
            return None;
        };
        self.next();
        Some(integer)
    }

    /// Behind `[?`.
    pub(super) fn filter(&mut self, left: Expr) -> Result<Expr, Error> {
        let condition = Box::new(self.expression(0)?);
        self.close()?;
        let then = Box::new(self.projected(FILTER)?);
        Ok(left.then(Expr::Filter { condition, then }))
    }

    /// Expressions up to the closing bracket.
    pub(super) fn list(&mut self) -> Result<Expr, Error> {
        let mut expressions = Vec::new();
        loop {
            expressions.push(self.expression(0)?);
            if self.eat(&Token::CloseBracket) {
                return Ok(Expr::List(expressions));
            }
            self.expect(&Token::Comma, "',' or ']' must stand here")?;
        }
    }

    /// Names and expressions up to the closing brace.
    pub(super) fn hash(&mut self) -> Result<Expr, Error> {
        let mut members = Vec::new();
        loop {
            if !matches!(self.peek(), Token::Name(_) | Token::Quoted(_)) {
                return self.fail("a name must stand here");
            }
            let key = match self.next() {
                Token::Quoted(key) => key,
                Token::Name(name) => Key::Text(name.into()),
                _ => return self.fail("a name must stand here"),
            };
            self.expect(&Token::Colon, "':' must stand here")?;
            members.push((key, self.expression(0)?));
            if self.eat(&Token::CloseBrace) {
                return Ok(Expr::Hash(members));
            }
            self.expect(&Token::Comma, "',' or '}' must stand here")?;
        }
    }
}
