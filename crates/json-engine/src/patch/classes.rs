//! Classes: every value of the documents to be compared gets a number, equal values the same one, so that two subtrees of
//! any size are compared in one step.
//!
//! Exact: the table compares values, a hash alone decides nothing. Cost: one pass, about 150 bytes a value that stands in it.

use std::collections::HashMap;

use crate::budget::Meter;
use crate::document::{Document, Key, Members};
use crate::error::Error;
use crate::number::Canonical;

/// What a value costs in memory that stands in the table, its [`Node`] included.
const CLASS_BYTES: u64 = 160;

type Table<K, V> = HashMap<K, V, foldhash::fast::RandomState>;

/// A value with its class and its children in order; none are kept of a value that is only compared as a whole.
#[derive(Debug)]
pub(super) struct Node<'d> {
    pub(super) document: &'d Document,
    pub(super) class: u32,
    pub(super) children: Vec<Node<'d>>,
}

impl<'d> Node<'d> {
    /// The member `key` of an object.
    pub(super) fn member(&self, key: &Key) -> Option<&Node<'d>> {
        let Document::Obj(members) = self.document else {
            return None;
        };
        self.children.get(members.get_index_of(key)?)
    }

    /// The members of an object with their nodes; nothing for other values.
    pub(super) fn members(&self) -> impl Iterator<Item = (&'d Key, &Node<'d>)> {
        let keys = match self.document {
            Document::Obj(members) => Some(members.keys()),
            _ => None,
        };
        keys.into_iter().flatten().zip(&self.children)
    }

    /// The classes of its children.
    pub(super) fn classes(&self) -> Vec<u32> {
        self.children.iter().map(|child| child.class).collect()
    }
}

/// What makes two values equal. Children are given by their classes.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Shape<'d> {
    Null,
    Bool(bool),
    Number(Canonical),
    Text(&'d str),
    Surrogates(&'d str),
    Array(Box<[u32]>),
    /// Keys and values in the order of the keys' numbers.
    Object(Box<[(usize, u32)]>),
}

/// The table.
pub(super) struct Classes<'d, 'a, 'b> {
    shapes: Table<Shape<'d>, u32>,
    keys: Table<&'d Key, usize>,
    next: u32,
    pub(super) meter: &'a Meter<'b>,
}

impl<'d, 'a, 'b> Classes<'d, 'a, 'b> {
    pub(super) fn new(meter: &'a Meter<'b>) -> Classes<'d, 'a, 'b> {
        Classes { shapes: Table::default(), keys: Table::default(), next: 0, meter }
    }

    /// A class that no value has.
    pub(super) fn fresh(&mut self) -> u32 {
        // A text under 4 GiB has fewer values than that.
        self.next = self.next.saturating_add(1);
        self.next
    }

    /// Classifies a document. Recurses by its depth, at most 512.
    pub(super) fn node(&mut self, document: &'d Document) -> Result<Node<'d>, Error> {
        self.meter.charge(2)?;
        self.meter.hold(CLASS_BYTES)?;
        let children = match document {
            Document::Arr(elements) => self.children(elements.iter())?,
            Document::Obj(members) => self.children(members.values())?,
            Document::Null
            | Document::Bool(_)
            | Document::Number(_)
            | Document::Str(_)
            | Document::Surrogates(_) => Vec::new(),
        };
        let shape = match document {
            Document::Null => Shape::Null,
            Document::Bool(value) => Shape::Bool(*value),
            Document::Number(number) => Shape::Number(number.canonical()),
            Document::Str(text) => Shape::Text(text),
            Document::Surrogates(literal) => Shape::Surrogates(literal),
            Document::Arr(_) => Shape::Array(children.iter().map(|child| child.class).collect()),
            Document::Obj(members) => self.object(members, &children),
        };
        let fresh = self.fresh();
        let class = *self.shapes.entry(shape).or_insert(fresh);
        Ok(Node { document, class, children })
    }

    fn children(&mut self, all: impl ExactSizeIterator<Item = &'d Document>) -> Result<Vec<Node<'d>>, Error> {
        let mut nodes = Vec::with_capacity(all.len());
        for child in all {
            nodes.push(self.node(child)?);
        }
        Ok(nodes)
    }

    fn object(&mut self, members: &'d Members, children: &[Node<'d>]) -> Shape<'d> {
        let key = |key| {
            let fresh = self.keys.len();
            *self.keys.entry(key).or_insert(fresh)
        };
        let mut pairs: Box<[(usize, u32)]> =
            members.keys().map(key).zip(children.iter().map(|child| child.class)).collect();
        pairs.sort_unstable();
        Shape::Object(pairs)
    }
}
