//! `fastjson run --stream`: records in, answers out, as they come.

use std::io::{ErrorKind, Read};
use std::path::PathBuf;
use std::process::ExitCode;

use fastjson_proto::fastjson::v1 as pb;
use pb::record_result::Outcome;
use pb::run_stream_request::Message;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::backend::Backend;
use crate::error::{Error, NO};
use crate::output::{self, Reader};
use crate::{entry, input};

/// Most bytes of a piece.
const PIECE_BYTES: usize = 64 << 10;
/// Pieces that are read ahead.
const AHEAD: usize = 4;

pub(crate) async fn run(
    backend: &Backend,
    mut header: pb::RunStreamHeader,
    file: Option<&PathBuf>,
) -> Result<ExitCode, Error> {
    header.r#ref = file.map(|file| entry::in_place_of(file)).transpose()?.flatten();
    let (name, reader) = match &header.r#ref {
        Some(_) => (file.map(|file| file.display().to_string()).unwrap_or_default(), nothing()),
        None => input::open(file)?,
    };
    let (sender, messages) = mpsc::channel(AHEAD);
    let (fault, faults) = std::sync::mpsc::channel();
    let read = std::thread::Builder::new().name("input".to_owned()).spawn(move || {
        if let Err(error) = send(header, reader, &sender) {
            // Nobody asks where the answers ended first.
            let _unasked = fault.send(error);
        }
    });
    // The thread is not joined: it may wait for a terminal when the answers have ended.
    read.map_err(|source| Error::File { what: name.clone(), source })?;
    let mut answers = backend.run_stream(ReceiverStream::new(messages)).await?;
    let mut failed = false;
    while let Some(response) = answers.next().await {
        let response = response.map_err(|error| error.about(&name))?;
        failed |= response.results.iter().any(is_error);
        if write(&name, &response.results)? == Reader::Left {
            break;
        }
        if let Some(stored) = response.summary.and_then(|summary| summary.stored) {
            output::stored(&stored)?;
        }
    }
    if let Ok(source) = faults.try_recv() {
        return Err(Error::File { what: name, source });
    }
    Ok(if failed { ExitCode::from(NO) } else { ExitCode::SUCCESS })
}

/// What is read where the server has the records.
fn nothing() -> Box<dyn Read + Send> {
    Box::new(std::io::empty())
}

/// Sends the header and what `reader` gives, until it ends or nobody takes it.
fn send(
    header: pb::RunStreamHeader,
    mut reader: Box<dyn Read + Send>,
    sender: &mpsc::Sender<pb::RunStreamRequest>,
) -> std::io::Result<()> {
    let mut message = Message::Header(header);
    loop {
        if sender.blocking_send(pb::RunStreamRequest { message: Some(message) }).is_err() {
            return Ok(());
        }
        let mut piece = vec![0; PIECE_BYTES];
        let length = loop {
            match reader.read(&mut piece) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        if length == 0 {
            return Ok(());
        }
        piece.truncate(length);
        message = Message::Data(piece.into());
    }
}

fn is_error(result: &pb::RecordResult) -> bool {
    matches!(result.outcome, Some(Outcome::Error(_)))
}

/// Answers to standard output, each on lines of its own; errors to standard error.
#[allow(clippy::print_stderr, reason = "the command line speaks to a person")]
fn write(name: &str, results: &[pb::RecordResult]) -> Result<Reader, Error> {
    let mut out = Vec::new();
    for result in results {
        let answer: &[u8] = match &result.outcome {
            Some(Outcome::Text(text)) => text.as_bytes(),
            Some(Outcome::Data(data)) => data,
            Some(Outcome::Error(_)) | None => continue,
        };
        out.extend_from_slice(answer);
        if !answer.ends_with(b"\n") {
            out.push(b'\n');
        }
    }
    let reader = output::piece(&out)?;
    for result in results {
        if let Some(Outcome::Error(error)) = &result.outcome {
            eprintln!("error[{}]: record {}: {}", error.reason, result.record, error.message);
            output::diagnostics(name, &error.diagnostics, 0);
        }
    }
    Ok(reader)
}
