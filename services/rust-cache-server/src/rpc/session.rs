//! Session: operations by the frame over one stream, worked through and answered in their order.
//!
//! `ahead` takes the stream before the generated server does, `frame` reads operations in place, `operate` is what each
//! does, `answer` writes the results, `place` counts sessions.
//!
//! Promise: a frame is read only when the one before it is answered and its answer taken, so that a session holds one frame
//! and one answer, and all together at most `session.max_bytes` of frames; what comes of an operation is the same as of its rpc alone. Cost: no task; a Get allocates no message, and
//! is copied once from the store into the answer.

mod answer;
mod frame;
mod operate;
mod place;

use std::future::{Ready, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use cache_engine::{NamespaceName, Store as _};
use chassis::Failure;
use fastjson_proto::rustcache::v1::operation_result;
use futures_util::stream::{self, BoxStream};
use metrics::{Counter, counter};
use tonic::server::StreamingService;
use tonic::{Status, Streaming};

use self::answer::Answer;
use self::frame::Operations;
use self::place::Place;
pub(crate) use self::place::Sessions;
use crate::latency::{Operation, Tally};
use crate::slow::Asked;
use crate::{App, wire};

/// Operations that are done in a row before other tasks may run.
const AT_ONCE: usize = 256;

/// Answers of a session, as encoded messages.
pub(super) type Answers = BoxStream<'static, Result<Bytes, Status>>;

/// Opens a session.
pub(super) struct Begin(pub(super) Arc<App>);

impl StreamingService<Bytes> for Begin {
    type Response = Bytes;
    type ResponseStream = Answers;
    type Future = Ready<Result<tonic::Response<Answers>, Status>>;

    fn call(&mut self, request: tonic::Request<Streaming<Bytes>>) -> Self::Future {
        let trace_id = chassis::context_of(request.extensions()).trace.trace_id;
        let begun = begin(&self.0, trace_id, request.into_inner());
        ready(begun.map(tonic::Response::new).map_err(Status::from))
    }
}

/// Begins a session on `frames`, which are encoded messages.
fn begin(app: &Arc<App>, trace_id: u128, frames: Streaming<Bytes>) -> Result<Answers, Failure> {
    let session = Session {
        place: app.sessions.take()?,
        trace_id,
        app: Arc::clone(app),
        frames,
        draining: Box::pin(app.tasks.draining()),
        namespace: NamespaceName::default(),
        buffer: BytesMut::new(),
        in_a_row: 0,
        frame_count: counter!("session_frames_total"),
        operation_count: counter!("session_operations_total"),
    };
    Ok(Box::pin(stream::unfold(Some(Box::new(session)), |session| async {
        let mut session = session?;
        match session.next().await? {
            Ok(answer) => Some((Ok(answer), Some(session))),
            Err(failure) => Some((Err(failure.into()), None)),
        }
    })))
}

struct Session {
    app: Arc<App>,
    frames: Streaming<Bytes>,
    draining: Pin<Box<dyn Future<Output = ()> + Send>>,
    /// The one that was asked for last, so that it is parsed once.
    namespace: NamespaceName,
    buffer: BytesMut,
    in_a_row: usize,
    frame_count: Counter,
    operation_count: Counter,
    /// Of the call that opened it.
    trace_id: u128,
    /// With what it holds: the frame, then its answer, until that is taken.
    place: Place,
}

impl Session {
    /// The answer to the next frame. A drain ends the session between two frames.
    async fn next(&mut self) -> Option<Result<Bytes, Failure>> {
        self.place.hold_answer(0);
        let frame = tokio::select! {
            biased;
            () = &mut self.draining => return Some(Err(draining())),
            frame = self.frames.message() => frame,
        };
        match frame {
            Ok(Some(frame)) => Some(self.answer(frame).await),
            Ok(None) => None,
            Err(status) => Some(Err(Failure::from_status(&status))),
        }
    }

    async fn answer(&mut self, frame: Bytes) -> Result<Bytes, Failure> {
        let began = Instant::now();
        self.place.hold_frame(frame.len())?;
        let count = frame::count(&frame)?;
        self.check_count(count)?;
        self.frame_count.increment(1);
        self.operation_count.increment(count as u64);
        let most = self.app.config.server.limits.max_response_bytes;
        let mut answer = Answer::new(std::mem::take(&mut self.buffer), count, most, self.app.clock.now());
        let mut tally = Tally::default();
        for operation in Operations::of(&frame) {
            self.pause().await;
            match frame::get(operation) {
                Some(asked) => {
                    tally.count(Operation::Get);
                    self.get(asked, &mut answer).await;
                }
                None => {
                    answer.push(operate::call(&self.app, frame.slice_ref(operation), &mut tally).await);
                }
            }
        }
        let (answer, buffer) = answer.finish();
        self.buffer = buffer;
        self.place.hold_answer(answer.len());
        let took = began.elapsed();
        self.app.latencies.share(&tally, took);
        self.log_if_slow(took, frame.len() as u64, answer.len() as u64);
        Ok(answer)
    }

    /// The usual operation, without messages.
    async fn get(&mut self, asked: frame::Get<'_>, answer: &mut Answer) {
        match self.find(asked).await {
            Ok(Some(entry)) => answer.found(&entry),
            Ok(None) => answer.missing(),
            Err(failure) => answer.push(operate::failed(&failure)),
        }
    }

    async fn find(&mut self, asked: frame::Get<'_>) -> Result<Option<cache_engine::Entry>, Failure> {
        let wanted = if asked.namespace.is_empty() { NamespaceName::DEFAULT } else { asked.namespace };
        if self.namespace.as_str() != wanted {
            self.namespace = wire::namespace(wanted)?;
        }
        let key = wire::key(asked.key)?;
        self.app.store.get(&self.namespace, &key).await.map_err(wire::engine_failure)
    }

    /// Lets other tasks run now and then, counted over frames.
    async fn pause(&mut self) {
        self.in_a_row += 1;
        if self.in_a_row > AT_ONCE {
            self.in_a_row = 0;
            tokio::task::yield_now().await;
        }
    }

    /// A frame is one call.
    fn log_if_slow(&self, took: Duration, frame_bytes: u64, answer_bytes: u64) {
        let slow = &self.app.slow;
        if slow.is(took) {
            let asked = Asked::new("", None, frame_bytes, self.trace_id, slow);
            slow.record("Session", asked, took, answer_bytes);
        }
    }

    fn check_count(&self, actual: usize) -> Result<(), Failure> {
        let allowed = self.app.config.session.max_operations;
        if actual <= allowed {
            return Ok(());
        }
        let message = format!("the frame has {actual} operations; allowed: at most {allowed}");
        Err(Failure::invalid("SESSION_OPERATIONS_LIMIT", message)
            .with("limit", "session.max_operations")
            .with("allowed", allowed)
            .with("actual", actual))
    }
}

fn draining() -> Failure {
    let message = "the server is shutting down; what was not answered was not done";
    Failure::unavailable("DRAINING", message)
}

/// What came of an operation.
type Outcome = operation_result::Result;
