//! Evaluation: a list of nodes through the segments.
//!
//! Promise: nodes come in the order that RFC 9535 asks for; nothing recurses by the depth of the document. Cost: each
//! node that is looked at is charged, each that is kept held.

use std::borrow::Cow;
use std::iter::Enumerate;
use std::slice;

use super::compare::{compare, compare_with};
use super::place::{Nowhere, Place, named};
use super::{Comparable, Logical, Root, Segment, Selector, Sub};
use crate::budget::Meter;
use crate::document::{Document, Iter};
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
pub(super) fn segments<'d, P: Place<'d>>(
    segments: &[Segment],
    root: &'d Document,
    start: Node<'d, P>,
    meter: &Meter<'_>,
) -> Result<Vec<Node<'d, P>>, Error> {
    let (steps, mut rest) = lead(segments);
    let mut nodes = Kept { steps, meter, nodes: Vec::new() };
    nodes.keep(start)?;
    while let Some((segment, behind)) = rest.split_first() {
        let (steps, next) = lead(behind);
        let mut found = Kept { steps, meter, nodes: Vec::new() };
        for node in &nodes.nodes {
            match segment {
                Segment::Child(selectors) => select(selectors, root, node, &mut found)?,
                Segment::Descendant(selectors) => descend(selectors, root, node, &mut found)?,
            }
        }
        meter.release((NODE_BYTES + P::BYTES) * nodes.nodes.len() as u64);
        (nodes, rest) = (found, next);
    }
    Ok(nodes.nodes)
}

/// The segments in front that give at most one node each, and the others: no list is made for the former.
fn lead(segments: &[Segment]) -> (&[Segment], &[Segment]) {
    segments.split_at(segments.iter().take_while(|segment| step(segment).is_some()).count())
}

/// The only selector of a segment that gives at most one node.
fn step(segment: &Segment) -> Option<&Selector> {
    match segment {
        Segment::Child(selectors) => match selectors.as_slice() {
            [only @ (Selector::Name(_) | Selector::Index(_))] => Some(only),
            _ => None,
        },
        Segment::Descendant(_) => None,
    }
}

/// Where the steps lead from `node`.
fn follow<'d, P: Place<'d>>(
    steps: &[Segment],
    node: Node<'d, P>,
    meter: &Meter<'_>,
) -> Result<Option<Node<'d, P>>, Error> {
    meter.charge(1 + steps.len() as u64)?;
    Ok(steps.iter().filter_map(step).try_fold(node, |node, selector| child(selector, &node)))
}

/// The node that a name or an index selects.
#[inline]
fn child<'d, P: Place<'d>>(selector: &Selector, (value, place): &Node<'d, P>) -> Option<Node<'d, P>> {
    match (selector, value) {
        (Selector::Name(name), Document::Obj(members)) => {
            named(members, name).map(|(at, key, value)| (value, place.member(key, at)))
        }
        (Selector::Index(index), Document::Arr(elements)) => {
            at(*index, elements.len()).map(|index| (&elements[index], place.element(index)))
        }
        _ => None,
    }
}

/// The nodes that a segment gives, after the steps behind it.
struct Kept<'p, 'd, P> {
    steps: &'p [Segment],
    meter: &'p Meter<'p>,
    nodes: Vec<Node<'d, P>>,
}

impl<'d, P: Place<'d>> Kept<'_, 'd, P> {
    #[inline]
    fn keep(&mut self, node: Node<'d, P>) -> Result<(), Error> {
        if let Some(node) = follow(self.steps, node, self.meter)? {
            self.meter.hold(NODE_BYTES + P::BYTES)?;
            self.make_room(1)?;
            self.nodes.push(node);
        }
        Ok(())
    }

    /// Room for more; a list without it is moved in one go, so the time for that is asked.
    #[inline]
    fn make_room(&mut self, more: usize) -> Result<(), Error> {
        if self.nodes.capacity() - self.nodes.len() < more {
            self.meter.ask(2 * size_of_val(self.nodes.as_slice()) as u64)?;
            self.nodes.reserve(more);
        }
        Ok(())
    }

    /// Keeps all of a list, whose length is known.
    fn keep_all(&mut self, nodes: impl Iterator<Item = Node<'d, P>>) -> Result<(), Error> {
        if !self.steps.is_empty() {
            return nodes.into_iter().try_for_each(|node| self.keep(node));
        }
        let count = nodes.size_hint().0;
        self.meter.charge(count as u64)?;
        self.meter.hold((NODE_BYTES + P::BYTES) * count as u64)?;
        self.make_room(count)?;
        self.nodes.extend(nodes);
        Ok(())
    }
}

/// The node and all below it, each before its children; by a stack of its own, since programs nest this. Selectors find
/// nothing in scalars, so these are passed over.
fn descend<'d, P: Place<'d>>(
    selectors: &[Selector],
    root: &'d Document,
    node: &Node<'d, P>,
    out: &mut Kept<'_, 'd, P>,
) -> Result<(), Error> {
    let Some(mut below) = Below::of(node) else {
        return Ok(());
    };
    select(selectors, root, node, out)?;
    let mut open = Vec::new();
    loop {
        match below.next_container() {
            Some(node) => {
                out.meter.charge(1)?;
                select(selectors, root, &node, out)?;
                if let Some(inner) = Below::of(&node) {
                    open.push(std::mem::replace(&mut below, inner));
                }
            }
            None => match open.pop() {
                Some(outer) => below = outer,
                None => return Ok(()),
            },
        }
    }
}

/// What is left to visit below a node.
enum Below<'d, P> {
    Elements(Enumerate<slice::Iter<'d, Document>>, P),
    Members(Enumerate<Iter<'d>>, P),
}

impl<'d, P: Place<'d>> Below<'d, P> {
    /// `None` of a scalar.
    fn of((value, place): &Node<'d, P>) -> Option<Self> {
        match value {
            Document::Arr(elements) => Some(Below::Elements(elements.iter().enumerate(), place.clone())),
            Document::Obj(members) => Some(Below::Members(members.iter().enumerate(), place.clone())),
            Document::Null
            | Document::Bool(_)
            | Document::Number(_)
            | Document::Str(_)
            | Document::Surrogates(_) => None,
        }
    }

    /// Passes over scalars.
    fn next_container(&mut self) -> Option<Node<'d, P>> {
        let is_container = |value: &Document| matches!(value, Document::Arr(_) | Document::Obj(_));
        match self {
            Below::Elements(elements, place) => {
                let (index, element) = elements.find(|(_, element)| is_container(element))?;
                Some((element, place.element(index)))
            }
            Below::Members(members, place) => {
                let (index, (key, member)) = members.find(|(_, (_, member))| is_container(member))?;
                Some((member, place.member(key, index)))
            }
        }
    }
}

fn children<'d, P: Place<'d>>(
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
            for (index, (key, member)) in members.iter().enumerate() {
                visit((member, place.member(key, index)))?;
            }
        }
        _ => {}
    }
    Ok(())
}

fn select<'d, P: Place<'d>>(
    selectors: &[Selector],
    root: &'d Document,
    node: &Node<'d, P>,
    out: &mut Kept<'_, 'd, P>,
) -> Result<(), Error> {
    let meter = out.meter;
    meter.charge(selectors.len() as u64)?;
    for selector in selectors {
        match (selector, node.0) {
            (Selector::Name(_) | Selector::Index(_), _) => {
                if let Some(node) = child(selector, node) {
                    out.keep(node)?;
                }
            }
            (Selector::Slice { start, end, step }, Document::Arr(elements)) => {
                let indices = slice(*start, *end, *step, elements.len());
                out.keep_all(indices.map(|index| (&elements[index], node.1.element(index))))?;
            }
            (Selector::Slice { .. }, _) => {}
            (Selector::Wildcard, Document::Arr(elements)) => {
                let indexed = elements.iter().enumerate();
                out.keep_all(indexed.map(|(index, element)| (element, node.1.element(index))))?;
            }
            (Selector::Wildcard, _) => children(node, |child| out.keep(child))?,
            (Selector::Filter(filter), _) => children(node, |child| {
                let scope = Scope { root, current: child.0, meter };
                if logical(filter, &scope)? { out.keep(child) } else { Ok(()) }
            })?,
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

/// Indices of a slice, RFC 9535 section 2.3.4.2.2.
pub(in crate::query) fn slice(
    start: Option<i64>,
    end: Option<i64>,
    step: i64,
    length: usize,
) -> impl Iterator<Item = usize> {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let normal = |index: i64| if index < 0 { index.saturating_add(length) } else { index };
    let (first, span) = if step > 0 {
        let lower = normal(start.unwrap_or(0)).clamp(0, length);
        (lower, normal(end.unwrap_or(length)).clamp(0, length) - lower)
    } else {
        let upper = start.map_or(length - 1, normal).clamp(-1, length - 1);
        (upper, upper - end.map_or(-1, normal).clamp(-1, length - 1))
    };
    let count = if step == 0 { 0 } else { span.max(0).unsigned_abs().div_ceil(step.unsigned_abs()) };
    // Inside of the list, so that neither overflows: `count` is 0 or 1 for a step beyond its length.
    (0..count).map(move |turn| (first + turn as i64 * step) as usize)
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
        Logical::Exists(query) => exists(query, scope),
        Logical::Holds(function) => function.holds(scope),
        Logical::Compare(left, operator, right) => {
            let (left, right) = (comparable(left, scope)?, comparable(right, scope)?);
            compare(left.as_deref(), *operator, right.as_deref(), scope.meter)
        }
        Logical::Limit(query, operator, bound) => {
            let node = follow(&query.segments, scope.from(query), scope.meter)?;
            Ok(compare_with(node.map(|(value, _)| value), *operator, bound))
        }
    }
}

impl<'d> Scope<'d, '_> {
    /// Where a query begins.
    fn from(&self, query: &Sub) -> Node<'d, Nowhere> {
        match query.from {
            Root::Document => (self.root, Nowhere),
            Root::Current => (self.current, Nowhere),
        }
    }
}

fn exists(query: &Sub, scope: &Scope<'_, '_>) -> Result<bool, Error> {
    let (steps, rest) = lead(&query.segments);
    match follow(steps, scope.from(query), scope.meter)? {
        None => Ok(false),
        Some(_) if rest.is_empty() => Ok(true),
        Some(node) => {
            let nodes = segments(rest, scope.root, node, scope.meter)?;
            scope.meter.release(NODE_BYTES * nodes.len() as u64);
            Ok(!nodes.is_empty())
        }
    }
}

/// The values of a query inside a filter.
pub(super) fn sub<'d>(query: &Sub, scope: &Scope<'d, '_>) -> Result<Vec<&'d Document>, Error> {
    let nodes = segments(&query.segments, scope.root, scope.from(query), scope.meter)?;
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
        Comparable::Singular(query) => {
            let node = follow(&query.segments, scope.from(query), scope.meter)?;
            Ok(node.map(|(value, _)| Cow::Borrowed(value)))
        }
        Comparable::Function(function) => Ok(function.value(scope)?.map(Cow::Owned)),
    }
}
