//! The clients against small servers in this process.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod breaker;
mod connection;
mod deadline;
mod repetition;
mod server;
