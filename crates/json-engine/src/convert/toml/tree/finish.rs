//! The document, once all tables are complete.

use std::sync::Arc;

use super::{Body, Id, Node, Tree};
use crate::Error;
use crate::convert::Foreign;
use crate::convert::build::Keep;
use crate::convert::foreign;
use crate::document::{Document, Members};
use crate::spans::Spans;

/// Levels that the `$map` form of a table adds: its array, and the pairs in it.
const MAP_LEVELS: u32 = 2;

impl Tree {
    /// The document, and its places if they were to be kept.
    pub(in crate::convert::toml) fn finish(
        mut self,
        foreign: Foreign,
    ) -> Result<(Document, Option<Spans>), Error> {
        let keep = self.keep;
        while let Some(mut node) = self.nodes.pop() {
            let (id, parent) = (self.nodes.len() as Id, node.parent);
            let spans = Spans::new(node.place.clone()).with(std::mem::take(&mut node.spans));
            let (document, spans) = self.complete(node, spans, foreign)?;
            if id == Tree::ROOT {
                return Ok((document, (keep == Keep::Spans).then_some(spans)));
            }
            self.set(parent, document);
            if let Some(present) = self.node_mut(parent.node).spans.get_mut(parent.index as usize) {
                *present = spans.under(&present.key());
            }
        }
        Ok((Document::Null, None))
    }

    /// The value of a node whose children are in place.
    fn complete(&self, node: Node, spans: Spans, foreign: Foreign) -> Result<(Document, Spans), Error> {
        let members = match node.body {
            Body::Array(elements, _) => return Ok((Document::Arr(Arc::new(elements)), spans)),
            Body::Table(members, _) => members,
        };
        let document = Document::Obj(Arc::new(members));
        if foreign == Foreign::Plain || !foreign::looks_tagged(&document) {
            return Ok((document, spans));
        }
        self.allowance.depth(u64::from(node.depth + MAP_LEVELS), node.place.start)?;
        let Document::Obj(members) = document else {
            return Ok((document, spans));
        };
        Ok((foreign::map(pairs(members)), Spans::new(node.place)))
    }
}

fn pairs(members: Arc<Members>) -> Vec<(Document, Document)> {
    members.iter().map(|(key, value)| (Document::from(key.clone()), value.clone())).collect()
}
