//! Memo: answers of recipes and operations, kept in the cache service for all callers and replicas.
//!
//! The file list reads as the way of a call: `means` and `hop` know what computing and asking cost, `plan` decides, `identity`
//! names the answer (with `normal` forms of the steps), `peer` asks, `kept` is checked, `lease` keeps what was computed. What is
//! `known` of a recipe or an `operation` of one step holds the first two together.
//!
//! Promise: an answer is the same with and without, but for what its steps cost; no failure here is one of the call; asking costs
//! at most what `memo` in the settings allows. Cost: under a microsecond for a call that does not ask; docs/memo.md.

mod begin;
mod end;
mod hop;
mod identity;
mod kept;
mod known;
mod lease;
mod means;
mod normal;
mod operation;
mod peer;
mod plan;

use std::sync::Arc;
use std::time::Duration;

use chassis::Tasks;
use client::CacheClient;
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use tokio::sync::Semaphore;

use crate::config::{self, Config};
use crate::documents::Document;
use crate::{App, Error};
pub(crate) use end::Took;
use hop::Hop;
pub(crate) use identity::{Engine, Hash, Identity, Mark};
pub(crate) use kept::Kept;
pub(crate) use known::{Known, Operation};
use lease::Lease;
pub(crate) use means::Means;
pub(crate) use operation::{Given, Made, Place};
use peer::Peer;
use plan::Plan;

/// The memo of a service; clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Memo(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    config: config::Memo,
    engine: Engine,
    /// Longest answer of a call that does not store it: what only a call that does can have is not kept.
    max_answer_bytes: u64,
    hop: Hop,
    peer: Peer,
    /// Answers that may be on their way to be kept.
    keeping: Arc<Semaphore>,
    tasks: Tasks,
}

/// A call of a recipe on a document, or of an operation on one or two.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'c> {
    pub(crate) app: &'c App,
    pub(crate) context: &'c Context,
    pub(crate) known: &'c Known,
    /// As they came, in whatever format.
    pub(crate) documents: &'c [Document],
    /// What the answer depends on beside: numbers that the operation gives to choices of the call that are no part of its step.
    pub(crate) choices: u32,
}

impl Call<'_> {
    /// Bytes of its documents.
    fn bytes(&self) -> u64 {
        self.documents.iter().map(|document| document.bytes.len() as u64).sum()
    }
}

/// What came of asking; the words stand in the contract and in metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Off,
    Uncacheable,
    Learn,
    Skip,
    Hit,
    Shared,
    Prefix,
    Miss,
    Busy,
    Garbage,
    Error,
}

impl Outcome {
    fn word(self) -> &'static str {
        match self {
            Outcome::Off => "off",
            Outcome::Uncacheable => "uncacheable",
            Outcome::Learn => "learn",
            Outcome::Skip => "skip",
            Outcome::Hit => "hit",
            Outcome::Shared => "shared",
            Outcome::Prefix => "prefix",
            Outcome::Miss => "miss",
            Outcome::Busy => "busy",
            Outcome::Garbage => "garbage",
            Outcome::Error => "error",
        }
    }
}

/// A call that has asked, or does not.
#[derive(Debug)]
pub(crate) struct Begun {
    outcome: Outcome,
    lookup: Duration,
    /// What the first steps give, as many as it has reports of.
    pub(crate) kept: Option<Kept>,
    /// After how many steps the answer is kept beside the whole one; ascending.
    pub(crate) cuts: Vec<usize>,
    keep: Keep,
}

/// What is done with a computed answer.
#[derive(Debug)]
enum Keep {
    No,
    /// Kept, where it took so long that a look-up would have paid.
    IfItPays,
    /// Kept, of a document of this mark.
    Put(Mark),
    /// Given to those who wait, and kept.
    Lease(Mark, Box<Lease>),
}

impl Begun {
    /// What the cache service has no part in.
    fn without(outcome: Outcome) -> Self {
        let keep = if outcome == Outcome::Learn { Keep::IfItPays } else { Keep::No };
        Self { outcome, lookup: Duration::ZERO, kept: None, cuts: Vec::new(), keep }
    }

    fn keeping(outcome: Outcome, keep: Keep) -> Self {
        Self { keep, ..Self::without(outcome) }
    }

    /// How many of the first steps need not run.
    pub(crate) fn steps(&self) -> usize {
        self.kept.as_ref().map_or(0, |kept| kept.steps.len())
    }

    /// For the caller.
    pub(crate) fn report(&self) -> pb::MemoReport {
        pb::MemoReport {
            outcome: self.outcome.word().to_owned(),
            lookup_micros: u64::try_from(self.lookup.as_micros()).unwrap_or(u64::MAX),
            saved_micros: self.kept.as_ref().map_or(0, Kept::micros),
        }
    }
}

impl Memo {
    /// Connects to nothing. Fails on an address of the cache service that is none.
    pub(crate) fn new(config: &Config, tasks: Tasks) -> Result<Self, Error> {
        // A look-up that failed is not repeated: computing is the better second try.
        let cache = client::Config { retries: 0, ..config.cache.clone() };
        let cache = CacheClient::new(cache).map_err(|error| Error::Config(error.to_string()))?;
        let limits = config.engine_limits();
        let (engine, max_answer_bytes) = (Engine::of(&config.memo, &limits), limits.max_output_bytes);
        let config = config.memo.clone();
        let keeping = Arc::new(Semaphore::new(config.max_keeping));
        let peer = Peer::new(cache, config.clone());
        Ok(Self(Arc::new(Inner {
            config,
            engine,
            max_answer_bytes,
            hop: Hop::default(),
            peer,
            keeping,
            tasks,
        })))
    }

    /// The engine by which recipes are named; `None` where answers are not kept.
    pub(crate) fn engine(&self) -> Option<&Engine> {
        self.0.config.enabled.then_some(&self.0.engine)
    }

    /// What a call would do with a document of so many bytes.
    pub(crate) fn plan(&self, known: &Known, input_bytes: u64) -> Plan {
        plan::plan(&known.means, &self.0.hop, &self.0.config, input_bytes)
    }

    /// What asking is likely to cost, for a document of so many bytes.
    pub(crate) fn lookup_cost(&self, known: &Known, input_bytes: u64) -> Duration {
        let whole = known.means.expected(input_bytes).and_then(|expected| expected.last().copied());
        self.0.hop.estimate(input_bytes, whole.unwrap_or_default().answer_bytes)
    }

    /// An answer that begins, of no step.
    pub(crate) fn blank(&self) -> Kept {
        Kept { engine: self.0.engine.words.clone(), ..Kept::default() }
    }
}
