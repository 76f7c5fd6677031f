//! Hostile requests, each with the reason by which it must end; what `tests/e2e` proves and `bench` measures.
//!
//! Promise: no request is longer than a server takes by default, and each ends the same way whenever it has time enough.
//! Cost: the list holds some 100 MB of documents.

mod changes;
mod documents;
mod programs;
mod recipes;
mod schemas;

use std::time::Duration;

use bytes::Bytes;
use client::{Error, JsonClient};
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use pb::record_result::Outcome;
use pb::run_stream_request::Message;

/// The outcome of a request that is answered.
pub const ANSWERED: &str = "answered";
/// The outcome of a program that would run for ever and holds little.
pub const TIME: &str = "BUDGET_TIME";

/// A request made to hurt.
#[derive(Debug, Clone)]
pub struct Case {
    /// What it is, for people.
    pub name: String,
    /// The reason by which it ends, or [`ANSWERED`]. Where that is not [`TIME`], a server of little time or much load may still
    /// say [`TIME`].
    pub expected: &'static str,
    /// How else it may end: by this on a machine that comes so far before its time is over.
    pub otherwise: Option<&'static str>,
    request: Request,
}

/// The requests of the list.
#[derive(Debug, Clone)]
enum Request {
    Validate(Box<pb::ValidateRequest>),
    Format(Box<pb::FormatRequest>),
    Query(Box<pb::QueryRequest>),
    Convert(Box<pb::ConvertRequest>),
    Patch(Box<pb::PatchRequest>),
    Merge(Box<pb::MergeRequest>),
    Diff(Box<pb::DiffRequest>),
    CheckSchema(Box<pb::CheckSchemaRequest>),
    InferSchema(Box<pb::InferSchemaRequest>),
    Run(Box<pb::RunRequest>),
    /// A recipe and its records.
    RunStream(pb::Recipe, Bytes),
    /// A recipe and its document.
    Transfer(pb::Recipe, Bytes),
}

/// All of them.
pub fn cases() -> Vec<Case> {
    let lists = [programs::cases(), schemas::cases(), documents::cases(), changes::cases(), recipes::cases()];
    lists.into_iter().flatten().collect()
}

impl Case {
    fn new(name: impl Into<String>, expected: &'static str, request: Request) -> Self {
        Self { name: name.into(), expected, otherwise: None, request }
    }

    /// It may end like this as well.
    fn or(self, reason: &'static str) -> Self {
        Self { otherwise: Some(reason), ..self }
    }

    /// Whether this is a right end for it, on a server of any time; of a stream, whose records need not end alike, each of them.
    pub fn may_end_by(&self, outcome: &str) -> bool {
        let may_end_by = |reason| reason == self.expected || reason == TIME || Some(reason) == self.otherwise;
        outcome.split(' ').all(may_end_by)
    }

    /// Time that a server of these settings gives to it.
    pub fn budget(&self, config: &fastjson_api::Config) -> Duration {
        let limits = &config.limits;
        match &self.request {
            Request::Query(_) => limits.program_time,
            Request::RunStream(_, records) => limits.program_time * lines(records),
            Request::Transfer(..) => config.transfer.time,
            Request::Validate(_)
            | Request::Format(_)
            | Request::Convert(_)
            | Request::Patch(_)
            | Request::Merge(_)
            | Request::Diff(_)
            | Request::CheckSchema(_)
            | Request::InferSchema(_)
            | Request::Run(_) => limits.document_time,
        }
    }

    /// Sends it: how it ended, as [`Case::expected`] says it.
    pub async fn outcome(&self, client: &JsonClient, context: &Context) -> String {
        let answer = match self.request.clone() {
            Request::Validate(request) => client.validate(context, *request).await.map(drop),
            Request::Format(request) => client.format(context, *request).await.map(drop),
            Request::Query(request) => client.query(context, *request).await.map(drop),
            Request::Convert(request) => client.convert(context, *request).await.map(drop),
            Request::Patch(request) => client.patch(context, *request).await.map(drop),
            Request::Merge(request) => client.merge(context, *request).await.map(drop),
            Request::Diff(request) => client.diff(context, *request).await.map(drop),
            Request::CheckSchema(request) => client.check_schema(context, *request).await.map(drop),
            Request::InferSchema(request) => client.infer_schema(context, *request).await.map(drop),
            Request::Run(request) => client.run(context, *request).await.map(drop),
            Request::RunStream(recipe, records) => return stream(client, context, recipe, records).await,
            Request::Transfer(recipe, document) => transfer(client, context, recipe, document).await,
        };
        answer.map_or_else(|error| reason(&error), |()| ANSWERED.to_owned())
    }
}

/// The one reason by which all records ended, or all that there were, with a space between.
async fn stream(client: &JsonClient, context: &Context, recipe: pb::Recipe, records: Bytes) -> String {
    let header = Message::Header(pb::RunStreamHeader { recipe: Some(recipe), ..Default::default() });
    let messages = std::iter::once(header).chain(pieces(records).map(Message::Data));
    let messages = messages.map(|message| pb::RunStreamRequest { message: Some(message) });
    let mut answers = match client.run_stream(context, tokio_stream::iter(messages)).await {
        Ok(answers) => answers,
        Err(error) => return reason(&error),
    };
    let mut reasons = std::collections::BTreeSet::new();
    while let Some(answer) = answers.next().await {
        let results = match answer {
            Ok(answer) => answer.results,
            Err(error) => return reason(&error),
        };
        reasons.extend(results.into_iter().map(|result| match result.outcome {
            Some(Outcome::Error(error)) => error.reason,
            Some(Outcome::Text(_) | Outcome::Data(_)) | None => ANSWERED.to_owned(),
        }));
    }
    reasons.into_iter().collect::<Vec<_>>().join(" ")
}

/// Bytes of a message of a stream or a transfer, far below what one may have.
const PIECE_BYTES: usize = 1 << 20;

fn pieces(mut whole: Bytes) -> impl Iterator<Item = Bytes> {
    std::iter::from_fn(move || {
        let length = whole.len().min(PIECE_BYTES);
        (length > 0).then(|| whole.split_to(length))
    })
}

async fn transfer(
    client: &JsonClient,
    context: &Context,
    recipe: pb::Recipe,
    document: Bytes,
) -> Result<(), Error> {
    use pb::transfer_request::Message;
    let header = Message::Header(pb::TransferHeader { recipe: Some(recipe), ..Default::default() });
    let messages = std::iter::once(header).chain(pieces(document).map(Message::Data));
    let messages = messages.map(|message| pb::TransferRequest { message: Some(message) });
    let mut answers = client.transfer(context, tokio_stream::iter(messages)).await?;
    while let Some(answer) = answers.next().await {
        answer?;
    }
    Ok(())
}

fn reason(error: &Error) -> String {
    error.rejection().map_or_else(|| error.to_string(), |rejection| rejection.reason)
}

fn lines(records: &[u8]) -> u32 {
    // No list of this file has more than a hundred.
    records.iter().filter(|byte| **byte == b'\n').count() as u32
}

fn json(text: impl Into<Vec<u8>>) -> Option<pb::Input> {
    input(text, pb::Format::Json)
}

fn input(bytes: impl Into<Vec<u8>>, format: pb::Format) -> Option<pb::Input> {
    let source = Some(pb::input::Source::Data(Bytes::from(bytes.into())));
    Some(pb::Input { source, format: format.into() })
}

/// `[item(0),item(1),…]`.
fn array(count: usize, item: impl Fn(usize) -> String) -> String {
    format!("[{}]", (0..count).map(item).collect::<Vec<_>>().join(","))
}

/// `units` levels of something around `inner`.
fn nested(units: usize, open: &str, inner: &str, close: &str) -> String {
    format!("{}{inner}{}", open.repeat(units), close.repeat(units))
}
