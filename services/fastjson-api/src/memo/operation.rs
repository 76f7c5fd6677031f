//! Operations of one step: Query, Convert, CheckSchema and Diff give what is kept, or compute and keep it.
//!
//! Promise: the answer is the same with and without; a cheap call pays a look at what such calls cost. Cost: as that of a
//! recipe; what tells more than the document is encoded where it is kept.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chassis::Failure;
use fastjson_proto::fastjson::v1 as pb;
use json_engine::recipe::StepCost;
use prost::Message;

use super::known::Operation;
use super::{Call, Keep, Kept, Known, Memo, Took, plan};
use crate::App;
use crate::compiled::{Key, KeyBuilder, What};

/// What an operation gives: a document, and what its response tells beside. An operation without a document leaves that empty.
#[derive(Debug, PartialEq)]
pub(crate) struct Made<A> {
    pub(crate) document: Bytes,
    pub(crate) format: pb::Format,
    pub(crate) told: A,
}

/// An answer, and where it came from.
#[derive(Debug)]
pub(crate) struct Given<A> {
    pub(crate) made: Made<A>,
    pub(crate) from_cache: bool,
    /// What came of asking; `None` where nobody does.
    pub(crate) report: Option<pb::MemoReport>,
}

impl<A> Given<A> {
    /// Of an operation that is never asked for.
    pub(crate) fn computed(made: Made<A>) -> Self {
        Self { made, from_cache: false, report: None }
    }
}

impl Memo {
    /// The answer to a call: the one that is kept, or what `compute` gives, with how long it took to compute.
    pub(crate) async fn answer<A: Message + Default>(
        &self,
        call: Call<'_>,
        wish: pb::Memo,
        compute: impl Future<Output = Result<(Made<A>, Duration), Failure>>,
    ) -> Result<Given<A>, Failure> {
        let begun = self.begin(call, wish).await;
        let report = Some(begun.report());
        if let Some(made) = begun.kept.as_ref().and_then(opened) {
            return Ok(Given { made, from_cache: true, report });
        }
        let (made, time) = compute.await?;
        let output_bytes = made.document.len() as u64;
        let steps = [StepCost { name: call.known.name(), time, output_bytes }];
        let took = Took { before: Duration::ZERO, steps: &steps };
        // Most calls are cheap and keep nothing: for those there is nothing to encode.
        let whole = match begun.keep {
            Keep::No => self.blank(),
            Keep::IfItPays | Keep::Put(_) | Keep::Lease(..) => self.sealable(&made, &steps[0]),
        };
        self.end(call, begun, (Vec::new(), &whole), took).await;
        Ok(Given { made, from_cache: false, report })
    }

    fn sealable<A: Message>(&self, made: &Made<A>, cost: &StepCost) -> Kept {
        Kept {
            document: made.document.clone(),
            format: made.format.into(),
            steps: vec![crate::rpc::run::report(cost)],
            told: made.told.encode_to_vec().into(),
            ..self.blank()
        }
    }

    /// Whether what is known of an operation is worth its place: asking for such a call could pay.
    fn is_dear(&self, known: &Known, input_bytes: u64) -> bool {
        let expected = known.means.expected(input_bytes).and_then(|expected| expected.last().copied());
        expected.is_some_and(|whole| plan::could_pay(whole.time, &self.0.hop, &self.0.config))
    }
}

/// What was kept of an operation; `None` where it is none of `A`.
fn opened<A: Message + Default>(kept: &Kept) -> Option<Made<A>> {
    let told = A::decode(kept.told.clone()).ok()?;
    Some(Made { document: kept.document.clone(), format: pb::Format::try_from(kept.format).ok()?, told })
}

/// What is known of an operation that nothing is compiled for: found by its choices, remembered once it was dear.
#[derive(Debug)]
pub(crate) struct Place {
    key: Key,
    pub(crate) known: Arc<Known>,
    is_new: bool,
}

impl Place {
    /// The place of the operation that `step` describes.
    pub(crate) fn of(app: &App, name: &'static str, step: pb::step::Step) -> Self {
        let mut words = Vec::new();
        step.encode(&mut words);
        let key = KeyBuilder::new(What::Operation).part(&words).build();
        match app.compiled.get::<Known>(&key, 0) {
            Some(known) => Self { key, known, is_new: false },
            None => {
                let known = Arc::new(Known::operation(Operation { name, step, schema: None }));
                Self { key, known, is_new: true }
            }
        }
    }

    /// Keeps what was learnt, where calls on documents of so many bytes are dear.
    pub(crate) fn settle(self, app: &App, input_bytes: u64) {
        if self.is_new && app.memo.is_dear(&self.known, input_bytes) {
            let source_bytes = self.key.len();
            app.compiled.put(self.key, &self.known, source_bytes, None);
        }
    }
}
