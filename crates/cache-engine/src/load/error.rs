//! What can go wrong with tokens and leases. A refusal is an answer, not an error.

use std::time::Duration;

use super::{MAX_LEASE_LIMIT, MAX_REFILL};

/// Why tokens or a lease could not be decided on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// The rate cannot be kept.
    #[error(
        "a rate has 1 to 1,000,000,000 tokens a second, a burst of at least 1, and fills up within {} days; this one does not",
        MAX_REFILL.as_secs() / 86_400
    )]
    RateInvalid,
    /// More tokens than the burst holds, so that they could never be taken.
    #[error("a take costs at most the burst of {allowed} tokens; this one costs {actual}")]
    CostInvalid {
        /// Most tokens of one take.
        allowed: u64,
        /// Tokens asked for.
        actual: u64,
    },
    /// As many keys are limited at the moment as may be; one is free again when its tokens are.
    #[error("{allowed} keys have tokens out, which is as many as may")]
    LimitKeys {
        /// Most keys at once.
        allowed: usize,
    },
    /// A semaphore of this size cannot be.
    #[error("a name is leased to 1 to {MAX_LEASE_LIMIT} holders; this limit is {actual}")]
    LeaseLimitInvalid {
        /// Holders asked for.
        actual: u32,
    },
    /// The time of the lease is zero or too long.
    #[error("a lease lasts above zero and at most {allowed:?}; this one {actual:?}")]
    LeaseTtlInvalid {
        /// The longest allowed.
        allowed: Duration,
        /// The one given.
        actual: Duration,
    },
    /// The text is not the id of a lease.
    #[error("this is not the id of a lease; allowed: what AcquireLease gave")]
    LeaseIdInvalid,
    /// As many leases are held and waited for as may be.
    #[error("{allowed} leases are held or waited for, which is as many as may")]
    Leases {
        /// Most of them.
        allowed: usize,
    },
    /// As many callers wait for this name as may.
    #[error("{allowed} callers wait for a lease of this name, which is as many as may")]
    LeaseWaiters {
        /// Most of them.
        allowed: usize,
    },
    /// The computation is over, or another caller's.
    #[error("this lease is over: it was completed, or its time was and another caller has it")]
    ClaimLost,
}

impl LoadError {
    /// The stable name of the reason, upper snake case; part of the contract and never changed.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::RateInvalid => "RATE_INVALID",
            Self::CostInvalid { .. } => "COST_INVALID",
            Self::LimitKeys { .. } => "LIMIT_KEYS_LIMIT",
            Self::LeaseLimitInvalid { .. } => "LEASE_LIMIT_INVALID",
            Self::LeaseTtlInvalid { .. } => "LEASE_TTL_INVALID",
            Self::LeaseIdInvalid => "LEASE_ID_INVALID",
            Self::Leases { .. } => "LEASES_LIMIT",
            Self::LeaseWaiters { .. } => "LEASE_WAITERS_LIMIT",
            Self::ClaimLost => "LEASE_LOST",
        }
    }
}
