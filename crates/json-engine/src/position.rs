//! A place in a text, as people and editors name it.

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
