//! JMESPath (jmespath.org/specification.html): a program is parsed into one expression, which turns a document into a value.
//!
//! Promise: the whole specification with its 26 functions; numbers pass through as they were read and compare by exact
//! value. Parsing and evaluation recurse by the nesting of the program only, at most [`parse::MAX_DEPTH`], and no program
//! nests an answer more than [`nesting::MAX_LIFT`] levels deeper than the document.
//! Cost: a unit of the budget a value visited, made or compared; lists, objects and strings that are made count as memory.

mod ast;
mod eval;
mod function;
mod lex;
mod literal;
mod nesting;
mod order;
mod parse;
mod text;

use std::sync::Arc;

use crate::Limits;
use crate::budget::Meter;
use crate::document::Document;
use crate::error::Error;

use ast::Expr;

/// A parsed program.
#[derive(Debug, Clone)]
pub(crate) struct JmesPath {
    program: Arc<str>,
    root: Expr,
}

/// What an evaluation works with.
struct Run<'r> {
    program: &'r str,
    limits: &'r Limits,
    meter: &'r Meter<'r>,
}

/// The names that the specification has for errors; each begins a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    Syntax,
    UnknownFunction,
    InvalidArity,
    InvalidType,
    InvalidValue,
}

impl Fault {
    fn name(self) -> &'static str {
        match self {
            Fault::Syntax => "syntax",
            Fault::UnknownFunction => "unknown-function",
            Fault::InvalidArity => "invalid-arity",
            Fault::InvalidType => "invalid-type",
            Fault::InvalidValue => "invalid-value",
        }
    }

    /// The error at a byte of the program.
    fn at(self, program: &str, offset: usize, message: &str) -> Error {
        super::error(program, offset, format!("{}: {message}", self.name()))
    }
}

impl JmesPath {
    /// Reads a program. Fails with [`Error::Query`]: names and numbers of arguments are checked here, types of values
    /// when it runs.
    pub(crate) fn parse(program: &str) -> Result<JmesPath, Error> {
        let root = parse::program(program)?;
        nesting::check(&root, program)?;
        Ok(JmesPath { program: program.into(), root })
    }

    /// Its value on `document`. Fails with [`Error::Query`] on a value of the wrong type, and over the budget.
    pub(crate) fn evaluate(
        &self,
        document: &Document,
        limits: &Limits,
        meter: &Meter<'_>,
    ) -> Result<Document, Error> {
        eval::eval(&self.root, document, &Run { program: &self.program, limits, meter })
    }
}
