//! `fastjson cache watch`: what happens to entries, one JSON object a line.

use std::process::ExitCode;

use client::CacheClient;
use client::json_mapping::{JsonMappingError, encode};
use context::Context;
use fastjson_proto::rustcache::v1 as pb;
use pb::watch_request::Filter;

use crate::error::Error;
use crate::output::{self, Reader};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Only keys that begin with it.
    #[arg(long, conflicts_with_all = ["keys", "tags"])]
    prefix: Option<String>,
    /// Only this key; may stand several times.
    #[arg(long = "key", conflicts_with = "tags")]
    keys: Vec<String>,
    /// Only entries with this tag; may stand several times.
    #[arg(long = "tag")]
    tags: Vec<String>,
    /// Goes on behind this sequence of an earlier watch.
    #[arg(long)]
    resume_from: Option<u64>,
    /// Ends after so many lines.
    #[arg(long)]
    lines: Option<usize>,
}

impl Args {
    fn filter(&mut self) -> Option<Filter> {
        let take = std::mem::take;
        match (self.prefix.take(), take(&mut self.keys), take(&mut self.tags)) {
            (Some(prefix), _, _) => Some(Filter::Prefix(prefix)),
            (None, keys, _) if !keys.is_empty() => Some(Filter::Keys(pb::WatchKeys { keys })),
            (None, _, names) if !names.is_empty() => Some(Filter::Tags(pb::WatchTags { names })),
            (None, _, _) => None,
        }
    }
}

/// Prints until the server ends it, or nobody reads on; `--timeout` plays no part.
pub(super) async fn run(client: &CacheClient, namespace: String, mut args: Args) -> Result<ExitCode, Error> {
    let request =
        pb::WatchRequest { namespace, filter: args.filter(), resume_from: args.resume_from, heartbeat: None };
    let mut left = args.lines.unwrap_or(usize::MAX);
    let mut answers = client.watch(&Context::background(), request).await?;
    while left > 0
        && let Some(response) = answers.next().await
    {
        let lines = lines(&response?)?;
        let shown = lines.len().min(left);
        left -= shown;
        if output::piece(lines[..shown].concat().as_bytes())? == Reader::Left {
            break;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn lines(response: &pb::WatchResponse) -> Result<Vec<String>, Error> {
    let lost = response.discontinuity.iter().map(|lost| {
        let lost = encode("rustcache.v1.Discontinuity", lost)?;
        Ok(format!("{{\"discontinuity\":{lost}}}\n"))
    });
    let events = response.events.iter().map(|event| Ok(encode("rustcache.v1.Event", event)? + "\n"));
    let lines: Result<_, JsonMappingError> = lost.chain(events).collect();
    lines.map_err(|error| Error::Serve(error.to_string()))
}
