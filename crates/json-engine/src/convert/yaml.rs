//! YAML 1.2.2 by the core schema (chapter 10.3), in and out.
//!
//! The grammar is `granit-parser`'s, which gives events with places in bytes; what a scalar, a tag, an alias or a key
//! that is no text means in a document is decided here, so that numbers keep every digit. `docs/formats/yaml.md` says
//! which form everything takes.
//!
//! Promise: numbers and strings come through exactly, both ways; whatever a reader of YAML 1.1 or 1.2 would take for
//! something else is written in quotes. No input recurses by its depth, and an alias costs as many nodes as it stands
//! for. Cost: one pass over the text, one node a value; aliases share what they name.

mod compose;
mod continuation;
mod directive;
mod encoding;
mod frame;
mod keys;
mod lines;
mod marks;
mod quote;
mod read;
mod scalar;
mod strict;
mod tag;
mod unique;
mod write;

#[cfg(test)]
mod tests;

pub(super) use read::read;
pub(super) use write::{write, write_stream};
