//! Rates: how many tokens a key gets and how many it may save up.

use std::time::Duration;

use super::LoadError;
use crate::{Error, Key};

/// The longest time in which an empty burst may fill up.
pub const MAX_REFILL: Duration = Duration::from_secs(366 * 86_400);

/// So many tokens a period, of which so many may be saved up and taken at once.
///
/// The time between two tokens is a whole number of nanoseconds, rounded up, so that the rate is never above what was
/// asked: exact up to a million a second for round numbers, and within 1 % below ten million.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    interval: u64,
    burst: u64,
}

impl Rate {
    /// `tokens` a `period`, at most `burst` saved up.
    ///
    /// # Errors
    /// [`LoadError::RateInvalid`]: a number is zero, there is more than one token a nanosecond, or the burst takes
    /// longer than [`MAX_REFILL`] to fill up.
    pub fn new(tokens: u64, period: Duration, burst: u64) -> Result<Self, Error> {
        let period = period.as_nanos();
        if tokens == 0 || burst == 0 || period < u128::from(tokens) {
            return Err(LoadError::RateInvalid.into());
        }
        let interval = period.div_ceil(u128::from(tokens));
        if interval.saturating_mul(u128::from(burst)) > MAX_REFILL.as_nanos() {
            return Err(LoadError::RateInvalid.into());
        }
        let interval = u64::try_from(interval).map_err(|_| LoadError::RateInvalid)?;
        Ok(Self { interval, burst })
    }

    /// Most tokens at once.
    #[must_use]
    pub fn burst(self) -> u64 {
        self.burst
    }

    /// Nanoseconds from one token to the next.
    pub(super) fn interval(self) -> u64 {
        self.interval
    }
}

/// What somebody wants to take.
#[derive(Debug, Clone)]
pub struct Take {
    pub(super) key: Key,
    pub(super) rate: Rate,
    pub(super) cost: u64,
}

impl Take {
    /// `cost` tokens of `key`; none only looks.
    ///
    /// # Errors
    /// [`LoadError::CostInvalid`] if it costs more than the burst holds.
    pub fn new(key: Key, rate: Rate, cost: u64) -> Result<Self, Error> {
        if cost > rate.burst {
            return Err(LoadError::CostInvalid { allowed: rate.burst, actual: cost }.into());
        }
        Ok(Self { key, rate, cost })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tokens: u64, period: Duration, burst: u64, expected: Option<u64>) {
        let rate = Rate::new(tokens, period, burst);
        assert_eq!(rate.clone().ok().map(Rate::interval), expected, "{tokens} a {period:?}, burst {burst}");
        if let Err(error) = rate {
            assert_eq!(error.reason(), "RATE_INVALID");
        }
    }

    #[test]
    fn a_rate_has_tokens_a_period_and_a_burst() {
        let second = Duration::from_secs(1);
        check(1, second, 1, Some(1_000_000_000));
        check(3, second, 1, Some(333_333_334));
        check(1_000_000_000, second, 1, Some(1));
        check(1_000_000_001, second, 1, None);
        check(0, second, 1, None);
        check(1, second, 0, None);
        check(1, Duration::ZERO, 1, None);
        check(1, MAX_REFILL, 1, Some(31_622_400_000_000_000));
        check(1, MAX_REFILL, 2, None);
        check(1, Duration::MAX, 1, None);
        check(1, second, u64::MAX, None);
    }

    #[test]
    fn a_take_costs_at_most_the_burst() {
        let take = |cost| {
            let rate = Rate::new(1, Duration::from_secs(1), 5).unwrap();
            Take::new(Key::new("k").unwrap(), rate, cost).map(|take| take.cost)
        };
        assert_eq!((take(0), take(5)), (Ok(0), Ok(5)));
        assert_eq!(take(6), Err(LoadError::CostInvalid { allowed: 5, actual: 6 }.into()));
    }
}
