//! Spans: where each value of a document stands in the text that it was read from.
//!
//! Kept on request beside a [`Document`](crate::document::Document), as a tree of the same shape: the n-th child belongs
//! to the n-th element or member. Cost: 32 bytes a value.

use std::ops::Range;

use crate::document::Document;
use crate::pointer::Pointer;

/// Where one value stands, and all below it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spans {
    value: (u32, u32),
    key: (u32, u32),
    children: Vec<Spans>,
}

impl Spans {
    /// A value at `value`, in bytes of the text.
    pub(crate) fn new(value: Range<usize>) -> Spans {
        Spans { value: pack(&value), key: (0, 0), children: Vec::new() }
    }

    /// The same value as the member whose key stands at `key`.
    pub(crate) fn under(self, key: &Range<usize>) -> Spans {
        Spans { key: pack(key), ..self }
    }

    /// The same value and all below it, standing at `value`.
    pub(crate) fn at(self, value: Range<usize>) -> Spans {
        Spans { value: pack(&value), ..self }
    }

    /// The same value with these elements or members.
    pub(crate) fn with(self, children: Vec<Spans>) -> Spans {
        Spans { children, ..self }
    }

    /// The same value as an element.
    pub(crate) fn unkeyed(self) -> Spans {
        Spans { key: (0, 0), ..self }
    }

    /// Bytes of the value.
    pub fn value(&self) -> Range<usize> {
        unpack(self.value)
    }

    /// Bytes of the key; empty at 0 for an element and for the root.
    pub fn key(&self) -> Range<usize> {
        unpack(self.key)
    }

    /// The spans of the n-th element or member.
    pub fn child(&self, index: usize) -> Option<&Spans> {
        self.children.get(index)
    }

    /// The spans of the value that `pointer` names in `document`, the document that was read together with these spans;
    /// `None` when it names nothing. Costs the length of the pointer.
    pub fn find(&self, document: &Document, pointer: &Pointer) -> Option<&Spans> {
        let (mut spans, mut present) = (self, document);
        for token in pointer.tokens() {
            let index = match present {
                Document::Obj(members) => members.get_index_of(token.as_str())?,
                Document::Arr(_) => crate::pointer::index(token)?,
                _ => return None,
            };
            present = match present {
                Document::Obj(members) => members.get_index(index)?.1,
                Document::Arr(elements) => elements.get(index)?,
                _ => return None,
            };
            spans = spans.child(index)?;
        }
        Some(spans)
    }

    /// The spans of the innermost value on the way of `pointer` that has some: of what a writer says about a value that has
    /// no place of its own. Costs the length of the pointer.
    pub(crate) fn nearest(&self, document: &Document, pointer: &str) -> &Spans {
        let (mut spans, mut present) = (self, document);
        for token in pointer.split('/').skip(1) {
            let below = match present {
                Document::Obj(members) => {
                    let key = token.replace("~1", "/").replace("~0", "~");
                    let index = members.get_index_of(key.as_str());
                    index.and_then(|index| Some((index, members.get_index(index)?.1)))
                }
                Document::Arr(elements) => crate::pointer::index(token)
                    .and_then(|index| elements.get(index).map(|element| (index, element))),
                Document::Null
                | Document::Bool(_)
                | Document::Number(_)
                | Document::Str(_)
                | Document::Surrogates(_) => None,
            };
            let Some((child, value)) = below.and_then(|(index, value)| Some((spans.child(index)?, value)))
            else {
                return spans;
            };
            (spans, present) = (child, value);
        }
        spans
    }
}

/// Texts are shorter than 4 GiB, so offsets fit.
fn pack(range: &Range<usize>) -> (u32, u32) {
    let fit = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
    (fit(range.start), fit(range.end))
}

fn unpack((start, end): (u32, u32)) -> Range<usize> {
    start as usize..end as usize
}
