//! A request body that counts what arrives.
//!
//! Promise: its caller holds what has come until it says that it is done. Cost: an atomic addition a frame.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Body;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tonic::Status;

use super::Held;

/// A body for which there is room, or which fails with `OVERLOADED`.
pub(crate) struct Received {
    inner: Body,
    held: Held,
}

impl Received {
    pub(crate) fn new(inner: Body, held: Held) -> Self {
        Self { inner, held }
    }
}

impl http_body::Body for Received {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.inner).poll_frame(cx);
        let Poll::Ready(Some(Ok(frame))) = &polled else { return polled };
        let bytes = frame.data_ref().map_or(0, Bytes::len);
        match self.held.add(bytes) {
            Ok(()) => polled,
            // tonic finds the status again, and answers it.
            Err(failure) => Poll::Ready(Some(Err(axum::Error::new(Status::from(failure))))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
