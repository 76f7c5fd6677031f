//! Snapshots: what a store holds, as bytes that a later process reads.
//!
//! The idea: a file is a head and frames behind it ([`frame`]): one that says when and by whom it was written, one a
//! namespace with its limits, blocks of entries and of receipts, and an end with the counts and how far versions and sequences of events had come. Each frame is
//! compressed (LZ4 block format) and carries a checksum (BLAKE3, 128 bits) over itself and the checksum before it, so that
//! the checksum of the end speaks for the whole file.
//!
//! Promise:
//! - A file that is torn, changed in any byte, foreign, or of a later format is refused, and the error says what and where.
//! - No length is believed: at most [`MAX_FRAME_BYTES`] are read for a frame, memory grows as bytes arrive, and nothing
//!   is unpacked before its checksum was seen to fit.
//! - Times are those of the wall, so that what passes between two processes counts. If the clock was set back meanwhile,
//!   no time has passed; so an entry never gets more time than it had.
//!
//! Cost: one block of 256 KiB in memory, or one entry if that is larger; nothing is sought, so that a pipe will do.
//!
//! | Part | Bytes |
//! |---|---|
//! | head | 16 that name the format, 4 its version |
//! | frame | 1 kind, 4 length, 4 length as stored (the same: not compressed), 16 checksum, the content |
//!
//! Numbers are little-endian where their width is given, and LEB128 elsewhere.

mod about;
mod codec;
mod error;
mod frame;
mod read;
mod receipts;
mod record;
#[cfg(test)]
mod tests;
mod write;

pub use self::error::SnapshotError;
pub use self::frame::MAX_FRAME_BYTES;
pub(crate) use self::{
    about::{About, End},
    read::{Block, Part, Reader},
    receipts::{ReceiptBlock, ReceiptRecord},
    record::Record,
    write::Writer,
};

/// The version of the format that is written; older ones are read, later ones refused. Format 1 had neither receipts nor what
/// entries took to make.
pub const SNAPSHOT_FORMAT: u32 = 2;

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Saved {
    /// Namespaces.
    pub namespaces: u64,
    /// Entries of all of them.
    pub entries: u64,
    /// Bytes of the file.
    pub bytes: u64,
}

/// What was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Restored {
    /// Entries that are there again.
    pub entries: u64,
    /// Entries whose time was over.
    pub expired: u64,
    /// Entries that the limits of their namespace no longer take.
    pub left_out: u64,
    /// Writes that are answered as the first time if they are sent again.
    pub receipts: u64,
    /// Namespaces that the settings did not name, made as they were.
    pub namespaces_added: u64,
    /// Namespaces that the limits of the store do not take; their entries are among those left out.
    pub namespaces_left_out: u64,
    /// Seconds on the wall since it was written; 0 if the clock was set back.
    pub age_seconds: u64,
}
