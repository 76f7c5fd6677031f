//! Terms, and what is written behind them.

use super::{KEYWORDS, Parser};
use crate::document::{Document, Number};
use crate::error::Error;
use crate::query::jq::ast::{Access, AccessKind, Ast, Fold, OnError};
use crate::query::jq::lex::Kind;

impl Parser<'_> {
    /// A term with its accesses and `?`.
    pub(super) fn postfix(&mut self) -> Result<Ast, Error> {
        let nesting = self.nesting;
        let outcome = self.nested(|parser| {
            let mut term = parser.term()?;
            let mut accesses = 0;
            while parser.suffix(&mut term, &mut accesses)? {}
            Ok(term)
        });
        self.nesting = nesting;
        outcome
    }

    /// What stands behind a term with so many accesses behind it.
    fn suffix(&mut self, term: &mut Ast, accesses: &mut usize) -> Result<bool, Error> {
        let kind = match self.kind() {
            Kind::Field(name) => {
                let key = Ast::Const(Document::Str((*name).into()));
                self.advance();
                AccessKind::Index(key)
            }
            Kind::Symbol("[") => self.bracket()?,
            Kind::Symbol(".") => {
                self.advance();
                match self.kind() {
                    Kind::Symbol("[") => self.bracket()?,
                    _ => AccessKind::Index(self.key_text()?),
                }
            }
            Kind::Symbol("?") => {
                self.advance();
                // Each wraps what is before it, and so deepens the tree.
                self.nesting += self.optional(term, *accesses);
                return if self.nesting > super::MAX_NESTING { self.nested(|_| Ok(true)) } else { Ok(true) };
            }
            _ => return Ok(false),
        };
        push(term, Access { kind, on_error: OnError::Raise });
        *accesses += 1;
        Ok(true)
    }

    /// `?`, which is for the last access, or for all of a term in parentheses; how much deeper the tree is now.
    fn optional(&mut self, term: &mut Ast, accesses: usize) -> usize {
        if accesses > 0
            && let Ast::Access(_, accesses) = term
            && let Some(last) = accesses.last_mut()
            && last.on_error == OnError::Raise
        {
            last.on_error = OnError::Nothing;
            return 0;
        }
        if matches!(term, Ast::Try(_, None)) {
            return 0;
        }
        let inner = std::mem::replace(term, Ast::Identity);
        *term = Ast::Try(Box::new(inner), None);
        1
    }

    /// `[]`, `[index]`, `[from:to]`
    fn bracket(&mut self) -> Result<AccessKind, Error> {
        self.expect("[")?;
        if self.eat("]") {
            return Ok(AccessKind::Each);
        }
        if self.eat(":") {
            let to = self.pipe()?;
            self.expect("]")?;
            return Ok(AccessKind::Slice(None, Some(to)));
        }
        let first = self.pipe()?;
        if !self.eat(":") {
            self.expect("]")?;
            return Ok(AccessKind::Index(first));
        }
        let to = if self.is("]") { None } else { Some(self.pipe()?) };
        self.expect("]")?;
        Ok(AccessKind::Slice(Some(first), to))
    }

    fn term(&mut self) -> Result<Ast, Error> {
        match self.kind() {
            Kind::Number(literal) => {
                let number = Ast::Const(Document::Number(number(literal)));
                self.advance();
                Ok(number)
            }
            Kind::TextStart => self.text(None),
            Kind::Format(name) => {
                let format = self.named(name);
                self.advance();
                if *self.kind() == Kind::TextStart {
                    self.text(Some(format))
                } else {
                    Ok(Ast::Format(format))
                }
            }
            Kind::Field(_) => Ok(Ast::Identity),
            Kind::Variable(name) => {
                let variable = self.named_variable(name);
                self.advance();
                Ok(variable)
            }
            Kind::Word(word) => self.word(word),
            Kind::Symbol(symbol) => self.symbol(symbol),
            Kind::Text(_) | Kind::TextEnd | Kind::InterpolationStart | Kind::InterpolationEnd | Kind::End => {
                Err(self.unexpected("a filter"))
            }
        }
    }

    fn symbol(&mut self, symbol: &str) -> Result<Ast, Error> {
        match symbol {
            "." => {
                // The string or bracket behind it is an access of its own.
                let is_key = matches!(self.tokens[self.next + 1].kind, Kind::TextStart | Kind::Format(_));
                if !is_key {
                    self.advance();
                }
                Ok(Ast::Identity)
            }
            ".." => {
                self.advance();
                Ok(Ast::Recurse)
            }
            "(" => {
                self.advance();
                let inner = self.pipe()?;
                self.expect(")")?;
                Ok(inner)
            }
            "[" => self.array(),
            "{" => self.object(),
            _ => Err(self.unexpected("a filter")),
        }
    }

    fn word(&mut self, word: &str) -> Result<Ast, Error> {
        match word {
            "if" => self.branches(),
            "try" => self.attempt(),
            "reduce" | "foreach" => self.fold(),
            "break" if matches!(self.tokens[self.next + 1].kind, Kind::Variable(_)) => {
                let at = self.at();
                self.advance();
                Ok(Ast::Break(super::Named { name: self.variable()?, at }))
            }
            _ if KEYWORDS.contains(&word) => Err(self.unexpected("a filter")),
            _ => self.call(word),
        }
    }

    fn call(&mut self, word: &str) -> Result<Ast, Error> {
        let name = self.named(word);
        self.advance();
        let mut arguments = Vec::new();
        if self.eat("(") {
            loop {
                arguments.push(self.pipe()?);
                if !self.eat(";") {
                    break;
                }
            }
            self.expect(")")?;
        }
        Ok(match (word, arguments.len()) {
            ("null", 0) => Ast::Const(Document::Null),
            ("true", 0) => Ast::Const(Document::Bool(true)),
            ("false", 0) => Ast::Const(Document::Bool(false)),
            _ => Ast::Call(name, arguments),
        })
    }

    fn branches(&mut self) -> Result<Ast, Error> {
        let mut branches = Vec::new();
        while self.eat_word("if") || self.eat_word("elif") {
            let condition = self.pipe()?;
            self.expect_word("then")?;
            branches.push((condition, self.pipe()?));
            if !self.is_word("elif") {
                break;
            }
        }
        let otherwise = if self.eat_word("else") { Some(Box::new(self.pipe()?)) } else { None };
        self.expect_word("end")?;
        Ok(Ast::If(branches, otherwise))
    }

    fn attempt(&mut self) -> Result<Ast, Error> {
        self.expect_word("try")?;
        let body = self.attempted()?;
        let handler = if self.eat_word("catch") { Some(Box::new(self.attempted()?)) } else { None };
        Ok(Ast::Try(Box::new(body), handler))
    }

    fn attempted(&mut self) -> Result<Ast, Error> {
        if self.eat("-") { Ok(Ast::Negate(Box::new(self.postfix()?))) } else { self.postfix() }
    }

    fn fold(&mut self) -> Result<Ast, Error> {
        let is_reduce = self.is_word("reduce");
        self.advance();
        let source = self.expression(super::ABOVE_COMMA)?;
        let patterns = self.patterns()?;
        self.expect("(")?;
        let init = self.pipe()?;
        self.expect(";")?;
        let update = self.pipe()?;
        let extract = if !is_reduce && self.eat(";") { Some(self.pipe()?) } else { None };
        self.expect(")")?;
        let fold = Box::new(Fold { source, patterns, init, update, extract });
        Ok(if is_reduce { Ast::Reduce(fold) } else { Ast::Foreach(fold) })
    }
}

fn push(term: &mut Ast, access: Access) {
    if let Ast::Access(_, accesses) = term {
        accesses.push(access);
        return;
    }
    let inner = std::mem::replace(term, Ast::Identity);
    *term = Ast::Access(Box::new(inner), vec![access]);
}

/// As it is written; what RFC 8259 does not know (`.5`, `1.`, `01`) becomes a double.
fn number(literal: &str) -> Number {
    let is_json = literal.starts_with(|first: char| first.is_ascii_digit())
        && !literal.ends_with('.')
        && !literal.contains(".e")
        && !literal.contains(".E")
        && (literal == "0" || !literal.starts_with('0') || literal[1..].starts_with(['.', 'e', 'E']));
    if is_json {
        return Number::from_literal(literal);
    }
    let double: f64 = literal.parse().unwrap_or(f64::NAN);
    match crate::query::jq::val::Val::double(double).into_document() {
        Document::Number(number) => number,
        _ => Number::I64(0),
    }
}
