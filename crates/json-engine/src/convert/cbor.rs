//! CBOR, RFC 8949: one data item of any kind in, preferred serialisation out.
//!
//! Promise: what is not well-formed by the RFC's appendix C is refused, at its byte; integers, decimals and floats stay
//! exact. What JSON lacks has the forms of [`foreign`](super::foreign); `docs/formats/cbor.md` says which item has which.

mod bignum;
mod fraction;
mod half;
mod read;
mod write;

pub(super) use read::read;
pub(super) use write::write;

/// Unsigned integer.
const UNSIGNED: u8 = 0;
/// Negative integer: -1 minus the argument.
const NEGATIVE: u8 = 1;
/// Byte string.
const BYTES: u8 = 2;
/// Text string.
const TEXT: u8 = 3;
/// Array.
const ARRAY: u8 = 4;
/// Map.
const MAP: u8 = 5;
/// Tag.
const TAG: u8 = 6;
/// Simple values, floats and the break.
const SIMPLE: u8 = 7;

/// Tag of a date and time as text.
const DATETIME: u64 = 0;
/// Tag of a bignum from 0 on.
const BIGNUM: u64 = 2;
/// Tag of a bignum below 0: -1 minus the bytes.
const NEGATIVE_BIGNUM: u64 = 3;
/// Tag of a decimal fraction.
const DECIMAL: u64 = 4;
/// Tag of a fraction of two.
const BIGFLOAT: u64 = 5;
/// Tag of a date as text, RFC 8943.
const DATE: u64 = 1004;
/// Tag that says that CBOR follows, and nothing else.
const SELF_DESCRIBED: u64 = 55_799;

/// The break that ends an item of indefinite length.
const BREAK: u8 = 0xff;
