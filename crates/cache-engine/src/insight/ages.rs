//! When a version was given.
//!
//! The idea: versions grow with time, so that a few moments, each with the first version that was given then, tell the
//! age of every entry, and an entry has to keep none. When there are too many, that one goes which is nearest to its
//! neighbours for its age: the older a moment, the further apart.
//!
//! Promise: the moment is at or before the one when the version was given, by at most [`APART`] or about a quarter of its
//! age. Cost: a comparison a write, and a look through [`MOMENTS`] at most each [`APART`]; 2 KiB.

use std::time::Duration;

use crate::{Timestamp, Version};

/// Moments that are kept.
const MOMENTS: usize = 128;
/// No two are nearer to each other.
const APART: Duration = Duration::from_millis(100);

#[derive(Debug, Default)]
pub(super) struct Ages {
    moments: Vec<(Version, Timestamp)>,
}

impl Ages {
    /// Takes note that `version` is given now. One that was given before, and is used only now, tells nothing.
    pub(super) fn note(&mut self, version: Version, now: Timestamp) {
        if self.moments.last().is_some_and(|(before, last)| version <= *before || now < last.after(APART)) {
            return;
        }
        if self.moments.len() == MOMENTS {
            self.forget_one(now);
        }
        self.moments.push((version, now));
    }

    /// Forgets the moment without which ages are the least wrong.
    fn forget_one(&mut self, now: Timestamp) {
        let wrong_by = |place: &usize| {
            let (before, behind) = (self.moments[place - 1].1, self.moments[place + 1].1);
            behind.since(before).as_secs_f64() / now.since(behind).as_secs_f64().max(APART.as_secs_f64())
        };
        let least =
            (1..self.moments.len() - 1).min_by(|one, other| wrong_by(one).total_cmp(&wrong_by(other)));
        if let Some(place) = least {
            self.moments.remove(place);
        }
    }

    /// The last moment not after the one when the version was given; `None`: there was none before it.
    pub(super) fn of(&self, version: Version) -> Option<Timestamp> {
        let later = self.moments.partition_point(|&(first, _)| first <= version);
        self.moments[..later].last().map(|&(_, moment)| moment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(number: u64) -> Version {
        Version::new(number).unwrap()
    }

    #[test]
    fn an_age_is_never_too_low_and_at_most_a_quarter_too_high() {
        let mut ages = Ages::default();
        let moment = |second: u64| Timestamp::from_nanos(second * 1_000_000_000);
        for second in 1..10_000 {
            ages.note(version(second), moment(second));
        }
        assert!(ages.moments.len() <= MOMENTS);
        let now = moment(10_000);
        for second in 1..10_000 {
            let (exact, found) = (now.since(moment(second)), now.since(ages.of(version(second)).unwrap()));
            assert!(found >= exact && found <= exact + exact / 4 + APART, "{found:?} for {exact:?}");
        }
    }

    #[test]
    fn what_was_written_before_the_first_moment_has_no_age() {
        let mut ages = Ages::default();
        ages.note(version(10), Timestamp::from_nanos(1));
        ages.note(version(11), Timestamp::from_nanos(2));
        assert_eq!(ages.of(version(9)), None);
        assert_eq!(ages.of(version(11)), Some(Timestamp::from_nanos(1)));
    }
}
