//! `fastjson doc get|put|patch|merge`: documents in the cache, read in part and changed where they lie.

mod change;
mod get;
mod put;

use std::process::ExitCode;

use client::DocumentClient;

use crate::error::Error;
use crate::{Common, output};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Namespace; empty means `default`.
    #[arg(long, global = true, default_value = "")]
    namespace: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Prints a document, or what paths name in it, a value a line; exit 1 if one of them names nothing.
    Get(get::Args),
    /// Writes a document and prints its version.
    Put(put::Args),
    /// Changes a document by a JSON Patch (RFC 6902) and prints its version.
    Patch(change::Args),
    /// Changes a document by a merge patch (RFC 7396) and prints its version.
    Merge(change::Args),
}

/// What a document is checked against.
#[derive(Debug, clap::Args)]
struct Checked {
    /// Registered schema that the document must satisfy, beside the one that its namespace demands; exit 1 if it does not.
    #[arg(long, default_value = "")]
    schema: String,
    /// Its version; the newest if absent.
    #[arg(long, requires = "schema")]
    schema_version: Option<u64>,
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<ExitCode, Error> {
    let client = DocumentClient::new(client::Config::at(&common.cache_addr))?;
    let namespace = args.namespace;
    match args.command {
        Command::Get(args) => get::run(common, &client, namespace, args).await,
        Command::Put(args) => put::run(common, &client, namespace, args).await,
        Command::Patch(args) => change::patch(common, &client, namespace, args).await,
        Command::Merge(args) => change::merge(common, &client, namespace, args).await,
    }
}

/// Prints the version that a write gave.
fn version(version: u64) -> Result<ExitCode, Error> {
    output::line(version.to_string().as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
