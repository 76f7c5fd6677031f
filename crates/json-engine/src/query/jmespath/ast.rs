//! What a program says. Chains of one kind lie side by side, so that a tree is no deeper than the program is nested.

use super::function::Function;
use crate::document::{Document, Key};
use crate::query::operator::Operator;

/// An expression; each is applied to the current value.
#[derive(Debug, Clone)]
pub(super) enum Expr {
    /// `@`
    Current,
    /// A member of an object.
    Field(Key),
    /// A value that the program holds.
    Literal(Document),
    /// An element; negative from the end.
    Index(i64),
    /// The elements `start:end:step`; an [`Expr::Each`] follows.
    Slice(Slice),
    /// `[]`: elements that are arrays give way to theirs; an [`Expr::Each`] follows.
    Flatten,
    /// The expression on each element; results that are null drop out.
    Each(Box<Expr>),
    /// As [`Expr::Each`], on the values of an object.
    Values(Box<Expr>),
    /// As [`Expr::Each`], on the elements for which `condition` holds.
    Filter {
        /// What must hold.
        condition: Box<Expr>,
        /// What is applied to the elements.
        then: Box<Expr>,
    },
    /// An array of the values of these.
    List(Vec<Expr>),
    /// An object of the values of these.
    Hash(Vec<(Key, Expr)>),
    /// The first that is true, or the last.
    Or(Vec<Expr>),
    /// The first that is false, or the last.
    And(Vec<Expr>),
    /// `!`
    Not(Box<Expr>),
    /// Comparisons, from left to right.
    Compare(Box<Expr>, Vec<(Operator, Expr)>),
    /// A function.
    Call(Call),
    /// Each on the value of the one before: sub-expressions, index expressions and pipes.
    Chain(Vec<Expr>),
}

/// `start:end:step`, as Python has it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slice {
    pub(super) start: Option<i64>,
    pub(super) end: Option<i64>,
    pub(super) step: i64,
}

/// A call, whose number and kinds of arguments are right.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) function: Function,
    /// Arguments that are values, in order.
    pub(super) values: Vec<Expr>,
    /// The one that is an expression reference.
    pub(super) reference: Option<Box<Expr>>,
    /// Where it stands in the program.
    pub(super) at: usize,
}

impl Expr {
    /// `next` on the value of this.
    pub(super) fn then(self, next: Expr) -> Expr {
        let mut steps = match self {
            Expr::Current => return next,
            Expr::Chain(steps) => steps,
            other => vec![other],
        };
        match next {
            Expr::Chain(more) => steps.extend(more),
            other => steps.push(other),
        }
        Expr::Chain(steps)
    }

    /// `self || right`
    pub(super) fn or(self, right: Expr) -> Expr {
        match self {
            Expr::Or(mut operands) => {
                operands.push(right);
                Expr::Or(operands)
            }
            other => Expr::Or(vec![other, right]),
        }
    }

    /// `self && right`
    pub(super) fn and(self, right: Expr) -> Expr {
        match self {
            Expr::And(mut operands) => {
                operands.push(right);
                Expr::And(operands)
            }
            other => Expr::And(vec![other, right]),
        }
    }

    /// `self`, compared with `right`.
    pub(super) fn compared(self, operator: Operator, right: Expr) -> Expr {
        match self {
            Expr::Compare(first, mut rest) => {
                rest.push((operator, right));
                Expr::Compare(first, rest)
            }
            other => Expr::Compare(Box::new(other), vec![(operator, right)]),
        }
    }
}
