//! Evaluation: a list of nodes through the segments.

use std::borrow::Cow;

use super::compare::compare;
use super::place::{Nowhere, Place};
use super::{Comparable, Logical, Root, Segment, Selector, Sub};
use crate::budget::Meter;
use crate::document::{Document, Key};
use crate::error::Error;

/// A value and where it is.
pub(super) type Node<'d, P> = (&'d Document, P);

/// What a filter sees.
pub(super) struct Scope<'d, 'm> {
    root: &'d Document,
    current: &'d Document,
    pub(super) meter: &'m Meter<'m>,
}

/// What a kept node costs in memory.
const NODE_BYTES: u64 = 16;

/// Runs the segments, from `start`.
pub(super) fn segments<'d, P: Place>(
    segments: &[Segment],
    root: &'d Document,
    start: Node<'d, P>,
    meter: &Meter<'_>,
) -> Result<Vec<Node<'d, P>>, Error> {
    meter.hold(NODE_BYTES)?;
    let mut nodes = vec![start];
    for segment in segments {
        let mut next = Vec::new();
        for node in &nodes {
            match segment {
                Segment::Child(selectors) => select(selectors, root, node, meter, &mut next)?,
                Segment::Descendant(selectors) => descend(selectors, root, node, meter, &mut next)?,
            }
        }
        meter.release(NODE_BYTES * nodes.len() as u64);
        nodes = next;
    }
    Ok(nodes)
}

/// The node and all below it, each before its children; by a stack of its own, since programs nest this.
fn descend<'d, P: Place>(
    selectors: &[Selector],
    root: &'d Document,
    node: &Node<'d, P>,
    meter: &Meter<'_>,
    out: &mut Vec<Node<'d, P>>,
) -> Result<(), Error> {
    let mut stack = vec![node.clone()];
    while let Some(node) = stack.pop() {
        select(selectors, root, &node, meter, out)?;
        let from = stack.len();
        children(&node, |child| {
            meter.charge(1)?;
            stack.push(child);
            Ok(())
        })?;
        stack[from..].reverse();
    }
    Ok(())
}

fn children<'d, P: Place>(
    (value, place): &Node<'d, P>,
    mut visit: impl FnMut(Node<'d, P>) -> Result<(), Error>,
) -> Result<(), Error> {
    match value {
        Document::Arr(elements) => {
            for (index, element) in elements.iter().enumerate() {
                visit((element, place.element(index)))?;
            }
        }
        Document::Obj(members) => {
            for (key, member) in members.iter() {
                let place = match key {
                    Key::Text(text) => place.member(text),
                    Key::Surrogates(literal) => place.half(literal),
                };
                visit((member, place))?;
            }
        }
        _ => {}
    }
    Ok(())
}

fn select<'d, P: Place>(
    selectors: &[Selector],
    root: &'d Document,
    node: &Node<'d, P>,
    meter: &Meter<'_>,
    out: &mut Vec<Node<'d, P>>,
) -> Result<(), Error> {
    meter.charge(selectors.len() as u64)?;
    for selector in selectors {
        let mut keep = |node| {
            meter.charge(1)?;
            meter.hold(NODE_BYTES)?;
            out.push(node);
            Ok(())
        };
        match (selector, node.0) {
            (Selector::Name(name), Document::Obj(members)) => {
                if let Some(value) = members.get(name.as_str()) {
                    keep((value, node.1.member(name)))?;
                }
            }
            (Selector::Index(index), Document::Arr(elements)) => {
                if let Some(index) = at(*index, elements.len()) {
                    keep((&elements[index], node.1.element(index)))?;
                }
            }
            (Selector::Slice { start, end, step }, Document::Arr(elements)) => {
                for index in slice(*start, *end, *step, elements.len()) {
                    keep((&elements[index], node.1.element(index)))?;
                }
            }
            (Selector::Wildcard, _) => children(node, keep)?,
            (Selector::Filter(filter), _) => children(node, |child| {
                meter.charge(1)?;
                let scope = Scope { root, current: child.0, meter };
                if logical(filter, &scope)? { keep(child) } else { Ok(()) }
            })?,
            (Selector::Name(_) | Selector::Index(_) | Selector::Slice { .. }, _) => {}
        }
    }
    Ok(())
}

/// A negative index counts from the end.
pub(in crate::query) fn at(index: i64, length: usize) -> Option<usize> {
    let length = i64::try_from(length).ok()?;
    let index = if index < 0 { index + length } else { index };
    usize::try_from(index).ok().filter(|_| index < length)
}

/// RFC 9535 section 2.3.4.2.2.
pub(in crate::query) fn slice(
    start: Option<i64>,
    end: Option<i64>,
    step: i64,
    length: usize,
) -> Box<dyn Iterator<Item = usize>> {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let normal = |index: i64| if index < 0 { index.saturating_add(length) } else { index };
    let to_usize = |index: i64| usize::try_from(index).unwrap_or(0);
    let stride = usize::try_from(step.unsigned_abs()).unwrap_or(usize::MAX);
    if step > 0 {
        let lower = normal(start.unwrap_or(0)).clamp(0, length);
        let upper = normal(end.unwrap_or(length)).clamp(0, length);
        return Box::new((to_usize(lower)..to_usize(upper)).step_by(stride));
    }
    if step == 0 {
        return Box::new(std::iter::empty());
    }
    let upper = start.map_or(length - 1, normal).clamp(-1, length - 1);
    let lower = end.map_or(-1, normal).clamp(-1, length - 1);
    // Indices from `upper` down to above `lower`, both shifted by one to stay above zero.
    Box::new((to_usize(lower + 1)..to_usize(upper + 1)).rev().step_by(stride))
}

fn logical(expression: &Logical, scope: &Scope<'_, '_>) -> Result<bool, Error> {
    scope.meter.charge(1)?;
    match expression {
        Logical::Or(operands) => {
            for operand in operands {
                if logical(operand, scope)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        Logical::And(operands) => {
            for operand in operands {
                if !logical(operand, scope)? {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        Logical::Not(inner) => logical(inner, scope).map(|holds| !holds),
        Logical::Exists(query) => sub(query, scope).map(|nodes| !nodes.is_empty()),
        Logical::Holds(function) => function.holds(scope),
        Logical::Compare(left, operator, right) => {
            let (left, right) = (comparable(left, scope)?, comparable(right, scope)?);
            compare(left.as_deref(), *operator, right.as_deref(), scope.meter)
        }
    }
}

/// The values of a query inside a filter.
pub(super) fn sub<'d>(query: &Sub, scope: &Scope<'d, '_>) -> Result<Vec<&'d Document>, Error> {
    let from = match query.from {
        Root::Document => scope.root,
        Root::Current => scope.current,
    };
    let nodes = segments(&query.segments, scope.root, (from, Nowhere), scope.meter)?;
    scope.meter.release(NODE_BYTES * nodes.len() as u64);
    Ok(nodes.into_iter().map(|(value, _)| value).collect())
}

/// At most one value; `None` is Nothing.
pub(super) fn comparable<'s>(
    operand: &'s Comparable,
    scope: &Scope<'s, '_>,
) -> Result<Option<Cow<'s, Document>>, Error> {
    match operand {
        Comparable::Literal(literal) => Ok(Some(Cow::Borrowed(literal))),
        Comparable::Singular(query) => Ok(sub(query, scope)?.first().map(|value| Cow::Borrowed(*value))),
        Comparable::Function(function) => Ok(function.value(scope)?.map(Cow::Owned)),
    }
}
