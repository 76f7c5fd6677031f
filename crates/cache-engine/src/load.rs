//! Load: how much callers may do, counted in the one place that all of them ask.
//!
//! The idea: [`Tokens`] answers whether somebody may act now, by a rate; [`Leases`] how many may act at the same time.
//! Neither knows who acts: both go by names that the callers give.
//!
//! Promise: never more than was allowed, whatever the threads and the clock do; every table is bounded, and a full one
//! refuses rather than forgets. Cost: a short lock on one of up to 64 parts for each name of a call.

mod ask;
mod error;
mod gcra;
mod id;
mod leases;
mod rate;
mod semaphores;
mod table;
mod tokens;
mod waiting;

pub use ask::{Ask, MAX_LEASE_LIMIT};
pub use error::LoadError;
pub use gcra::Decision;
pub use id::LeaseId;
pub use leases::{Acquired, Denied, LeaseConfig, Leases};
pub use rate::{MAX_REFILL, Rate, Take};
pub use semaphores::Lease;
pub use tokens::{TakeMode, Tokens};
pub use waiting::Waiting;
