//! Leases, without the rates beside them.

#[path = "../../src/load/ask.rs"]
mod ask;
#[path = "../../src/load/error.rs"]
mod error;
#[path = "../../src/load/id.rs"]
mod id;
#[path = "../../src/load/leases.rs"]
mod leases;
#[path = "../../src/load/semaphores.rs"]
mod semaphores;
#[path = "../../src/load/waiting.rs"]
mod waiting;

pub(crate) use cache_engine::MAX_REFILL;

pub(crate) use self::{
    ask::{Ask, MAX_LEASE_LIMIT},
    error::LoadError,
    id::LeaseId,
    leases::{LeaseConfig, Leases},
    semaphores::Lease,
    waiting::Waiting,
};
