//! `fastjson cache load`: writes what `dump` gave.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::PathBuf;
use std::process::ExitCode;

use client::CacheClient;
use fastjson_proto::rustcache::v1 as pb;
use pb::set_many_item::Outcome;
use prost::Message as _;

use super::no;
use crate::error::Error;
use crate::{Common, input, output};

/// Writes that are sent at once, and their bytes; a single one may be larger.
const BATCH_ITEMS: usize = 500;
const BATCH_BYTES: usize = 2 << 20;

/// Longest line: a value of 4 MiB in base64, and the rest.
const MAX_LINE_BYTES: u64 = 8 << 20;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The file; without it, standard input.
    file: Option<PathBuf>,
}

/// Prints how many entries were written. Ends with 1 if some were not, and says why of the first.
pub(super) async fn run(
    common: &Common,
    client: &CacheClient,
    namespace: String,
    args: &Args,
) -> Result<ExitCode, Error> {
    let (name, reader) = input::open(args.file.as_ref())?;
    let mut reader = BufReader::new(reader);
    let mut loading = Loading::default();
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        let read = reader.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut line);
        if read.map_err(|source| Error::File { what: name.clone(), source })? == 0 {
            break;
        }
        let write = client::json_mapping::decode("rustcache.v1.SetRequest", &line)
            .map_err(|error| Error::Usage(format!("{name}, line {number}: {error}")))?;
        loading.add(pb::SetRequest { namespace: namespace.clone(), ..write });
        if loading.is_full() {
            loading.send(common, client).await?;
        }
    }
    loading.send(common, client).await?;
    output::line(loading.stored.to_string().as_bytes())?;
    match loading.first_failure {
        None => Ok(ExitCode::SUCCESS),
        Some(failure) => Ok(no(&format!("{} not written; the first: {failure}", loading.failed))),
    }
}

/// The batch that is being filled, and what became of those before.
#[derive(Default)]
struct Loading {
    items: Vec<pb::SetRequest>,
    bytes: usize,
    stored: u64,
    failed: u64,
    first_failure: Option<String>,
}

impl Loading {
    fn add(&mut self, write: pb::SetRequest) {
        self.bytes += write.encoded_len();
        self.items.push(write);
    }

    fn is_full(&self) -> bool {
        self.items.len() >= BATCH_ITEMS || self.bytes >= BATCH_BYTES
    }

    async fn send(&mut self, common: &Common, client: &CacheClient) -> Result<(), Error> {
        let items = std::mem::take(&mut self.items);
        self.bytes = 0;
        if items.is_empty() {
            return Ok(());
        }
        let answers = client.set_many(&common.context(), pb::SetManyRequest { items }).await?;
        for item in answers.items {
            self.note(item.outcome);
        }
        Ok(())
    }

    fn note(&mut self, outcome: Option<Outcome>) {
        let failure = match outcome {
            Some(Outcome::Stored(_)) => {
                self.stored += 1;
                return;
            }
            Some(Outcome::Failed(failed)) => format!("{}: {}", failed.reason, failed.message),
            Some(Outcome::Conflict(_)) | None => "its condition did not hold".to_owned(),
        };
        self.failed += 1;
        self.first_failure.get_or_insert(failure);
    }
}
