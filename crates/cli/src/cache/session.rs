//! `fastjson cache session`: operations in, results out, one a line, over one stream.

use std::io::{BufRead as _, BufReader, Read};
use std::path::PathBuf;
use std::process::ExitCode;

use client::{CacheClient, Frames, json_mapping};
use context::Context;
use fastjson_proto::rustcache::v1 as pb;
use pb::operation::Operation;
use pb::operation_result::Result as Outcome;

use crate::error::{Error, NO};
use crate::output::{self, Reader};
use crate::{Common, input};

/// Most operations of a frame.
const FRAME: usize = 256;
/// Longest line, in bytes.
const LINE_BYTES: u64 = 8 << 20;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// File of operations; without it, standard input.
    file: Option<PathBuf>,
}

/// Prints results as they come. Ends with 1 if an operation failed.
pub(super) async fn run(
    common: &Common,
    client: &CacheClient,
    namespace: String,
    args: Args,
) -> Result<ExitCode, Error> {
    let (name, reader) = input::open(args.file.as_ref())?;
    // A session lasts as long as its input, so that the time of the command line is not for it.
    let context = Context { deadline: None, ..common.context() };
    let (frames, mut answers) = client.session(&context).await?;
    let (fault, faults) = std::sync::mpsc::channel();
    let source = name.clone();
    let read = std::thread::Builder::new().name("input".to_owned()).spawn(move || {
        if let Err(error) = send(&source, &namespace, BufReader::new(reader), &frames) {
            // Nobody asks where the answers ended first.
            let _unasked = fault.send(error);
        }
    });
    // The thread is not joined: it may wait for a terminal when the answers have ended.
    read.map_err(|source| Error::File { what: name.clone(), source })?;
    let mut failed = false;
    while let Some(response) = answers.next().await {
        let results = response.map_err(|error| Error::from(error).about(&name))?.results;
        failed |= results.iter().any(|result| matches!(result.result, Some(Outcome::Failed(_))));
        if output::piece(&lines(&results)?)? == Reader::Left {
            break;
        }
    }
    if let Ok(error) = faults.try_recv() {
        return Err(error);
    }
    Ok(if failed { ExitCode::from(NO) } else { ExitCode::SUCCESS })
}

/// Sends what `reader` gives, until it ends or nobody takes it. A frame is what can be read without waiting.
fn send<R: Read>(
    name: &str,
    namespace: &str,
    mut reader: BufReader<R>,
    frames: &Frames,
) -> Result<(), Error> {
    let (mut frame, mut line, mut number) = (Vec::new(), Vec::new(), 0);
    loop {
        line.clear();
        let read = (&mut reader).take(LINE_BYTES).read_until(b'\n', &mut line);
        let length = read.map_err(|source| Error::File { what: name.to_owned(), source })?;
        number += 1;
        let operation = if line.trim_ascii().is_empty() { None } else { Some(parse(name, number, &line)) };
        let fault = operation.and_then(|parsed| parsed.map(|one| frame.push(within(one, namespace))).err());
        let is_over = length == 0 || fault.is_some();
        let is_due = is_over || frame.len() == FRAME || !reader.buffer().contains(&b'\n');
        if is_due && !frame.is_empty() && frames.blocking_send(std::mem::take(&mut frame)).is_err() {
            return Ok(());
        }
        match fault {
            Some(fault) => return Err(fault),
            None if is_over => return Ok(()),
            None => {}
        }
    }
}

fn parse(name: &str, number: usize, line: &[u8]) -> Result<pb::Operation, Error> {
    json_mapping::decode("rustcache.v1.Operation", line)
        .map_err(|error| Error::Usage(format!("{name}, line {number}: {error}")))
}

/// The operation in this namespace, unless it names one.
fn within(mut operation: pb::Operation, namespace: &str) -> pb::Operation {
    let named = match &mut operation.operation {
        Some(Operation::Get(request)) => &mut request.namespace,
        Some(Operation::Set(request)) => &mut request.namespace,
        Some(Operation::Delete(request)) => &mut request.namespace,
        Some(Operation::Touch(request)) => &mut request.namespace,
        Some(Operation::Increment(request)) => &mut request.namespace,
        Some(Operation::InvalidateTags(request)) => &mut request.namespace,
        None => return operation,
    };
    if named.is_empty() {
        namespace.clone_into(named);
    }
    operation
}

fn lines(results: &[pb::OperationResult]) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    for result in results {
        let line = json_mapping::encode("rustcache.v1.OperationResult", result)
            .map_err(|error| Error::Usage(error.to_string()))?;
        out.extend_from_slice(line.as_bytes());
        out.push(b'\n');
    }
    Ok(out)
}
