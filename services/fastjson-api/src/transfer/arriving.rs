//! A recipe that is done while its document arrives.
//!
//! It is driven by whoever takes the answer: where that is not taken, nothing is read. Promise: memory is a message, what the
//! engine has not read of those before, a piece of the answer, and the keys of the objects that are open; a transfer that is
//! dropped does nothing more. Cost: a turn on the pool for each message over `compute.inline_bytes`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use chassis::Failure;
use fastjson_proto::fastjson::v1 as pb;
use futures_util::stream::{self, StreamExt as _};
use json_engine::recipe::{Recipe, StepCost, StepError};
use json_engine::{BudgetKind, Error, FeedLimits};
use metrics::counter;
use pb::transfer_response::Message;

use super::share::Share;
use super::{Feed, Limit, PIECE_BYTES, Pieces, options};
use crate::compute::Weight;
use crate::quota::Held;
use crate::rpc::run;
use crate::{App, wire};

/// Runs `recipe`, which streams, on the document of `feed`.
pub(super) fn run(app: &App, recipe: &Arc<Recipe>, feed: Feed, place: Held) -> Pieces {
    let config = &app.config.transfer;
    let limit = Limit::text(config.max_bytes);
    let limits = FeedLimits {
        max_token_bytes: config.max_token_bytes,
        max_held_bytes: usize::try_from(app.config.limits.program_memory_bytes).unwrap_or(usize::MAX),
    };
    let Some((engine, name)) = recipe.feed(&options(app, &limit), limits) else {
        let failure = Failure::internal("RECIPE_COLLECTS", "the recipe needs its whole document");
        return Box::pin(stream::once(async { Err(failure) }));
    };
    let arriving = Arriving {
        app: app.clone(),
        feed: Some(feed),
        engine: Some(Box::new(engine)),
        name,
        limit,
        received: None,
        ready: Bytes::new(),
        spent: Duration::ZERO,
        input_bytes: 0,
        share: Share::new(&app.transfers),
        _place: place,
    };
    Box::pin(stream::unfold(Some(arriving), |arriving| async move {
        let mut arriving = arriving?;
        match arriving.next().await {
            Ok(message @ Message::Data(_)) => Some((Ok(response(message)), Some(arriving))),
            Ok(message @ Message::Summary(_)) => Some((Ok(response(message)), None)),
            Err(failure) => Some((Err(failure), None)),
        }
    }))
}

fn response(message: Message) -> pb::TransferResponse {
    pb::TransferResponse { message: Some(message) }
}

struct Arriving {
    app: App,
    /// Absent once it has ended.
    feed: Option<Feed>,
    /// Away while it is at work.
    engine: Option<Box<json_engine::Feed>>,
    /// Of its step.
    name: &'static str,
    limit: Limit,
    /// What the engine gets next.
    received: Option<Bytes>,
    /// The answer that is there.
    ready: Bytes,
    /// Time of the engine.
    spent: Duration,
    input_bytes: u64,
    share: Share,
    _place: Held,
}

impl Arriving {
    async fn next(&mut self) -> Result<Message, Failure> {
        loop {
            if !self.ready.is_empty() {
                return Ok(Message::Data(self.ready.split_to(self.ready.len().min(PIECE_BYTES))));
            }
            let mut engine = self.work().await?;
            if engine.is_complete() && self.ready.is_empty() {
                return Ok(Message::Summary(self.summary(*engine)));
            }
            if self.ready.is_empty() && !self.receive().await? {
                engine.close();
            }
            self.engine = Some(engine);
        }
    }

    /// Takes the next message; says whether there is one.
    async fn receive(&mut self) -> Result<bool, Failure> {
        let Some(feed) = &mut self.feed else {
            return Ok(false);
        };
        let Some(piece) = feed.next().await.transpose()? else {
            self.feed = None;
            return Ok(false);
        };
        self.input_bytes += piece.len() as u64;
        if self.input_bytes > self.limit.allowed {
            return Err(self.limit.exceeded());
        }
        counter!("transfer_bytes_total", "way" => "in").increment(piece.len() as u64);
        self.received = Some(piece);
        Ok(true)
    }

    /// Has the engine go on, up to the next piece of its answer or to the end of what is there.
    async fn work(&mut self) -> Result<Box<json_engine::Feed>, Failure> {
        let Some(mut engine) = self.engine.take() else {
            return Err(Failure::internal("TRANSFER_OVER", "the transfer has ended"));
        };
        let received = self.received.take().unwrap_or_default();
        self.share.set((engine.held_bytes() + received.len()) as u64)?;
        let bytes = engine.unread_bytes() + received.len();
        let work = move || {
            let begun = Instant::now();
            engine.push(&received);
            drop(received);
            let answer = engine.next_piece();
            (engine, answer, begun.elapsed())
        };
        let compute = &self.app.compute;
        let (engine, answer, time) = match bytes <= self.app.config.compute.inline_bytes {
            true => compute.run(Weight::Bytes(bytes), work).await?,
            false => compute.run_in_turn(work).await?,
        };
        self.spend(time)?;
        let answer = answer.map_err(|error| wire::step_failure(StepError { step: 0, error }))?;
        self.ready = answer.unwrap_or_default().into();
        counter!("transfer_bytes_total", "way" => "out").increment(self.ready.len() as u64);
        self.share.set((engine.held_bytes() + self.ready.len()) as u64)?;
        Ok(engine)
    }

    fn spend(&mut self, time: Duration) -> Result<(), Failure> {
        self.spent += time;
        let (allowed, used) = (self.app.config.transfer.time.as_millis(), self.spent.as_millis());
        if used <= allowed {
            return Ok(());
        }
        let millis = |millis: u128| u64::try_from(millis).unwrap_or(u64::MAX);
        let error = Error::Budget { kind: BudgetKind::Time, allowed: millis(allowed), used: millis(used) };
        Err(wire::step_failure(StepError { step: 0, error }))
    }

    fn summary(&self, engine: json_engine::Feed) -> pb::TransferSummary {
        let output_bytes = engine.output_bytes();
        let step = StepCost { name: self.name, time: self.spent, output_bytes };
        let steps = vec![run::report(&step)];
        self.app.costs.learn(self.input_bytes, &[step]);
        let report = engine.into_report();
        pb::TransferSummary {
            input_bytes: self.input_bytes,
            output_bytes,
            format: pb::Format::Json.into(),
            steps,
            diagnostics: report.diagnostics.iter().map(|one| wire::diagnostic(one, Some(0))).collect(),
            diagnostics_total: report.diagnostics_total,
            streamed: true,
            stored: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use json_engine::recipe::Step;
    use json_engine::{DuplicateKeys, FormatOptions, Style};

    use super::*;
    use crate::Config;
    use crate::transfer::{Begins, Holds, run_on};

    const ELEMENT: &str = "{\"id\": 12345678901234567890123, \"price\": 1.50, \"tags\": [\"a\", null]},\n";
    const MINIFIED: &str = "{\"id\":12345678901234567890123,\"price\":1.50,\"tags\":[\"a\",null]},";
    /// Elements of a message of about 1 MiB.
    const ELEMENTS: usize = 16_000;

    fn minify() -> Arc<Recipe> {
        let how = FormatOptions::from(Style::Minify);
        Arc::new(Recipe::new(vec![Step::Format { how, duplicate_keys: DuplicateKeys::Report }]).unwrap())
    }

    fn arrived(app: &App, feed: Feed) -> Pieces {
        run_on(app, minify(), Holds::Text, Begins::AsItComes, feed).unwrap()
    }

    /// An array of `messages` MiB that is made while it is taken, which `taken` counts.
    fn generated(messages: usize, taken: &Arc<AtomicUsize>) -> Feed {
        let taken = Arc::clone(taken);
        let message = Bytes::from(ELEMENT.repeat(ELEMENTS));
        let body = stream::iter((0..messages).map(move |_| {
            taken.fetch_add(1, Ordering::Relaxed);
            Ok(message.clone())
        }));
        let first = stream::iter([Ok(Bytes::from_static(b"[\n"))]);
        Box::pin(first.chain(body).chain(stream::iter([Ok(Bytes::from_static(b"null]"))])))
    }

    #[tokio::test]
    async fn more_than_a_hundred_megabytes_pass_through_a_few() {
        let app = App::new(Config::default(), chassis::Tasks::new()).unwrap();
        let taken = Arc::default();
        let mut pieces = arrived(&app, generated(110, &taken));
        let (mut at, mut most) = (0, 0);
        let mut summary = None;
        while let Some(response) = pieces.next().await {
            most = most.max(app.transfers.taken());
            match response.unwrap().message.unwrap() {
                Message::Data(piece) => {
                    check(&piece, at);
                    at += piece.len();
                }
                Message::Summary(last) => summary = Some(last),
            }
        }
        let summary = summary.expect("a summary comes last");
        assert!(summary.input_bytes > 100_000_000 && summary.streamed, "{summary:?}");
        assert_eq!((summary.output_bytes, at), (at as u64, 110 * ELEMENTS * MINIFIED.len() + 6));
        assert!(most < 6 << 20, "{most} bytes were held");
        drop(pieces);
        assert_eq!((app.transfers.taken(), app.streams.taken()), (0, 0));
    }

    /// The piece of the answer at `at`, byte by byte.
    fn check(piece: &[u8], at: usize) {
        let unit = MINIFIED.as_bytes();
        let end = 110 * ELEMENTS * unit.len() + 1;
        for (offset, byte) in (at..).zip(piece) {
            let expected = match offset {
                0 => b'[',
                offset if offset < end => unit[(offset - 1) % unit.len()],
                offset => b"null]"[offset - end],
            };
            assert_eq!(*byte, expected, "at {offset}");
        }
    }

    #[tokio::test]
    async fn what_is_not_taken_is_not_read_and_a_call_that_is_gone_frees_all() {
        let app = App::new(Config::default(), chassis::Tasks::new()).unwrap();
        let taken = Arc::default();
        let mut pieces = arrived(&app, generated(110, &taken));
        assert!(matches!(pieces.next().await, Some(Ok(_))));
        assert!(taken.load(Ordering::Relaxed) <= 2 && app.transfers.taken() > 0);
        drop(pieces);
        assert_eq!((app.transfers.taken(), app.streams.taken()), (0, 0));
    }

    #[tokio::test]
    async fn a_fault_behind_the_first_pieces_ends_the_answer_without_a_summary() {
        let app = App::new(Config::default(), chassis::Tasks::new()).unwrap();
        let feed = generated(3, &Arc::default()).chain(stream::iter([Ok(Bytes::from_static(b"]"))]));
        let pieces: Vec<_> = arrived(&app, Box::pin(feed)).collect().await;
        let (last, others) = pieces.split_last().unwrap();
        assert!(others.len() > 3 && others.iter().all(Result::is_ok));
        assert_eq!(&*last.as_ref().unwrap_err().reason, "DOCUMENT_INVALID");
    }
}
