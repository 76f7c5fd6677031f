//! The functions of RFC 9535 section 2.4: length, count, match, search, value.

use super::eval::{self, Scope};
use super::parse::Argument;
use super::pattern::{Patterns, Span, compile};
use super::{Comparable, Sub};
use crate::automaton::Automaton;
use crate::document::{Document, Number};
use crate::error::Error;

#[derive(Debug, Clone)]
pub(super) enum Function {
    Length(Comparable),
    Count(Sub),
    Value(Sub),
    Match(Pattern),
}

/// `match` and `search`.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    text: Comparable,
    pattern: Comparable,
    span: Span,
    /// The pattern compiled, where it is a literal; `None` inside: no I-Regexp, which matches nothing.
    compiled: Option<Option<Automaton>>,
}

/// What a function gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Value,
    Logical,
}

/// Checks name, number and types of the arguments.
pub(super) fn build(
    name: &str,
    arguments: Vec<Argument>,
    patterns: &mut Patterns,
) -> Result<Function, String> {
    let count = arguments.len();
    let mut arguments = arguments.into_iter();
    match (name, count, arguments.next(), arguments.next()) {
        ("length", 1, Some(of), None) => value(name, of).map(Function::Length),
        ("count", 1, Some(of), None) => nodes(name, of).map(Function::Count),
        ("value", 1, Some(of), None) => nodes(name, of).map(Function::Value),
        ("match", 2, Some(text), Some(pattern)) => {
            matching(value(name, text)?, value(name, pattern)?, Span::Whole, patterns)
        }
        ("search", 2, Some(text), Some(pattern)) => {
            matching(value(name, text)?, value(name, pattern)?, Span::Part, patterns)
        }
        ("length" | "count" | "value", ..) => Err(format!("{name} takes one argument")),
        ("match" | "search", ..) => Err(format!("{name} takes two arguments")),
        _ => Err("there is no such function; allowed: length, count, match, search, value".to_owned()),
    }
}

fn value(name: &str, argument: Argument) -> Result<Comparable, String> {
    match argument {
        Argument::Literal(literal) => Ok(Comparable::Literal(literal)),
        Argument::Query(sub) if sub.is_singular() => Ok(Comparable::Singular(sub)),
        Argument::Function(function) if function.kind() == Kind::Value => {
            Ok(Comparable::Function(Box::new(function)))
        }
        Argument::Query(_) | Argument::Function(_) | Argument::Logical => Err(format!(
            "{name} takes a value: a literal, a query of at most one value, or a function that gives one"
        )),
    }
}

fn nodes(name: &str, argument: Argument) -> Result<Sub, String> {
    match argument {
        Argument::Query(sub) => Ok(sub),
        Argument::Literal(_) | Argument::Function(_) | Argument::Logical => {
            Err(format!("{name} takes a query"))
        }
    }
}

fn matching(
    text: Comparable,
    pattern: Comparable,
    span: Span,
    patterns: &mut Patterns,
) -> Result<Function, String> {
    let compiled = match &pattern {
        Comparable::Literal(Document::Str(pattern)) => Some(patterns.compile(pattern, span)?),
        Comparable::Literal(_) | Comparable::Singular(_) | Comparable::Function(_) => None,
    };
    Ok(Function::Match(Pattern { text, pattern, span, compiled }))
}

impl Function {
    pub(super) fn kind(&self) -> Kind {
        match self {
            Function::Length(_) | Function::Count(_) | Function::Value(_) => Kind::Value,
            Function::Match(_) => Kind::Logical,
        }
    }

    /// The value of a function that gives one; `None` is Nothing.
    pub(super) fn value(&self, scope: &Scope<'_, '_>) -> Result<Option<Document>, Error> {
        match self {
            Function::Length(of) => length(of, scope),
            Function::Count(of) => {
                let count = eval::sub(of, scope)?.len();
                Ok(Some(integer(count)))
            }
            Function::Value(of) => {
                let nodes = eval::sub(of, scope)?;
                Ok(if let [only] = nodes.as_slice() { Some(Document::clone(only)) } else { None })
            }
            Function::Match(_) => Ok(None),
        }
    }

    /// The truth of a function that gives one.
    pub(super) fn holds(&self, scope: &Scope<'_, '_>) -> Result<bool, Error> {
        let Function::Match(matching) = self else {
            return Ok(false);
        };
        let text = eval::comparable(&matching.text, scope)?;
        let Some(Document::Str(text)) = text.as_deref() else {
            return Ok(false);
        };
        if let Some(compiled) = &matching.compiled {
            return matches(compiled.as_ref(), text, scope);
        }
        let pattern = eval::comparable(&matching.pattern, scope)?;
        let Some(Document::Str(pattern)) = pattern.as_deref() else {
            return Ok(false);
        };
        // Compiling costs much more than visiting a node.
        scope.meter.charge(1024 + pattern.len() as u64)?;
        matches(compile(pattern, matching.span).as_ref(), text, scope)
    }
}

fn matches(automaton: Option<&Automaton>, text: &str, scope: &Scope<'_, '_>) -> Result<bool, Error> {
    match automaton {
        Some(automaton) => automaton.matches(text, scope.meter),
        None => Ok(false),
    }
}

fn length(of: &Comparable, scope: &Scope<'_, '_>) -> Result<Option<Document>, Error> {
    let value = eval::comparable(of, scope)?;
    let length = match value.as_deref() {
        Some(Document::Str(text)) => {
            scope.meter.charge(text.len() as u64 / 64)?;
            text.chars().count()
        }
        Some(Document::Arr(elements)) => elements.len(),
        Some(Document::Obj(members)) => members.len(),
        _ => return Ok(None),
    };
    Ok(Some(integer(length)))
}

fn integer(count: usize) -> Document {
    Document::Number(Number::I64(i64::try_from(count).unwrap_or(i64::MAX)))
}
