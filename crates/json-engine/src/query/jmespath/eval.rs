//! Evaluation: an expression on the current value. Copies of values are counted references.
//!
//! Promise: the stack is bounded by the nesting of the program. Cost: each value that is looked at is charged, what is
//! made held.

use std::borrow::Cow;
use std::sync::Arc;

use super::Run;
use super::ast::Expr;
use super::function;
use crate::document::{Document, Key, Members};
use crate::equal::same;
use crate::error::Error;
use crate::query::jsonpath::{at, slice};
use crate::query::operator::Operator;

/// What an element of a list that is made costs in memory.
pub(super) const ELEMENT_BYTES: u64 = size_of::<Document>() as u64;
/// What a member of an object that is made costs in memory.
pub(super) const MEMBER_BYTES: u64 = size_of::<(Key, Document)>() as u64;

/// The value of `expr` on `current`. Recurses by the nesting of the program.
pub(super) fn eval(expr: &Expr, current: &Document, run: &Run<'_>) -> Result<Document, Error> {
    run.meter.charge(1)?;
    let before = run.meter.held();
    let value = match expr {
        Expr::Current => current.clone(),
        Expr::Field(_) | Expr::Index(_) => part(expr, current).cloned().unwrap_or(Document::Null),
        Expr::Literal(value) => value.clone(),
        Expr::Slice(wanted) => match current {
            Document::Arr(elements) => {
                let places = slice(wanted.start, wanted.end, wanted.step, elements.len());
                collect(places.map(|place| Ok(elements[place].clone())), run)?
            }
            _ => Document::Null,
        },
        Expr::Flatten => flatten(current, run)?,
        Expr::Each(_) | Expr::Values(_) | Expr::Filter { .. } => project(expr, current, run)?,
        Expr::List(_) | Expr::Hash(_) if matches!(current, Document::Null) => Document::Null,
        Expr::List(expressions) => collect(expressions.iter().map(|expr| eval(expr, current, run)), run)?,
        Expr::Hash(members) => hash(members, current, run)?,
        Expr::Or(operands) => first(operands, current, run, is_true)?,
        Expr::And(operands) => first(operands, current, run, |value| !is_true(value))?,
        Expr::Not(inner) => Document::Bool(!is_true(&eval(inner, current, run)?)),
        Expr::Compare(first, rest) => {
            let mut left = eval(first, current, run)?;
            for (operator, right) in rest {
                left = compare(&left, *operator, &eval(right, current, run)?, run)?;
            }
            left
        }
        Expr::Call(call) => function::call(call, current, run)?,
        Expr::Chain(steps) => chain(steps, current, run)?,
    };
    if is_scalar(&value) {
        // Nothing is left of what was made on the way.
        run.meter.release(run.meter.held().saturating_sub(before));
    }
    Ok(value)
}

fn is_scalar(value: &Document) -> bool {
    matches!(value, Document::Null | Document::Bool(_) | Document::Number(_))
}

/// What a field or an index names.
fn part<'d>(expr: &Expr, current: &'d Document) -> Option<&'d Document> {
    match (expr, current) {
        (Expr::Field(key), Document::Obj(members)) => members.get(key),
        (Expr::Index(index), Document::Arr(elements)) => at(*index, elements.len()).map(|at| &elements[at]),
        _ => None,
    }
}

/// Fields and indices are followed by reference.
fn chain(steps: &[Expr], current: &Document, run: &Run<'_>) -> Result<Document, Error> {
    let named = steps.iter().take_while(|step| matches!(step, Expr::Field(_) | Expr::Index(_))).count();
    run.meter.charge(named as u64)?;
    let mut place = Cow::Borrowed(current);
    if named > 0 {
        let found = steps[..named].iter().try_fold(current, |value, step| part(step, value));
        place = found.map_or(Cow::Owned(Document::Null), Cow::Borrowed);
    }
    for step in &steps[named..] {
        place = Cow::Owned(eval(step, &place, run)?);
    }
    Ok(place.into_owned())
}

/// False are `false`, null and what is empty; zero is true.
pub(super) fn is_true(value: &Document) -> bool {
    match value {
        Document::Null => false,
        Document::Bool(value) => *value,
        Document::Number(_) => true,
        Document::Str(text) | Document::Surrogates(text) => !text.is_empty(),
        Document::Arr(elements) => !elements.is_empty(),
        Document::Obj(members) => !members.is_empty(),
    }
}

/// The first value that is wanted, or the last.
fn first(
    operands: &[Expr],
    current: &Document,
    run: &Run<'_>,
    is_wanted: fn(&Document) -> bool,
) -> Result<Document, Error> {
    let mut value = Document::Null;
    for operand in operands {
        value = eval(operand, current, run)?;
        if is_wanted(&value) {
            break;
        }
    }
    Ok(value)
}

/// An array of these values.
pub(super) fn collect(
    values: impl Iterator<Item = Result<Document, Error>>,
    run: &Run<'_>,
) -> Result<Document, Error> {
    let mut elements = Vec::new();
    for value in values {
        keep(value?, &mut elements, run)?;
    }
    Ok(Document::Arr(Arc::new(elements)))
}

fn keep(value: Document, elements: &mut Vec<Document>, run: &Run<'_>) -> Result<(), Error> {
    run.meter.charge(1)?;
    run.meter.hold(ELEMENT_BYTES)?;
    elements.push(value);
    Ok(())
}

fn flatten(current: &Document, run: &Run<'_>) -> Result<Document, Error> {
    let Document::Arr(elements) = current else {
        return Ok(Document::Null);
    };
    let mut flat = Vec::new();
    for element in elements.iter() {
        match element {
            Document::Arr(inner) => {
                run.meter.charge(1)?;
                inner.iter().try_for_each(|value| keep(value.clone(), &mut flat, run))?;
            }
            other => keep(other.clone(), &mut flat, run)?,
        }
    }
    Ok(Document::Arr(Arc::new(flat)))
}

fn project(expr: &Expr, current: &Document, run: &Run<'_>) -> Result<Document, Error> {
    match (expr, current) {
        (Expr::Each(then), Document::Arr(elements)) => on_each(elements.iter(), None, then, run),
        (Expr::Filter { condition, then }, Document::Arr(elements)) => {
            on_each(elements.iter(), Some(condition), then, run)
        }
        (Expr::Values(then), Document::Obj(members)) => on_each(members.values(), None, then, run),
        _ => Ok(Document::Null),
    }
}

/// The values of `then` that are not null, on what `condition` holds for.
fn on_each<'d>(
    elements: impl Iterator<Item = &'d Document>,
    condition: Option<&Expr>,
    then: &Expr,
    run: &Run<'_>,
) -> Result<Document, Error> {
    let mut kept = Vec::new();
    for element in elements {
        run.meter.charge(1)?;
        if let Some(condition) = condition {
            let before = run.meter.held();
            let holds = is_true(&eval(condition, element, run)?);
            run.meter.release(run.meter.held().saturating_sub(before));
            if !holds {
                continue;
            }
        }
        let value = eval(then, element, run)?;
        if !matches!(value, Document::Null) {
            keep(value, &mut kept, run)?;
        }
    }
    Ok(Document::Arr(Arc::new(kept)))
}

fn hash(members: &[(Key, Expr)], current: &Document, run: &Run<'_>) -> Result<Document, Error> {
    let mut made = Members::with_capacity(members.len());
    for (key, expr) in members {
        run.meter.charge(1)?;
        run.meter.hold(MEMBER_BYTES)?;
        made.insert(key.clone(), eval(expr, current, run)?);
    }
    Ok(Document::Obj(Arc::new(made)))
}

/// Any values are equal or not; only numbers have an order, and null stands for that of others.
fn compare(left: &Document, operator: Operator, right: &Document, run: &Run<'_>) -> Result<Document, Error> {
    match (operator, left, right) {
        (Operator::Eq, ..) => same(left, right, run.meter).map(Document::Bool),
        (Operator::Ne, ..) => same(left, right, run.meter).map(|equal| Document::Bool(!equal)),
        (operator, Document::Number(left), Document::Number(right)) => {
            Ok(Document::Bool(operator.holds(left.cmp(right))))
        }
        (Operator::Lt | Operator::Le | Operator::Gt | Operator::Ge, ..) => Ok(Document::Null),
    }
}
