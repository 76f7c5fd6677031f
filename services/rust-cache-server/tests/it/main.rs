//! The server as a process of its own, which can be killed.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails, in its helpers too")]

mod process;
mod signals;
mod snapshot;
