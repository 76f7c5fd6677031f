//! Nodes that are complete, and collections that are still open.
//!
//! YAML keys may be any node. A mapping stays a JSON object while its keys are text; under [`Foreign::Tagged`] the first
//! other key makes it a list of pairs, whose form is that of `foreign::map`.
//!
//! [`Foreign::Tagged`]: crate::convert::Foreign::Tagged

use std::ops::Range;
use std::sync::Arc;

use indexmap::IndexMap;

use super::tag::Tagging;
use crate::convert::foreign;
use crate::document::{Document, Key, Members};
use crate::spans::Spans;

/// A node that is complete.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) document: Document,
    pub(super) spans: Spans,
    /// Levels below it; a scalar has none.
    pub(super) height: u32,
    /// Nodes in it, itself included, aliases counted as what they name.
    pub(super) nodes: u64,
    /// Whether nothing stood there at all.
    pub(super) is_absent: bool,
}

impl Node {
    pub(super) fn scalar(document: Document, place: Range<usize>) -> Node {
        Node { document, spans: Spans::new(place), height: 0, nodes: 1, is_absent: false }
    }

    /// An object with one member, as [`foreign`] makes them.
    pub(super) fn foreign(document: Document, place: Range<usize>) -> Node {
        let spans = Spans::new(place.clone()).with(vec![Spans::new(place)]);
        Node { document, spans, height: 1, nodes: 2, is_absent: false }
    }

    /// The tagged form of this node.
    pub(super) fn tagged(self, name: Arc<str>) -> Node {
        let place = self.spans.value();
        Node {
            document: foreign::tagged(&foreign::Tag::Name(name), self.document),
            spans: Spans::new(place.clone()).with(vec![Spans::new(place), self.spans]),
            height: self.height + 1,
            nodes: self.nodes + 2,
            is_absent: false,
        }
    }
}

/// A collection that is still open.
pub(super) struct Open {
    pub(super) start: usize,
    /// End of the last node in it.
    pub(super) end: usize,
    pub(super) anchor: usize,
    pub(super) tagging: Tagging,
    pub(super) body: Body,
    pub(super) spans: Vec<Spans>,
    pub(super) height: u32,
    /// Nodes of the stream when it was opened.
    pub(super) nodes_before: u64,
}

pub(super) enum Body {
    Sequence(Vec<Document>),
    /// The members, and the key whose value follows.
    Mapping(Mapping, Option<(Name, Range<usize>)>),
}

/// A key.
#[derive(Debug, Clone)]
pub(super) enum Name {
    Text(Arc<str>),
    /// Any other node; only under `Foreign::Tagged`.
    Node(Document),
}

impl From<Name> for Document {
    fn from(name: Name) -> Document {
        match name {
            Name::Text(text) => Document::Str(text),
            Name::Node(document) => document,
        }
    }
}

/// Members, and instead of them pairs once a key is no text.
#[derive(Default)]
pub(super) struct Mapping {
    members: Members,
    /// By the JSON text of the key.
    pairs: Option<IndexMap<String, (Document, Document)>>,
}

impl Mapping {
    pub(super) fn len(&self) -> usize {
        self.pairs.as_ref().map_or(self.members.len(), IndexMap::len)
    }

    /// The key of a member as JSON, for messages.
    pub(super) fn key(&self, index: usize) -> String {
        let key = match &self.pairs {
            Some(pairs) => pairs.get_index(index).map(|(key, _)| key.clone()),
            None => self.members.get_index(index).map(|(key, _)| format!("\"{}\"", key.literal())),
        };
        key.unwrap_or_default()
    }

    /// Where the member of this key stands.
    pub(super) fn index_of(&self, name: &Name) -> Option<usize> {
        match (name, &self.pairs) {
            (Name::Text(text), None) => self.members.get_index_of(&**text),
            (Name::Node(_), None) => None,
            (name, Some(pairs)) => pairs.get_index_of(&json(&name.clone().into())),
        }
    }

    /// Puts the member; one that is there already keeps its place and gets this value. Gives its index.
    pub(super) fn insert(&mut self, name: Name, value: Document) -> usize {
        match (name, &mut self.pairs) {
            (Name::Text(text), None) => self.members.insert_full(Key::Text(text), value).0,
            (name, pairs) => {
                let pairs = pairs.get_or_insert_with(|| by_json(std::mem::take(&mut self.members)));
                let key = Document::from(name);
                pairs.insert_full(json(&key), (key, value)).0
            }
        }
    }

    /// The object, if every key is text.
    pub(super) fn into_object(self) -> Result<Members, Vec<(Document, Document)>> {
        match self.pairs {
            None => Ok(self.members),
            Some(pairs) => Err(pairs.into_values().collect()),
        }
    }
}

fn by_json(members: Members) -> IndexMap<String, (Document, Document)> {
    let pair = |(key, value)| {
        let key = Document::from(key);
        (json(&key), (key, value))
    };
    members.into_iter().map(pair).collect()
}

/// The JSON text of `document`, where all that is alike is spelled alike but the order of members.
pub(super) fn json(document: &Document) -> String {
    let mut text = Vec::new();
    crate::write::document(document, &mut text);
    String::from_utf8(text).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// `pairs` as `foreign::map`, with `spans` of the values; each has the place of its key in `Spans::key`.
pub(super) fn as_map(
    pairs: Vec<(Document, Document)>,
    spans: Vec<Spans>,
    place: &Range<usize>,
) -> (Document, Vec<Spans>) {
    let pair = |value: Spans| {
        let key = value.key();
        Spans::new(key.start..value.value().end).with(vec![Spans::new(key), value])
    };
    let pair_spans: Vec<Spans> = spans.into_iter().map(pair).collect();
    (foreign::map(pairs), vec![Spans::new(place.clone()).with(pair_spans)])
}
