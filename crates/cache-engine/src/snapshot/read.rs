//! Reading: parts in the order in which they were written, each only after it was seen to be as it was written.
//!
//! Promise: namespaces come first, a block names one of them, and the counts of the end are those of what came; anything else is refused with the byte at
//! which its frame begins. What is refused late was handed out in part before, so that the reader of it must drop what it made. Cost: one block of
//! entries in memory.

use std::{io::Read, time::Duration};

use super::{
    About, End, Record, SnapshotError,
    about::decode_namespace,
    codec::{Cursor, Problem},
    frame::{FrameReader, Kind},
    receipts::{self, ReceiptBlock},
    record,
};
use crate::NamespaceConfig;

/// A part.
#[derive(Debug)]
pub(crate) enum Part {
    /// A namespace; they come before all entries.
    Namespace(NamespaceConfig),
    /// Entries of a namespace.
    Block(Block),
    /// Receipts of a namespace.
    Receipts(ReceiptBlock),
    /// The end; nothing follows.
    End(End),
}

/// Some entries of one namespace.
#[derive(Debug)]
pub(crate) struct Block {
    /// Place of the namespace.
    pub(crate) namespace: usize,
    /// How long after the beginning the last of them was looked at.
    pub(crate) looked_at: Duration,
    /// The entries.
    pub(crate) records: Vec<Record>,
}

/// Reads a snapshot.
pub(crate) struct Reader<R> {
    frames: FrameReader<R>,
    about: About,
    namespaces: usize,
    has_entries: bool,
    entries: u64,
}

impl<R: Read> Reader<R> {
    /// Reads its beginning.
    pub(crate) fn begin(from: R) -> Result<Self, SnapshotError> {
        let mut frames = FrameReader::begin(from)?;
        let about = match frames.next()? {
            (Kind::About, at, content) => About::decode(content).map_err(malformed(at))?,
            (Kind::Namespace | Kind::Entries | Kind::End | Kind::Receipts, at, _) => {
                return Err(malformed(at)("it does not begin with its time".to_owned()));
            }
        };
        Ok(Self { frames, about, namespaces: 0, has_entries: false, entries: 0 })
    }

    /// When and by whom it was written.
    pub(crate) fn about(&self) -> &About {
        &self.about
    }

    /// The next part. After [`Part::End`] there is none, and the whole is as it was written.
    pub(crate) fn next(&mut self) -> Result<Part, SnapshotError> {
        match self.frames.next()? {
            (Kind::Namespace, at, content) => {
                if self.has_entries {
                    return Err(malformed(at)("a namespace comes after entries".to_owned()));
                }
                let config = decode_namespace(content).map_err(malformed(at))?;
                self.namespaces += 1;
                Ok(Part::Namespace(config))
            }
            (Kind::Entries, at, content) => {
                let block = decode_block(content, self.namespaces).map_err(malformed(at))?;
                self.has_entries = true;
                self.entries += block.records.len() as u64;
                Ok(Part::Block(block))
            }
            (Kind::Receipts, at, content) => {
                let block = receipts::decode(content, self.namespaces).map_err(malformed(at))?;
                self.has_entries = true;
                Ok(Part::Receipts(block))
            }
            (Kind::End, at, content) => {
                let end = End::decode(content).map_err(malformed(at))?;
                if (end.entries, end.numbers.len()) != (self.entries, self.namespaces) {
                    return Err(malformed(at)("its counts are not those of what came before".to_owned()));
                }
                self.frames.end()?;
                Ok(Part::End(end))
            }
            (Kind::About, at, _) => Err(malformed(at)("it begins twice".to_owned())),
        }
    }
}

fn decode_block(content: &[u8], namespaces: usize) -> Result<Block, Problem> {
    let mut cursor = Cursor::new(content);
    let looked_at = Duration::from_nanos(cursor.fixed()?);
    let namespace = usize::try_from(cursor.number()?).unwrap_or(usize::MAX);
    if namespace >= namespaces {
        return Err(format!("its entries are of namespace {namespace}, and there are {namespaces}"));
    }
    let mut records = Vec::new();
    while !cursor.is_at_end() {
        records.push(record::decode(&mut cursor)?);
    }
    Ok(Block { namespace, looked_at, records })
}

fn malformed(at: u64) -> impl FnOnce(Problem) -> SnapshotError {
    move |problem| SnapshotError::Malformed { at, problem }
}
