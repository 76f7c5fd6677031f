//! The hop mark: a request crosses the border between the pair once.

use http::HeaderValue;

use crate::{HeaderError, excerpt};

/// Says that a service of the pair made this call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// Name of the service that made the call; 1 to 64 of `a-z 0-9 -`.
    pub from: String,
}

/// This call already crossed the border; a second crossing is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this call was made by {from} for a caller of its own and may not cross to the peer again")]
pub struct HopLimit {
    /// The service that made the first crossing.
    pub from: String,
}

impl Hop {
    pub(crate) fn parse(value: &HeaderValue) -> Result<Self, HeaderError> {
        let bytes = value.as_bytes();
        let is_name = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-';
        if !(1..=64).contains(&bytes.len()) || !bytes.iter().all(is_name) {
            return Err(HeaderError {
                header: "x-fastjson-hop",
                message: format!("`{}` is not a service name", excerpt(value)),
                allowed: "1 to 64 of a-z, 0-9 and -",
            });
        }
        Ok(Self { from: bytes.iter().copied().map(char::from).collect() })
    }
}
