//! What bounds the work on one document. There is no "unlimited".

/// Deepest nesting that any caller can ask for, in levels.
pub const MAX_DEPTH: u32 = 512;

/// Limits of one operation. A breach is [`Error::Limit`](crate::Error::Limit), never a verdict on the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest text, in bytes; values from 4 GiB on act as 4 GiB - 1. Default 4 MiB.
    pub max_bytes: u64,
    /// Deepest nesting, in levels; a scalar at the root has depth 0. Default 128; values over [`MAX_DEPTH`] act as
    /// [`MAX_DEPTH`].
    pub max_depth: u32,
    /// Most values of any kind, members' values and elements included. Default 1,000,000.
    pub max_nodes: u64,
    /// Most digits of one number, exponent included. Default 1,000.
    pub max_number_digits: u32,
    /// Most findings that are kept; all are counted. Default 100.
    pub max_diagnostics: u32,
    /// Longest answer, in bytes. Default 4 MiB.
    pub max_output_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            max_bytes: 4 << 20,
            max_depth: 128,
            max_nodes: 1_000_000,
            max_number_digits: 1_000,
            max_diagnostics: 100,
            max_output_bytes: 4 << 20,
        }
    }
}

/// What is done about an object that has a key twice. RFC 8259 section 4 allows it and leaves its meaning open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DuplicateKeys {
    /// A warning for each; text operations keep every member, look-ups use the last.
    #[default]
    Report,
    /// An error for each: the document is not valid.
    Reject,
    /// The first member with a key counts, everywhere; a warning (DUPLICATE_DROPPED) for each that is dropped.
    First,
    /// The last member with a key counts, everywhere; a warning (DUPLICATE_DROPPED) for each that replaces another.
    Last,
}

/// What [`validate`](crate::validate()) reports beyond the grammar; the verdict stays the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Profile {
    /// Nothing: JSON by RFC 8259.
    #[default]
    Json,
    /// I-JSON, RFC 7493: a warning for each number that a double does not hold, and for each noncharacter. Surrogates that
    /// stand alone and duplicate keys are reported without being asked for.
    IJson,
}

/// How a text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ScanOptions {
    /// The limits.
    pub limits: Limits,
    /// What is done about duplicate keys.
    pub duplicate_keys: DuplicateKeys,
    /// What is reported beyond the grammar.
    pub profile: Profile,
}
