//! What a hit of a trial counts.
//!
//! The idea: a hit saves what the value took to make, so that is what it counts, in parts of what a hit of this cache
//! usually saves: then the same [`Bar`](super::bar::Bar) fits caches of microseconds and of minutes.
//!
//! Promise: where all cost the same, or nothing is known of any, each hit is one point, exactly; and no hit is more than
//! [`MOST`], so that no single one changes the split.

use super::cost::Cost;

/// Points of the dearest hit, a third of the lowest bar.
const MOST: f32 = 16.0;

/// What is usual is learned over about so many hits.
const MEMORY: f32 = 2_000.0;

#[derive(Debug)]
pub(super) struct Points {
    /// The mean weight of the cost of a hit.
    usual: f32,
    /// Hits, up to [`MEMORY`].
    hits: f32,
}

impl Points {
    pub(super) fn new() -> Self {
        Self { usual: 0.0, hits: 0.0 }
    }

    /// Of a hit that saved so much; takes note of it.
    pub(super) fn of(&mut self, saved: Cost) -> f32 {
        let weight = saved.weight() as f32; // exact: four bits and zeros
        self.hits = (self.hits + 1.0).min(MEMORY);
        self.usual += (weight - self.usual) / self.hits;
        (weight / self.usual).min(MOST)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn cost(micros: u64) -> Cost {
        Cost::of(Duration::from_micros(micros))
    }

    #[test]
    fn where_all_cost_the_same_each_hit_is_exactly_one_point() {
        for equal in [Cost::UNKNOWN, cost(1), cost(1_000), cost(1_500_000_000)] {
            let mut points = Points::new();
            assert!((0..5_000).all(|_| points.of(equal).to_bits() == 1.0_f32.to_bits()), "{equal:?}");
        }
    }

    #[test]
    fn a_hit_counts_what_it_saves_beside_the_others() {
        let mut points = Points::new();
        for _ in 0..5_000 {
            points.of(cost(1_024));
            points.of(cost(3_072));
        }
        let (cheap, dear) = (points.of(cost(1_024)), points.of(cost(3_072)));
        assert!((cheap - 0.5).abs() < 0.01 && (dear - 1.5).abs() < 0.01, "{cheap} {dear}");
        assert_eq!(points.of(cost(1_000_000_000)).to_bits(), MOST.to_bits());
    }
}
