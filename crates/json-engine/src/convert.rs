//! Convert: one document, another serialisation.
//!
//! A reader a format makes a [`Document`], a writer a format writes it. What the target cannot hold is not dropped in
//! silence: each loss is listed with its place in the source, and strict fidelity refuses to lose anything.
//!
//! Promise: numbers and strings stay exact where the target can hold them; no reader recurses by the depth of its input,
//! and each stops at the limits of the text and of the budget. Cost: a parse and a write.

#![allow(dead_code, reason = "the readers and writers come with the next commits")]

pub(crate) mod build;
mod foreign;
mod losses;
mod serialization;

use crate::document::Document;
use crate::spans::Spans;
use crate::{Budget, DuplicateKeys, Error, Limits};

pub use foreign::Foreign;
pub use serialization::Format;

use build::Keep;
use losses::Losses;

/// What a reader is given besides the bytes.
pub(crate) struct Reading<'o> {
    pub(crate) limits: &'o Limits,
    pub(crate) duplicate_keys: DuplicateKeys,
    pub(crate) foreign: Foreign,
    pub(crate) keep: Keep,
    pub(crate) budget: &'o Budget,
}

/// What a writer is given besides the document.
pub(crate) struct Writing<'o> {
    pub(crate) foreign: Foreign,
    /// Longest answer, in bytes; more is `Error::Limit` with `LimitKind::Output`.
    pub(crate) max_output_bytes: u64,
    pub(crate) budget: &'o Budget,
}

/// What a reader gives.
pub(crate) struct Read {
    pub(crate) content: Content,
    /// What JSON cannot hold, and warnings such as duplicate keys.
    pub(crate) losses: Losses,
}

/// A document, or a stream of them; with their spans if they were to be kept.
pub(crate) enum Content {
    One(Document, Option<Spans>),
    Many(Vec<(Document, Option<Spans>)>),
}
