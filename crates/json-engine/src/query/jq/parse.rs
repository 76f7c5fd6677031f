//! The grammar of jq 1.8, by precedence.
//!
//! Promise: what is nested more than [`MAX_NESTING`] levels is refused, so that the parser, and all that walk over the
//! tree, need a bounded stack. Cost: one pass over the tokens.

mod construct;
mod pattern;
mod term;

use std::sync::Arc;

use super::ast::{Assign, Ast, Binary, Definition, Logic, Named, Param, Stage};
use super::lex::{Kind, Token, tokens};
use crate::error::Error;
use crate::query::error as query_error;

/// Most levels of brackets, signs, bodies and so on that are open at once.
const MAX_NESTING: usize = 256;

const KEYWORDS: &[&str] = &[
    "def", "module", "import", "include", "if", "then", "else", "elif", "end", "as", "reduce", "foreach",
    "try", "catch", "label", "and", "or", "__loc__",
];

/// Reads a program; one that is empty, or has definitions only, passes its input on.
pub(super) fn parse(program: &str) -> Result<Ast, Error> {
    let mut parser = Parser { program, tokens: tokens(program)?, next: 0, nesting: 0 };
    if let Kind::Word(word @ ("import" | "include" | "module")) = parser.kind() {
        return Err(query_error(program, 0, format!("{word} is refused: programs have no modules here")));
    }
    let ast = parser.pipe()?;
    match parser.kind() {
        Kind::End => Ok(ast),
        _ => Err(parser.unexpected("the end of the program")),
    }
}

/// Reads definitions alone.
pub(super) fn definitions(program: &str) -> Result<Vec<Arc<Definition>>, Error> {
    let mut parser = Parser { program, tokens: tokens(program)?, next: 0, nesting: 0 };
    let mut definitions = Vec::new();
    while *parser.kind() != Kind::End {
        definitions.push(parser.definition()?);
    }
    Ok(definitions)
}

/// The weakest operator of an expression without commas.
const ABOVE_COMMA: u8 = 2;

struct Parser<'p> {
    program: &'p str,
    tokens: Vec<Token<'p>>,
    next: usize,
    nesting: usize,
}

/// Whether an operator may follow one of its own level, and which side then binds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chain {
    Allowed,
    Refused,
}

#[derive(Clone, Copy)]
enum Operator {
    Alternative,
    Assign(Assign),
    Logic(Logic),
    Binary(Binary),
}

impl<'p> Parser<'p> {
    /// The list of tokens ends with [`Kind::End`], which is never passed.
    fn kind(&self) -> &Kind<'p> {
        &self.tokens[self.next].kind
    }

    fn at(&self) -> usize {
        self.tokens[self.next].at
    }

    fn advance(&mut self) {
        self.next = (self.next + 1).min(self.tokens.len() - 1);
    }

    fn is(&self, symbol: &str) -> bool {
        matches!(self.kind(), Kind::Symbol(found) if *found == symbol)
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.kind(), Kind::Word(found) if *found == word)
    }

    fn eat(&mut self, symbol: &str) -> bool {
        let is_there = self.is(symbol);
        if is_there {
            self.advance();
        }
        is_there
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let is_there = self.is_word(word);
        if is_there {
            self.advance();
        }
        is_there
    }

    fn expect(&mut self, symbol: &str) -> Result<(), Error> {
        if self.eat(symbol) { Ok(()) } else { Err(self.unexpected(&format!("{symbol:?}"))) }
    }

    fn expect_word(&mut self, word: &str) -> Result<(), Error> {
        if self.eat_word(word) { Ok(()) } else { Err(self.unexpected(&format!("{word:?}"))) }
    }

    fn unexpected(&self, expected: &str) -> Error {
        let found = match self.kind() {
            Kind::Number(text) | Kind::Word(text) => format!("{:?}", shortened(text)),
            Kind::Field(name) => format!("\".{}\"", shortened(name)),
            Kind::Variable(name) => format!("\"${}\"", shortened(name)),
            Kind::Format(name) => format!("\"@{}\"", shortened(name)),
            Kind::TextStart | Kind::Text(_) | Kind::TextEnd => "a string".to_owned(),
            Kind::InterpolationStart => "\"\\(\"".to_owned(),
            Kind::InterpolationEnd => "\")\"".to_owned(),
            Kind::Symbol(symbol) => format!("{symbol:?}"),
            Kind::End => "the end of the program".to_owned(),
        };
        query_error(self.program, self.at(), format!("{found} was found, {expected} was expected"))
    }

    /// Reads something that may hold itself.
    fn nested<T>(&mut self, read: impl FnOnce(&mut Parser<'p>) -> Result<T, Error>) -> Result<T, Error> {
        if self.nesting == MAX_NESTING {
            let message = format!("more than {MAX_NESTING} brackets or bodies are open");
            return Err(query_error(self.program, self.at(), message));
        }
        self.nesting += 1;
        let outcome = read(self);
        self.nesting -= 1;
        outcome
    }

    /// `stage | stage | …`, the widest expression.
    fn pipe(&mut self) -> Result<Ast, Error> {
        self.nested(|parser| {
            let mut stages = Vec::new();
            while parser.stage(&mut stages)? {}
            Ok(match stages.pop() {
                Some(Stage::Run(only)) if stages.is_empty() => only,
                Some(last) => {
                    stages.push(last);
                    Ast::Pipe(stages)
                }
                None => Ast::Identity,
            })
        })
    }

    /// Reads a stage; whether another one must follow.
    fn stage(&mut self, stages: &mut Vec<Stage>) -> Result<bool, Error> {
        if self.is_word("def") {
            stages.push(Stage::Define(self.definition()?));
            return Ok(!matches!(self.kind(), Kind::End));
        }
        if self.eat_word("label") {
            let name = self.variable()?;
            self.expect("|")?;
            stages.push(Stage::Label(name));
            return Ok(true);
        }
        if *self.kind() == Kind::End && stages.is_empty() && self.next == 0 {
            return Ok(false);
        }
        let first = self.expression(ABOVE_COMMA)?;
        if self.is_word("as") {
            stages.push(Stage::Bind(first, self.patterns()?));
            self.expect("|")?;
            return Ok(true);
        }
        stages.push(Stage::Run(self.comma(first)?));
        Ok(self.eat("|"))
    }

    fn comma(&mut self, first: Ast) -> Result<Ast, Error> {
        if !self.is(",") {
            return Ok(first);
        }
        let mut all = match first {
            Ast::Comma(all) => all,
            first => vec![first],
        };
        while self.eat(",") {
            all.push(self.nested(Parser::listed_query)?);
        }
        Ok(Ast::Comma(all))
    }

    /// What stands behind a comma; a binding in it takes all that follows.
    fn listed_query(&mut self) -> Result<Ast, Error> {
        if self.is_word("def") || self.is_word("label") {
            return self.pipe();
        }
        let first = self.expression(ABOVE_COMMA)?;
        if !self.is_word("as") {
            return Ok(first);
        }
        let mut stages = vec![Stage::Bind(first, self.patterns()?)];
        self.expect("|")?;
        stages.push(Stage::Run(self.pipe()?));
        Ok(Ast::Pipe(stages))
    }

    /// Operators that bind at least as tightly as `weakest`.
    fn expression(&mut self, weakest: u8) -> Result<Ast, Error> {
        let mut left = self.operand()?;
        while let Some((operator, level, chain)) = self.operator().filter(|(_, level, _)| *level >= weakest) {
            self.advance();
            let right = self.nested(|parser| parser.expression(level + 1))?;
            left = joined(left, operator, right);
            let is_chained = self.operator().is_some_and(|(_, next, _)| next == level);
            if chain == Chain::Refused && is_chained {
                return Err(self.unexpected("an operator that may follow"));
            }
        }
        Ok(left)
    }

    fn operand(&mut self) -> Result<Ast, Error> {
        if !self.eat("-") {
            return self.postfix();
        }
        // Tighter than every operator: `-infinite % 3` is `(-infinite) % 3`.
        let inner = self.nested(Parser::operand)?;
        Ok(Ast::Negate(Box::new(inner)))
    }

    /// The operator that comes next, how tightly it binds, and whether it may follow its like.
    fn operator(&self) -> Option<(Operator, u8, Chain)> {
        let (operator, level) = match self.kind() {
            Kind::Word("or") => (Operator::Logic(Logic::Or), 4),
            Kind::Word("and") => (Operator::Logic(Logic::And), 5),
            Kind::Symbol(symbol) => match *symbol {
                "//" => (Operator::Alternative, 2),
                symbol => {
                    let assign = assignment(symbol).map(|assign| (Operator::Assign(assign), 3));
                    assign
                        .or_else(|| binary(symbol).map(|(binary, level)| (Operator::Binary(binary), level)))?
                }
            },
            _ => return None,
        };
        Some((operator, level, if matches!(level, 3 | 6) { Chain::Refused } else { Chain::Allowed }))
    }

    /// `def name(params): body;`
    fn definition(&mut self) -> Result<Arc<Definition>, Error> {
        self.expect_word("def")?;
        let name = self.name()?;
        let mut params = Vec::new();
        if self.eat("(") {
            loop {
                params.push(self.param()?);
                if !self.eat(";") {
                    break;
                }
            }
            self.expect(")")?;
        }
        self.expect(":")?;
        let body = self.pipe()?;
        self.expect(";")?;
        Ok(Arc::new(Definition { name, params, body }))
    }

    fn param(&mut self) -> Result<Param, Error> {
        if let Kind::Variable(name) = self.kind() {
            let name = Arc::from(*name);
            self.advance();
            return Ok(Param { name, is_value: true });
        }
        Ok(Param { name: self.name()?, is_value: false })
    }

    fn name(&mut self) -> Result<Arc<str>, Error> {
        match self.kind() {
            Kind::Word(name) if !KEYWORDS.contains(name) => {
                let name = Arc::from(*name);
                self.advance();
                Ok(name)
            }
            _ => Err(self.unexpected("a name")),
        }
    }

    fn variable(&mut self) -> Result<Arc<str>, Error> {
        match self.kind() {
            Kind::Variable(name) if *name != "__loc__" => {
                let name = Arc::from(*name);
                self.advance();
                Ok(name)
            }
            _ => Err(self.unexpected("a variable")),
        }
    }

    fn named(&self, name: &str) -> Named {
        Named { name: name.into(), at: self.at() }
    }
}

/// A part of the program for a message.
fn shortened(text: &str) -> &str {
    let end = (0..=text.len().min(64)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    &text[..end]
}

fn assignment(symbol: &str) -> Option<Assign> {
    Some(match symbol {
        "=" => Assign::Set,
        "|=" => Assign::Update,
        "//=" => Assign::Alternative,
        "+=" => Assign::Operate(Binary::Add),
        "-=" => Assign::Operate(Binary::Subtract),
        "*=" => Assign::Operate(Binary::Multiply),
        "/=" => Assign::Operate(Binary::Divide),
        "%=" => Assign::Operate(Binary::Modulo),
        _ => return None,
    })
}

fn binary(symbol: &str) -> Option<(Binary, u8)> {
    Some(match symbol {
        "==" => (Binary::Equal, 6),
        "!=" => (Binary::NotEqual, 6),
        "<" => (Binary::Less, 6),
        "<=" => (Binary::LessOrEqual, 6),
        ">" => (Binary::Greater, 6),
        ">=" => (Binary::GreaterOrEqual, 6),
        "+" => (Binary::Add, 7),
        "-" => (Binary::Subtract, 7),
        "*" => (Binary::Multiply, 8),
        "/" => (Binary::Divide, 8),
        "%" => (Binary::Modulo, 8),
        _ => return None,
    })
}

/// Chains grow into lists: all but assignments mean the same from the left, whatever was in brackets there.
fn joined(left: Ast, operator: Operator, right: Ast) -> Ast {
    match (operator, left) {
        (Operator::Alternative, Ast::Alternative(mut all)) => {
            all.push(right);
            Ast::Alternative(all)
        }
        (Operator::Alternative, left) => Ast::Alternative(vec![left, right]),
        (Operator::Assign(kind), left) => Ast::Assign(kind, Box::new(left), Box::new(right)),
        (Operator::Logic(kind), Ast::Logic(same, mut all)) if kind == same => {
            all.push(right);
            Ast::Logic(kind, all)
        }
        (Operator::Logic(kind), left) => Ast::Logic(kind, vec![left, right]),
        (Operator::Binary(kind), Ast::Binary(first, mut rest)) => {
            rest.push((kind, right));
            Ast::Binary(first, rest)
        }
        (Operator::Binary(kind), left) => Ast::Binary(Box::new(left), vec![(kind, right)]),
    }
}
