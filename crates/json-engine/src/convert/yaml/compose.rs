//! From events to documents: nodes, aliases, keys and the limits.
//!
//! It builds by itself, not by the builder that readers of trees share: a YAML stream is a graph whose nodes are named, put
//! elsewhere and used as keys, and the JSON form of a mapping is known only at its end.
//!
//! Promise: iterative, whatever the depth. Depth and nodes are counted as if every alias were written out, so that a few
//! hundred bytes of aliases end at a limit at once. Cost: one allocation a text and a collection; an alias shares what it
//! names, and copies its spans where they are kept.

use std::ops::Range;
use std::sync::Arc;

use super::frame::{Body, Mapping, Name, Node, Open, as_map};
use super::keys::Keys;
use super::tag::{Known, Tagging};
use crate::budget::Meter;
use crate::convert::allowance::Allowance;
use crate::convert::build::Keep;
use crate::convert::losses::{Loss, Losses};
use crate::convert::{Foreign, Reading, foreign};
use crate::document::{Document, Key};
use crate::pointer::{Written, cut};
use crate::scan::invalid_at;
use crate::spans::Spans;
use crate::{Code, Error};

pub(super) const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Composes the documents of one stream.
pub(super) struct Composer<'r> {
    pub(super) text: &'r str,
    /// Where in the text begins what the parser has of it.
    pub(super) part: usize,
    pub(super) reading: &'r Reading<'r>,
    pub(super) meter: Meter<'r>,
    pub(super) losses: Losses,
    pub(super) open: Vec<Open>,
    /// By the number of the anchor; `None` until its node is complete.
    anchors: Vec<Option<Node>>,
    pub(super) allowance: Allowance,
    /// Keys that were met lately.
    pub(super) keys: Keys,
    root: Option<Node>,
    /// Where the document before ended, and directives of the next may begin.
    pub(super) directives: usize,
    /// Whether a byte order mark stands anywhere behind the first character.
    pub(super) has_marks: bool,
    /// The opening quote of the scalar that ended the reading without an end of its own.
    pub(super) unclosed: Option<usize>,
}

/// What a collection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Collection {
    Sequence,
    Mapping,
}

impl<'r> Composer<'r> {
    pub(super) fn new(text: &'r str, reading: &'r Reading<'r>) -> Result<Composer<'r>, Error> {
        Ok(Composer {
            text,
            part: 0,
            reading,
            meter: Meter::open(reading.budget)?,
            losses: Losses::new(reading.limits.max_diagnostics),
            open: Vec::new(),
            anchors: Vec::new(),
            allowance: Allowance::new(reading.limits),
            keys: Keys::default(),
            root: None,
            directives: 0,
            has_marks: has_marks(text),
            unclosed: None,
        })
    }

    /// The document that is complete; its anchors are forgotten.
    pub(super) fn take_document(&mut self) -> Option<(Document, Option<Spans>)> {
        self.anchors.iter_mut().for_each(|anchor| *anchor = None);
        let root = self.root.take()?;
        Some((root.document, (self.reading.keep == Keep::Spans).then_some(root.spans)))
    }

    /// A scalar with its form decided.
    pub(super) fn scalar(&mut self, node: Node, anchor: usize) -> Result<(), Error> {
        self.count_value(node.nodes, node.spans.value().start)?;
        self.complete(node, anchor)
    }

    /// The node that the anchor names, once more.
    pub(super) fn alias(&mut self, anchor: usize, place: Range<usize>) -> Result<(), Error> {
        let Some(node) = self.anchors.get(anchor).and_then(Option::as_ref) else {
            let message = "the alias stands inside the node that it names, so the document would have no end";
            return Err(self.invalid(Code::YamlSyntax, message.to_owned(), place));
        };
        // Before anything is copied: this is what bounds a stream of aliases.
        let (nodes, copied) = (node.nodes, if self.reading.keep == Keep::Spans { node.nodes } else { 1 });
        self.count_value(nodes, place.start)?;
        self.meter.charge(copied)?;
        self.meter.hold(copied * size_of::<Spans>() as u64)?;
        let Some(node) = self.anchors.get(anchor).and_then(Option::as_ref).cloned() else {
            return Ok(());
        };
        self.complete(Node { spans: node.spans.at(place), ..node }, 0)
    }

    pub(super) fn open(
        &mut self,
        kind: Collection,
        start: usize,
        anchor: usize,
        tagging: Tagging,
    ) -> Result<(), Error> {
        let nodes_before = self.allowance.used();
        self.count(1, start)?;
        self.check_depth(1, start)?;
        let body = match kind {
            Collection::Sequence => Body::Sequence(Vec::new()),
            Collection::Mapping => Body::Mapping(Mapping::default(), None),
        };
        self.name_anchor(anchor, None);
        let (end, spans) = (start, Vec::new());
        self.open.push(Open { start, end, anchor, tagging, body, spans, height: 1, nodes_before });
        Ok(())
    }

    /// Closes the innermost collection; `end` is behind its bracket, if it has one.
    pub(super) fn close(&mut self, end: Option<usize>) -> Result<(), Error> {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        let place = open.start..end.unwrap_or(open.end);
        let (document, spans, extra_levels) = self.form(open.body, open.spans, &place)?;
        let node = Node {
            document,
            spans: Spans::new(place.clone()).with(spans),
            height: open.height + extra_levels,
            nodes: self.allowance.used() - open.nodes_before,
            is_absent: false,
        };
        self.check_kind(&open.tagging, &node, &place)?;
        let node = match open.tagging {
            Tagging::Untagged | Tagging::NonSpecific => node,
            Tagging::Known(known @ (Known::Set | Known::Omap)) => self.named(node, known.full_name())?,
            Tagging::Known(_) => node,
            Tagging::Named(name) => self.named(node, name)?,
        };
        self.complete(node, open.anchor)
    }

    /// A node under a tag that has no meaning here.
    pub(super) fn named(&mut self, node: Node, name: Arc<str>) -> Result<Node, Error> {
        let place = node.spans.value();
        match self.reading.foreign {
            Foreign::Tagged => {
                self.count(2, place.start)?;
                Ok(node.tagged(name))
            }
            Foreign::Plain => {
                let message = || format!("the tag {} was left out; its value stays", cut(&name));
                self.lose(Code::TagDropped, message, place);
                Ok(node)
            }
        }
    }

    /// The document of a body, the spans of its children, and the levels that its form adds.
    fn form(
        &mut self,
        body: Body,
        spans: Vec<Spans>,
        place: &Range<usize>,
    ) -> Result<(Document, Vec<Spans>, u32), Error> {
        let members = match body {
            Body::Sequence(elements) => return Ok((Document::Arr(Arc::new(elements)), spans, 0)),
            Body::Mapping(mapping, _) => mapping.into_object(),
        };
        let pairs = match members {
            Err(pairs) => pairs,
            Ok(members) => {
                let pair = |(key, value): (&Key, &Document)| (key.clone().into(), value.clone());
                let object = Document::Obj(Arc::new(members));
                match &object {
                    Document::Obj(members)
                        if self.reading.foreign == Foreign::Tagged && foreign::looks_tagged(&object) =>
                    {
                        members.iter().map(pair).collect()
                    }
                    _ => return Ok((object, spans, 0)),
                }
            }
        };
        // The list, and for each pair its array and its key.
        self.count(1 + 2 * pairs.len() as u64, place.start)?;
        let (document, spans) = as_map(pairs, spans, place);
        Ok((document, spans, 2))
    }

    fn check_kind(&self, tagging: &Tagging, node: &Node, place: &Range<usize>) -> Result<(), Error> {
        let Tagging::Known(known) = tagging else {
            return Ok(());
        };
        let is_sequence = matches!(node.document, Document::Arr(_));
        let fits = match known {
            Known::Seq => is_sequence,
            Known::Map => !is_sequence,
            Known::Set => is_set(&node.document),
            Known::Omap => is_omap(&node.document),
            Known::Str
            | Known::Int
            | Known::Float
            | Known::Bool
            | Known::Null
            | Known::Binary
            | Known::Timestamp => false,
        };
        if fits {
            return Ok(());
        }
        let kind = if is_sequence { "sequence" } else { "mapping" };
        let rule = match known {
            Known::Set => "; a set is a mapping whose values are all null",
            Known::Omap => "; an ordered mapping is a sequence of mappings of one member, each key once",
            _ => "",
        };
        let message = format!("the tag !!{} does not fit this {kind}{rule}", known.name());
        Err(self.invalid(Code::YamlSyntax, message, place.start..place.start + 1))
    }

    /// Puts a complete node where it belongs.
    fn complete(&mut self, node: Node, anchor: usize) -> Result<(), Error> {
        let place = node.spans.value();
        self.check_depth(node.height, place.start)?;
        if anchor > 0 {
            self.name_anchor(anchor, Some(node.clone()));
        }
        let keep = self.reading.keep;
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        open.end = open.end.max(place.end);
        open.height = open.height.max(node.height + 1);
        match &mut open.body {
            Body::Sequence(elements) => {
                elements.push(node.document);
                if keep == Keep::Spans {
                    open.spans.push(node.spans);
                }
                Ok(())
            }
            Body::Mapping(_, None) => self.key(node, place),
            Body::Mapping(_, Some(_)) => self.member(node),
        }
    }

    fn name_anchor(&mut self, anchor: usize, node: Option<Node>) {
        if anchor >= self.anchors.len() {
            self.anchors.resize(anchor + 1, None);
        }
        self.anchors[anchor] = node;
    }

    /// A key that is one scalar is no value.
    fn count_value(&mut self, nodes: u64, at: usize) -> Result<(), Error> {
        self.count(if nodes == 1 && self.wants_key() { 0 } else { nodes }, at)
    }

    fn count(&mut self, nodes: u64, at: usize) -> Result<(), Error> {
        self.allowance.nodes(nodes, at)
    }

    /// Whether something of this height fits here.
    fn check_depth(&self, height: u32, at: usize) -> Result<(), Error> {
        self.allowance.depth(self.open.len() as u64 + u64::from(height), at)
    }

    /// Lists a loss at `place`.
    pub(super) fn lose(&mut self, code: Code, message: impl FnOnce() -> String, place: Range<usize>) {
        let Composer { losses, open, .. } = self;
        losses.add(|| Loss { code, message: message(), pointer: pointer(open), place: Some(place) });
    }

    /// A comment is presentation and no data (YAML 1.2.2 section 3.2.3.3), so that strict fidelity lets it go.
    pub(super) fn leave_out_comment(&mut self, place: Range<usize>) {
        let Composer { losses, open, .. } = self;
        losses.warn(|| Loss {
            code: Code::CommentDropped,
            message: "the comment was left out".to_owned(),
            pointer: pointer(open),
            place: Some(place),
        });
    }

    /// The text is not valid, at `place`.
    pub(super) fn invalid(&self, code: Code, message: String, place: Range<usize>) -> Error {
        invalid_at(self.text.as_bytes(), code, message, place, &pointer(&self.open))
    }
}

fn has_marks(text: &str) -> bool {
    let begins = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    memchr::memmem::find(begins.as_bytes(), BYTE_ORDER_MARK.as_bytes()).is_some()
}

/// The JSON Pointer of the value that comes next.
fn pointer(open: &[Open]) -> String {
    let mut pointer = Written::default();
    for open in open {
        match &open.body {
            Body::Sequence(elements) => pointer.index(elements.len()),
            Body::Mapping(_, Some((Name::Text(text), _))) => pointer.key(text),
            Body::Mapping(_, Some((Name::Node(_), _)) | None) => {}
        }
    }
    pointer.finish()
}

fn is_set(document: &Document) -> bool {
    match document {
        Document::Obj(members) => members.values().all(|value| matches!(value, Document::Null)),
        _ => false,
    }
}

fn is_omap(document: &Document) -> bool {
    let Document::Arr(elements) = document else {
        return false;
    };
    let mut keys = std::collections::HashSet::new();
    elements.iter().all(|element| match element {
        Document::Obj(members) if members.len() == 1 => members.keys().all(|key| keys.insert(key)),
        _ => false,
    })
}
