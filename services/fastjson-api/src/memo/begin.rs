//! A call begins: it asks for its answer, where that pays.
//!
//! Promise: never fails and is over in the time of a look-up, but where another call computes the same: then it waits as long as
//! computing is likely to take. Cost: under a microsecond where it does not ask; else a hash of the document and a round trip.

use std::hash::BuildHasher as _;
use std::time::{Duration, Instant};

use bytes::Bytes;
use chassis::Failure;
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use foldhash::fast::FixedState;
use metrics::{counter, histogram};
use tracing::Instrument as _;

use super::means::Found;
use super::peer::Asked;
use super::plan::{LookUp, Plan};
use super::{Begun, Call, Hash, Keep, Kept, Lease, Mark, Means, Memo, Outcome};
use crate::compute::Weight;
use crate::documents::Document;

impl Memo {
    /// Asks for the answer, where that pays; it may be there, or that of the first steps.
    pub(crate) async fn begin(&self, call: Call<'_>, wish: pb::Memo) -> Begun {
        let begun = match self.decide(call, wish) {
            Err(outcome) => Begun::without(outcome),
            Ok((look_up, comes_again)) => {
                let span = tracing::debug_span!("memo", outcome = tracing::field::Empty);
                let begun = self.ask(call, &look_up).instrument(span.clone()).await;
                span.record("outcome", begun.outcome.word());
                if comes_again {
                    note(&call.known.means, begun.outcome);
                }
                begun
            }
        };
        counter!("memo_total", "outcome" => begun.outcome.word()).increment(1);
        if let Some(kept) = &begun.kept {
            counter!("memo_saved_microseconds_total").increment(kept.micros());
        }
        begun
    }

    /// What to ask for, and whether the document is one of the last ones; or why not.
    fn decide(&self, call: Call<'_>, wish: pb::Memo) -> Result<(LookUp, bool), Outcome> {
        let wanted = match wish {
            pb::Memo::Unspecified | pb::Memo::Auto => self.engine().is_some() && call.context.hop.is_none(),
            pb::Memo::Off => false,
        };
        if !wanted {
            return Err(Outcome::Off);
        }
        let means = &call.known.means;
        if !call.known.is_cacheable() {
            return Err(Outcome::Uncacheable);
        }
        let comes_again = means.comes_again(print(call.documents));
        match self.plan(call.known, call.bytes()) {
            Plan::Learn => Err(Outcome::Learn),
            Plan::Skip(_) => {
                self.0.hop.forget_a_little();
                means.was_found(Found::NotAsked);
                Err(Outcome::Skip)
            }
            Plan::LookUp(_) if self.0.peer.rests() => Err(Outcome::Error),
            Plan::LookUp(look_up) => Ok((look_up, comes_again)),
        }
    }

    async fn ask(&self, call: Call<'_>, look_up: &LookUp) -> Begun {
        let started = Instant::now();
        let Ok(peer) = call.context.for_peer(crate::NAME) else { return Begun::without(Outcome::Off) };
        let Ok(mark) = mark(call).await else { return Begun::without(Outcome::Error) };
        let steps = call.known.steps;
        let Some(key) = self.key(call, steps, &mark) else { return Begun::without(Outcome::Uncacheable) };
        let asked_at = Instant::now();
        let asked = self.0.peer.ask(&peer, &key, look_up.compute).await;
        self.learn(&asked, asked_at.elapsed());
        let mut begun = match asked {
            Asked::Kept(sealed) => self.opened(&sealed, (&key, steps), mark, Outcome::Hit),
            Asked::Shared(sealed) => self.opened(&sealed, (&key, steps), mark, Outcome::Shared),
            Asked::Leased(token) => {
                let lease = Lease::new(self.clone(), peer.clone(), key, token);
                let begun = Begun::keeping(Outcome::Miss, Keep::Lease(mark, Box::new(lease)));
                self.first_steps(&peer, call, mark, (begun, look_up)).await
            }
            Asked::Nowhere => Begun::keeping(Outcome::Miss, Keep::Put(mark)),
            Asked::Busy => Begun::without(Outcome::Busy),
            Asked::Failed => Begun::without(Outcome::Error),
        };
        begun.lookup = started.elapsed();
        histogram!("memo_lookup_seconds").record(begun.lookup);
        begun
    }

    /// What a look-up took, where it did not wait for another call.
    fn learn(&self, asked: &Asked, took: Duration) {
        match asked {
            Asked::Kept(sealed) => self.0.hop.learn(took, sealed.len() as u64),
            Asked::Leased(_) | Asked::Nowhere => self.0.hop.learn(took, 0),
            Asked::Shared(_) | Asked::Busy | Asked::Failed => {}
        }
    }

    fn opened(&self, sealed: &Bytes, (key, steps): (&str, usize), mark: Mark, outcome: Outcome) -> Begun {
        match Kept::open(sealed, key, (&self.0.engine.words, steps)) {
            Some(kept) => Begun { kept: Some(kept), ..Begun::without(outcome) },
            // It is put right.
            None => Begun::keeping(Outcome::Garbage, Keep::Put(mark)),
        }
    }

    /// Asks for what first steps give, the longest first; from there on the call computes, and keeps what later cuts give.
    async fn first_steps(
        &self,
        peer: &Context,
        call: Call<'_>,
        mark: Mark,
        (mut begun, look_up): (Begun, &LookUp),
    ) -> Begun {
        let keyed = |steps: &usize| Some((*steps, self.key(call, *steps, &mark)?));
        let keys: Vec<(usize, String)> = look_up.cuts.iter().filter_map(keyed).collect();
        if keys.is_empty() {
            return begun;
        }
        let asked = keys.iter().map(|(_, key)| key.clone()).collect();
        let found = self.0.peer.ask_many(peer, asked).await;
        let open = |((steps, key), sealed): (&(usize, String), Option<Bytes>)| {
            Kept::open(&sealed?, key, (&self.0.engine.words, *steps))
        };
        begun.kept = keys.iter().zip(found).find_map(open);
        if begun.kept.is_some() {
            begun.outcome = Outcome::Prefix;
        }
        let steps = begun.steps();
        begun.cuts = keys.into_iter().rev().map(|(cut, _)| cut).filter(|cut| *cut > steps).collect();
        begun
    }
}

/// The part of a key that is of the documents. Fails where the service is overloaded.
pub(super) async fn mark(call: Call<'_>) -> Result<Mark, Failure> {
    let texts: Vec<Bytes> = call.documents.iter().map(|document| document.bytes.clone()).collect();
    let weight = Weight::Bytes(usize::try_from(call.bytes()).unwrap_or(usize::MAX));
    let hash = call.app.compute.run(weight, move || hash(&texts)).await?;
    let format = match call.documents.first().map(|document| document.format) {
        Some(pb::Format::Unspecified) | None => pb::Format::Json,
        Some(other) => other,
    };
    Ok(Mark { hash, format: format.into(), choices: call.choices })
}

/// Of one document its own, of two that of both of theirs.
fn hash(texts: &[Bytes]) -> Hash {
    match texts {
        [one] => *blake3::hash(one).as_bytes(),
        several => {
            let mut hasher = blake3::Hasher::new();
            for text in several {
                hasher.update(blake3::hash(text).as_bytes());
            }
            *hasher.finalize().as_bytes()
        }
    }
}

/// The same for equal documents and seldom for others.
fn print(documents: &[Document]) -> u64 {
    match documents {
        [one] => print_of(&one.bytes),
        several => several
            .iter()
            .fold(0, |print, document| FixedState::default().hash_one((print, print_of(&document.bytes)))),
    }
}

/// Of the length, and some bytes of both ends and the middle.
fn print_of(document: &[u8]) -> u64 {
    const PART: usize = 64;
    let (length, middle) = (document.len(), document.len() / 2);
    let part = |from: usize| &document[from.min(length)..(from + PART).min(length)];
    FixedState::default().hash_one((length, part(0), part(middle), part(length.saturating_sub(PART))))
}

fn note(means: &Means, outcome: Outcome) {
    match outcome {
        Outcome::Hit | Outcome::Shared => means.was_found(Found::Yes),
        Outcome::Miss | Outcome::Prefix | Outcome::Garbage => means.was_found(Found::No),
        Outcome::Off
        | Outcome::Uncacheable
        | Outcome::Learn
        | Outcome::Skip
        | Outcome::Busy
        | Outcome::Error => {}
    }
}
