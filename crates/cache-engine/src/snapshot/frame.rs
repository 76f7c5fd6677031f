//! Frames: parts of a file that are there as they were written, or refused.
//!
//! Promise: content is handed out only after its checksum, which depends on all frames before it, was seen to fit; a length is believed only as far as
//! bytes come, and at most [`MAX_FRAME_BYTES`]. Cost: 25 bytes a frame; a hash of what is stored, and LZ4; a reader holds one frame as it
//! is stored and as it is, a writer one as it is stored.

use std::io::{ErrorKind, Read, Write};

use super::{SNAPSHOT_FORMAT, SnapshotError};

/// Most bytes of one frame: the largest entry that any namespace takes, and a block around it.
pub const MAX_FRAME_BYTES: u64 = (1 << 30) + (1 << 20);

/// What every snapshot begins with: a name, and bytes that no text and no transfer in text mode leaves as they are.
const MAGIC: [u8; 16] = *b"rust-cache\xff\r\n\x1a\n\0";

/// Bytes of the magic and of the version behind it.
const HEAD_BYTES: usize = 20;

/// Bytes of a frame before its content.
const PREFIX_BYTES: usize = 9;

const CHECKSUM_BYTES: usize = 16;

/// LZ4 makes at most so many bytes of one.
const MOST_EXPANSION: u64 = 255;

type Checksum = [u8; CHECKSUM_BYTES];

/// What a frame holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    About = 1,
    Namespace = 2,
    Entries = 3,
    End = 4,
    Receipts = 5,
}

impl Kind {
    fn of(byte: u8) -> Option<Self> {
        let all = [Self::About, Self::Namespace, Self::Entries, Self::End, Self::Receipts];
        all.into_iter().find(|kind| *kind as u8 == byte)
    }
}

/// The checksum of a frame, which depends on all that was before it.
fn chained(before: &Checksum, prefix: &[u8], content: &[u8]) -> Checksum {
    let mut hasher = blake3::Hasher::new();
    hasher.update(before).update(prefix).update(content);
    let mut checksum = Checksum::default();
    checksum.copy_from_slice(&hasher.finalize().as_bytes()[..CHECKSUM_BYTES]);
    checksum
}

/// Writes frames.
pub(super) struct Frames<W> {
    to: W,
    last: Checksum,
    written: u64,
    packed: Vec<u8>,
}

impl<W: Write> Frames<W> {
    /// Writes the head.
    pub(super) fn begin(mut to: W) -> Result<Self, SnapshotError> {
        let mut head = MAGIC.to_vec();
        head.extend_from_slice(&SNAPSHOT_FORMAT.to_le_bytes());
        to.write_all(&head)?;
        let last = chained(&Checksum::default(), &head, &[]);
        Ok(Self { to, last, written: head.len() as u64, packed: Vec::new() })
    }

    /// Writes a frame; compressed, unless that makes it larger.
    pub(super) fn put(&mut self, kind: Kind, content: &[u8]) -> Result<(), SnapshotError> {
        self.packed.resize(lz4_flex::block::get_maximum_output_size(content.len()), 0);
        let packed = lz4_flex::block::compress_into(content, &mut self.packed).unwrap_or(content.len());
        let stored = if packed < content.len() { &self.packed[..packed] } else { content };
        let mut prefix = [kind as u8; PREFIX_BYTES];
        prefix[1..5].copy_from_slice(&length(content).to_le_bytes());
        prefix[5..].copy_from_slice(&length(stored).to_le_bytes());
        self.last = chained(&self.last, &prefix, stored);
        self.to.write_all(&prefix)?;
        self.to.write_all(&self.last)?;
        self.to.write_all(stored)?;
        self.written += (PREFIX_BYTES + CHECKSUM_BYTES + stored.len()) as u64;
        Ok(())
    }

    /// Hands the rest over and says how many bytes there are in all.
    pub(super) fn finish(mut self) -> Result<u64, SnapshotError> {
        self.to.flush()?;
        Ok(self.written)
    }
}

fn length(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len())
        .expect("an entry is at most 1 GiB and a block ends behind the first that fills it")
}

/// Reads frames.
pub(super) struct FrameReader<R> {
    from: R,
    last: Checksum,
    /// Where the next frame begins.
    at: u64,
    stored: Vec<u8>,
    content: Vec<u8>,
}

impl<R: Read> FrameReader<R> {
    /// Reads the head.
    pub(super) fn begin(mut from: R) -> Result<Self, SnapshotError> {
        let mut head = [0; HEAD_BYTES];
        let got = read_up_to(&mut from, &mut head)?;
        let magic = got.min(MAGIC.len());
        if head[..magic] != MAGIC[..magic] {
            return Err(SnapshotError::Foreign);
        }
        let (_, version) = head.split_at(MAGIC.len());
        let Ok(version) = version.try_into().map(u32::from_le_bytes) else {
            return Err(SnapshotError::Foreign);
        };
        match version {
            _ if got < HEAD_BYTES => return Err(SnapshotError::Torn { at: 0 }),
            1..=SNAPSHOT_FORMAT => {}
            0 => return Err(SnapshotError::Damaged { at: 0 }),
            found => return Err(SnapshotError::Newer { found, known: SNAPSHOT_FORMAT }),
        }
        let last = chained(&Checksum::default(), &head, &[]);
        Ok(Self { from, last, at: HEAD_BYTES as u64, stored: Vec::new(), content: Vec::new() })
    }

    /// The next frame, where it begins, and its content.
    pub(super) fn next(&mut self) -> Result<(Kind, u64, &[u8]), SnapshotError> {
        let at = self.at;
        let mut prefix = [0; PREFIX_BYTES];
        let mut checksum = Checksum::default();
        read_all(&mut self.from, &mut prefix, at)?;
        read_all(&mut self.from, &mut checksum, at)?;
        let (length, stored) = (number(&prefix[1..5]), number(&prefix[5..]));
        for actual in [length, stored] {
            if actual > MAX_FRAME_BYTES {
                return Err(SnapshotError::TooLarge { at, allowed: MAX_FRAME_BYTES, actual });
            }
        }
        self.stored.clear();
        (&mut self.from).take(stored).read_to_end(&mut self.stored)?;
        if (self.stored.len() as u64) < stored {
            return Err(SnapshotError::Torn { at });
        }
        if chained(&self.last, &prefix, &self.stored) != checksum {
            return Err(SnapshotError::Damaged { at });
        }
        self.last = checksum;
        self.at += (PREFIX_BYTES + CHECKSUM_BYTES) as u64 + stored;
        let malformed = |problem: &str| SnapshotError::Malformed { at, problem: problem.to_owned() };
        let kind = Kind::of(prefix[0]).ok_or_else(|| malformed("its kind is not known"))?;
        if length == stored {
            return Ok((kind, at, &self.stored));
        }
        if length > stored.saturating_mul(MOST_EXPANSION) {
            return Err(malformed("it says that it is larger than it can be"));
        }
        self.content.resize(usize::try_from(length).unwrap_or(usize::MAX), 0);
        match lz4_flex::block::decompress_into(&self.stored, &mut self.content) {
            Ok(unpacked) if unpacked == self.content.len() => Ok((kind, at, &self.content)),
            Ok(_) | Err(_) => Err(malformed("it does not unpack to the length that it says")),
        }
    }

    /// Sees that nothing follows.
    pub(super) fn end(&mut self) -> Result<(), SnapshotError> {
        match read_up_to(&mut self.from, &mut [0])? {
            0 => Ok(()),
            _ => Err(SnapshotError::Trailing { at: self.at }),
        }
    }
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// Fills `to`; too few bytes are a torn part that begins at `at`.
fn read_all(from: &mut impl Read, to: &mut [u8], at: u64) -> Result<(), SnapshotError> {
    if read_up_to(from, to)? < to.len() { Err(SnapshotError::Torn { at }) } else { Ok(()) }
}

/// Fills `to` as far as there are bytes, and says how far.
fn read_up_to(from: &mut impl Read, to: &mut [u8]) -> Result<usize, SnapshotError> {
    let mut got = 0;
    while got < to.len() {
        match from.read(&mut to[got..]) {
            Ok(0) => break,
            Ok(more) => got += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(got)
}
