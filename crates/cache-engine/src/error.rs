//! What can go wrong, one variant for each thing that a caller can do about it.
//!
//! Absence and a condition that does not hold are answers, not errors. No variant holds a key or a value, and none
//! holds more than 64 bytes of what the caller sent.

use std::time::Duration;

/// Why an operation was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The namespace is not configured.
    #[error("there is no namespace {name:?}")]
    NamespaceNotFound {
        /// Its name.
        name: crate::NamespaceName,
    },
    /// The name cannot be that of a namespace.
    #[error("a namespace has 1 to {allowed} bytes of A-Z a-z 0-9 . _ -; this name has {actual} bytes{}", offset_note(*.offset))]
    NamespaceInvalid {
        /// Most bytes allowed.
        allowed: usize,
        /// Bytes given.
        actual: usize,
        /// Byte offset of the first character that is not allowed; `None` when only the length is wrong.
        offset: Option<usize>,
    },
    /// The key is empty.
    #[error("a key has 1 to {} bytes; this one is empty", crate::MAX_KEY_BYTES)]
    KeyEmpty,
    /// The key is too long.
    #[error("a key has at most {allowed} bytes; this one has {actual}")]
    KeyTooLong {
        /// Most bytes allowed.
        allowed: usize,
        /// Bytes given.
        actual: usize,
    },
    /// The body of the value is larger than its namespace takes.
    #[error("a value of this namespace has at most {allowed} bytes; this one has {actual}")]
    ValueTooLarge {
        /// Most bytes allowed.
        allowed: u64,
        /// Bytes given.
        actual: u64,
    },
    /// The media type is too long.
    #[error("a content type has at most {allowed} bytes; this one has {actual}")]
    ContentTypeTooLong {
        /// Most bytes allowed.
        allowed: usize,
        /// Bytes given.
        actual: usize,
    },
    /// The time to live is zero or too long.
    #[error("a time to live is above zero and at most {allowed:?}; this one is {actual:?}")]
    TtlInvalid {
        /// The longest allowed.
        allowed: Duration,
        /// The one given.
        actual: Duration,
    },
    /// The number cannot be a version.
    #[error("a version is 1 to {allowed}; this one is {actual}")]
    VersionInvalid {
        /// The largest allowed.
        allowed: u64,
        /// The one given.
        actual: u64,
    },
    /// The entry is charged more bytes than its namespace may hold, so that it could not stay even alone.
    #[error(
        "an entry of this namespace is charged at most {allowed} bytes; this one would be charged {actual}"
    )]
    Capacity {
        /// Most bytes that one entry may be charged.
        allowed: u64,
        /// Bytes that this one would be charged.
        actual: u64,
    },
    /// As many computations run as may run at once; a later call may find room.
    #[error("{allowed} computations are running, which is as many as may")]
    FlightsLimit {
        /// Most computations at once.
        allowed: usize,
    },
    /// The computation panicked, or was dropped before its end; the key is free again.
    #[error("the computation ended without a result")]
    ComputationFailed,
    /// The configuration of a namespace contradicts itself; only where a store is made.
    #[error("namespace {name:?}: {problem}")]
    ConfigInvalid {
        /// Which namespace.
        name: crate::NamespaceName,
        /// What is wrong, and what was allowed.
        problem: String,
    },
}

impl Error {
    /// The stable name of the reason, upper snake case; part of the contract and never changed.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NamespaceNotFound { .. } => "NAMESPACE_NOT_FOUND",
            Self::NamespaceInvalid { .. } => "NAMESPACE_INVALID",
            Self::KeyEmpty => "KEY_EMPTY",
            Self::KeyTooLong { .. } => "KEY_BYTES_LIMIT",
            Self::ValueTooLarge { .. } => "VALUE_BYTES_LIMIT",
            Self::ContentTypeTooLong { .. } => "CONTENT_TYPE_BYTES_LIMIT",
            Self::TtlInvalid { .. } => "TTL_INVALID",
            Self::VersionInvalid { .. } => "VERSION_INVALID",
            Self::Capacity { .. } => "CAPACITY",
            Self::FlightsLimit { .. } => "FLIGHTS_LIMIT",
            Self::ComputationFailed => "COMPUTATION_FAILED",
            Self::ConfigInvalid { .. } => "CONFIG_INVALID",
        }
    }
}

fn offset_note(offset: Option<usize>) -> String {
    offset.map(|at| format!(", the one at byte offset {at} is not allowed")).unwrap_or_default()
}
