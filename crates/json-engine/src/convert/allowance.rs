//! What the limits still allow: the one place where all readers but JSON's own count nodes, levels and digits.
//!
//! There are five builders, since what they build from differs: JSON's own takes its keys unhashed from two stacks; brackets
//! and rows nest; a binary item says its size beforehand, and any item can be a key; a stream of YAML is a graph whose nodes
//! are named and counted again; a table of TOML is added to later. One for all would keep for each open container what all
//! of them need, and be longer. What none may forget lies in one place: the limits here, pointers in
//! [`Written`](crate::pointer::Written), the error in [`Error::invalid`], charges in the meter. Cost: a comparison each, always
//! inlined, since an error that is returned goes through memory.

use crate::error::{Error, LimitKind};
use crate::{Limits, Position};

/// Longest JSON text, in bytes, that a key which is no text may become. The text of a key in a key is quoted and doubles
/// with each level, so that a few dozen bytes would else be a text of megabytes.
pub const MAX_KEY_TEXT: u64 = 64 << 10;

/// The nodes that a reader made, and what it may still make.
#[derive(Debug, Clone)]
pub(crate) struct Allowance {
    max_nodes: u64,
    max_depth: u64,
    max_digits: u64,
    nodes: u64,
}

impl Allowance {
    pub(crate) fn new(limits: &Limits) -> Allowance {
        Allowance {
            max_nodes: limits.max_nodes,
            max_depth: limits.max_depth.min(crate::MAX_DEPTH).into(),
            max_digits: limits.max_number_digits.into(),
            nodes: 0,
        }
    }

    /// Nodes so far.
    #[inline]
    pub(crate) fn used(&self) -> u64 {
        self.nodes
    }

    /// Deepest nesting that is allowed.
    #[inline]
    pub(crate) fn max_depth(&self) -> u64 {
        self.max_depth
    }

    /// Most digits of a number.
    #[inline]
    pub(crate) fn max_digits(&self) -> u64 {
        self.max_digits
    }

    /// Counts `nodes` more, the first of them at the byte `at`.
    #[inline(always)]
    pub(crate) fn nodes(&mut self, nodes: u64, at: usize) -> Result<(), Error> {
        self.nodes = self.nodes.saturating_add(nodes);
        within(LimitKind::Nodes, self.max_nodes, self.nodes, at)
    }

    /// Whether something may be nested so deep.
    #[inline(always)]
    pub(crate) fn depth(&self, depth: u64, at: usize) -> Result<(), Error> {
        within(LimitKind::Depth, self.max_depth, depth, at)
    }

    /// Whether a number may have so many digits.
    #[inline]
    pub(crate) fn digits(&self, digits: u64, at: usize) -> Result<(), Error> {
        within(LimitKind::NumberDigits, self.max_digits, digits, at)
    }

    /// Whether a number may have so long a literal; its digits are counted only where the literal is longer than allowed.
    #[inline(always)]
    pub(crate) fn literal(&self, literal: &str, at: usize) -> Result<(), Error> {
        if literal.len() as u64 <= self.max_digits {
            return Ok(());
        }
        self.digits(literal.bytes().filter(u8::is_ascii_digit).count() as u64, at)
    }
}

/// Whether the key at the byte `at`, which is no text, may become one of so many bytes.
pub(crate) fn check_key_text(length: usize, at: usize) -> Result<(), Error> {
    within(LimitKind::KeyText, MAX_KEY_TEXT, length as u64, at)
}

/// Whether a source may be so long. Spans hold offsets of 32 bits, so 4 GiB are too long whatever the limit is.
pub(crate) fn check_length(source: &[u8], limits: &Limits) -> Result<(), Error> {
    let (actual, allowed) = (source.len() as u64, limits.max_bytes.min(u64::from(u32::MAX)));
    if actual <= allowed {
        return Ok(());
    }
    Err(Error::Limit { limit: LimitKind::Bytes, allowed, actual, position: None })
}

#[inline(always)]
fn within(limit: LimitKind, allowed: u64, actual: u64, at: usize) -> Result<(), Error> {
    if actual <= allowed { Ok(()) } else { Err(breach(limit, allowed, actual, at)) }
}

/// A limit that the value at the byte `at` breaks; the reader's caller fills in line and column where the source is text.
#[cold]
pub(crate) fn breach(limit: LimitKind, allowed: u64, actual: u64, at: usize) -> Error {
    let position = Some(Position { byte_offset: at as u64, ..Position::default() });
    Error::Limit { limit, allowed, actual, position }
}
