//! How many points (hits, where all cost the same) ahead another split of the room has to be before it is used.
//!
//! The idea: a change costs hits, as what the new split would keep is not there yet. Where the traffic turns to and fro
//! faster than that is earned back, each change comes too late, and any split would have been better kept. So a change is
//! judged when the next one comes: if its split did not gain on the one before it as many hits as the change had to show,
//! the bar is doubled, else it is halved. To change when staying has cost as much as a change does is the rule for task
//! systems (Borodin, Linial, Saks, "An Optimal On-Line Algorithm for Metrical Task System", JACM 39(4), 1992); what a
//! change costs is learned here.
//!
//! Promise: between [`LEAST`] and [`MOST`] points, so that no past makes a cache deaf.

/// The bar of a cache that has seen nothing, in points.
const LEAST: f32 = 48.0;

/// What four changes without gain in a row come to.
const MOST: f32 = 16.0 * LEAST;

#[derive(Debug)]
pub(super) struct Bar {
    points: f32,
    /// The split before the one in use; `None`: that is the first.
    before: Option<usize>,
    /// Points of the split in use beyond those of the one before, since the change.
    gain: f32,
}

impl Bar {
    pub(super) fn new() -> Self {
        Self { points: LEAST, before: None, gain: 0.0 }
    }

    pub(super) fn points(&self) -> f32 {
        self.points
    }

    /// Takes note of the points of a round, by split.
    pub(super) fn end_round(&mut self, used: usize, points: &[f32]) {
        if let Some(before) = self.before {
            self.gain += points[used] - points[before];
        }
    }

    /// Another split is used from now on than `left`.
    pub(super) fn on_change(&mut self, left: usize) {
        if self.before.is_some() {
            let has_paid = self.gain >= self.points;
            let points = if has_paid { self.points / 2.0 } else { self.points * 2.0 };
            self.points = points.clamp(LEAST, MOST);
        }
        self.before = Some(left);
        self.gain = 0.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bar after changes of which each gains so much on the one before.
    fn check(gains: &[f32], expected: f32) {
        let mut bar = Bar::new();
        bar.on_change(0);
        for (change, &gain) in gains.iter().enumerate() {
            let used = (change + 1) % 2;
            let mut points = [100.0; 2];
            points[used] += gain;
            bar.end_round(used, &points);
            bar.on_change(used);
        }
        assert!((bar.points() - expected).abs() < 0.5, "{} after {gains:?}", bar.points());
    }

    #[test]
    fn the_bar_rises_with_changes_that_do_not_pay_and_falls_with_those_that_do() {
        check(&[], LEAST);
        check(&[47.0], 2.0 * LEAST);
        check(&[48.0], LEAST);
        check(&[0.0, 0.0], 4.0 * LEAST);
        check(&[0.0, 95.0], 4.0 * LEAST);
        check(&[0.0, 96.0], LEAST);
    }

    #[test]
    fn the_bar_has_bounds() {
        check(&[0.0; 20], MOST);
        check(&[9_000.0; 20], LEAST);
    }
}
