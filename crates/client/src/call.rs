//! One call: a connection in turn, a deadline that holds, repetition where it does no harm.
//!
//! Promise: a call ends by its deadline, repetitions and their waits included; a write without a request id is sent again only where
//! the server cannot have seen it. Cost: an atomic addition to choose the connection; a copy of the message where it may be repeated.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use context::{Context, Deadline};
use tonic::metadata::MetadataMap;
use tonic::transport::Channel;
use tonic::{Request, Response, Status, Streaming};

use crate::failure::Failure;
use crate::guard::{self, Guard};
use crate::lines::Lines;
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
    lines: Lines<C>,
    guard: Guard,
}

impl<C: Clone> Peer<C> {
    /// Connects to nothing yet.
    pub(crate) fn new(config: Config, client: fn(Channel, usize) -> C) -> Result<Self, Error> {
        let lines = Lines::new(&config, client)?;
        let guard = Guard::new(&config);
        Ok(Self(Arc::new(Inner { config, lines, guard })))
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
        let outcome = if deadline.expired() { Err(Failure::Silence) } else { attempts.await };
        self.0.guard.count(guard::rpc_of::<M>(), outcome.as_ref().err(), started.elapsed());
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
            match self.attempt(context, Some(deadline), message.clone(), &send).await {
                Ok(response) => return Ok(response),
                Err(failure) => {
                    let wait = backoff(repetition);
                    if !may_repeat(&failure, effect) || wait >= deadline.remaining() {
                        return Err(failure);
                    }
                    tokio::time::sleep(wait).await;
                }
            }
        }
        self.attempt(context, Some(deadline), message, &send).await
    }

    /// One time over one connection, if the breaker lets it.
    async fn attempt<M, T, F, R>(
        &self,
        context: &Context,
        deadline: Option<Deadline>,
        message: M,
        send: F,
    ) -> Result<T, Failure>
    where
        F: FnOnce(C, Request<M>) -> R,
        R: Future<Output = Result<Response<T>, Status>>,
    {
        let entered = self.0.guard.enter()?;
        if entered.is_probe() {
            // What hung on the old connections may hang for long; whether the server is back, a new one tells.
            self.0.lines.renew(&self.0.config);
        }
        let sent = send(self.0.lines.next(), request(context, message));
        let sent = match deadline {
            Some(deadline) => tokio::time::timeout_at(deadline.instant().into(), sent).await,
            None => Ok(sent.await),
        };
        let outcome = match sent {
            Ok(answered) => answered.map(Response::into_inner).map_err(Failure::of),
            Err(_elapsed) => Err(Failure::Silence),
        };
        entered.end(outcome.as_ref().err());
        outcome
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
        let opened = self.attempt(context, context.deadline, messages, send).await;
        self.0.guard.count(guard::rpc_of::<T>(), opened.as_ref().err(), waiting.since.elapsed());
        match opened {
            Ok(answers) => Ok(Answers::new(answers, context.deadline, waiting)),
            Err(failure) => Err(waiting.error(failure)),
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
            Error::Unavailable { peer, message, retry_after: None }
        }
        Failure::Open { retry_after } => {
            let message = "it failed several times in a row and is left alone for a moment".to_owned();
            Error::Unavailable { peer, message, retry_after: Some(retry_after) }
        }
        Failure::Garbage(message) => Error::Garbage { peer, message },
        Failure::Silence | Failure::Deadline => Error::Deadline { peer, waited },
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
        Failure::NoConnectionInTime(_)
        | Failure::Open { .. }
        | Failure::Garbage(_)
        | Failure::Silence
        | Failure::Deadline
        | Failure::Refused(_) => false,
    }
}

/// Exponential with jitter, so that clients that lost the same server do not come back at the same moment.
fn backoff(repetition: u8) -> Duration {
    let longest = FIRST_BACKOFF * (1 << repetition.min(6));
    longest.mul_f64(0.5 + 0.5 * fastrand::f64())
}
