//! JSON work, pure and synchronous: bytes in, bytes or values out.
//!
//! One scanner ([`scan`](crate::validate())) reads RFC 8259 strictly and alone gives the verdict; validating, formatting,
//! JSON Pointer and [`Document`](document::Document) all run on it, so no two operations can disagree about a text.
//! The file list reads as the pipeline: `limits scan validate format feed pointer number document parse write query patch schema
//! recipe`.
//!
//! Promise: no input, however hostile, recurses without bound, runs without bound or panics; what stops it is an
//! [`Error`] that names the limit. Numbers and strings stay byte-exact in every text operation.
//! Cost: text operations are one pass over the text and allocate by depth and by keys of the open objects only.

mod answer;
mod automaton;
mod budget;
pub mod convert;
mod diagnostic;
pub mod document;
mod duplicates;
mod equal;
mod error;
mod feed;
mod format;
mod input;
mod limits;
mod number;
mod parse;
pub mod patch;
pub mod pointer;
mod position;
pub mod query;
pub mod recipe;
mod scan;
pub mod schema;
mod spans;
mod validate;
mod write;

pub use budget::{Budget, Clock};
pub use diagnostic::{Code, Diagnostic, Fix, Report, Severity, Stats};
pub use error::{BudgetKind, Error, LimitKind, PatchFault};
pub use feed::{Feed, FeedLimits, FeedStyle};
pub use format::{FormatOptions, Formatted, Indent, KeyOrder, Numbers, Style, content_hash, format};
pub use limits::{DuplicateKeys, Limits, MAX_DEPTH, Profile, ScanOptions};
pub use position::Position;
pub use spans::Spans;
pub use validate::validate;

/// The version of the engine: answers of one version are the same on processors of one kind.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
