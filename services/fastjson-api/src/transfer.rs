//! A recipe on one document that comes and goes in pieces.
//!
//! What can is done while the document arrives, in [`arriving`]. For any other recipe the document is collected, the recipe runs
//! on it, the answer leaves in pieces as they are taken. Promise: never more than the limits say, for one transfer and for all
//! together; a transfer that is dropped stops its programs. Cost of what is collected: the document and the answer in memory,
//! one copy of the document.

mod arriving;
mod share;

use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use chassis::Failure;
use fastjson_proto::fastjson::v1 as pb;
use futures_util::Stream;
use futures_util::stream::{self, StreamExt as _};
use json_engine::recipe::{Recipe, RecipeAnswer};
use json_engine::{DuplicateKeys, ScanOptions};
use metrics::counter;

use crate::compute::{Allowance, CancelOnDrop, Weight};
use crate::quota::Held;
use crate::rpc::run;
use crate::{App, wire};

pub(crate) use share::Share;

/// Length of a piece of an answer, but for the last.
const PIECE_BYTES: usize = 256 << 10;

/// The answer in pieces, then the summary.
pub(crate) type Pieces = Pin<Box<dyn Stream<Item = Result<pb::TransferResponse, Failure>> + Send>>;

/// The document in pieces.
pub(crate) type Feed = Pin<Box<dyn Stream<Item = Result<Bytes, Failure>> + Send>>;

/// What a recipe makes of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    /// It reads its text.
    Text,
    /// It holds its values.
    Values,
}

/// When an answer may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begins {
    /// While the document arrives, where the recipe can.
    AsItComes,
    /// Once nothing can fail any more.
    Once,
}

/// Runs `recipe` on the document of `feed`.
pub(crate) fn run_on(
    app: &App,
    recipe: Arc<Recipe>,
    holds: Holds,
    begins: Begins,
    feed: Feed,
) -> Result<Pieces, Failure> {
    let mut place = app.streams.hold();
    place.more(1)?;
    if begins == Begins::AsItComes && recipe.streams() {
        return Ok(arriving::run(app, &recipe, feed, place));
    }
    let config = &app.config.transfer;
    let (allowance, guard) = Allowance::new(config.time, &app.config.limits);
    let held = Share::new(&app.transfers);
    let limit = match holds {
        Holds::Text => Limit::text(config.max_bytes),
        Holds::Values => Limit::collected(config),
    };
    let transfer =
        Transfer { app: app.clone(), recipe, limit, allowance, held, _place: place, _guard: guard };
    Ok(Box::pin(stream::once(transfer.run(feed)).flat_map(|outcome| match outcome {
        Ok(giving) => giving.pieces(),
        Err(failure) => Box::pin(stream::once(async { Err(failure) })),
    })))
}

/// How long a document may be, and what is said of a longer one.
#[derive(Debug, Clone, Copy)]
struct Limit {
    allowed: u64,
    reason: &'static str,
    name: &'static str,
    /// Most values.
    nodes: u64,
}

impl Limit {
    /// Text has no more values than bytes.
    fn text(allowed: u64) -> Limit {
        Limit { allowed, reason: "TRANSFER_BYTES_LIMIT", name: "transfer.max_bytes", nodes: allowed }
    }

    fn collected(config: &crate::config::Transfer) -> Limit {
        let allowed = config.collected_bytes.min(config.max_bytes);
        let name = "transfer.collected_bytes";
        Limit { allowed, reason: "TRANSFER_COLLECTED_LIMIT", name, nodes: config.max_nodes }
    }

    fn exceeded(&self) -> Failure {
        let message = format!("the document has more than {} bytes, which is what is allowed", self.allowed);
        Failure::invalid(self.reason, message).with("limit", self.name).with("allowed", self.allowed)
    }
}

struct Transfer {
    app: App,
    recipe: Arc<Recipe>,
    limit: Limit,
    allowance: Allowance,
    held: Share,
    _place: Held,
    _guard: CancelOnDrop,
}

impl Transfer {
    async fn run(mut self, feed: Feed) -> Result<Giving, Failure> {
        let document = self.collect(feed).await?;
        let input_bytes = document.len() as u64;
        counter!("transfer_bytes_total", "way" => "in").increment(input_bytes);
        let options = self.options();
        let (recipe, allowance) = (Arc::clone(&self.recipe), self.allowance.clone());
        let work = move || recipe.run(&document, &options, &allowance.budget());
        let answer = self.app.compute.run(Weight::Program, work).await?.map_err(wire::step_failure)?;
        self.held.more(answer.text.len() as u64)?;
        self.app.costs.learn(input_bytes, &answer.steps);
        counter!("transfer_bytes_total", "way" => "out").increment(answer.text.len() as u64);
        Ok(Giving::new(answer, input_bytes, self.held))
    }

    async fn collect(&mut self, mut feed: Feed) -> Result<Vec<u8>, Failure> {
        let mut document = Vec::new();
        while let Some(piece) = feed.next().await {
            let piece = piece?;
            if (document.len() + piece.len()) as u64 > self.limit.allowed {
                return Err(self.limit.exceeded());
            }
            self.held.more(piece.len() as u64)?;
            document.extend_from_slice(&piece);
        }
        Ok(document)
    }

    fn options(&self) -> ScanOptions {
        options(&self.app, &self.limit)
    }
}

fn options(app: &App, limit: &Limit) -> ScanOptions {
    let mut options = app.scan_options(DuplicateKeys::Report);
    options.limits.max_bytes = limit.allowed;
    options.limits.max_nodes = limit.nodes;
    options.limits.max_output_bytes = app.config.transfer.max_bytes;
    options
}

/// An answer that is being given.
struct Giving {
    rest: Bytes,
    summary: Option<pb::TransferSummary>,
    _held: Share,
}

impl Giving {
    fn new(answer: RecipeAnswer, input_bytes: u64, held: Share) -> Giving {
        let found = answer.diagnostics.iter();
        let diagnostics = found.map(|(step, one)| wire::diagnostic(one, u32::try_from(*step).ok())).collect();
        let summary = pb::TransferSummary {
            input_bytes,
            output_bytes: answer.text.len() as u64,
            format: answer.format.map_or(pb::Format::Unspecified, wire::choice::format).into(),
            steps: answer.steps.iter().map(run::report).collect(),
            diagnostics,
            diagnostics_total: answer.diagnostics_total,
            streamed: false,
            stored: None,
        };
        Giving { rest: answer.text.into(), summary: Some(summary), _held: held }
    }

    fn pieces(self) -> Pieces {
        Box::pin(stream::unfold(self, |mut giving| async move {
            let message = giving.next()?;
            Some((Ok(pb::TransferResponse { message: Some(message) }), giving))
        }))
    }

    fn next(&mut self) -> Option<pb::transfer_response::Message> {
        if self.rest.is_empty() {
            return self.summary.take().map(pb::transfer_response::Message::Summary);
        }
        let piece = self.rest.split_to(self.rest.len().min(PIECE_BYTES));
        Some(pb::transfer_response::Message::Data(piece))
    }
}
