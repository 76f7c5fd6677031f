//! Why a snapshot is not written, or not believed.

use std::io;

/// What is wrong, and at which byte of the file.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// It cannot be written or read; what it holds was not looked at.
    #[error("input or output failed: {0}")]
    Io(#[from] io::Error),
    /// It does not begin as a snapshot does.
    #[error("it is no snapshot of the cache: its first 16 bytes are others")]
    Foreign,
    /// It was written by a later release.
    #[error("it has format {found}, and this release reads formats 1 to {known}")]
    Newer {
        /// Its format.
        found: u32,
        /// The latest that this release reads.
        known: u32,
    },
    /// It ends before its end.
    #[error("it is torn: it ends within the part that begins at byte {at}")]
    Torn {
        /// Where the part begins that is not whole.
        at: u64,
    },
    /// A checksum does not fit.
    #[error("it was changed: the checksum of the part at byte {at} does not fit")]
    Damaged {
        /// Where that part begins.
        at: u64,
    },
    /// A part says that it is larger than any that is written.
    #[error("the part at byte {at} says that it has {actual} bytes; allowed: {allowed}")]
    TooLarge {
        /// Where that part begins.
        at: u64,
        /// Most bytes of a part.
        allowed: u64,
        /// Bytes that it names.
        actual: u64,
    },
    /// Checksums fit, but it says what this release cannot read.
    #[error("the part at byte {at} cannot be read: {problem}")]
    Malformed {
        /// Where that part begins.
        at: u64,
        /// What is wrong with it.
        problem: String,
    },
    /// Something follows its end.
    #[error("bytes follow its end at byte {at}")]
    Trailing {
        /// Where it should have ended.
        at: u64,
    },
}

impl SnapshotError {
    /// The stable name of the reason, upper snake case.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Io(_) => "SNAPSHOT_IO",
            Self::Foreign => "SNAPSHOT_FOREIGN",
            Self::Newer { .. } => "SNAPSHOT_NEWER",
            Self::Torn { .. } => "SNAPSHOT_TORN",
            Self::Damaged { .. } => "SNAPSHOT_DAMAGED",
            Self::TooLarge { .. } => "SNAPSHOT_PART_BYTES_LIMIT",
            Self::Malformed { .. } => "SNAPSHOT_MALFORMED",
            Self::Trailing { .. } => "SNAPSHOT_TRAILING",
        }
    }
}
