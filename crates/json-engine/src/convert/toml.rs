//! TOML 1.1, of which 1.0 is a part: a reader, which can hold a text to 1.0, and a writer of what both allow.
//!
//! Tokens and the inside of strings and numbers are `toml_parser`'s, dates are checked by `toml_datetime`; the grammar is
//! our own, since theirs makes all tokens at once and goes on behind an error.
//!
//! Promise: integers of any size and floats keep their exact value; the reader is iterative. Cost: one pass over the
//! text, one look-up for each part of a key.

mod fault;
mod grammar;
mod integer;
mod read;
mod scalar;
mod shape;
mod text;
mod tree;
mod version;
mod write;

#[cfg(test)]
mod tests;

pub(super) use read::read;
pub(super) use version::Version;
pub(super) use write::write;
