//! Where a node is: tracked when asked for, at no cost otherwise.

use std::rc::Rc;

/// A place that can name its children.
pub(super) trait Place: Clone {
    fn member(&self, key: &str) -> Self;
    /// The member whose key has half of a surrogate pair, by its literal.
    fn half(&self, literal: &str) -> Self;
    fn element(&self, index: usize) -> Self;
}

/// Nobody asked.
#[derive(Clone, Copy)]
pub(super) struct Nowhere;

impl Place for Nowhere {
    fn member(&self, _key: &str) -> Self {
        Nowhere
    }
    fn half(&self, _literal: &str) -> Self {
        Nowhere
    }
    fn element(&self, _index: usize) -> Self {
        Nowhere
    }
}

/// The way from the root, shared by all that begin alike.
#[derive(Clone)]
pub(super) struct Link(Option<Rc<(Link, Token)>>);

enum Token {
    Member(String),
    Half(String),
    Element(usize),
}

impl Link {
    pub(super) fn root() -> Self {
        Link(None)
    }

    /// RFC 9535 section 2.7.
    pub(super) fn normalized(&self) -> String {
        let mut tokens = Vec::new();
        let mut link = self;
        while let Some(node) = &link.0 {
            tokens.push(&node.1);
            link = &node.0;
        }
        let mut text = String::from("$");
        for token in tokens.into_iter().rev() {
            match token {
                Token::Element(index) => text.push_str(&format!("[{index}]")),
                Token::Member(key) => text.push_str(&format!("['{}']", escape(key))),
                // No name of RFC 9535 says it, so the path tells where and finds nothing; `"` needs no escape here.
                Token::Half(literal) => {
                    let literal = literal.replace("\\\"", "\"").replace('\'', "\\'");
                    text.push_str(&format!("['{literal}']"));
                }
            }
        }
        text
    }
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

impl Place for Link {
    fn member(&self, key: &str) -> Self {
        Link(Some(Rc::new((self.clone(), Token::Member(key.to_owned())))))
    }
    fn half(&self, literal: &str) -> Self {
        Link(Some(Rc::new((self.clone(), Token::Half(literal.to_owned())))))
    }
    fn element(&self, index: usize) -> Self {
        Link(Some(Rc::new((self.clone(), Token::Element(index)))))
    }
}
