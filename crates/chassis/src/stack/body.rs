//! The response body of a call under way: sees its end, its deadline, its panic.
//!
//! Promise: a stream ends by the deadline of its caller, by a status, and is counted once. Cost: one box a call; a timer only
//! when the body has to be waited for.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::Body;
use bytes::Bytes;
use context::Deadline;
use http::HeaderMap;
use http_body::{Frame, SizeHint};
use tokio::time::{Sleep, sleep_until};
use tokio_util::sync::WaitForCancellationFutureOwned;
use tonic::{Code, Status};

use super::held::Outgoing;
use super::meter::Call;
use super::status::{code_of, remap};
use crate::failure::Failure;

pub(crate) struct Watched {
    inner: Body,
    /// Absent for REST: there the end of the call is its head, and a failure can only abort the body.
    call: Option<Call>,
    deadline: Option<Deadline>,
    timer: Option<Pin<Box<Sleep>>>,
    drain: Option<Pin<Box<WaitForCancellationFutureOwned>>>,
    /// Of a call with one answer: a long one leaves in slices.
    outgoing: Option<Outgoing>,
    done: bool,
}

impl Watched {
    /// `deadline`: the caller's own. `drain`: set for streams without an end of their own (health, reflection).
    pub(crate) fn new(
        inner: Body,
        call: Option<Call>,
        deadline: Option<Deadline>,
        drain: Option<WaitForCancellationFutureOwned>,
        outgoing: Option<Outgoing>,
    ) -> Self {
        Self { inner, call, deadline, timer: None, drain: drain.map(Box::pin), outgoing, done: false }
    }

    /// Why the wait is over although the body is not, if it is.
    fn poll_cut(&mut self, cx: &mut Context<'_>) -> Poll<Failure> {
        if let Some(drain) = &mut self.drain
            && drain.as_mut().poll(cx).is_ready()
        {
            return Poll::Ready(Failure::unavailable("DRAINING", "the server is shutting down"));
        }
        let Some(deadline) = self.deadline else { return Poll::Pending };
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(deadline.instant().into())));
        ready!(timer.as_mut().poll(cx));
        Poll::Ready(Failure::deadline("the deadline passed before the response stream ended"))
    }

    fn cut(&mut self, failure: Failure) -> Option<Result<Frame<Bytes>, axum::Error>> {
        self.done = true;
        let Some(call) = &mut self.call else { return Some(Err(axum::Error::new(failure))) };
        call.end(failure.code);
        let mut trailers = HeaderMap::new();
        match Status::from(failure).add_header(&mut trailers) {
            Ok(()) => Some(Ok(Frame::trailers(trailers))),
            Err(status) => Some(Err(axum::Error::new(status))),
        }
    }

    fn see(&mut self, frame: Frame<Bytes>) -> Option<Result<Frame<Bytes>, axum::Error>> {
        let frame = match (frame.into_data(), &mut self.outgoing) {
            (Ok(data), Some(outgoing)) => {
                let first = outgoing.push(data);
                return self.give(first);
            }
            (Ok(data), None) => return Some(Ok(Frame::data(data))),
            (Err(frame), _) => frame,
        };
        let Ok(mut trailers) = frame.into_trailers() else { return None };
        if let Some(call) = &mut self.call {
            remap(&mut trailers);
            call.end(code_of(&trailers));
        }
        Some(Ok(Frame::trailers(trailers)))
    }

    fn give(&mut self, slice: Result<Bytes, Failure>) -> Option<Result<Frame<Bytes>, axum::Error>> {
        match slice {
            Ok(slice) => Some(Ok(Frame::data(slice))),
            Err(failure) => self.cut(failure),
        }
    }

    fn end(&mut self) {
        self.done = true;
        if let Some(call) = &mut self.call {
            call.end(Code::Ok);
        }
    }
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = self.get_mut();
        if this.done {
            return Poll::Ready(None);
        }
        if let Some(slice) = this.outgoing.as_mut().and_then(Outgoing::next) {
            return Poll::Ready(this.give(slice));
        }
        // A panicking body is never polled again: `cut` ends it.
        let polled = catch_unwind(AssertUnwindSafe(|| Pin::new(&mut this.inner).poll_frame(cx)));
        let Ok(polled) = polled else { return Poll::Ready(this.cut(super::panicked())) };
        match polled {
            Poll::Ready(Some(Ok(frame))) => Poll::Ready(this.see(frame)),
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(error))),
            Poll::Ready(None) => {
                this.end();
                Poll::Ready(None)
            }
            Poll::Pending => this.poll_cut(cx).map(|failure| this.cut(failure)),
        }
    }

    fn is_end_stream(&self) -> bool {
        let has_more = self.outgoing.as_ref().is_some_and(Outgoing::has_more);
        self.done || (self.inner.is_end_stream() && !has_more)
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
