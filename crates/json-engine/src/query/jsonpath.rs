//! JSONPath, RFC 9535: a program is parsed into segments; each turns a list of nodes into the next.
//!
//! Promise: the whole RFC, well-typedness included; evaluation recurses by the nesting of the program only and charges
//! every node, comparison and character, so that no program outlives its budget.

mod compare;
mod eval;
mod function;
mod lex;
mod parse;
mod pattern;
mod place;

use crate::budget::Meter;
use crate::document::Document;
use crate::error::Error;
use crate::number::Bound;

use super::operator::Operator;
pub(super) use eval::{at, slice};
use function::Function;
pub(super) use place::Link;
use place::Nowhere;

/// A parsed program.
#[derive(Debug, Clone)]
pub(crate) struct Path {
    segments: Vec<Segment>,
    /// About what its patterns may come to hold, in bytes.
    pattern_bytes: usize,
}

#[derive(Debug, Clone)]
enum Segment {
    Child(Vec<Selector>),
    Descendant(Vec<Selector>),
}

#[derive(Debug, Clone)]
enum Selector {
    Name(String),
    Wildcard,
    Index(i64),
    Slice { start: Option<i64>, end: Option<i64>, step: i64 },
    Filter(Logical),
}

#[derive(Debug, Clone)]
enum Logical {
    Or(Vec<Logical>),
    And(Vec<Logical>),
    Not(Box<Logical>),
    Exists(Sub),
    Holds(Box<Function>),
    Compare(Box<Comparable>, Operator, Box<Comparable>),
    /// What the query gives, with a number of the program on the right.
    Limit(Sub, Operator, Box<Bound>),
}

/// What gives at most one value.
#[derive(Debug, Clone)]
enum Comparable {
    Literal(Document),
    Singular(Sub),
    Function(Box<Function>),
}

/// A query inside a filter.
#[derive(Debug, Clone)]
struct Sub {
    from: Root,
    segments: Vec<Segment>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Root {
    /// `$`
    Document,
    /// `@`
    Current,
}

impl Logical {
    /// `left operator right`; a number of the program is read here, once for all values that it is compared with.
    fn comparison(left: Comparable, operator: Operator, right: Comparable) -> Logical {
        let limit = |query, operator, number| Logical::Limit(query, operator, Box::new(Bound::of(number)));
        match (left, right) {
            (Comparable::Singular(query), Comparable::Literal(Document::Number(number))) => {
                limit(query, operator, number)
            }
            (Comparable::Literal(Document::Number(number)), Comparable::Singular(query)) => {
                limit(query, operator.exchanged(), number)
            }
            (left, right) => Logical::Compare(Box::new(left), operator, Box::new(right)),
        }
    }
}

impl Path {
    /// Reads a program. Fails with [`Error::Query`].
    pub(crate) fn parse(program: &str) -> Result<Path, Error> {
        parse::program(program)
    }

    /// About what its patterns may come to hold, in bytes.
    pub(crate) fn pattern_bytes(&self) -> usize {
        self.pattern_bytes
    }

    /// The values it selects, in the order of the RFC.
    pub(crate) fn select<'d>(
        &self,
        document: &'d Document,
        meter: &Meter<'_>,
    ) -> Result<Vec<&'d Document>, Error> {
        let nodes = eval::segments(&self.segments, document, (document, Nowhere), meter)?;
        Ok(nodes.into_iter().map(|(value, _)| value).collect())
    }

    /// The values it selects with the ways that lead to them.
    pub(super) fn locate<'d>(
        &self,
        document: &'d Document,
        meter: &Meter<'_>,
    ) -> Result<Vec<(&'d Document, Link<'d>)>, Error> {
        eval::segments(&self.segments, document, (document, Link::root()), meter)
    }
}
