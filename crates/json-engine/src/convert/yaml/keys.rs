//! Keys: what a key becomes, and members that share theirs.
//!
//! Cost: keys of objects that are alike, as in a list of records, are allocated once.

use std::hash::{BuildHasher as _, Hasher as _};
use std::ops::Range;
use std::sync::Arc;

use super::compose::Composer;
use super::frame::{Body, Name, Node, Open, json};
use crate::convert::Foreign;
use crate::convert::allowance::check_key_text;
use crate::convert::build::Keep;
use crate::document::Document;
use crate::pointer::cut;
use crate::{Code, DuplicateKeys, Error};

/// How many keys are remembered, and the longest of them in bytes.
const KEYS: usize = 256;
const LONGEST_KEY: usize = 32;

/// Keys that were met lately, by their hash.
pub(super) struct Keys(Box<[Option<Arc<str>>; KEYS]>);

impl Default for Keys {
    fn default() -> Self {
        Keys(Box::new([const { None }; KEYS]))
    }
}

impl Keys {
    fn share(&mut self, text: &str) -> Arc<str> {
        let mut hasher = foldhash::fast::FixedState::default().build_hasher();
        hasher.write(text.as_bytes());
        let present = &mut self.0[hasher.finish() as usize % KEYS];
        match present {
            Some(key) if **key == *text => Arc::clone(key),
            _ => Arc::clone(present.insert(text.into())),
        }
    }
}

impl Composer<'_> {
    /// `text` as it is kept; keys of objects that are alike are one.
    #[inline]
    pub(super) fn share(&mut self, text: &str) -> Arc<str> {
        if text.len() > LONGEST_KEY || !self.wants_key() {
            return text.into();
        }
        self.keys.share(text)
    }

    #[inline]
    pub(super) fn wants_key(&self) -> bool {
        matches!(self.open.last(), Some(Open { body: Body::Mapping(_, None), .. }))
    }

    /// The node is the key of the member that follows.
    pub(super) fn key(&mut self, node: Node, place: Range<usize>) -> Result<(), Error> {
        let name = match (node.document, self.reading.foreign) {
            (Document::Str(text), _) => Name::Text(text),
            (document, Foreign::Tagged) => Name::Node(document),
            (document, Foreign::Plain) => Name::Text(self.key_text(&document, node.is_absent, &place)?),
        };
        // Comparing a key costs its length, and a key of an alias is longer than its text.
        let length = match &name {
            Name::Text(text) => text.len() as u64,
            Name::Node(_) => 64 * node.nodes,
        };
        self.meter.charge(1 + length / 64)?;
        if let Some(Open { body: Body::Mapping(_, present), .. }) = self.open.last_mut() {
            *present = Some((name, place));
        }
        Ok(())
    }

    /// The JSON text of a key that is no text; an absent one is empty.
    fn key_text(&mut self, key: &Document, is_absent: bool, place: &Range<usize>) -> Result<Arc<str>, Error> {
        let text = if is_absent { String::new() } else { json(key) };
        check_key_text(text.len(), place.start)?;
        self.meter.hold(text.len() as u64)?;
        self.meter.charge(text.len() as u64 / 16)?;
        let message = || format!("a key that is no text became the text \"{}\"", cut(&text));
        self.lose(Code::KeyAsText, message, place.clone());
        Ok(text.into())
    }

    /// The node is the value of the member whose key came before.
    pub(super) fn member(&mut self, node: Node) -> Result<(), Error> {
        let Some(Open { body: Body::Mapping(mapping, present), .. }) = self.open.last_mut() else {
            return Ok(());
        };
        let Some((name, place)) = present.take() else {
            return Ok(());
        };
        if self.reading.duplicate_keys == DuplicateKeys::First
            && let Some(index) = mapping.index_of(&name)
        {
            let key = cut(&mapping.key(index));
            return self.duplicate(&key, place);
        }
        let (members, index) = (mapping.len(), mapping.insert(name, node.document));
        if index < members {
            let key = cut(&mapping.key(index));
            self.duplicate(&key, place.clone())?;
        }
        if self.reading.keep == Keep::Spans
            && let Some(open) = self.open.last_mut()
        {
            let spans = node.spans.under(&place);
            match open.spans.get_mut(index) {
                Some(present) => *present = spans,
                None => open.spans.push(spans),
            }
        }
        Ok(())
    }

    /// Keys are unique (YAML 1.2.2 section 3.2.1.3).
    fn duplicate(&mut self, key: &str, place: Range<usize>) -> Result<(), Error> {
        match self.reading.duplicate_keys {
            DuplicateKeys::Report | DuplicateKeys::First | DuplicateKeys::Last => {
                let what = "stands in this mapping already; only one of the members is kept";
                self.lose(Code::DuplicateDropped, || format!("the key {key} {what}"), place);
                Ok(())
            }
            DuplicateKeys::Reject => {
                let message = format!("the key {key} stands in this mapping already; keys are unique");
                Err(self.invalid(Code::DuplicateKey, message, place))
            }
        }
    }
}
