//! How long calls took: counts by length, so that any number of them takes the same memory.
//!
//! Promise: a time is told within 1/64 of it, the longest exactly. Cost: 30 KiB, an addition a call.

use std::time::Duration;

/// Steps of a power of two.
const STEPS: usize = 64;
const STEP_BITS: u32 = STEPS.trailing_zeros();
/// Enough for any number of nanoseconds.
const PLACES: usize = (64 - STEP_BITS as usize + 1) * STEPS;

/// Counts by length.
#[derive(Debug, Clone)]
pub(super) struct Times {
    places: Vec<u64>,
    count: u64,
    longest: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self { places: vec![0; PLACES], count: 0, longest: Duration::ZERO }
    }
}

impl Times {
    pub(super) fn record(&mut self, time: Duration) {
        let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.places[place(nanos)] += 1;
        self.count += 1;
        self.longest = self.longest.max(time);
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.places.iter_mut().zip(&other.places).for_each(|(mine, theirs)| *mine += theirs);
        self.count += other.count;
        self.longest = self.longest.max(other.longest);
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// The time within which this share of all calls was answered.
    pub(super) fn within(&self, share: f64) -> Duration {
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let wanted = (self.count as f64 * share).ceil() as u64;
        if wanted >= self.count {
            return self.longest;
        }
        let mut seen = 0;
        let found = self.places.iter().position(|count| {
            seen += count;
            seen >= wanted.max(1)
        });
        found.map_or(self.longest, |place| Duration::from_nanos(end_of(place)).min(self.longest))
    }
}

/// Below [`STEPS`] a place a nanosecond; above, [`STEPS`] for each power of two.
fn place(nanos: u64) -> usize {
    let power = nanos.checked_ilog2().unwrap_or(0).saturating_sub(STEP_BITS);
    let step = usize::try_from(nanos >> power).unwrap_or(usize::MAX);
    power as usize * STEPS + step
}

/// The longest time of a place.
fn end_of(place: usize) -> u64 {
    let power = (place / STEPS).saturating_sub(1);
    let step = (place - power * STEPS) as u64;
    ((step + 1) << power) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_within_a_64th() {
        for nanos in
            (0..40).flat_map(|power| [(1_u64 << power) - 1, 1 << power, (1 << power) + (1 << power) / 3])
        {
            let end = end_of(place(nanos));
            assert!(end >= nanos && end - nanos <= nanos / 64, "{nanos} {end}");
        }
        assert!(place(u64::MAX) < PLACES);
    }

    #[test]
    fn shares_of_many_times() {
        let mut times = Times::default();
        assert_eq!(times.within(0.5), Duration::ZERO);
        (1..=1_000).for_each(|micros| times.record(Duration::from_micros(micros)));
        let near = |share: f64, micros: u64| {
            let found = u64::try_from(times.within(share).as_micros()).unwrap();
            assert!(found >= micros && found <= micros + micros / 60, "{share}: {found}");
        };
        near(0.5, 500);
        near(0.99, 990);
        assert_eq!(times.within(1.0), Duration::from_micros(1_000));
        let mut twice = times.clone();
        twice.add(&times);
        assert_eq!((twice.count(), twice.within(0.5)), (2_000, times.within(0.5)));
    }
}
