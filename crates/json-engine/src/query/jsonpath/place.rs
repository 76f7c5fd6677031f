//! Where a node is: tracked when asked for, at no cost otherwise.
//!
//! Cost: a counted reference a step where it is tracked.

use std::rc::Rc;

use crate::Spans;
use crate::document::{Document, Key, Members};
use crate::pointer;

/// A place that can name its children.
pub(in crate::query) trait Place<'d>: Clone {
    /// Memory that a kept one holds, in bytes.
    const BYTES: u64;
    /// The member at `index`, which has this key.
    fn member(&self, key: &'d Key, index: usize) -> Self;
    /// The element at `index`.
    fn element(&self, index: usize) -> Self;
}

/// Nobody asked.
#[derive(Clone, Copy)]
pub(super) struct Nowhere;

impl<'d> Place<'d> for Nowhere {
    const BYTES: u64 = 0;

    fn member(&self, _key: &'d Key, _index: usize) -> Self {
        Nowhere
    }
    fn element(&self, _index: usize) -> Self {
        Nowhere
    }
}

/// The way from the root, shared by all that begin alike.
#[derive(Clone)]
pub(in crate::query) struct Link<'d>(Option<Rc<(Link<'d>, Token<'d>)>>);

#[derive(Clone, Copy)]
enum Token<'d> {
    Member(&'d Key, usize),
    Element(usize),
}

impl<'d> Link<'d> {
    pub(in crate::query) fn root() -> Self {
        Link(None)
    }

    /// The way that `pointer` takes in `document`, which has what it names.
    pub(in crate::query) fn along(pointer: &pointer::Pointer, document: &'d Document) -> Self {
        let (mut link, mut present) = (Link::root(), document);
        for token in pointer.tokens() {
            let below = match present {
                Document::Obj(members) => {
                    named(members, token).map(|(at, key, value)| (link.member(key, at), value))
                }
                Document::Arr(elements) => pointer::index(token)
                    .and_then(|at| elements.get(at).map(|element| (link.element(at), element))),
                Document::Null
                | Document::Bool(_)
                | Document::Number(_)
                | Document::Str(_)
                | Document::Surrogates(_) => None,
            };
            let Some((place, value)) = below else { break };
            (link, present) = (place, value);
        }
        link
    }

    fn tokens(&self) -> Vec<Token<'d>> {
        let (mut tokens, mut link) = (Vec::new(), self);
        while let Some(node) = &link.0 {
            tokens.push(node.1);
            link = &node.0;
        }
        tokens.reverse();
        tokens
    }

    /// RFC 9535 section 2.7.
    pub(in crate::query) fn normalized(&self) -> String {
        let mut text = String::from("$");
        for token in self.tokens() {
            match token {
                Token::Element(index) => text.push_str(&format!("[{index}]")),
                Token::Member(Key::Text(key), _) => text.push_str(&format!("['{}']", escape(key))),
                // No name of RFC 9535 says it, so the path tells where and finds nothing; `"` needs no escape here.
                Token::Member(Key::Surrogates(literal), _) => {
                    let literal = literal.replace("\\\"", "\"").replace('\'', "\\'");
                    text.push_str(&format!("['{literal}']"));
                }
            }
        }
        text
    }

    /// As a JSON Pointer; a key that is no text stands there by its literal.
    pub(in crate::query) fn pointer(&self) -> String {
        let token = |token| match token {
            Token::Element(index) => format!("/{index}"),
            Token::Member(key, _) => format!("/{}", pointer::escape(key.literal())),
        };
        self.tokens().into_iter().map(token).collect()
    }

    /// The spans of the node, below those of the document.
    pub(in crate::query) fn spans<'s>(&self, root: &'s Spans) -> Option<&'s Spans> {
        self.tokens().into_iter().try_fold(root, |spans, token| match token {
            Token::Element(index) | Token::Member(_, index) => spans.child(index),
        })
    }
}

/// The member `name`, with its place.
pub(super) fn named<'d>(members: &'d Members, name: &str) -> Option<(usize, &'d Key, &'d Document)> {
    let at = members.get_index_of(name)?;
    members.get_index(at).map(|(key, value)| (at, key, value))
}

fn escape(key: &str) -> String {
    let mut out = String::with_capacity(key.len());
    for character in key.chars() {
        match character {
            '\'' => out.push_str("\\'"),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => out.push(other),
        }
    }
    out
}

impl<'d> Place<'d> for Link<'d> {
    const BYTES: u64 = 64;

    fn member(&self, key: &'d Key, index: usize) -> Self {
        Link(Some(Rc::new((self.clone(), Token::Member(key, index)))))
    }
    fn element(&self, index: usize) -> Self {
        Link(Some(Rc::new((self.clone(), Token::Element(index)))))
    }
}
