//! The generic cell rate algorithm (ITU-T I.371, annex A), on one number a key.
//!
//! The idea: a key has a theoretical arrival time, the moment at which its next token is due if all that was taken had
//! come at the rate. A take moves it by its cost; it is allowed while it stays within the burst of now. A time in the
//! past says the same as none, which is why a key that is at rest need not be kept.
//!
//! Promise: in any span d at most burst + d / interval tokens are allowed.

use std::time::Duration;

use super::Rate;

/// What was decided on a take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// The tokens were there, and were taken. Of a take of none: there is one.
    pub allowed: bool,
    /// Tokens that are there now.
    pub remaining: u64,
    /// In what time these tokens will be there if nobody else takes any; zero when allowed.
    pub retry_after: Duration,
    /// In what time all tokens of the burst will be there.
    pub reset_after: Duration,
}

/// Decides on `cost` tokens, in nanoseconds since the same start. Gives the arrival time as it is afterwards.
pub(super) fn decide(rate: Rate, cost: u64, arrival: u64, now: u64) -> (Decision, u64) {
    let start = arrival.max(now);
    let latest = now.saturating_add(rate.burst().saturating_mul(rate.interval()));
    let end = start.saturating_add(cost.max(1).saturating_mul(rate.interval()));
    let allowed = end <= latest;
    let arrival = if allowed && cost > 0 { end } else { start };
    let decision = Decision {
        allowed,
        remaining: latest.saturating_sub(arrival) / rate.interval(),
        retry_after: Duration::from_nanos(if allowed { 0 } else { end - latest }),
        reset_after: Duration::from_nanos(arrival - now),
    };
    (decision, arrival)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten a second, of which three may be saved up; times in milliseconds.
    #[track_caller]
    fn check(cost: u64, [arrival, now]: [u64; 2], expected: (bool, u64, u64, u64)) {
        const MS: u64 = 1_000_000;
        let rate = Rate::new(10, Duration::from_secs(1), 3).unwrap();
        let (decision, after) = decide(rate, cost, arrival * MS, now * MS);
        let ms = |duration: Duration| u64::try_from(duration.as_millis()).unwrap();
        let found =
            (decision.allowed, decision.remaining, ms(decision.retry_after), ms(decision.reset_after));
        assert_eq!(found, expected);
        assert_eq!(after, now * MS + expected.3 * MS);
    }

    #[test]
    fn a_take_is_allowed_while_the_burst_lasts() {
        check(1, [0, 0], (true, 2, 0, 100));
        check(1, [100, 0], (true, 1, 0, 200));
        check(1, [200, 0], (true, 0, 0, 300));
        check(1, [300, 0], (false, 0, 100, 300));
        check(1, [300, 60], (false, 0, 40, 240));
        check(1, [300, 100], (true, 0, 0, 300));
        check(1, [300, 9_000], (true, 2, 0, 100));
        check(3, [0, 0], (true, 0, 0, 300));
        check(3, [100, 0], (false, 2, 100, 100));
    }

    #[test]
    fn a_take_of_none_only_looks() {
        check(0, [0, 5], (true, 3, 0, 0));
        check(0, [200, 0], (true, 1, 0, 200));
        check(0, [300, 0], (false, 0, 100, 300));
    }
}
