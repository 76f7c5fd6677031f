//! A batch of records, worked through on the pool.
//!
//! Promise: each record has a budget of its own; a worker is given back after [`SLICE`] and the record at hand, and after
//! [`MOST_OUTPUT`] and one answer, so that a stream neither starves others nor holds more than that. Cost of a record beyond its
//! run: two looks at the clock.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use fastjson_proto::fastjson::v1 as pb;
use json_engine::ScanOptions;
use json_engine::convert::Format;
use json_engine::recipe::{Recipe, RecipeAnswer};

use super::lines::{Batch, Before};
use crate::compute::Allowance;
use crate::documents::Arm;
use crate::wire;

/// Length of a message of results, but for one that is longer by itself.
const MESSAGE_BYTES: usize = 64 << 10;
/// Answers of a batch that are held at the same time, but for the last.
const MOST_OUTPUT: usize = 256 << 10;
/// How long a batch keeps a worker.
const SLICE: Duration = Duration::from_millis(10);
/// What a result has around its answer, in bytes of a message.
const AROUND_RESULT: usize = 24;

/// What is done with each record of a stream.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) recipe: Arc<Recipe>,
    pub(crate) options: ScanOptions,
    pub(crate) allowance: Allowance,
    /// Up to and with this step, the text is the record as it came.
    pub(crate) source_until: usize,
}

/// Results that travel together.
#[derive(Debug, Default)]
pub(super) struct Message {
    pub(super) results: Vec<pb::RecordResult>,
    pub(super) bytes: usize,
}

/// What a step cost so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Spent {
    pub(super) name: &'static str,
    pub(super) time: Duration,
    pub(super) output_bytes: u64,
}

/// What came of a batch.
#[derive(Debug, Default)]
pub(super) struct Done {
    pub(super) messages: Vec<Message>,
    pub(super) spent: Vec<Spent>,
    /// Bytes of the batch that are done.
    pub(super) input_bytes: usize,
    /// What was not reached.
    pub(super) rest: Option<Batch>,
}

/// Works through `batch` as far as a worker may be kept. Answers go into `arm`.
pub(super) fn work(plan: &Plan, mut batch: Batch, arm: Arm) -> Done {
    let begun = Instant::now();
    let mut done = Done { input_bytes: batch.bytes, ..Done::default() };
    let mut output_bytes = 0;
    while let Some((record, before)) = batch.next() {
        let result = one(plan, &record, before, arm, &mut done.spent);
        output_bytes += push(&mut done.messages, result);
        if output_bytes > MOST_OUTPUT || begun.elapsed() > SLICE || plan.allowance.is_cancelled() {
            break;
        }
    }
    done.input_bytes -= batch.bytes;
    done.rest = (batch.bytes > 0).then_some(batch);
    done
}

fn one(plan: &Plan, record: &Bytes, before: Before, arm: Arm, spent: &mut Vec<Spent>) -> pb::RecordResult {
    let outcome = match plan.recipe.run(record, &plan.options, &plan.allowance.budget()) {
        Ok(answer) => {
            count(spent, &answer);
            outcome(answer, arm)
        }
        Err(error) => {
            let origin = wire::Origin {
                record: before.records + 1,
                bytes: before.bytes,
                lines: before.lines,
                until_step: plan.source_until,
            };
            pb::record_result::Outcome::Error(wire::record_error(error, origin))
        }
    };
    pb::RecordResult { record: before.records + 1, outcome: Some(outcome) }
}

fn outcome(answer: RecipeAnswer, arm: Arm) -> pb::record_result::Outcome {
    let is_binary = matches!(answer.format, Some(Format::Cbor | Format::Msgpack));
    if arm == Arm::Data || is_binary {
        return pb::record_result::Outcome::Data(answer.text.into());
    }
    match String::from_utf8(answer.text) {
        Ok(text) => pb::record_result::Outcome::Text(text),
        Err(error) => pb::record_result::Outcome::Data(error.into_bytes().into()),
    }
}

fn count(spent: &mut Vec<Spent>, answer: &RecipeAnswer) {
    if spent.len() < answer.steps.len() {
        spent.resize(answer.steps.len(), Spent::default());
    }
    for (sum, cost) in spent.iter_mut().zip(&answer.steps) {
        sum.name = cost.name;
        sum.time += cost.time;
        sum.output_bytes += cost.output_bytes;
    }
}

/// Puts a result into the last message, or into one of its own where that is full. Says how long it is.
fn push(messages: &mut Vec<Message>, result: pb::RecordResult) -> usize {
    let bytes = AROUND_RESULT + answer_bytes(&result);
    match messages.last_mut() {
        Some(last) if last.bytes + bytes <= MESSAGE_BYTES => {
            last.bytes += bytes;
            last.results.push(result);
        }
        Some(_) | None => messages.push(Message { results: vec![result], bytes }),
    }
    bytes
}

/// Length of the answer, or of what is said instead.
pub(super) fn answer_bytes(result: &pb::RecordResult) -> usize {
    match &result.outcome {
        Some(pb::record_result::Outcome::Text(text)) => text.len(),
        Some(pb::record_result::Outcome::Data(data)) => data.len(),
        Some(pb::record_result::Outcome::Error(error)) => {
            error.message.len() + error.diagnostics.iter().map(prost::Message::encoded_len).sum::<usize>()
        }
        None => 0,
    }
}
