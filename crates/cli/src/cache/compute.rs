//! `fastjson cache compute`: an entry, computed by a recipe when it is missing.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use client::CacheClient;
use fastjson_proto::fastjson::v1 as json;
use fastjson_proto::rustcache::v1 as pb;

use super::life;
use crate::error::Error;
use crate::{Common, input, output, run as recipes};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The key.
    key: String,
    /// The recipe: a file, or the JSON itself where it begins with `{`.
    #[arg(long)]
    recipe: String,
    /// Compute it from the entry under this key, with which it goes, in place of a document.
    #[arg(long, conflicts_with = "file")]
    from: Option<String>,
    /// The namespace of that entry; empty means `default`.
    #[arg(long, requires = "from", default_value = "")]
    from_namespace: String,
    /// Time to live, such as 60s.
    #[arg(long, value_parser = crate::duration)]
    ttl: Option<Duration>,
    /// Time after which the server refreshes it when it is read.
    #[arg(long, value_parser = crate::duration)]
    fresh_for: Option<Duration>,
    /// Time for which it is remembered that the entry of `--from` is not there.
    #[arg(long, value_parser = crate::duration, requires = "from")]
    missing_for: Option<Duration>,
    /// Names by which it can be invalidated; may stand several times.
    #[arg(long = "tag")]
    tags: Vec<String>,
    /// The document; standard input if absent or `-`.
    file: Option<PathBuf>,
}

/// Prints the value.
pub(super) async fn run(
    common: &Common,
    client: &CacheClient,
    namespace: String,
    args: Args,
) -> Result<ExitCode, Error> {
    let input = match args.from {
        Some(key) => {
            let reference = json::CacheRef { namespace: args.from_namespace, key, version: None };
            json::Input { source: Some(json::input::Source::Ref(reference)), format: 0 }
        }
        None => input::read(args.file.as_ref())?.input(),
    };
    let request = pb::GetOrComputeRequest {
        namespace,
        key: args.key,
        recipe: Some(recipes::recipe(&args.recipe)?),
        input: Some(input),
        ttl: life::wire(args.ttl),
        fresh_for: life::wire(args.fresh_for),
        missing_for: life::wire(args.missing_for),
        tags: args.tags,
        lease: None,
    };
    let answer = client.get_or_compute(&common.context(), request).await?;
    if answer.not_stored {
        say_not_stored();
    }
    output::cached(answer.entry.and_then(|entry| entry.value))?;
    Ok(ExitCode::SUCCESS)
}

#[allow(clippy::print_stderr, reason = "the command line speaks to a person")]
fn say_not_stored() {
    eprintln!("the entry was computed and is not stored");
}
