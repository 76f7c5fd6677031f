//! The C ABI as its callers see it: codes, buffers, reports, and what must not be done.

#![allow(unsafe_code, reason = "the functions under test are those of a C library")]
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod arguments;
mod call;
mod contract;
mod convert;
mod format;
mod limits;
mod query;
mod threads;
mod validate;
