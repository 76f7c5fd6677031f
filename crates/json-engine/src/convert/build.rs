//! The builder that readers of texts with brackets and of rows drive: it holds the limits, the policy for duplicate keys and
//! the spans, so that no reader can forget one.
//!
//! Promise: iterative, whatever the depth. Cost: one node a value; spans only on request.

use std::ops::Range;
use std::sync::Arc;

use crate::document::{Document, Key, Members};
use crate::error::Error;
use crate::pointer::Written;
use crate::spans::Spans;
use crate::{DuplicateKeys, Limits};

use super::allowance::Allowance;

/// Whether places are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    Nothing,
    Spans,
}

/// Builds one document from the events of a reader. Every place is a range of bytes of the source.
pub(crate) struct Builder {
    pub(crate) allowance: Allowance,
    keep: Keep,
    duplicate_keys: DuplicateKeys,
    open: Vec<Open>,
    root: Option<(Document, Spans)>,
}

struct Open {
    start: usize,
    /// `None` for an array.
    object: Option<Object>,
    elements: Vec<Document>,
    spans: Vec<Spans>,
}

/// The members so far, and the key whose value follows.
#[derive(Default)]
struct Object {
    members: Members,
    key: Option<(Key, Range<usize>)>,
}

/// What became of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Added {
    /// It is new.
    New,
    /// Its key was there already; the value was replaced by this one, in the place of the first.
    Replaced,
    /// Its key was there already, and the first counts.
    Dropped,
}

impl Builder {
    pub(crate) fn new(limits: &Limits, keep: Keep, duplicate_keys: DuplicateKeys) -> Builder {
        let allowance = Allowance::new(limits);
        Builder { allowance, keep, duplicate_keys, open: Vec::new(), root: None }
    }

    /// A scalar, or a whole document that counts as `nodes` nodes.
    pub(crate) fn value(&mut self, value: Document, place: Range<usize>, nodes: u64) -> Result<Added, Error> {
        self.allowance.nodes(nodes, place.start)?;
        Ok(self.put(value, Spans::new(place)))
    }

    /// Opens an array at `start`.
    pub(crate) fn open_array(&mut self, start: usize) -> Result<(), Error> {
        self.enter(start, None)
    }

    /// Opens an object at `start`.
    pub(crate) fn open_object(&mut self, start: usize) -> Result<(), Error> {
        self.enter(start, Some(Object::default()))
    }

    /// The key of the member that follows; says whether the object has it already.
    pub(crate) fn key(&mut self, key: Key, place: Range<usize>) -> bool {
        let Some(Open { object: Some(object), .. }) = self.open.last_mut() else {
            return false;
        };
        let known = object.members.contains_key(&key);
        object.key = Some((key, place));
        known
    }

    /// Closes the innermost container; `end` is behind its last byte.
    pub(crate) fn close(&mut self, end: usize) -> Added {
        let Some(open) = self.open.pop() else {
            return Added::New;
        };
        let document = match open.object {
            Some(object) => Document::Obj(Arc::new(object.members)),
            None => Document::Arr(Arc::new(open.elements)),
        };
        self.put(document, Spans::new(open.start..end).with(open.spans))
    }

    /// The JSON Pointer of the value that comes next; for messages.
    pub(crate) fn pointer(&self) -> String {
        let mut pointer = Written::default();
        for open in &self.open {
            match &open.object {
                None => pointer.index(open.elements.len()),
                Some(Object { key: Some((key, _)), .. }) => pointer.key(key.literal()),
                Some(Object { key: None, .. }) => {}
            }
        }
        pointer.finish()
    }

    /// The document, once its root is complete.
    pub(crate) fn finish(self) -> Option<(Document, Option<Spans>)> {
        let (document, spans) = self.root?;
        Some((document, (self.keep == Keep::Spans).then_some(spans)))
    }

    fn enter(&mut self, start: usize, object: Option<Object>) -> Result<(), Error> {
        self.allowance.nodes(1, start)?;
        self.allowance.depth(self.open.len() as u64 + 1, start)?;
        self.open.push(Open { start, object, elements: Vec::new(), spans: Vec::new() });
        Ok(())
    }

    fn put(&mut self, value: Document, spans: Spans) -> Added {
        let keep = self.keep;
        let Some(open) = self.open.last_mut() else {
            self.root = Some((value, spans));
            return Added::New;
        };
        let Some(object) = &mut open.object else {
            open.elements.push(value);
            if keep == Keep::Spans {
                open.spans.push(spans);
            }
            return Added::New;
        };
        let Some((key, place)) = object.key.take() else {
            return Added::New;
        };
        if self.duplicate_keys == DuplicateKeys::First && object.members.contains_key(&key) {
            return Added::Dropped;
        }
        let (index, before) = object.members.insert_full(key, value);
        if keep == Keep::Spans {
            let spans = spans.under(&place);
            match open.spans.get_mut(index) {
                Some(present) => *present = spans,
                None => open.spans.push(spans),
            }
        }
        if before.is_some() { Added::Replaced } else { Added::New }
    }
}
