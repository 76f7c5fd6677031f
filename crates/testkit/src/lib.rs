//! The pair in one process, on free ports of the loopback address; for tests, benchmarks and examples.
//!
//! Promise: [`Pair::start`] returns when both services take connections; [`Pair::stop`] drains both and fails if a
//! drain was not clean.

pub mod fault;
pub mod hostile;
pub mod linear;
mod pair;
mod shared;

pub use fault::{Fault, Plug, StandIn};
pub use pair::{Pair, PairConfig, Plugged, Running, bind, start_cache, start_json};
pub use shared::{missing, shared};
