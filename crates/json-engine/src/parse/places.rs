//! Where a few values stand in a text, without a document.
//!
//! The pointers lie in a tree, and the scanner's way through the text is followed in it only as far as it goes. Promise: the
//! place is that of [`Spans::nearest`](crate::spans::Spans::nearest), that of the member that counts included. Cost: a scan,
//! and a look-up a key or element of the containers that pointers lead through.

use std::collections::HashMap;
use std::ops::Range;

use crate::scan::{Container, Content, Scalar, Sink, Spelling, scan};
use crate::write::unescape;
use crate::{DuplicateKeys, Error, ScanOptions};

/// The place of the innermost value on the way of each pointer; `text` is valid, and was read by these options.
pub(crate) fn places<'p>(
    text: &[u8],
    pointers: impl Iterator<Item = &'p str> + Clone,
    options: &ScanOptions,
) -> Result<Vec<Range<usize>>, Error> {
    let sink = Places {
        text,
        keeps_first: options.duplicate_keys == DuplicateKeys::First,
        nodes: tree(pointers.clone()),
        levels: Vec::new(),
        off: 0,
    };
    let (sink, _) = scan(text, options, sink)?;
    Ok(pointers.map(|pointer| sink.nearest(pointer)).collect())
}

/// The root of the tree.
const ROOT: usize = 0;

/// A value that a pointer names or leads through.
#[derive(Default)]
struct Node {
    children: HashMap<String, usize>,
    /// The largest index among the children; elements behind it need no look-up.
    last_index: Option<u64>,
    place: Option<Range<usize>>,
}

fn tree<'p>(pointers: impl Iterator<Item = &'p str>) -> Vec<Node> {
    let mut nodes = vec![Node::default()];
    for pointer in pointers {
        let mut present = ROOT;
        for token in tokens(pointer) {
            let fresh = nodes.len();
            let parent = &mut nodes[present];
            parent.last_index =
                parent.last_index.max(crate::pointer::index(&token).map(|index| index as u64));
            present = *parent.children.entry(token).or_insert(fresh);
            if present == fresh {
                nodes.push(Node::default());
            }
        }
    }
    nodes
}

fn tokens(pointer: &str) -> impl Iterator<Item = String> {
    pointer.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~"))
}

/// An open container of the tree.
struct Level {
    node: usize,
    kind: Container,
    index: u64,
    /// The node of the member whose key was read last.
    member: Option<usize>,
}

struct Places<'t> {
    text: &'t [u8],
    keeps_first: bool,
    nodes: Vec<Node>,
    levels: Vec<Level>,
    /// Open containers off the tree.
    off: usize,
}

impl Places<'_> {
    fn nearest(&self, pointer: &str) -> Range<usize> {
        let mut present = &self.nodes[ROOT];
        for token in tokens(pointer) {
            let child = present.children.get(&token).map(|child| &self.nodes[*child]);
            let Some(child) = child.filter(|child| child.place.is_some()) else {
                break;
            };
            present = child;
        }
        present.place.clone().unwrap_or_default()
    }

    /// The node of the value that begins now; forgets what an earlier member with its key led to.
    #[inline]
    fn begin(&mut self) -> Option<usize> {
        if self.off > 0 {
            return None;
        }
        let node = match self.levels.last() {
            None => Some(ROOT),
            Some(level) => match level.kind {
                Container::Object => level.member,
                Container::Array => self.element(level),
            },
        }?;
        let mut forgotten = vec![node];
        while let Some(node) = forgotten.pop() {
            if self.nodes[node].place.take().is_some() {
                forgotten.extend(self.nodes[node].children.values());
            }
        }
        Some(node)
    }

    fn element(&self, level: &Level) -> Option<usize> {
        let node = &self.nodes[level.node];
        node.last_index.filter(|last| level.index <= *last)?;
        node.children.get(itoa::Buffer::new().format(level.index)).copied()
    }
}

impl Sink for Places<'_> {
    #[inline]
    fn scalar(&mut self, _kind: Scalar, start: usize, end: usize) {
        if let Some(node) = self.begin() {
            self.nodes[node].place = Some(start..end);
        }
    }

    fn key(&mut self, spelling: Spelling, start: usize, end: usize) {
        let Some(level) = self.levels.last_mut().filter(|_| self.off == 0) else {
            return;
        };
        let raw = &self.text[start + 1..end - 1];
        let children = &self.nodes[level.node].children;
        let found = match spelling {
            Spelling::Plain => std::str::from_utf8(raw).ok().and_then(|key| children.get(key)),
            Spelling::Escaped => String::from_utf8(unescape(raw)).ok().and_then(|key| children.get(&key)),
        };
        let counts = |node: &usize| !self.keeps_first || self.nodes[*node].place.is_none();
        level.member = found.copied().filter(counts);
    }

    fn open(&mut self, kind: Container, at: usize) {
        match self.begin() {
            None => self.off += 1,
            Some(node) => {
                self.nodes[node].place = Some(at..at);
                self.levels.push(Level { node, kind, index: 0, member: None });
            }
        }
    }

    fn close(&mut self, _kind: Container, at: usize, _content: Content) {
        if self.off > 0 {
            self.off -= 1;
            return;
        }
        let closed = self.levels.pop();
        if let Some(place) = closed.and_then(|level| self.nodes[level.node].place.as_mut()) {
            place.end = at + 1;
        }
    }

    #[inline]
    fn comma(&mut self) {
        if self.off > 0 {
            return;
        }
        if let Some(level) = self.levels.last_mut() {
            level.index += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse_with_spans;
    use super::*;

    /// Whatever is asked for, the places are those of the spans.
    fn check(text: &str, duplicate_keys: DuplicateKeys, pointers: &[&str]) {
        let options = ScanOptions { duplicate_keys, ..ScanOptions::default() };
        let (document, spans, _) = parse_with_spans(text.as_bytes(), 0, &options).unwrap();
        let expected: Vec<_> =
            pointers.iter().map(|pointer| spans.nearest(&document, pointer).value()).collect();
        let found = places(text.as_bytes(), pointers.iter().copied(), &options).unwrap();
        assert_eq!(found, expected, "{text} {duplicate_keys:?}");
    }

    #[test]
    fn places_are_those_of_the_spans() {
        let texts = [
            r#" {"a": [1, {"b\u0063": "x\n"}, [[2], 3 ]], "d/~":{}, "é" : true, "\ud800": [7], "0": {"0": 5} } "#,
            r#"{"a":[1,{"bc":[7]},[[8,9],3]],"d/~":{"x":1},"a":[4,{"y":1,"bc":2}],"0":[[0],1],"0":{"1":2}}"#,
            r#"[[1,2,{"a":3}],"x",{"a":{"b":1},"a":2},[],{},"0"]"#,
            "7",
        ];
        let pointers = [
            "",
            "/a",
            "/a/0",
            "/a/1/bc",
            "/a/1/bc/0",
            "/a/2/0/0",
            "/a/2/1",
            "/a/2",
            "/a/3",
            "/a/01",
            "/d~1~0",
            "/d~1~0/x",
            "/é",
            "/0/0",
            "/0/2/a",
            "/0/2",
            "/1",
            "/2/a/b",
            "/2/a",
            "/5",
            "/5/0",
            "/3/0",
            "/none",
            "/-",
        ];
        for text in texts {
            for duplicates in [DuplicateKeys::Report, DuplicateKeys::First, DuplicateKeys::Last] {
                check(text, duplicates, &pointers);
                for pointer in pointers {
                    check(text, duplicates, &[pointer]);
                }
            }
        }
    }
}
