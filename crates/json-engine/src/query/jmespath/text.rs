//! Strings of both kinds as bytes: UTF-8, or WTF-8 where a surrogate stands alone. Their bytes order as their code points.

use std::borrow::Cow;

use super::Run;
use crate::document::Document;
use crate::error::Error;
use crate::write::{surrogate_literal, unescape};

/// Bytes of a string that are worked on for one unit of the budget.
pub(super) const BYTES_PER_UNIT: u64 = 64;

/// How often a string that is made is gone over: put together, checked, and copied to its value.
const COPIES: u64 = 3;

/// The bytes of a string; `None` for another value.
pub(super) fn bytes(value: &Document) -> Option<Cow<'_, [u8]>> {
    match value {
        Document::Str(text) => Some(Cow::Borrowed(text.as_bytes())),
        Document::Surrogates(literal) => Some(Cow::Owned(unescape(literal.as_bytes()))),
        Document::Null | Document::Bool(_) | Document::Number(_) | Document::Arr(_) | Document::Obj(_) => {
            None
        }
    }
}

/// The bytes of a value that is known to be a string.
pub(super) fn of(value: &Document) -> Cow<'_, [u8]> {
    bytes(value).unwrap_or_default()
}

/// The string of these bytes, which were cut from strings or put together from them.
pub(super) fn string(bytes: Vec<u8>) -> Document {
    match String::from_utf8(bytes) {
        Ok(text) => Document::Str(text.into()),
        Err(error) => Document::Surrogates(surrogate_literal(error.as_bytes()).into()),
    }
}

/// Charges the time and memory of making a string of `length` bytes.
pub(super) fn make(length: u64, run: &Run<'_>) -> Result<(), Error> {
    run.meter.hold(length)?;
    run.meter.ask(length.saturating_mul(COPIES))?;
    run.meter.charge(length / BYTES_PER_UNIT)
}

/// Its code points, each as its bytes, from the last to the first.
pub(super) fn reversed(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut end = bytes.len();
    for at in (0..bytes.len()).rev().filter(|at| begins(bytes[*at])) {
        out.extend_from_slice(&bytes[at..end]);
        end = at;
    }
    out
}

/// How many code points there are.
pub(super) fn length(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| begins(**byte)).count()
}

/// Whether a code point begins with this byte.
fn begins(byte: u8) -> bool {
    byte & 0xc0 != 0x80
}
