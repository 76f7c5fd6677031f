//! The chassis over real sockets, and its settings and failures from outside.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails, in its helpers too")]

mod cors;
mod deadline;
mod drain;
mod echo;
mod failure;
mod in_flight;
mod limits;
mod opening;
mod protocols;
mod server;
mod settings;
