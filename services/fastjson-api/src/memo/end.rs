//! A call ends: what it computed is measured, and kept where that pays.
//!
//! Promise: the caller waits at most for the hash of its document; at most `memo.max_keeping` answers are on their way, one more
//! is not kept. Cost: a task an answer.

use std::time::Duration;

use bytes::Bytes;
use context::Context;
use json_engine::recipe::StepCost;
use metrics::counter;

use super::lease::unhurried;
use super::{Begun, Call, Keep, Kept, Lease, Mark, Memo, begin, plan};

/// What computing took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Took<'c> {
    /// Converting the document.
    pub(crate) before: Duration,
    /// The steps that ran.
    pub(crate) steps: &'c [StepCost],
}

impl Memo {
    /// Takes in what a call computed: the answers after the cuts of `begun`, and the whole one.
    pub(crate) async fn end(
        &self,
        call: Call<'_>,
        begun: Begun,
        answers: (Vec<Kept>, &Kept),
        took: Took<'_>,
    ) {
        if begun.kept.is_none() {
            call.known.means.learn(call.bytes(), took.before, took.steps);
        }
        let (mark, lease) = match begun.keep {
            Keep::No => return,
            Keep::IfItPays if !self.pays(call, took) => return,
            Keep::IfItPays => match begin::mark(call).await {
                Ok(mark) => (mark, None),
                Err(_overloaded) => return,
            },
            Keep::Put(mark) => (mark, None),
            Keep::Lease(mark, lease) => (mark, Some(*lease)),
        };
        if let Ok(peer) = call.context.for_peer(crate::NAME) {
            self.keep(&unhurried(&peer), call, mark, answers, lease);
        }
    }

    fn pays(&self, call: Call<'_>, took: Took<'_>) -> bool {
        let time = took.before + took.steps.iter().map(|cost| cost.time).sum::<Duration>();
        let answer_bytes = took.steps.last().map_or(0, |cost| cost.output_bytes);
        let bytes = (call.bytes(), answer_bytes);
        !self.0.peer.rests() && plan::pays(time, &self.0.hop, &self.0.config, bytes)
    }

    /// Keeps the whole answer, for those who wait under the lease where there is one, and those after the cuts.
    fn keep(
        &self,
        peer: &Context,
        call: Call<'_>,
        mark: Mark,
        (cuts, whole): (Vec<Kept>, &Kept),
        lease: Option<Lease>,
    ) {
        match (self.sealed(call, mark, whole), lease) {
            (Some((_, sealed)), Some(lease)) => lease.complete(sealed),
            (Some((key, sealed)), None) => self.put(peer, key, sealed),
            (None, lease) => drop(lease),
        }
        for (key, sealed) in cuts.iter().filter_map(|cut| self.sealed(call, mark, cut)) {
            self.put(peer, key, sealed);
        }
    }

    /// What is kept of an answer, and under which key; `None` where it is too long.
    fn sealed(&self, call: Call<'_>, mark: Mark, answer: &Kept) -> Option<(String, Bytes)> {
        let is_common = answer.steps.iter().all(|step| step.output_bytes <= self.0.max_answer_bytes);
        if answer.document.len() + answer.told.len() > self.0.config.max_result_bytes || !is_common {
            counter!("memo_kept_total", "outcome" => "too_long").increment(1);
            return None;
        }
        let key = self.key(call, answer.steps.len(), &mark)?;
        let sealed = answer.seal(&key);
        Some((key, sealed))
    }

    /// The key of what the first `steps` of the call give.
    pub(super) fn key(&self, call: Call<'_>, steps: usize, mark: &Mark) -> Option<String> {
        call.known.key(&self.0.engine, steps, mark)
    }

    fn put(&self, peer: &Context, key: String, sealed: Bytes) {
        let Ok(place) = self.0.keeping.clone().try_acquire_owned() else {
            counter!("memo_kept_total", "outcome" => "dropped").increment(1);
            return;
        };
        let (own, peer) = (self.clone(), peer.clone());
        let _joined_at_drain = self.0.tasks.spawn("memo keep", async move {
            own.0.peer.keep(&peer, key, sealed).await;
            drop(place);
        });
    }
}
