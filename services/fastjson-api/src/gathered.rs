//! Answers that come in pieces, gathered to go into the cache service instead of to the caller.
//!
//! Promise: nothing is stored of a stream that fails; one answer takes at most `limits.program_memory_bytes`, all together have
//! their share of `transfer.total_bytes`. Cost: the answer in memory until it is stored, copied once.

use chassis::Failure;
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use futures_util::stream::{self, StreamExt as _};
use pb::record_result::Outcome;
use pb::transfer_response::Message;

use crate::App;
use crate::documents::{self, Arm, Document};
use crate::stream::{Results, push_line};
use crate::transfer::{Pieces, Share};

/// What there is of an answer.
pub(crate) struct Gathered {
    app: App,
    context: Context,
    store_as: pb::StoreAs,
    bytes: Vec<u8>,
    share: Share,
}

impl Gathered {
    /// Nothing yet, for the entry that `store_as` names. Fails where that cannot be written in this call.
    pub(crate) fn new(app: &App, context: &Context, store_as: pb::StoreAs) -> Result<Gathered, Failure> {
        documents::check(context, &store_as)?;
        let share = Share::new(&app.transfers);
        Ok(Gathered { app: app.clone(), context: context.clone(), store_as, bytes: Vec::new(), share })
    }

    /// The transfer, whose answer is stored: of its messages the summary is left.
    pub(crate) fn transfer(self, pieces: Pieces) -> Pieces {
        Box::pin(stream::once(self.through(pieces)))
    }

    async fn through(mut self, mut pieces: Pieces) -> Result<pb::TransferResponse, Failure> {
        while let Some(response) = pieces.next().await {
            match response?.message {
                Some(Message::Data(piece)) => self.add(|bytes| bytes.extend_from_slice(&piece))?,
                Some(Message::Summary(mut summary)) => {
                    summary.stored = Some(self.store(summary.format()).await?);
                    return Ok(pb::TransferResponse { message: Some(Message::Summary(summary)) });
                }
                None => {}
            }
        }
        Err(Failure::internal("SUMMARY_MISSING", "the transfer ended without its summary"))
    }

    /// The stream, whose answers are stored: of its results those of records that failed are left, and the summary.
    pub(crate) fn records(self, results: Results) -> Results {
        Box::pin(stream::unfold(Some((self, results)), |state| async move {
            let (mut gathered, mut results) = state?;
            let response = gathered.next_of(&mut results).await?;
            let goes_on = matches!(&response, Ok(response) if response.summary.is_none());
            Some((response, goes_on.then_some((gathered, results))))
        }))
    }

    /// The next message that has anything to say.
    async fn next_of(&mut self, results: &mut Results) -> Option<Result<pb::RunStreamResponse, Failure>> {
        loop {
            let response = match results.next().await? {
                Ok(response) => self.without_answers(response).await,
                Err(failure) => Err(failure),
            };
            match response {
                Ok(response) if response.results.is_empty() && response.summary.is_none() => {}
                response => return Some(response),
            }
        }
    }

    async fn without_answers(
        &mut self,
        response: pb::RunStreamResponse,
    ) -> Result<pb::RunStreamResponse, Failure> {
        let pb::RunStreamResponse { mut results, mut summary } = response;
        for result in &results {
            match &result.outcome {
                Some(Outcome::Text(text)) => self.add(|bytes| push_line(text.as_bytes(), bytes))?,
                Some(Outcome::Data(data)) => self.add(|bytes| push_line(data, bytes))?,
                Some(Outcome::Error(_)) | None => {}
            }
        }
        results.retain(|result| matches!(result.outcome, Some(Outcome::Error(_))));
        if let Some(summary) = &mut summary {
            summary.stored = Some(self.store(pb::Format::Ndjson).await?);
        }
        Ok(pb::RunStreamResponse { results, summary })
    }

    fn add(&mut self, push: impl FnOnce(&mut Vec<u8>)) -> Result<(), Failure> {
        let before = self.bytes.len();
        push(&mut self.bytes);
        let (length, allowed) = (self.bytes.len() as u64, self.app.config.limits.program_memory_bytes);
        if length > allowed {
            let message = format!("the answer has more than {allowed} bytes, which is what is allowed");
            return Err(Failure::exhausted("OUTPUT_TOO_LARGE", message).with("allowed", allowed));
        }
        self.share.more((self.bytes.len() - before) as u64)
    }

    async fn store(&mut self, format: pb::Format) -> Result<pb::CacheRef, Failure> {
        let answer = Document { bytes: std::mem::take(&mut self.bytes).into(), arm: Arm::Text, format };
        documents::store(&self.app.cache, &self.context, self.store_as.clone(), answer).await
    }
}
