//! A watch as the body of an answer of gRPC (<https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md>).
//!
//! The idea: tonic would ask the stream once more before it hands on what it has, and reach it through two boxes and a buffer of 8 KiB a
//! call. None of that lies in a cache when ten thousand watchers are told, each some microseconds after the other.
//!
//! Promise: a message a frame, the status at the end. Cost: one allocation a message, of its length, which is bounded by the 256 events
//! that it has at most.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{BufMut as _, Bytes};
use chassis::Failure;
use fastjson_proto::rustcache::v1 as pb;
use futures_util::Stream as _;
use http::HeaderMap;
use http_body::{Body, Frame};
use prost::Message as _;
use tonic::Status;

use crate::watch::Watching;

/// Bytes before a message: whether it is compressed, and its length.
const HEAD: usize = 5;

/// What a watcher is told.
pub(crate) struct Told(pub(super) Watching);

impl Body for Told {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let said = ready!(Pin::new(&mut self.0).poll_next(task));
        Poll::Ready(said.map(|said| match said {
            Ok(response) => Ok(Frame::data(framed(&response))),
            Err(failure) => ended(failure).map(Frame::trailers),
        }))
    }
}

fn framed(response: &pb::WatchResponse) -> Bytes {
    let length = response.encoded_len();
    let mut bytes = Vec::with_capacity(HEAD + length);
    bytes.put_u8(0);
    bytes.put_u32(u32::try_from(length).expect("256 events are less than 4 GiB"));
    response.encode(&mut bytes).expect("a vector grows");
    bytes.into()
}

fn ended(failure: Failure) -> Result<HeaderMap, Status> {
    let mut trailers = HeaderMap::new();
    Status::from(failure).add_header(&mut trailers)?;
    Ok(trailers)
}
