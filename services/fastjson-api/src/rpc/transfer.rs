//! Transfer: a recipe on a document that is too large for one message.

use chassis::Failure;
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Status, Streaming};

use crate::App;

/// The answer in pieces.
pub(crate) type Pieces = ReceiverStream<Result<pb::TransferResponse, Status>>;

/// `fastjson.v1.JsonService/Transfer`.
pub(crate) async fn call(
    _app: &App,
    _context: &Context,
    _messages: Streaming<pb::TransferRequest>,
) -> Result<Pieces, Failure> {
    Err(Failure::invalid("UNIMPLEMENTED", "not there yet"))
}
