//! RunStream: a recipe on each record of a stream.

use chassis::Failure;
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Status, Streaming};

use crate::App;

/// The results as they come.
pub(crate) type Results = ReceiverStream<Result<pb::RunStreamResponse, Status>>;

/// `fastjson.v1.JsonService/RunStream`.
pub(crate) async fn call(
    _app: &App,
    _context: &Context,
    _messages: Streaming<pb::RunStreamRequest>,
) -> Result<Results, Failure> {
    Err(Failure::invalid("UNIMPLEMENTED", "not there yet"))
}
