//! The tables while they grow: TOML may come back to a table, so a stack is not enough.
//!
//! Nodes lie in one list, a parent always before its children, so that the document is made from the last to the first,
//! without recursion. What may be defined how often is decided here (TOML 1.1, "Keys", "Table", "Array of Tables").

mod finish;
mod header;

use std::ops::Range;

use crate::convert::allowance::Allowance;
use crate::convert::build::Keep;
use crate::document::{Document, Key, Members};
use crate::pointer::Written;
use crate::spans::Spans;
use crate::{Error, Limits};

use super::fault::{Halt, taken};

/// A node of the tree; 0 is the root.
pub(super) type Id = u32;

/// How a table came to be, which decides what may be added to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// Named on the way in a header; a header may still define it.
    Implicit,
    /// Defined by a header, or the root.
    Header,
    /// Made by dotted keys; more of them may add to it.
    Dotted,
    /// Written in braces; complete.
    Inline,
}

/// Whether tables may be appended to an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Growth {
    /// Written in brackets; complete.
    Closed,
    /// An array of tables.
    Headers,
}

pub(super) enum Body {
    Table(Members, Origin),
    Array(Vec<Document>, Growth),
}

struct Node {
    body: Body,
    /// For each member or element the node that will replace it, or 0.
    children: Vec<Id>,
    /// For each member or element its place, if places are kept.
    spans: Vec<Spans>,
    place: Range<usize>,
    parent: Place,
    depth: u32,
}

/// A member or element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) node: Id,
    index: u32,
}

/// One part of a dotted key.
pub(super) struct Part {
    pub(super) key: Key,
    pub(super) place: Range<usize>,
}

pub(super) struct Tree {
    nodes: Vec<Node>,
    pub(super) allowance: Allowance,
    keep: Keep,
}

impl Tree {
    pub(super) const ROOT: Id = 0;

    pub(super) fn new(limits: &Limits, keep: Keep, length: usize) -> Result<Tree, Error> {
        let mut tree = Tree { nodes: Vec::new(), allowance: Allowance::new(limits), keep };
        tree.allowance.nodes(1, 0)?;
        let root = Body::Table(Members::default(), Origin::Header);
        tree.push(root, Place { node: 0, index: 0 }, 0..length)?;
        Ok(tree)
    }

    /// How many values there are so far.
    pub(super) fn size(&self) -> u64 {
        self.allowance.used()
    }

    /// The member that `path` names in `table`, new, with a null that waits for its value.
    pub(super) fn member(&mut self, table: Id, path: &[Part]) -> Result<Place, Halt> {
        let Some((last, way)) = path.split_last() else {
            return Ok(Place { node: table, index: 0 });
        };
        let mut table = table;
        for part in way {
            table = self.step_dotted(table, part)?;
        }
        self.add_member(table, last)?
            .map_err(|_| taken("the key is defined already; a key may be defined once", &last.place))
    }

    /// A new element of `array`, a null that waits for its value at `at`.
    pub(super) fn element(&mut self, array: Id, at: usize) -> Result<Place, Error> {
        self.allowance.nodes(1, at)?;
        let node = self.node_mut(array);
        let mut index = 0;
        if let Body::Array(elements, _) = &mut node.body {
            index = elements.len() as u32;
            elements.push(Document::Null);
        }
        node.children.push(0);
        self.keep_span(array, Spans::new(at..at));
        Ok(Place { node: array, index })
    }

    /// Puts a value that has `levels` levels and as many nodes more than one into its place.
    pub(super) fn fill(
        &mut self,
        place: Place,
        value: Document,
        range: Range<usize>,
        levels: u32,
    ) -> Result<(), Error> {
        self.allowance.nodes(u64::from(levels), range.start)?;
        self.allowance.depth(u64::from(self.node(place.node).depth + levels), range.start)?;
        if let Some(spans) = self.node_mut(place.node).spans.get_mut(place.index as usize) {
            *spans = Spans::new(range).under(&spans.key());
        }
        self.set(place, value);
        Ok(())
    }

    /// Opens a container in `place`.
    pub(super) fn open(&mut self, place: Place, body: Body, range: Range<usize>) -> Result<Id, Error> {
        let id = self.push(body, place, range)?;
        if let Some(child) = self.node_mut(place.node).children.get_mut(place.index as usize) {
            *child = id;
        }
        Ok(id)
    }

    /// Closes a container whose last byte is before `end`.
    pub(super) fn close(&mut self, id: Id, end: usize) {
        self.node_mut(id).place.end = end;
    }

    /// JSON Pointer of a place; for messages.
    pub(super) fn pointer_to(&self, place: Place) -> String {
        let mut pointer = self.way_to(place.node);
        self.go_to(place, &mut pointer);
        pointer.finish()
    }

    /// JSON Pointer of a node; for messages.
    pub(super) fn pointer(&self, id: Id) -> String {
        self.way_to(id).finish()
    }

    /// Recurses by the depth of the node, which the limits bound.
    fn way_to(&self, id: Id) -> Written {
        if id == Tree::ROOT {
            return Written::default();
        }
        let place = self.node(id).parent;
        let mut pointer = self.way_to(place.node);
        self.go_to(place, &mut pointer);
        pointer
    }

    fn go_to(&self, place: Place, pointer: &mut Written) {
        let index = place.index as usize;
        match &self.node(place.node).body {
            Body::Table(members, _) => {
                pointer.key(members.get_index(index).map_or("", |(key, _)| key.literal()));
            }
            Body::Array(..) => pointer.index(index),
        }
    }

    /// One step along a dotted key.
    fn step_dotted(&mut self, table: Id, part: &Part) -> Result<Id, Halt> {
        let place = match self.add_member(table, part)? {
            Ok(place) => return Ok(self.open(place, table_of(Origin::Dotted), part.place.clone())?),
            Err(place) => place,
        };
        let child = self.child(place);
        let Some(Body::Table(_, origin)) = child.map(|id| &mut self.node_mut(id).body) else {
            return Err(taken(
                "the key is defined already and is no table that could be added to",
                &part.place,
            ));
        };
        match origin {
            Origin::Implicit | Origin::Dotted => *origin = Origin::Dotted,
            Origin::Header => {
                let message =
                    "a header defined this table; dotted keys may not add to it, only lines under the header";
                return Err(taken(message, &part.place));
            }
            Origin::Inline => return Err(taken(INLINE, &part.place)),
        }
        Ok(child.unwrap_or(table))
    }

    /// The member of this key: new (`Ok`), or there already (`Err`).
    fn add_member(&mut self, table: Id, part: &Part) -> Result<Result<Place, Place>, Error> {
        let node = self.node_mut(table);
        let Body::Table(members, _) = &mut node.body else {
            return Ok(Err(Place { node: table, index: 0 }));
        };
        if let Some(index) = members.get_index_of(&part.key) {
            return Ok(Err(Place { node: table, index: index as u32 }));
        }
        let index = members.insert_full(part.key.clone(), Document::Null).0 as u32;
        node.children.push(0);
        self.keep_span(table, Spans::new(part.place.clone()).under(&part.place));
        self.allowance.nodes(1, part.place.start)?;
        Ok(Ok(Place { node: table, index }))
    }

    fn child(&self, place: Place) -> Option<Id> {
        self.node(place.node).children.get(place.index as usize).copied().filter(|id| *id != 0)
    }

    fn push(&mut self, body: Body, parent: Place, place: Range<usize>) -> Result<Id, Error> {
        let depth = self.nodes.get(parent.node as usize).map_or(0, |node| node.depth) + 1;
        self.allowance.depth(u64::from(depth), place.start)?;
        let id = self.nodes.len() as Id;
        self.nodes.push(Node { body, children: Vec::new(), spans: Vec::new(), place, parent, depth });
        Ok(id)
    }

    fn keep_span(&mut self, id: Id, span: Spans) {
        if self.keep == Keep::Spans {
            self.node_mut(id).spans.push(span);
        }
    }

    fn set(&mut self, place: Place, value: Document) {
        let index = place.index as usize;
        let slot = match &mut self.node_mut(place.node).body {
            Body::Table(members, _) => members.value_mut(index),
            Body::Array(elements, _) => elements.get_mut(index),
        };
        if let Some(slot) = slot {
            *slot = value;
        }
    }

    fn node(&self, id: Id) -> &Node {
        &self.nodes[id as usize]
    }

    fn node_mut(&mut self, id: Id) -> &mut Node {
        &mut self.nodes[id as usize]
    }
}

const INLINE: &str = "an inline table is complete at its closing brace; nothing may be added to it";

fn table_of(origin: Origin) -> Body {
    Body::Table(Members::default(), origin)
}
