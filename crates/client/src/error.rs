//! Why a call gave no answer.
//!
//! Promise: whoever calls can tell a refusal, with its reason, from a server that is not there and from a deadline. Cost: one
//! box.

use std::time::Duration;

use crate::Rejection;

/// Why a call gave no answer; variants by what the caller can do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server cannot be reached or is shutting down; try later or elsewhere. A write may have happened if the
    /// connection was lost after it was sent.
    #[error("{peer} is unavailable: {message}")]
    Unavailable {
        /// The address of the server.
        peer: String,
        /// What happened on the way.
        message: String,
        /// When the breaker lets a call through again; `None` when the server itself was tried.
        retry_after: Option<Duration>,
    },
    /// What answers there does not speak HTTP/2; fix the address.
    #[error("{peer} gave an answer that is none: {message}")]
    Garbage {
        /// The address of the server.
        peer: String,
        /// What is wrong with it.
        message: String,
    },
    /// The deadline passed, here or there; allow more time. A write may have happened.
    #[error("{peer} gave no answer within {} ms", .waited.as_millis())]
    Deadline {
        /// The address of the server.
        peer: String,
        /// How long this call waited.
        waited: Duration,
    },
    /// The server answered that it will not or cannot; see [`Error::rejection`].
    #[error("{}", .0.message())]
    Status(Box<tonic::Status>),
    /// The address of the configuration is none; fix it.
    #[error("`{address}` is not an address; allowed: http://host:port")]
    Address {
        /// As given.
        address: String,
    },
}

impl Error {
    /// What the server said, when it said something.
    pub fn rejection(&self) -> Option<Rejection> {
        match self {
            Self::Status(status) => Some(Rejection::of(status)),
            Self::Unavailable { .. }
            | Self::Garbage { .. }
            | Self::Deadline { .. }
            | Self::Address { .. } => None,
        }
    }
}
