//! Writing: entries come in batches and leave in blocks.
//!
//! Promise: what was written can be read only when the end is there, too; a block is of one namespace, and an entry is never cut. Times are
//! those of when an entry was looked at. Cost: a copy of each entry into the block, of 256 KiB or of the one entry that is larger; nothing is
//! sought, and no lock is held.

use std::{io::Write, time::SystemTime};

use super::{
    About, End, Saved, SnapshotError,
    about::encode_namespace,
    codec::put_number,
    frame::{Frames, Kind},
    receipts::{self, ReceiptRecord},
    record,
};
use crate::{Found, NamespaceConfig, Timestamp, policy::Cost};

/// A block is written when it has so many bytes.
const BLOCK_BYTES: usize = 256 << 10;

/// Receipts of a frame, at most some 100 bytes each.
const RECEIPTS_AT_ONCE: usize = 2_048;

/// Bytes at the start of a block that say when the last of its entries was looked at.
const MOMENT_BYTES: usize = 8;

/// Writes a snapshot: first the namespaces, then the batches of each, then the end.
pub(crate) struct Writer<W> {
    frames: Frames<W>,
    origin: Timestamp,
    namespaces: u64,
    /// Of which namespace the block is.
    current: u64,
    block: Vec<u8>,
    last_look: Timestamp,
    entries: u64,
}

impl<W: Write> Writer<W> {
    /// Begins at this moment of the clock of the store, which is `wall` on the wall; `tokens_end` is above all fencing
    /// tokens that were given.
    pub(crate) fn begin(
        to: W,
        now: Timestamp,
        wall: SystemTime,
        tokens_end: u64,
    ) -> Result<Self, SnapshotError> {
        let mut frames = Frames::begin(to)?;
        let mut block = Vec::with_capacity(BLOCK_BYTES + BLOCK_BYTES / 4);
        let engine = env!("CARGO_PKG_VERSION").to_owned();
        About { begun: wall, engine, tokens_end }.encode(&mut block);
        frames.put(Kind::About, &block)?;
        block.clear();
        Ok(Self { frames, origin: now, namespaces: 0, current: 0, block, last_look: now, entries: 0 })
    }

    /// Adds a namespace.
    pub(crate) fn namespace(&mut self, config: &NamespaceConfig) -> Result<(), SnapshotError> {
        let mut content = Vec::new();
        encode_namespace(config, &mut content);
        self.namespaces += 1;
        self.frames.put(Kind::Namespace, &content)
    }

    /// Adds entries of the namespace at this place, which were looked at before `now`.
    pub(crate) fn batch(
        &mut self,
        namespace: u64,
        now: Timestamp,
        batch: &[(Found, Cost)],
    ) -> Result<(), SnapshotError> {
        if namespace != self.current {
            self.flush()?;
            self.current = namespace;
        }
        for (Found { key, entry }, cost) in batch {
            if self.block.is_empty() {
                self.block.extend_from_slice(&[0; MOMENT_BYTES]);
                put_number(&mut self.block, namespace);
            }
            record::encode(key, (entry, *cost), self.origin, &mut self.block);
            self.entries += 1;
            self.last_look = now;
            if self.block.len() >= BLOCK_BYTES {
                self.flush()?;
            }
        }
        Ok(())
    }

    /// Adds the receipts of the namespace at this place, which were copied at `now`, with the key of their fingerprints.
    pub(crate) fn receipts(
        &mut self,
        namespace: u64,
        now: Timestamp,
        (key, check): (&[u8; 32], u64),
        records: &[ReceiptRecord],
    ) -> Result<(), SnapshotError> {
        self.flush()?;
        let looked_at = now.since(self.origin);
        for batch in records.chunks(RECEIPTS_AT_ONCE) {
            receipts::begin(namespace, looked_at, key, check, &mut self.block);
            batch.iter().for_each(|record| receipts::encode(record, &mut self.block));
            self.frames.put(Kind::Receipts, &self.block)?;
            self.block.clear();
        }
        Ok(())
    }

    /// Ends it; `numbers` are above all versions and sequences that each namespace gave.
    pub(crate) fn finish(mut self, numbers: Vec<u64>) -> Result<Saved, SnapshotError> {
        self.flush()?;
        let mut content = Vec::new();
        End { entries: self.entries, numbers }.encode(&mut content);
        self.frames.put(Kind::End, &content)?;
        Ok(Saved { namespaces: self.namespaces, entries: self.entries, bytes: self.frames.finish()? })
    }

    fn flush(&mut self) -> Result<(), SnapshotError> {
        if self.block.is_empty() {
            return Ok(());
        }
        let nanos = u64::try_from(self.last_look.since(self.origin).as_nanos()).unwrap_or(u64::MAX);
        self.block[..MOMENT_BYTES].copy_from_slice(&nanos.to_le_bytes());
        self.frames.put(Kind::Entries, &self.block)?;
        self.block.clear();
        self.block.shrink_to(2 * BLOCK_BYTES);
        Ok(())
    }
}
