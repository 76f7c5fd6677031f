//! Sizes: what a value adds to a document, and what a change of a shared container costs.

use std::sync::Arc;

use crate::budget::Meter;
use crate::document::{Document, VALUE_BYTES};
use crate::error::{Error, LimitKind};

/// The size of a value. Shared parts count as often as they are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) nodes: u64,
    /// A scalar has depth 0.
    pub(super) depth: u32,
}

/// Measures a value. Recurses by its depth, at most 512; charges a unit a value.
pub(super) fn measure(document: &Document, meter: &Meter<'_>) -> Result<Size, Error> {
    meter.charge(1)?;
    match document {
        Document::Null
        | Document::Bool(_)
        | Document::Number(_)
        | Document::Str(_)
        | Document::Surrogates(_) => Ok(Size { nodes: 1, depth: 0 }),
        Document::Arr(elements) => container(elements.iter(), meter),
        Document::Obj(members) => container(members.values(), meter),
    }
}

fn container<'d>(children: impl Iterator<Item = &'d Document>, meter: &Meter<'_>) -> Result<Size, Error> {
    let mut size = Size { nodes: 1, depth: 1 };
    for child in children {
        let inner = measure(child, meter)?;
        size.nodes = size.nodes.saturating_add(inner.nodes);
        size.depth = size.depth.max(inner.depth + 1);
    }
    Ok(size)
}

/// Charges what it costs to write into this container: a copy, if somebody else holds it too.
pub(super) fn own(container: &Document, meter: &Meter<'_>) -> Result<(), Error> {
    let copied = match container {
        Document::Arr(elements) if Arc::strong_count(elements) > 1 => elements.len() as u64,
        Document::Obj(members) if Arc::strong_count(members) > 1 => members.len() as u64,
        _ => return Ok(()),
    };
    meter.charge(copied)?;
    meter.hold(copied.saturating_mul(VALUE_BYTES))
}

/// Refuses a document that is too deep.
pub(super) fn check_depth(depth: u64, allowed: u32) -> Result<(), Error> {
    let allowed = u64::from(allowed.min(crate::MAX_DEPTH));
    if depth <= allowed {
        return Ok(());
    }
    Err(Error::Limit { limit: LimitKind::Depth, allowed, actual: depth, position: None })
}

/// Refuses a document of too many values.
pub(super) fn check_nodes(nodes: u64, allowed: u64) -> Result<(), Error> {
    if nodes <= allowed {
        return Ok(());
    }
    Err(Error::Limit { limit: LimitKind::Nodes, allowed, actual: nodes, position: None })
}
