//! Documents that are too large for one message: sent in pieces through a recipe, whose answer is taken as it comes.

use std::process::ExitCode;

use bytes::Bytes;
use fastjson_proto::fastjson::v1 as pb;
use pb::step::Step;
use pb::transfer_request::Message;
use pb::transfer_response::Message as Answer;

use crate::backend::Backend;
use crate::error::Error;
use crate::input::{MAX_BYTES, Source};
use crate::output::{self, Reader};

/// Length of a piece.
const PIECE_BYTES: usize = 1 << 20;

/// Whether a document is too large for one message.
pub(crate) fn is_needed(document: &Source) -> bool {
    document.bytes.len() as u64 > MAX_BYTES
}

/// What one message does and a transfer does not: says so of the option.
pub(crate) fn refuse(option: &str) -> Error {
    Error::Usage(format!("{option} takes documents of up to {MAX_BYTES} bytes"))
}

/// A part of the call as the text that a step takes; `what` names it.
pub(crate) fn text_of(what: &str, part: &mut Source) -> Result<String, Error> {
    let bytes = part.take_bytes().ok_or_else(|| refuse(&format!("a {what} by reference")))?;
    String::from_utf8(bytes).map_err(|_| Error::Usage(format!("{}: the {what} is not UTF-8", part.name)))
}

/// The verdict of a check of the document; of the findings those that a refusal holds are printed.
pub(crate) async fn is_passed(backend: &Backend, check: Step, document: Source) -> Result<bool, Error> {
    let name = document.name.clone();
    match take(backend, steps([check], None), document, |_piece| Ok(Reader::Present)).await {
        Ok(summary) => {
            output::diagnostics(&name, &summary.diagnostics, summary.diagnostics_total);
            Ok(true)
        }
        Err(Error::Rejected { rejection, .. })
            if rejection.reason == "DOCUMENT_INVALID" && !rejection.metadata.contains_key("part") =>
        {
            let found = &rejection.diagnostics;
            output::diagnostics(&name, &found.diagnostics, found.diagnostics_total);
            Ok(false)
        }
        Err(other) => Err(other),
    }
}

/// Asks for these steps, one after the other; the answer comes back where `store_as` is absent.
pub(crate) fn steps(
    steps: impl IntoIterator<Item = Step>,
    store_as: Option<pb::StoreAs>,
) -> pb::TransferHeader {
    let steps = steps.into_iter().map(|step| pb::Step { step: Some(step) }).collect();
    pb::TransferHeader { recipe: Some(pb::Recipe { steps }), store_as, ..Default::default() }
}

/// Sends the document, writes the answer as it comes, and then what there is to say of it.
pub(crate) async fn run(
    backend: &Backend,
    header: pb::TransferHeader,
    document: Source,
) -> Result<ExitCode, Error> {
    let name = document.name.clone();
    let summary = written(backend, header, document).await?;
    output::diagnostics(&name, &summary.diagnostics, summary.diagnostics_total);
    Ok(ExitCode::SUCCESS)
}

/// The same without the findings, which are the caller's to write.
pub(crate) async fn written(
    backend: &Backend,
    header: pb::TransferHeader,
    document: Source,
) -> Result<pb::TransferSummary, Error> {
    let mut ends_line = true;
    let summary = take(backend, header, document, |piece| {
        ends_line = piece.ends_with(b"\n");
        output::piece(piece)
    })
    .await?;
    if !ends_line && !client::is_binary(summary.format()) {
        output::bytes(b"\n")?;
    }
    if let Some(stored) = &summary.stored {
        output::stored(stored)?;
    }
    Ok(summary)
}

/// Sends the document and gives the whole answer.
pub(crate) async fn collected(
    backend: &Backend,
    header: pb::TransferHeader,
    document: Source,
) -> Result<Vec<u8>, Error> {
    let mut text = Vec::new();
    let taken = take(backend, header, document, |piece| {
        text.extend_from_slice(piece);
        Ok(Reader::Present)
    });
    taken.await?;
    Ok(text)
}

/// Sends the document and hands on the answer, a piece at a time, for as long as somebody reads it.
pub(crate) async fn take(
    backend: &Backend,
    header: pb::TransferHeader,
    document: Source,
    mut to: impl FnMut(&[u8]) -> Result<Reader, Error>,
) -> Result<pb::TransferSummary, Error> {
    let Source { name, bytes, .. } = document;
    let mut answers = backend.transfer(messages(header, bytes)).await.map_err(|error| error.about(&name))?;
    let mut summary = pb::TransferSummary::default();
    while let Some(response) = answers.next().await {
        match response.map_err(|error| error.about(&name))?.message {
            Some(Answer::Data(piece)) if to(&piece)? == Reader::Left => break,
            Some(Answer::Summary(last)) => summary = last,
            Some(Answer::Data(_)) | None => {}
        }
    }
    Ok(summary)
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
