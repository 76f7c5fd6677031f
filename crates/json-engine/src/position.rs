//! A place in a text, as people and editors name it.

use crate::scan::Cursor;

/// A place in a text. Made only for findings, never while scanning.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Position {
    /// Offset in bytes, 0-based.
    pub byte_offset: u64,
    /// Line, 1-based. Lines end at LF, CR LF or CR.
    pub line: u64,
    /// Column in Unicode scalar values, 1-based.
    pub column: u64,
    /// Column in UTF-16 code units, 1-based.
    pub column_utf16: u64,
    /// JSON Pointer (RFC 6901) of the innermost value that holds the place; empty is the root. A pointer over 16 KiB is
    /// cut there and ends with `…`.
    pub json_pointer: String,
    /// Record of a stream, 1-based; 0 when the text is not a stream.
    pub record: u64,
}

/// The positions of several offsets of one text, without pointers: one pass over it, and a search for each.
pub(crate) struct Positions {
    offsets: Vec<usize>,
    positions: Vec<Position>,
}

impl Positions {
    /// Costs the text up to the last of `offsets`, which need no order.
    pub(crate) fn of(text: &[u8], mut offsets: Vec<usize>) -> Positions {
        offsets.sort_unstable();
        offsets.dedup();
        let mut cursor = Cursor::default();
        let position = |offset: &usize| {
            cursor.advance(text, *offset);
            cursor.position(String::new())
        };
        let positions = offsets.iter().map(position).collect();
        Positions { offsets, positions }
    }

    /// The position of one of the offsets; of another only the byte is known.
    pub(crate) fn at(&self, offset: usize) -> Position {
        match self.offsets.binary_search(&offset) {
            Ok(index) => self.positions[index].clone(),
            Err(_) => Position { byte_offset: offset as u64, ..Position::default() },
        }
    }
}
