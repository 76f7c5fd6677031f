//! What the binary formats CBOR and MessagePack share: a cursor, a builder of documents and a walk over them.
//!
//! Both have lengths before contents, keys of any kind and values that JSON lacks, and neither has lines. So one builder
//! and one walk serve both, and each format is little more than its initial bytes.

mod frame;
pub(super) mod output;
mod place;
pub(super) mod read;
pub(super) mod source;
pub(super) mod tree;
pub(super) mod walk;

use crate::Error;

/// What a step of a reader or writer gives. Boxed, so that the way without an error passes its results in registers.
pub(super) type Step<T = ()> = Result<T, Box<Error>>;

#[cfg(test)]
mod tests;
