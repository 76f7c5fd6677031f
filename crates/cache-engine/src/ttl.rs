//! Time to live.

use std::time::Duration;

use crate::Error;

/// The longest time to live: 10 years of 365 days.
pub const MAX_TTL: Duration = Duration::from_secs(10 * 365 * 86_400);

/// How long an entry is to live. Make one with [`Ttl::after`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Ttl {
    /// As long as its namespace says.
    #[default]
    NamespaceDefault,
    /// So long from now. A store cuts it to [`MAX_TTL`].
    After(Duration),
}

impl Ttl {
    /// Checks a duration.
    ///
    /// # Errors
    /// [`Error::TtlInvalid`] if it is zero or longer than [`MAX_TTL`].
    pub fn after(duration: Duration) -> Result<Self, Error> {
        check(duration).map(Self::After)
    }
}

/// Gives the duration back if it can be a time to live.
pub(crate) fn check(duration: Duration) -> Result<Duration, Error> {
    if duration.is_zero() || duration > MAX_TTL {
        return Err(Error::TtlInvalid { allowed: MAX_TTL, actual: duration });
    }
    Ok(duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ttl_is_above_zero_and_at_most_ten_years() {
        let invalid = |actual| Err(Error::TtlInvalid { allowed: MAX_TTL, actual });
        let nanosecond = Duration::from_nanos(1);
        assert_eq!(Ttl::after(Duration::ZERO), invalid(Duration::ZERO));
        assert_eq!(Ttl::after(nanosecond), Ok(Ttl::After(nanosecond)));
        assert_eq!(Ttl::after(MAX_TTL), Ok(Ttl::After(MAX_TTL)));
        assert_eq!(Ttl::after(MAX_TTL + nanosecond), invalid(MAX_TTL + nanosecond));
    }
}
