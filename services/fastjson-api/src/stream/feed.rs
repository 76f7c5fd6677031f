//! What comes into a stream: messages of gRPC, or the body of a REST request, as pieces.

use std::pin::Pin;

use axum::body::Body;
use bytes::Bytes;
use chassis::Failure;
use fastjson_proto::fastjson::v1 as pb;
use futures_util::{Stream, StreamExt as _};
use http::StatusCode;

use crate::documents::Arm;

/// A piece of a stream, cut anywhere.
#[derive(Debug, Clone)]
pub(crate) struct Piece {
    pub(crate) bytes: Bytes,
    pub(crate) arm: Arm,
}

/// Pieces as they arrive.
pub(crate) type Feed = Pin<Box<dyn Stream<Item = Result<Piece, Failure>> + Send>>;

/// The messages behind the header.
pub(crate) fn from_messages<S>(messages: S) -> Feed
where
    S: Stream<Item = Result<pb::RunStreamRequest, Failure>> + Send + 'static,
{
    use pb::run_stream_request::Message;
    Box::pin(messages.map(|message| match message?.message {
        Some(Message::Data(bytes)) => Ok(Piece { bytes, arm: Arm::Data }),
        Some(Message::Text(text)) => Ok(Piece { bytes: text.into(), arm: Arm::Text }),
        Some(Message::Header(_)) => Err(header_repeated()),
        None => Ok(Piece { bytes: Bytes::new(), arm: Arm::Data }),
    }))
}

/// A body.
pub(crate) fn from_body(body: Body) -> Feed {
    Box::pin(body.into_data_stream().map(|piece| {
        match piece {
            Ok(bytes) => Ok(Piece { bytes, arm: Arm::Data }),
            Err(_) => Err(Failure::invalid("BODY_UNREADABLE", "the body ended before it was complete")
                .http(StatusCode::BAD_REQUEST)),
        }
    }))
}

/// A header that does not come first.
pub(crate) fn header_repeated() -> Failure {
    Failure::invalid("HEADER_REPEATED", "a second header came; allowed: one, as the first message")
}
