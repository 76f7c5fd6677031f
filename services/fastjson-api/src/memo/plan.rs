//! Whether a call asks the cache service, decided by what that costs and saves.
//!
//! Promise: where nothing is known to come again, asking costs at most `memo.max_loss_percent` of computing; where documents come
//! again, at most what it is likely to save. Cost: a few hundred nanoseconds, no look at the document.

use std::time::Duration;

use super::hop::Hop;
use super::means::{Expected, Means};
use crate::config;

/// Most answers of first steps that are kept beside the whole one.
const MAX_CUTS: usize = 3;
/// Where documents come again, asking must save so many times what it costs.
const LEAST_GAIN: f64 = 1.25;

/// What a call does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Plan {
    /// Computes, and measures that.
    Learn,
    /// Computes.
    Skip(Why),
    /// Asks.
    LookUp(LookUp),
}

/// Why asking does not pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// Computing is cheaper than asking, or nearly.
    Cheap,
    /// Documents come again too seldom for what it costs.
    Seldom,
    /// Answers are longer than what is kept.
    TooLong,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LookUp {
    /// What computing is likely to take.
    pub(crate) compute: Duration,
    /// Numbers of first steps whose answers are asked for where the whole one is not there, and kept; the longest first.
    pub(crate) cuts: Vec<usize>,
}

impl Plan {
    /// The word for it in the contract.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Plan::Learn => "learn",
            Plan::Skip(_) => "skip",
            Plan::LookUp(_) => "look_up",
        }
    }

    /// The reason, for people.
    pub(crate) fn because(&self) -> &'static str {
        match self {
            Plan::Learn => "nothing is known of what the recipe costs on documents of this size",
            Plan::Skip(Why::Cheap) => {
                "computing is cheaper than asking the cache service, or not much dearer"
            }
            Plan::Skip(Why::Seldom) => "documents come again too seldom for what asking costs",
            Plan::Skip(Why::TooLong) => "answers are longer than memo.max_result_bytes",
            Plan::LookUp(_) => "asking costs little beside computing, or is likely to save more",
        }
    }
}

/// What a call of a recipe on a document of `input_bytes` does.
pub(crate) fn plan(means: &Means, hop: &Hop, config: &config::Memo, input_bytes: u64) -> Plan {
    let Some(expected) = means.expected(input_bytes) else {
        return Plan::Learn;
    };
    let Some(whole) = expected.last().copied() else {
        return Plan::Learn;
    };
    if whole.answer_bytes > config.max_result_bytes as u64 {
        return Plan::Skip(Why::TooLong);
    }
    let costs = hop.estimate(input_bytes, whole.answer_bytes);
    let allowed = allowed_loss(whole.time, config);
    if costs <= allowed {
        let cuts = cuts(&expected, hop, config, allowed - costs);
        return Plan::LookUp(LookUp { compute: whole.time, cuts });
    }
    if costs.mul_f64(LEAST_GAIN) > whole.time {
        return Plan::Skip(Why::Cheap);
    }
    if whole.time.mul_f64(means.likely_hits()) < costs.mul_f64(LEAST_GAIN) {
        return Plan::Skip(Why::Seldom);
    }
    Plan::LookUp(LookUp { compute: whole.time, cuts: Vec::new() })
}

/// Whether an answer that took `took` to compute is worth keeping where nothing was known before.
pub(crate) fn pays(took: Duration, hop: &Hop, config: &config::Memo, bytes: (u64, u64)) -> bool {
    let (input_bytes, answer_bytes) = bytes;
    answer_bytes <= config.max_result_bytes as u64
        && hop.estimate(input_bytes, answer_bytes) <= allowed_loss(took, config)
}

/// Whether asking for an answer that takes `took` to compute can pay at all.
pub(crate) fn could_pay(took: Duration, hop: &Hop, config: &config::Memo) -> bool {
    hop.fetch() <= took.max(allowed_loss(took, config))
}

fn allowed_loss(compute: Duration, config: &config::Memo) -> Duration {
    compute.saturating_mul(config.max_loss_percent) / 100
}

/// First steps whose answers pay by themselves, the longest first, within what is left of the loss that is allowed: asking
/// for them and keeping them.
fn cuts(expected: &[Expected], hop: &Hop, config: &config::Memo, mut left: Duration) -> Vec<usize> {
    let mut cuts = Vec::new();
    for steps in (1..expected.len()).rev() {
        let before = if steps == 1 { Duration::ZERO } else { expected[steps - 2].time };
        let Expected { time, answer_bytes } = expected[steps - 1];
        let transfer = hop.transfer(answer_bytes);
        // All are fetched together, and each is stored by itself.
        let fetch = if cuts.is_empty() { 2 * hop.fetch() } else { hop.fetch() };
        let costs = fetch + 2 * transfer;
        let saves_more_than_the_one_before = time - before >= transfer;
        if answer_bytes <= config.max_result_bytes as u64
            && saves_more_than_the_one_before
            && costs <= left
            && costs <= allowed_loss(time, config)
        {
            cuts.push(steps);
            left -= costs;
        }
        if cuts.len() == MAX_CUTS {
            break;
        }
    }
    cuts
}

#[cfg(test)]
mod tests {
    use json_engine::recipe::StepCost;

    use super::*;

    fn means(steps: &[(u64, u64)]) -> Means {
        let means = Means::default();
        let cost = |&(millis, output_bytes)| StepCost {
            name: "query",
            time: Duration::from_millis(millis),
            output_bytes,
        };
        means.learn(1_000, Duration::ZERO, &steps.iter().map(cost).collect::<Vec<_>>());
        means
    }

    fn check(means: &Means, expected: Result<&[usize], &str>) {
        let plan = plan(means, &Hop::default(), &config::Memo::default(), 1_000);
        let found = match &plan {
            Plan::LookUp(look_up) => Ok(look_up.cuts.as_slice()),
            Plan::Learn | Plan::Skip(_) => Err(plan.because()),
        };
        assert_eq!(found.map_err(|because| because.split(' ').next().unwrap()), expected, "{plan:?}");
    }

    #[test]
    fn what_is_cheap_is_computed_and_what_is_dear_asked_for() {
        check(&Means::default(), Err("nothing"));
        check(&means(&[(0, 10)]), Err("computing"));
        check(&means(&[(5, 10)]), Err("documents"));
        check(&means(&[(20, 10)]), Ok(&[]));
        check(&means(&[(2_000, 5 << 20)]), Err("answers"));
    }

    #[test]
    fn documents_that_come_again_are_asked_for_sooner() {
        let means = means(&[(5, 10)]);
        for _ in 0..100 {
            means.comes_again(3);
        }
        check(&means, Ok(&[]));
        let cheap = self::means(&[(0, 10)]);
        for _ in 0..100 {
            cheap.comes_again(3);
        }
        check(&cheap, Err("computing"));
    }

    #[test]
    fn first_steps_are_kept_where_they_pay_by_themselves() {
        check(&means(&[(100, 10), (1, 10)]), Ok(&[1]));
        check(&means(&[(100, 10), (1, 10), (1, 10)]), Ok(&[2, 1]));
        check(&means(&[(1, 10), (100, 10)]), Ok(&[]));
        check(&means(&[(100, 5 << 20), (1, 10)]), Ok(&[]));
        check(&means(&[(1_000, 1), (1, 1), (1, 1), (1, 1), (1, 1)]), Ok(&[4, 3, 2]));
        check(&means(&[(20, 10), (1, 10)]), Ok(&[]));
    }
}
