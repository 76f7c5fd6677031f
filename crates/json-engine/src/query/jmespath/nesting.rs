//! How much deeper than the document an answer can be: a program without a loop adds levels only where it makes a
//! container, and the sum along the way of a value is known before it runs.

use super::Fault;
use super::ast::Expr;
use crate::document::Document;
use crate::error::Error;

/// Most levels that a program may add. A value is walked by recursion, so its depth is bounded by this and the
/// document's own.
pub(super) const MAX_LIFT: u32 = 128;

/// Refuses a program that adds more than [`MAX_LIFT`] levels, as `[[@]]|[[@]]|…` does.
pub(super) fn check(root: &Expr, program: &str) -> Result<(), Error> {
    if lift(root) <= MAX_LIFT {
        return Ok(());
    }
    let message = "the answer could be nested more than 128 levels deeper than the document";
    Err(Fault::InvalidValue.at(program, 0, message))
}

/// Levels that the value of `expr` can be deeper than the value it is applied to. Recurses by the nesting of the program.
fn lift(expr: &Expr) -> u32 {
    let highest = |operands: &[Expr]| operands.iter().map(lift).max().unwrap_or(0);
    match expr {
        Expr::Current | Expr::Field(_) | Expr::Index(_) | Expr::Slice(_) | Expr::Flatten => 0,
        // What is only looked at is made too.
        Expr::Not(inner) => lift(inner),
        Expr::Compare(first, rest) => {
            rest.iter().map(|(_, operand)| lift(operand)).fold(lift(first), u32::max)
        }
        Expr::Literal(value) => depth(value),
        // The elements are a level less deep, and the list makes up for it.
        Expr::Each(then) | Expr::Values(then) => lift(then),
        Expr::Filter { condition, then } => lift(condition).max(lift(then)),
        Expr::List(expressions) => 1 + highest(expressions),
        Expr::Hash(members) => 1 + members.iter().map(|(_, value)| lift(value)).max().unwrap_or(0),
        Expr::Or(operands) | Expr::And(operands) => highest(operands),
        Expr::Call(call) => {
            let reference = call.reference.as_deref().map_or(0, lift);
            call.function.lift() + highest(&call.values).saturating_add(reference)
        }
        Expr::Chain(steps) => steps.iter().map(lift).fold(0, u32::saturating_add),
    }
}

fn depth(value: &Document) -> u32 {
    match value {
        Document::Null
        | Document::Bool(_)
        | Document::Number(_)
        | Document::Str(_)
        | Document::Surrogates(_) => 0,
        Document::Arr(elements) => 1 + elements.iter().map(depth).max().unwrap_or(0),
        Document::Obj(members) => 1 + members.values().map(depth).max().unwrap_or(0),
    }
}
