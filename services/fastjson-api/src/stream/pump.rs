//! The stream itself: pieces in, results out, nothing between them but what is at work.
//!
//! It is driven by whoever takes the results: where they are not taken, nothing is read and no batch begins. Promise: a
//! result leaves as soon as it and those before it are there, also while the input pauses.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;

use chassis::Failure;
use fastjson_proto::fastjson::v1 as pb;
use futures_util::future::FutureExt as _;
use futures_util::stream::{self, FuturesOrdered, StreamExt as _};
use futures_util::{Future, Stream};
use metrics::{counter, gauge};
use tonic::Code;

use super::batch::{Done, Message, Plan, Spent, answer_bytes, work};
use super::feed::{Feed, Piece};
use super::lines::{Batch, Lines};
use crate::App;
use crate::compute::CancelOnDrop;
use crate::documents::Arm;
use crate::quota::Held;

/// Length of a batch: long enough that handing it over costs little, short enough that all workers have some.
const BATCH_BYTES: usize = 64 << 10;

/// Results as they come, then the summary.
pub(crate) type Results = Pin<Box<dyn Stream<Item = Result<pb::RunStreamResponse, Failure>> + Send>>;

type Work = Pin<Box<dyn Future<Output = Result<Done, Failure>> + Send>>;

/// What ends a stream with an error, or is kept as long as it lives.
#[derive(Debug)]
pub(crate) struct Terms {
    /// Records that may fail.
    pub(crate) max_errors: u64,
    /// The stream's place among `stream.streams`.
    pub(crate) _place: Held,
    /// Stops its programs.
    pub(crate) guard: CancelOnDrop,
}

/// Runs `plan` on the records of `feed`.
pub(crate) fn run(app: &App, plan: Plan, terms: Terms, feed: Feed) -> Results {
    let config = &app.config.stream;
    let pump = Pump {
        lines: Lines::new(app.config.server.limits.max_request_bytes),
        most_running: 2 * app.config.compute.workers.max(1),
        most_bytes: config.in_flight_bytes,
        app: app.clone(),
        plan: Arc::new(plan),
        terms,
        feed: Some(feed),
        arm: None,
        running: FuturesOrdered::new(),
        running_bytes: 0,
        ready: VecDeque::new(),
        failure: None,
        is_over: false,
        spent: Vec::new(),
        summary: pb::RunStreamSummary::default(),
        in_flight: InFlight(0),
    };
    Box::pin(stream::unfold(pump, |mut pump| async move {
        let next = pump.next().await;
        next.map(|answer| (answer, pump))
    }))
}

struct Pump {
    app: App,
    plan: Arc<Plan>,
    terms: Terms,
    /// Absent once it has ended.
    feed: Option<Feed>,
    /// Of the first piece; answers go the same way.
    arm: Option<Arm>,
    lines: Lines,
    running: FuturesOrdered<Work>,
    running_bytes: usize,
    most_running: usize,
    most_bytes: usize,
    ready: VecDeque<Message>,
    /// What the stream ends with behind its results.
    failure: Option<Failure>,
    is_over: bool,
    spent: Vec<Spent>,
    summary: pb::RunStreamSummary,
    in_flight: InFlight,
}

impl Pump {
    async fn next(&mut self) -> Option<Result<pb::RunStreamResponse, Failure>> {
        loop {
            if self.is_over {
                return None;
            }
            if let Some(message) = self.ready.pop_front() {
                return Some(Ok(self.give(message)));
            }
            self.read_what_is_there();
            if self.running.is_empty() && self.feed.is_none() {
                return Some(self.end());
            }
            let is_reading = self.has_room();
            let feed = self.feed.as_mut().filter(|_| is_reading);
            tokio::select! {
                biased;
                Some(done) = self.running.next() => self.take(done),
                piece = next_of(feed) => self.receive(piece),
            }
        }
    }

    /// Reads pieces that need no waiting, and puts to work what they hold.
    fn read_what_is_there(&mut self) {
        while self.has_room() {
            let Some(piece) = next_of(self.feed.as_mut()).now_or_never() else { break };
            self.receive(piece);
            self.dispatch(BATCH_BYTES);
        }
        // The input pauses, or there is as much at hand as may be.
        self.dispatch(1);
        self.measure();
    }

    fn has_room(&self) -> bool {
        // A record that is not whole goes on however much it holds; its own limit ends it.
        let needs_more = self.running.is_empty() && self.lines.ready() == 0;
        let is_full = self.lines.held() + self.running_bytes >= self.most_bytes && !needs_more;
        self.feed.is_some() && !is_full && self.running.len() < self.most_running
    }

    fn receive(&mut self, piece: Option<Result<Piece, Failure>>) {
        match piece {
            Some(Ok(Piece { bytes, arm })) => {
                self.arm.get_or_insert(arm);
                self.summary.input_bytes += bytes.len() as u64;
                self.lines.push(bytes);
            }
            Some(Err(failure)) => {
                self.feed = None;
                self.failure = Some(failure);
            }
            None => {
                self.feed = None;
                self.lines.finish();
            }
        }
    }

    /// Begins batches as long as `least` bytes of whole lines are at hand and a batch may begin.
    fn dispatch(&mut self, least: usize) {
        while self.lines.ready() >= least && self.running.len() < self.most_running {
            let Some(batch) = self.lines.take(BATCH_BYTES) else { break };
            self.running_bytes += batch.bytes;
            let work = self.begin(batch);
            self.running.push_back(work);
        }
        if self.lines.is_broken() && self.failure.is_none() {
            self.feed = None;
            self.failure = Some(self.record_too_long());
        }
    }

    fn begin(&self, batch: Batch) -> Work {
        let (compute, plan) = (self.app.compute.clone(), Arc::clone(&self.plan));
        let arm = self.arm.unwrap_or(Arm::Data);
        Box::pin(async move { compute.run_in_turn(move || work(&plan, batch, arm)).await })
    }

    /// Takes what came of the first batch; what is left of it goes on before all others.
    fn take(&mut self, done: Result<Done, Failure>) {
        let done = match done {
            Ok(done) => done,
            Err(failure) => return self.stop(failure),
        };
        self.running_bytes -= done.input_bytes;
        self.spent.resize(self.spent.len().max(done.spent.len()), Spent::default());
        for (sum, spent) in self.spent.iter_mut().zip(done.spent) {
            sum.name = spent.name;
            sum.time += spent.time;
            sum.output_bytes += spent.output_bytes;
        }
        self.ready.extend(done.messages);
        if let Some(rest) = done.rest {
            let work = self.begin(rest);
            self.running.push_front(work);
        }
    }

    /// The message, up to the error that is one too many.
    fn give(&mut self, message: Message) -> pb::RunStreamResponse {
        let mut results = message.results;
        for index in 0..results.len() {
            self.summary.records += 1;
            if !matches!(results[index].outcome, Some(pb::record_result::Outcome::Error(_))) {
                self.summary.output_bytes += answer_bytes(&results[index]) as u64;
                continue;
            }
            self.summary.errors += 1;
            if self.summary.errors > self.terms.max_errors {
                results.truncate(index + 1);
                self.stop(self.errors_limit());
                break;
            }
        }
        counter!("stream_records_total").increment(results.len() as u64);
        let is_error =
            |one: &&pb::RecordResult| matches!(one.outcome, Some(pb::record_result::Outcome::Error(_)));
        counter!("stream_record_errors_total").increment(results.iter().filter(is_error).count() as u64);
        pb::RunStreamResponse { results, summary: None }
    }

    /// Nothing more is read or computed.
    fn stop(&mut self, failure: Failure) {
        self.terms.guard.cancel();
        self.feed = None;
        self.running = FuturesOrdered::new();
        self.ready.clear();
        self.failure = Some(failure);
    }

    fn end(&mut self) -> Result<pb::RunStreamResponse, Failure> {
        self.is_over = true;
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        let mut summary = std::mem::take(&mut self.summary);
        summary.steps = self.spent.iter().map(report).collect();
        Ok(pb::RunStreamResponse { results: Vec::new(), summary: Some(summary) })
    }

    fn measure(&mut self) {
        let ready: usize = self.ready.iter().map(|message| message.bytes).sum();
        self.in_flight.set(self.lines.held() + self.running_bytes + ready);
    }

    fn errors_limit(&self) -> Failure {
        let (errors, allowed) = (self.summary.errors, self.terms.max_errors);
        let message = format!("{errors} of {} records failed, {allowed} may", self.summary.records);
        Failure::new(Code::Aborted, "ERRORS_LIMIT", message)
            .with("errors", errors)
            .with("records", self.summary.records)
            .with("allowed", allowed)
    }

    fn record_too_long(&self) -> Failure {
        let record = self.lines.records() + 1;
        let allowed = self.app.config.server.limits.max_request_bytes;
        let message = format!("record {record} has more than {allowed} bytes, which is what is allowed");
        Failure::invalid("RECORD_BYTES_LIMIT", message).with("record", record).with("allowed", allowed)
    }
}

/// The next piece; waits for ever where there is no feed.
async fn next_of(feed: Option<&mut Feed>) -> Option<Result<Piece, Failure>> {
    match feed {
        Some(feed) => feed.next().await,
        None => std::future::pending().await,
    }
}

fn report(spent: &Spent) -> pb::StepReport {
    pb::StepReport {
        name: spent.name.to_owned(),
        micros: u64::try_from(spent.time.as_micros()).unwrap_or(u64::MAX),
        output_bytes: spent.output_bytes,
    }
}

/// Bytes that a stream holds, in the gauge of all streams.
struct InFlight(usize);

impl InFlight {
    #[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
    fn set(&mut self, bytes: usize) {
        gauge!("stream_in_flight_bytes").increment(bytes as f64 - self.0 as f64);
        self.0 = bytes;
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.set(0);
    }
}
