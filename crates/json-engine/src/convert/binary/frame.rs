//! The open containers of the builder, and what a container becomes when it closes.

use std::collections::HashSet;
use std::ops::Range;

use crate::convert::foreign::{self, Foreign, Tag};
use crate::document::{Document, Key, Members};
use crate::pointer::Written;

use super::tree::Hint;

/// An open container or tag.
pub(super) struct Frame {
    pub(super) start: usize,
    /// Items that are still to come, keys counted; `None` until a break.
    pub(super) left: Option<u64>,
    /// Levels of the document that this becomes, as far as is known.
    pub(super) height: u32,
    pub(super) hint: Hint,
    /// Where the spans of its children begin.
    pub(super) spans_from: usize,
    pub(super) kind: Kind,
}

pub(super) enum Kind {
    Array(Vec<Document>),
    /// A map all of whose keys so far have a text, and the key whose value follows.
    Object(Members, Option<(Key, Range<usize>)>),
    /// A map with a key that is no text; only where foreign values are tagged.
    Pairs(Box<Pairs>),
    /// A tag, and its value once that is complete.
    Tag(Tag, Option<Document>),
}

/// A map that is no object.
#[derive(Default)]
pub(super) struct Pairs {
    pub(super) pairs: Vec<(Document, Document)>,
    pub(super) key: Option<Document>,
    /// The keys as JSON texts, to know duplicates.
    seen: HashSet<Vec<u8>, foldhash::fast::RandomState>,
}

impl Pairs {
    /// The members of an object that turns out to be none.
    pub(super) fn of(members: Members) -> Pairs {
        let mut pairs = Pairs::default();
        for (key, value) in members {
            let key = Document::from(key);
            pairs.seen.insert(text(&key));
            pairs.pairs.push((key, value));
        }
        pairs
    }

    /// Takes the key whose value follows; says how long its text is, and whether it is new.
    pub(super) fn begin(&mut self, key: Document) -> (usize, bool) {
        let text = text(&key);
        let length = text.len();
        self.key = Some(key);
        (length, self.seen.insert(text))
    }
}

/// The JSON text of a document.
pub(super) fn text(document: &Document) -> Vec<u8> {
    let mut text = Vec::new();
    crate::write::document(document, &mut text);
    text
}

/// An object in the form of [`foreign::map`].
pub(super) fn as_map(object: Document) -> Document {
    match object {
        Document::Obj(members) => foreign::map(
            members.iter().map(|(key, value)| (Document::from(key.clone()), value.clone())).collect(),
        ),
        other => other,
    }
}

/// The JSON Pointer of the value that comes next inside `open`.
pub(super) fn pointer(open: &[Frame], form: Foreign) -> String {
    way(open, form).finish()
}

fn way(open: &[Frame], form: Foreign) -> Written {
    let mut pointer = Written::default();
    for frame in open {
        match &frame.kind {
            Kind::Array(elements) => pointer.index(elements.len()),
            Kind::Object(_, Some((key, _))) => pointer.key(key.literal()),
            Kind::Object(_, None) => {}
            Kind::Pairs(pairs) => {
                let half = u32::from(pairs.key.is_some());
                pointer.form(&format!("/$map/{}/{half}", pairs.pairs.len()));
            }
            Kind::Tag(..) if form == Foreign::Tagged => pointer.form("/$value"),
            Kind::Tag(..) => {}
        }
    }
    pointer
}

/// The pointer of the member `key` of the map that is open last.
pub(super) fn member_pointer(open: &[Frame], form: Foreign, key: &str) -> String {
    let mut pointer = way(open, form);
    pointer.key(key);
    pointer.finish()
}

/// Bytes in RFC 4648 base16.
pub(super) fn base16(bytes: &[u8]) -> String {
    const DIGITS: [u8; 16] = *b"0123456789ABCDEF";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble & 15)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}
