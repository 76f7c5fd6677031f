//! `fastjson run` on a document that is too large for one message.

use std::process::ExitCode;

use bytes::Bytes;
use fastjson_proto::fastjson::v1 as pb;
use pb::transfer_request::Message;
use pb::transfer_response::Message as Answer;

use crate::backend::Backend;
use crate::error::Error;
use crate::input::Source;
use crate::output::{self, Reader};

/// Length of a piece.
const PIECE_BYTES: usize = 1 << 20;

/// Sends the document in pieces, and writes the answer as it comes.
pub(crate) async fn run(
    backend: &Backend,
    header: pb::TransferHeader,
    document: Source,
) -> Result<ExitCode, Error> {
    let Source { name, bytes } = document;
    let mut answers = backend.transfer(messages(header, bytes)).await.map_err(|error| error.about(&name))?;
    let mut summary = pb::TransferSummary::default();
    let mut ends_line = true;
    while let Some(response) = answers.next().await {
        match response.map_err(|error| error.about(&name))?.message {
            Some(Answer::Data(piece)) => {
                ends_line = piece.ends_with(b"\n");
                if output::piece(&piece)? == Reader::Left {
                    return Ok(ExitCode::SUCCESS);
                }
            }
            Some(Answer::Summary(last)) => summary = last,
            None => {}
        }
    }
    if !ends_line && !client::is_binary(summary.format()) {
        output::bytes(b"\n")?;
    }
    output::diagnostics(&name, &summary.diagnostics, summary.diagnostics_total);
    Ok(ExitCode::SUCCESS)
}

fn messages(
    header: pb::TransferHeader,
    document: Vec<u8>,
) -> impl tokio_stream::Stream<Item = pb::TransferRequest> + Send + 'static {
    let header = Message::Header(header);
    let mut rest = Bytes::from(document);
    let pieces = std::iter::from_fn(move || {
        let length = rest.len().min(PIECE_BYTES);
        (length > 0).then(|| Message::Data(rest.split_to(length)))
    });
    let messages = std::iter::once(header).chain(pieces);
    tokio_stream::iter(messages.map(|message| pb::TransferRequest { message: Some(message) }))
}
