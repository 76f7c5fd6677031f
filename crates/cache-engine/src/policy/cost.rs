//! What an entry took to make, roughly, and how much that counts.
//!
//! The idea: of two entries that are used equally often, the one that is dear to make anew is worth more (as in GDSF:
//! Cherkasova, "Improving WWW Proxies Performance with Greedy-Dual-Size-Frequency Caching Policy", HP Laboratories report
//! HPL-98-69, 1998): uses count times cost. What goes first of what is not used any more is left to the ageing of the uses.
//!
//! Promise: an entry of which nothing is known counts as one of about a millisecond; so where nothing is known of any,
//! costs change nothing. Cost: a byte an entry, which the slab has to spare.

use std::time::Duration;

/// Parts of a power of two.
const PARTS: u32 = 8;
/// The highest power of two of microseconds, some 18 minutes.
const MOST_EXPONENT: u32 = 30;

/// A cost to 1/8: zero is unknown, then eight steps to each power of two of microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cost(u8);

impl Cost {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self(0);

    /// So long it took. Below a microsecond counts as that, above 18 minutes as some 30.
    #[must_use]
    pub fn of(time: Duration) -> Self {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX).max(1);
        let exponent = micros.ilog2();
        if exponent > MOST_EXPONENT {
            return Self(u8::MAX);
        }
        // Eight to fifteen.
        let parts = ((u128::from(micros) * u128::from(PARTS)) >> exponent) as u32;
        Self((1 + exponent * PARTS + parts - PARTS) as u8)
    }

    /// As a number to write down; zero is unknown.
    pub(crate) fn step(self) -> u8 {
        self.0
    }

    /// What was written down.
    pub(crate) fn from_step(step: u8) -> Self {
        Self(step)
    }

    /// How much it counts: eight a microsecond.
    pub(super) fn weight(self) -> u64 {
        let Some(step) = u32::from(self.0).checked_sub(1) else { return UNKNOWN_WEIGHT };
        u64::from(PARTS + step % PARTS) << (step / PARTS)
    }

    /// About how long it took; `None`: nothing is known.
    #[must_use]
    pub fn time(self) -> Option<Duration> {
        (self != Self::UNKNOWN).then(|| Duration::from_micros(self.weight() / u64::from(PARTS)))
    }
}

/// 1,024 us.
const UNKNOWN_WEIGHT: u64 = (PARTS as u64) << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_is_kept_to_an_eighth() {
        for micros in
            (0..31).flat_map(|exponent| [1_u64 << exponent, (3 << exponent) / 2, (2 << exponent) - 1])
        {
            let kept = Cost::of(Duration::from_micros(micros)).time().unwrap().as_micros() as u64;
            assert!(kept <= micros && micros - kept <= micros / 8 + 1, "{kept} for {micros}");
        }
        assert_eq!(Cost::of(Duration::ZERO), Cost::of(Duration::from_micros(1)));
        assert!(Cost::of(Duration::MAX).time() > Some(Duration::from_secs(1_800)));
        assert_eq!(Cost::UNKNOWN.weight(), Cost::of(Duration::from_micros(1_024)).weight());
    }
}
