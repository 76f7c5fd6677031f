//! One call: a connection in turn, a deadline that holds, repetition where it does no harm.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use context::{Context, Deadline};
use tonic::metadata::MetadataMap;
use tonic::transport::Channel;
use tonic::{Request, Response, Status, Streaming};

use crate::failure::Failure;
use crate::stream::Answers;
use crate::{Config, Error};

/// Whether an rpc may run twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// It has no effect: repeat it whenever the server was unavailable.
    None,
    /// It writes: repeat it only when the server cannot have seen it.
    Write,
}

impl Effect {
    /// A write with a request id takes effect once, however often it is sent.
    pub(crate) fn of_write(request_id: &str) -> Self {
        if request_id.is_empty() { Self::Write } else { Self::None }
    }
}

/// The wait before the first repetition lies between half of this and this; it doubles each time.
const FIRST_BACKOFF: Duration = Duration::from_millis(20);

/// The connections to one server, each as a generated client `C`; clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Peer<C>(Arc<Inner<C>>);

#[derive(Debug)]
struct Inner<C> {
    config: Config,
    clients: Box<[C]>,
    turn: AtomicUsize,
}

impl<C: Clone> Peer<C> {
    /// Connects to nothing yet.
    pub(crate) fn new(config: Config, client: impl Fn(Channel, usize) -> C) -> Result<Self, Error> {
        let decoding_bytes = config.decoding_bytes();
        let channels = config.channels()?.into_iter();
        let clients = channels.map(|channel| client(channel, decoding_bytes)).collect();
        Ok(Self(Arc::new(Inner { config, clients, turn: AtomicUsize::new(0) })))
    }

    /// Sends `message` by `send`, within the deadline of `context` or the default.
    pub(crate) async fn call<M, T, F, R>(
        &self,
        context: &Context,
        effect: Effect,
        message: M,
        send: F,
    ) -> Result<T, Error>
    where
        M: Clone,
        F: Fn(C, Request<M>) -> R,
        R: Future<Output = Result<Response<T>, Status>>,
    {
        let started = Instant::now();
        let deadline = context.deadline.unwrap_or_else(|| Deadline::after(self.0.config.deadline));
        let dated = Context { deadline: Some(deadline), ..context.clone() };
        let attempts = self.attempts(&dated, deadline, effect, message, send);
        let outcome = if deadline.expired() {
            Err(Failure::Deadline)
        } else {
            tokio::time::timeout_at(deadline.instant().into(), attempts)
                .await
                .unwrap_or(Err(Failure::Deadline))
        };
        outcome.map_err(|failure| self.error(failure, started.elapsed()))
    }

    async fn attempts<M, T, F, R>(
        &self,
        context: &Context,
        deadline: Deadline,
        effect: Effect,
        message: M,
        send: F,
    ) -> Result<T, Failure>
    where
        M: Clone,
        F: Fn(C, Request<M>) -> R,
        R: Future<Output = Result<Response<T>, Status>>,
    {
        for repetition in 0..self.0.config.retries {
            match send(self.next(), request(context, message.clone())).await {
                Ok(response) => return Ok(response.into_inner()),
                Err(status) => {
                    let failure = Failure::of(status);
                    let wait = backoff(repetition);
                    if !may_repeat(&failure, effect) || wait >= deadline.remaining() {
                        return Err(failure);
                    }
                    tokio::time::sleep(wait).await;
                }
            }
        }
        let last = send(self.next(), request(context, message)).await;
        last.map(Response::into_inner).map_err(Failure::of)
    }

    fn next(&self) -> C {
        let turn = self.0.turn.fetch_add(1, Ordering::Relaxed);
        self.0.clients[turn % self.0.clients.len()].clone()
    }

    /// Opens a stream by `send`, within the deadline of `context`, which then holds for the whole of it; without one it may
    /// last. Not repeated: what was sent is gone.
    pub(crate) async fn stream<S, T, F, R>(
        &self,
        context: &Context,
        messages: S,
        send: F,
    ) -> Result<Answers<T>, Error>
    where
        F: FnOnce(C, Request<S>) -> R,
        R: Future<Output = Result<Response<Streaming<T>>, Status>>,
    {
        let waiting = Waiting { peer: self.0.config.address.clone(), since: Instant::now() };
        let opened = send(self.next(), request(context, messages));
        let opened = match context.deadline {
            Some(deadline) => tokio::time::timeout_at(deadline.instant().into(), opened)
                .await
                .map_err(|_elapsed| waiting.error(Failure::Deadline))?,
            None => opened.await,
        };
        match opened {
            Ok(response) => Ok(Answers::new(response.into_inner(), context.deadline, waiting)),
            Err(status) => Err(waiting.error(Failure::of(status))),
        }
    }

    fn error(&self, failure: Failure, waited: Duration) -> Error {
        error(self.0.config.address.clone(), failure, waited)
    }
}

/// Whose answer is waited for, and since when.
#[derive(Debug)]
pub(crate) struct Waiting {
    peer: String,
    since: Instant,
}

impl Waiting {
    pub(crate) fn error(&self, failure: Failure) -> Error {
        error(self.peer.clone(), failure, self.since.elapsed())
    }
}

fn error(peer: String, failure: Failure, waited: Duration) -> Error {
    match failure {
        Failure::NeverArrived(message) | Failure::NoConnectionInTime(message) | Failure::Lost(message) => {
            Error::Unavailable { peer, message }
        }
        Failure::Deadline => Error::Deadline { peer, waited },
        Failure::Refused(status) => Error::Status(status),
    }
}

fn request<M>(context: &Context, message: M) -> Request<M> {
    let mut headers = http::HeaderMap::with_capacity(4);
    context.write(&mut headers);
    Request::from_parts(MetadataMap::from_headers(headers), tonic::Extensions::new(), message)
}

fn may_repeat(failure: &Failure, effect: Effect) -> bool {
    match failure {
        Failure::NeverArrived(_) => true,
        Failure::Lost(_) => effect == Effect::None,
        Failure::NoConnectionInTime(_) | Failure::Deadline | Failure::Refused(_) => false,
    }
}

/// Exponential with jitter, so that clients that lost the same server do not come back at the same moment.
fn backoff(repetition: u8) -> Duration {
    let longest = FIRST_BACKOFF * (1 << repetition.min(6));
    longest.mul_f64(0.5 + 0.5 * fastrand::f64())
}
