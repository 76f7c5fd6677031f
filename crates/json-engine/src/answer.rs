//! Answers: documents as text, never longer than allowed. A document that was patched or made can share a part a million
//! times, so its text can be far longer than its memory.

use crate::budget::Meter;
use crate::document::Document;
use crate::error::{Error, LimitKind};
use crate::write;

/// `document` without white space, at most `allowed` bytes. Recurses by its depth, at most 512.
pub(crate) fn written(document: &Document, allowed: u64, meter: &Meter<'_>) -> Result<Vec<u8>, Error> {
    counted(document, allowed, meter).map(|(text, _)| text)
}

/// The same, and how many values it has.
pub(crate) fn counted(document: &Document, allowed: u64, meter: &Meter<'_>) -> Result<(Vec<u8>, u64), Error> {
    let mut writer = Writer::new(allowed, meter);
    writer.value(document)?;
    let nodes = writer.nodes;
    Ok((writer.finish()?, nodes))
}

/// Refuses an answer that is too long.
pub(crate) fn check_output(actual: u64, allowed: u64) -> Result<(), Error> {
    if actual <= allowed {
        return Ok(());
    }
    Err(Error::Limit { limit: LimitKind::Output, allowed, actual, position: None })
}

/// A text that documents are written to, one behind the other.
pub(crate) struct Writer<'a, 'b> {
    out: Vec<u8>,
    allowed: u64,
    meter: &'a Meter<'b>,
    nodes: u64,
}

impl<'a, 'b> Writer<'a, 'b> {
    /// An empty text that may come to have `allowed` bytes.
    pub(crate) fn new(allowed: u64, meter: &'a Meter<'b>) -> Writer<'a, 'b> {
        Writer { out: Vec::new(), allowed, meter, nodes: 0 }
    }

    /// Appends a byte between documents.
    pub(crate) fn byte(&mut self, byte: u8) {
        self.out.push(byte);
    }

    /// The text.
    pub(crate) fn finish(self) -> Result<Vec<u8>, Error> {
        self.check()?;
        Ok(self.out)
    }

    /// Appends `document` without white space. Recurses by its depth, at most 512.
    pub(crate) fn value(&mut self, document: &Document) -> Result<(), Error> {
        self.meter.charge(1)?;
        self.check()?;
        self.nodes += 1;
        match document {
            Document::Arr(elements) => {
                self.out.push(b'[');
                for (index, element) in elements.iter().enumerate() {
                    self.separate(index);
                    self.value(element)?;
                }
                self.out.push(b']');
            }
            Document::Obj(members) => {
                self.out.push(b'{');
                for (index, (key, value)) in members.iter().enumerate() {
                    self.separate(index);
                    write::key(key, &mut self.out);
                    self.out.push(b':');
                    self.value(value)?;
                }
                self.out.push(b'}');
            }
            Document::Null
            | Document::Bool(_)
            | Document::Number(_)
            | Document::Str(_)
            | Document::Surrogates(_) => write::document(document, &mut self.out),
        }
        Ok(())
    }

    fn separate(&mut self, index: usize) {
        if index > 0 {
            self.out.push(b',');
        }
    }

    fn check(&self) -> Result<(), Error> {
        check_output(self.out.len() as u64, self.allowed)
    }
}
