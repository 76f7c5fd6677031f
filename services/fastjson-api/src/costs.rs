//! What steps cost here, learnt from those that ran.
//!
//! A running mean for each kind of step and size of its text; until there is a sample, a default. Cost: a few relaxed loads and
//! stores a recipe; samples that meet may lose one of them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use json_engine::recipe::StepCost;

/// Names of steps, and what they cost until one ran: nanoseconds for 1,024 bytes.
const KINDS: [(&str, u64); 9] = [
    ("validate", 800),
    ("format", 1_000),
    ("query", 6_000),
    ("convert", 10_000),
    ("patch", 8_000),
    ("merge", 8_000),
    ("diff", 15_000),
    ("check_schema", 12_000),
    ("infer_schema", 12_000),
];

/// Texts shorter than these have means of their own, since what is the same for all sizes weighs more there.
const SIZES: [u64; 2] = [4 << 10, 256 << 10];

/// A sample moves the mean by this part of the difference.
const WEIGHT: u64 = 8;

/// Nanoseconds for 1,024 bytes by kind and size; 0 is unknown.
#[derive(Debug, Default)]
pub(crate) struct Costs([[AtomicU64; SIZES.len() + 1]; KINDS.len()]);

impl Costs {
    /// Takes in what the steps on a text of `bytes` cost.
    pub(crate) fn learn(&self, mut bytes: u64, steps: &[StepCost]) {
        for step in steps {
            self.learn_one(step.name, bytes, step.time);
            bytes = step.output_bytes;
        }
    }

    fn learn_one(&self, name: &str, bytes: u64, time: Duration) {
        let Some(kind) = KINDS.iter().position(|(known, _)| *known == name) else { return };
        let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let sample = (nanos.saturating_mul(1024) / bytes.max(1)).max(1);
        let mean = &self.0[kind][size(bytes)];
        let before = mean.load(Ordering::Relaxed);
        let after = if before == 0 { sample } else { before - before / WEIGHT + sample / WEIGHT };
        mean.store(after.max(1), Ordering::Relaxed);
    }

    /// What a step of this name is likely to cost on a text of `bytes`.
    pub(crate) fn estimate(&self, name: &str, bytes: u64) -> Duration {
        let Some(kind) = KINDS.iter().position(|(known, _)| *known == name) else { return Duration::ZERO };
        let known = self.0[kind][size(bytes)].load(Ordering::Relaxed);
        let nanos = if known == 0 { KINDS[kind].1 } else { known };
        Duration::from_nanos(nanos.saturating_mul(bytes.max(1)) / 1024)
    }
}

fn size(bytes: u64) -> usize {
    SIZES.iter().take_while(|limit| bytes >= **limit).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(name: &'static str, micros: u64, output_bytes: u64) -> StepCost {
        StepCost { name, time: Duration::from_micros(micros), output_bytes }
    }

    #[test]
    fn an_estimate_is_a_default_until_a_step_ran_and_then_its_mean() {
        let costs = Costs::default();
        let of = |name, bytes| costs.estimate(name, bytes).as_micros();
        assert_eq!((of("validate", 1 << 20), of("query", 1024)), (819, 6));
        costs.learn(1 << 20, &[cost("validate", 2_048, 1 << 20), cost("query", 4_096, 100)]);
        assert_eq!((of("validate", 1 << 20), of("query", 1 << 20)), (2_048, 4_096));
        assert_eq!(of("query", 1024), 6, "short texts have a mean of their own");
        costs.learn(1 << 20, &[cost("validate", 10_240, 0)]);
        assert_eq!(of("validate", 1 << 20), 3_072);
    }
}
