//! The content hash: one number for all spellings of a document.
//!
//! BLAKE3 of the canonical form. Promise: white space, order of keys, escapes and the spelling of numbers do not count.
//! Numbers count as doubles: `9007199254740993` and `9007199254740992` have one hash, and the first of them gives a warning
//! `NUMBER_ROUNDED`, so two documents without that warning have one hash only if they are equal. Cost: the canonical form.

use crate::{Error, Report, ScanOptions};

use super::{Formatted, canonical};

/// Longest JSON text of a hash: 64 digits and two quotes.
const TEXT_BYTES: usize = 66;

/// The hash of `text`, and its warnings. Fails as the canonical form does: on an invalid text, a repeated key, half of a
/// surrogate pair, a number beyond all doubles, and on limits; `max_output_bytes` bounds the canonical form.
pub fn content_hash(text: &[u8], options: &ScanOptions) -> Result<([u8; 32], Report), Error> {
    let Formatted { text, report, .. } = canonical(text, options)?;
    Ok((*blake3::hash(&text).as_bytes(), report))
}

/// The hash as a JSON string.
pub(super) fn hash_text(text: &[u8], options: &ScanOptions) -> Result<Formatted, Error> {
    let canonical = canonical(text, options)?;
    let mut quoted = Vec::with_capacity(TEXT_BYTES);
    quoted.push(b'"');
    quoted.extend_from_slice(blake3::hash(&canonical.text).to_hex().as_bytes());
    quoted.push(b'"');
    Ok(Formatted { text: quoted, ..canonical })
}
