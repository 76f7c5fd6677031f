//! Stories of the pair, from the outside: real sockets, real clients.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]
#![allow(clippy::print_stderr, reason = "a skipped test says so")]
#![allow(clippy::too_many_lines, reason = "a story is read from top to bottom")]

mod bad_input;
mod drain;
mod formats;
mod grpcurl;
mod http1;
mod observe;
mod peers;
mod rest_cache;
mod rest_json;
mod stories;
