//! Histories through the real API: half of the callers make single calls, half have sessions whose frames name each key at
//! most once, so that the order within a frame says nothing about any key.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use client::{Answers, CacheClient, Error, Frames};
use context::Context;
use fastjson_proto::rustcache::v1 as pb;
use fastrand::Rng;
use pb::operation::Operation;
use pb::operation_result::Result as Outcome;
use tokio::task::JoinSet;

use super::{Answered, Asked, Call, Condition, Moments};

/// Keys in use at the same time: few, so that callers meet.
const KEYS_AT_ONCE: usize = 32;
/// Calls of a frame.
const FRAME: usize = 16;

/// What is to be recorded.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Callers at the same time.
    pub callers: usize,
    /// Calls of all of them, at least.
    pub calls: usize,
    /// Calls of a key, about, before another takes its place.
    pub calls_of_a_key: usize,
    /// Where chance begins.
    pub seed: u64,
}

/// Has callers do as `plan` says to a cache that nobody else uses and that is large enough to keep all.
///
/// # Errors
/// The first call that failed.
///
/// # Panics
/// If the server answers what was not asked.
pub async fn record(cache: &CacheClient, plan: Plan) -> Result<Vec<Call>, Error> {
    let shared = Arc::new(Shared { plan, moments: Moments::default(), begun: AtomicUsize::new(0) });
    let mut callers = JoinSet::new();
    for number in 0..plan.callers {
        let caller = Caller {
            cache: cache.clone(),
            shared: Arc::clone(&shared),
            rng: Rng::with_seed(plan.seed.wrapping_add(number as u64)),
            seen: HashMap::new(),
            calls: Vec::new(),
        };
        if number % 2 == 0 {
            callers.spawn(caller.call_one_by_one());
        } else {
            callers.spawn(caller.call_by_frames());
        }
    }
    let histories = callers.join_all().await.into_iter().collect::<Result<Vec<_>, Error>>()?;
    Ok(histories.concat())
}

struct Shared {
    plan: Plan,
    moments: Moments,
    begun: AtomicUsize,
}

struct Caller {
    cache: CacheClient,
    shared: Arc<Shared>,
    rng: Rng,
    /// The last version of each key that this caller saw.
    seen: HashMap<usize, u64>,
    calls: Vec<Call>,
}

impl Caller {
    async fn call_one_by_one(mut self) -> Result<Vec<Call>, Error> {
        while let Some(first) = self.first_key(1) {
            let key = first + self.rng.usize(..KEYS_AT_ONCE);
            let asked = self.ask(key);
            let began = self.shared.moments.next();
            let outcome = single(&self.cache, operation(key, asked)).await?;
            self.note(key, began, asked, &outcome);
        }
        Ok(self.calls)
    }

    async fn call_by_frames(mut self) -> Result<Vec<Call>, Error> {
        let (frames, mut answers) = self.cache.session(&Context::background()).await?;
        while let Some(first) = self.first_key(FRAME) {
            let keys = self.rng.choose_multiple(first..first + KEYS_AT_ONCE, FRAME);
            let asked: Vec<(usize, Asked)> = keys.into_iter().map(|key| (key, self.ask(key))).collect();
            let began = self.shared.moments.next();
            let results = frame(&frames, &mut answers, &asked).await?;
            for ((key, asked), result) in asked.into_iter().zip(results) {
                self.note(key, began, asked, &result.result.expect("a result is one"));
            }
        }
        Ok(self.calls)
    }

    /// The first of the keys in use, unless enough calls have begun; `more` now do.
    fn first_key(&self, more: usize) -> Option<usize> {
        let plan = &self.shared.plan;
        let begun = self.shared.begun.fetch_add(more, Ordering::Relaxed);
        let turn = begun / (plan.calls_of_a_key * KEYS_AT_ONCE);
        (begun < plan.calls).then_some(turn * KEYS_AT_ONCE)
    }

    fn ask(&mut self, key: usize) -> Asked {
        let seen = self.seen.get(&key).map_or(Condition::IfAbsent, |version| Condition::IfVersion(*version));
        // Small enough that no sum overflows.
        let value = i64::from(self.rng.i32(..));
        match self.rng.u8(..100) {
            0..35 => Asked::Get,
            35..45 => Asked::Set(value, Condition::Always),
            45..60 => Asked::Set(value, seen),
            60..70 => Asked::Set(value, Condition::IfAbsent),
            70..88 => Asked::Increment(value),
            88..94 => Asked::Delete(seen_or_always(seen)),
            _ => Asked::Delete(Condition::Always),
        }
    }

    fn note(&mut self, key: usize, began: u64, asked: Asked, outcome: &Outcome) {
        let ended = self.shared.moments.next();
        let answered = answered(outcome);
        match answered {
            Answered::Found(_, version)
            | Answered::Stored(version)
            | Answered::Counted(_, version)
            | Answered::Conflict(Some(version)) => {
                self.seen.insert(key, version);
            }
            Answered::Missing | Answered::Conflict(None) | Answered::Deleted(_) => {
                self.seen.remove(&key);
            }
        }
        self.calls.push(Call { key, began, ended, asked, answered });
    }
}

/// A removal cannot depend on absence.
fn seen_or_always(condition: Condition) -> Condition {
    match condition {
        Condition::IfVersion(version) => Condition::IfVersion(version),
        Condition::Always | Condition::IfAbsent => Condition::Always,
    }
}

async fn single(cache: &CacheClient, operation: Operation) -> Result<Outcome, Error> {
    let context = &Context::background();
    match operation {
        Operation::Get(request) => cache.get(context, request).await.map(Outcome::Get),
        Operation::Set(request) => cache.set(context, request).await.map(Outcome::Set),
        Operation::Increment(request) => cache.increment(context, request).await.map(Outcome::Increment),
        Operation::Delete(request) => cache.delete(context, request).await.map(Outcome::Delete),
        Operation::Touch(_) | Operation::InvalidateTags(_) => unreachable!("not asked here"),
    }
}

async fn frame(
    frames: &Frames,
    answers: &mut Answers<pb::SessionResponse>,
    asked: &[(usize, Asked)],
) -> Result<Vec<pb::OperationResult>, Error> {
    let operations = asked.iter().map(|(key, asked)| operation(*key, *asked));
    let operations = operations.map(|operation| pb::Operation { operation: Some(operation) }).collect();
    // An end is told by the answers.
    let _ended = frames.send(operations).await;
    let response = answers.next().await.expect("the session goes on")?;
    assert_eq!(response.results.len(), asked.len(), "a result for each operation");
    Ok(response.results)
}

fn operation(key: usize, asked: Asked) -> Operation {
    let key = format!("key:{key}");
    match asked {
        Asked::Get => Operation::Get(pb::GetRequest { key, ..Default::default() }),
        Asked::Set(value, condition) => {
            let body = Some(pb::value::Body::Text(value.to_string()));
            let value = Some(pb::Value { body, content_type: String::new() });
            Operation::Set(pb::SetRequest { key, value, condition: wire(condition), ..Default::default() })
        }
        Asked::Increment(by) => Operation::Increment(pb::IncrementRequest { key, by, ..Default::default() }),
        Asked::Delete(condition) => {
            Operation::Delete(pb::DeleteRequest { key, condition: wire(condition), ..Default::default() })
        }
    }
}

fn wire(condition: Condition) -> Option<pb::Condition> {
    let kind = match condition {
        Condition::Always => return None,
        Condition::IfAbsent => pb::condition::Kind::IfAbsent(pb::IfAbsent {}),
        Condition::IfVersion(version) => pb::condition::Kind::IfVersion(version),
    };
    Some(pb::Condition { kind: Some(kind) })
}

fn answered(outcome: &Outcome) -> Answered {
    match outcome {
        Outcome::Get(pb::GetResponse { outcome: Some(pb::get_response::Outcome::Found(entry)) }) => {
            Answered::Found(number(entry), entry.version)
        }
        Outcome::Get(_) => Answered::Missing,
        Outcome::Set(pb::SetResponse { outcome: Some(pb::set_response::Outcome::Stored(stored)) }) => {
            Answered::Stored(stored.version)
        }
        Outcome::Set(pb::SetResponse { outcome: Some(pb::set_response::Outcome::Conflict(conflict)) }) => {
            Answered::Conflict(current(conflict))
        }
        Outcome::Increment(counter) => Answered::Counted(counter.value, counter.version),
        Outcome::Delete(pb::DeleteResponse { outcome: Some(outcome) }) => match outcome {
            pb::delete_response::Outcome::Deleted(deleted) => Answered::Deleted(deleted.version),
            pb::delete_response::Outcome::Missing(_) => Answered::Missing,
            pb::delete_response::Outcome::Conflict(conflict) => Answered::Conflict(current(conflict)),
        },
        other => panic!("not an answer to what was asked: {other:?}"),
    }
}

fn number(entry: &pb::Entry) -> i64 {
    match entry.value.as_ref().and_then(|value| value.body.as_ref()) {
        Some(pb::value::Body::Text(text)) => text.parse().expect("only numbers were written"),
        other => panic!("a value that nobody wrote: {other:?}"),
    }
}

fn current(conflict: &pb::Conflict) -> Option<u64> {
    match conflict.current {
        Some(pb::conflict::Current::Version(version)) => Some(version),
        Some(pb::conflict::Current::Missing(_)) | None => None,
    }
}
