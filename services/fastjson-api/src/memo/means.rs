//! What a recipe costs here and how often its documents come again, learnt from its calls.
//!
//! Promise: means by size of the document, of each step, since what the first steps give may be kept by itself. Cost: a short
//! lock a call, under 0.2 us; about a kilobyte a recipe and 16 bytes a step and size that was seen.

use std::time::Duration;

use json_engine::recipe::StepCost;
use parking_lot::Mutex;

/// Sizes of documents that have means of their own, each four times the one before; the first is up to 4 KiB.
const SIZES: usize = 7;
/// Documents that are remembered, to see whether they come again; a power of two.
const REMEMBERED: usize = 64;
/// A sample moves the mean of a cost by this part of the difference.
const COST_WEIGHT: f64 = 1.0 / 8.0;
/// And the share of documents that come again.
const REPEATS_WEIGHT: f64 = 1.0 / 32.0;
/// And the share of those that were found, of those that should have been.
const TRUST_WEIGHT: f64 = 1.0 / 8.0;
/// By so much that share grows with each call that did not ask.
const TRUST_GROWS: f64 = 1.0 / 1_024.0;

/// The means of one recipe.
#[derive(Debug)]
pub(crate) struct Means(Mutex<Learnt>);

#[derive(Debug)]
struct Learnt {
    sizes: [Option<Box<[Mean]>>; SIZES],
    remembered: [u64; REMEMBERED],
    repeats: f64,
    trust: f64,
}

/// Of a step, the first with what converting its document took.
#[derive(Clone, Copy, Debug)]
struct Mean {
    nanos: f64,
    answer_bytes: f64,
}

/// What the first steps of a recipe cost, and how long their answer is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) time: Duration,
    pub(crate) answer_bytes: u64,
}

impl Default for Means {
    fn default() -> Self {
        let learnt =
            Learnt { sizes: [const { None }; SIZES], remembered: [0; REMEMBERED], repeats: 0.0, trust: 1.0 };
        Self(Mutex::new(learnt))
    }
}

impl Means {
    /// Takes in what all steps cost on a document of `input_bytes`; `before` is what converting it took.
    pub(crate) fn learn(&self, input_bytes: u64, before: Duration, steps: &[StepCost]) {
        let sample = |(index, cost): (usize, &StepCost)| {
            let time = if index == 0 { before + cost.time } else { cost.time };
            Mean { nanos: time.as_nanos() as f64, answer_bytes: cost.output_bytes as f64 }
        };
        let samples = steps.iter().enumerate().map(sample);
        match &mut self.0.lock().sizes[size(input_bytes)] {
            Some(means) => means.iter_mut().zip(samples).for_each(|(mean, sample)| mean.take(sample)),
            unknown => *unknown = Some(samples.collect()),
        }
    }

    /// What the first `1..=n` steps are likely to cost; of a size that was not seen yet, what they cost at the next smaller one
    /// that was. `None` where nothing is known.
    pub(crate) fn expected(&self, input_bytes: u64) -> Option<Vec<Expected>> {
        let learnt = self.0.lock();
        let means = learnt.sizes[..=size(input_bytes)].iter().rev().flatten().next()?;
        let add = |nanos: &mut f64, mean: &Mean| {
            *nanos += mean.nanos;
            Some(Expected {
                time: Duration::from_nanos(*nanos as u64),
                answer_bytes: mean.answer_bytes as u64,
            })
        };
        Some(means.iter().scan(0.0, add).collect())
    }

    /// A document comes: whether it is one of the last ones. `mark` is the same for equal documents and seldom for others.
    pub(crate) fn comes_again(&self, mark: u64) -> bool {
        let mark = mark.max(1);
        let mut learnt = self.0.lock();
        let place = &mut learnt.remembered[mark as usize % REMEMBERED];
        let comes_again = std::mem::replace(place, mark) == mark;
        learnt.repeats = moved(learnt.repeats, f64::from(u8::from(comes_again)), REPEATS_WEIGHT);
        comes_again
    }

    /// The share of calls that are likely to be answered by what is kept, 0 to 1.
    pub(crate) fn likely_hits(&self) -> f64 {
        let learnt = self.0.lock();
        learnt.repeats * learnt.trust
    }

    /// A document that came again was asked for: whether its answer was there.
    pub(crate) fn was_found(&self, found: Found) {
        let mut learnt = self.0.lock();
        learnt.trust = match found {
            Found::Yes => moved(learnt.trust, 1.0, TRUST_WEIGHT),
            Found::No => moved(learnt.trust, 0.0, TRUST_WEIGHT),
            Found::NotAsked => (learnt.trust + TRUST_GROWS).min(1.0),
        };
    }
}

/// What came of asking for an answer that should be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Yes,
    No,
    NotAsked,
}

impl Mean {
    fn take(&mut self, sample: Mean) {
        self.nanos = moved(self.nanos, sample.nanos, COST_WEIGHT);
        self.answer_bytes = moved(self.answer_bytes, sample.answer_bytes, COST_WEIGHT);
    }
}

fn moved(mean: f64, sample: f64, weight: f64) -> f64 {
    mean + (sample - mean) * weight
}

fn size(bytes: u64) -> usize {
    let magnitude = (u64::BITS - bytes.leading_zeros()) as usize;
    (magnitude.saturating_sub(11) / 2).min(SIZES - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(micros: u64, output_bytes: u64) -> StepCost {
        StepCost { name: "query", time: Duration::from_micros(micros), output_bytes }
    }

    fn micros(means: &Means, bytes: u64) -> Option<Vec<u128>> {
        Some(means.expected(bytes)?.iter().map(|one| one.time.as_micros()).collect())
    }

    #[test]
    fn costs_add_up_step_by_step_and_follow_what_is_seen() {
        let means = Means::default();
        assert_eq!(micros(&means, 100), None);
        means.learn(100, Duration::from_micros(5), &[cost(10, 7), cost(100, 9)]);
        assert_eq!(micros(&means, 200), Some(vec![15, 115]));
        assert_eq!(means.expected(200).unwrap()[1].answer_bytes, 9);
        means.learn(100, Duration::from_micros(5), &[cost(90, 7), cost(100, 9)]);
        assert_eq!(micros(&means, 200), Some(vec![25, 125]));
    }

    #[test]
    fn a_larger_document_costs_at_least_what_a_smaller_one_does() {
        let means = Means::default();
        means.learn(100_000, Duration::ZERO, &[cost(10, 7)]);
        assert_eq!(micros(&means, 1_000_000), Some(vec![10]));
        assert_eq!(micros(&means, 1_000), None);
        assert_eq!((size(0), size(4_095), size(4_096), size(16_384), size(u64::MAX)), (0, 0, 1, 2, 6));
    }

    #[test]
    fn what_comes_again_and_is_found_is_likely_to_be_there() {
        let means = Means::default();
        for mark in 1..200 {
            assert!(!means.comes_again(mark), "{mark}");
        }
        assert!(means.likely_hits() < 0.01);
        for _ in 0..200 {
            means.comes_again(7);
        }
        assert!(means.likely_hits() > 0.9);
        for _ in 0..50 {
            means.was_found(Found::No);
        }
        assert!(means.likely_hits() < 0.1, "it is not kept for long enough");
        for _ in 0..2_000 {
            means.was_found(Found::NotAsked);
        }
        assert!(means.likely_hits() > 0.9, "it is tried again");
    }
}
