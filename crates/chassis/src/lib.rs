//! Config and routes in, a well-behaved process out.
//!
//! A service is a list of gRPC services, a REST router and descriptors ([`Service`]); [`run`] serves it on one port
//! over HTTP/1.1 and HTTP/2 without TLS until its shutdown future resolves, then drains.
//!
//! Promise: every request has a deadline, a bound on its size and a place among a bounded number; a panic, an
//! overload, an unknown path or a dead client costs one call and nothing else; no in-flight call fails in a drain
//! that ends within its time.
//! Cost: one small wrapper around the router, no allocation of its own for a unary call beyond the boxed response
//! body.

mod accept;
mod admin;
pub mod config;
mod connection;
pub mod failure;
pub mod health;
pub mod histogram;
mod infrastructure;
pub mod limits;
mod lingering;
mod listen;
mod memory;
mod opening;
pub mod process;
pub mod rest;
mod run;
mod service;
pub mod settings;
mod signal;
mod stack;
pub mod tasks;
pub mod telemetry;

pub use config::Config;
pub use connection::{Connection, connection_of};
pub use failure::Failure;
pub use listen::listen;
pub use run::{Error, Opening, open_and_run, run};
pub use service::Service;
pub use signal::shutdown_signal;
pub use tasks::Tasks;

use context::Context;

/// The context of the request that carries these extensions (tonic: `request.extensions()`, axum: `parts.extensions`
/// or the `Extension<Context>` extractor). Its deadline is always set: the caller's or the default, cut to
/// `max_deadline`. A request that came by another way than [`run`] gets [`Context::background`].
pub fn context_of(extensions: &http::Extensions) -> Context {
    extensions.get::<Context>().cloned().unwrap_or_else(Context::background)
}
