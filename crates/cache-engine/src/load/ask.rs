//! What somebody who wants a lease asks for.

use std::time::Duration;

use super::LoadError;
use crate::{Error, Key};

/// Most holders of one name.
pub const MAX_LEASE_LIMIT: u32 = 1_000_000;

/// A wish for a lease.
#[derive(Debug, Clone)]
pub struct Ask {
    pub(super) name: Key,
    pub(super) limit: u32,
    pub(super) ttl: Duration,
}

impl Ask {
    /// A lease of `name`, which at most `limit` may hold at the same time, for `ttl`.
    ///
    /// # Errors
    /// [`LoadError::LeaseLimitInvalid`]: not 1 to [`MAX_LEASE_LIMIT`].
    pub fn new(name: Key, limit: u32, ttl: Duration) -> Result<Self, Error> {
        if !(1..=MAX_LEASE_LIMIT).contains(&limit) {
            return Err(LoadError::LeaseLimitInvalid { actual: limit }.into());
        }
        Ok(Self { name, limit, ttl })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_1_to_a_million_holders() {
        let check = |limit, expected| {
            let ask = Ask::new(Key::new("n").unwrap(), limit, Duration::from_secs(1));
            assert_eq!(ask.map(|ask| ask.limit), expected);
        };
        check(0, Err(LoadError::LeaseLimitInvalid { actual: 0 }.into()));
        check(1, Ok(1));
        check(1_000_000, Ok(1_000_000));
        check(1_000_001, Err(LoadError::LeaseLimitInvalid { actual: 1_000_001 }.into()));
    }
}
