//! `fastjson cache get|compute|set|delete|touch|incr|invalidate|scan|dump|load|watch|session|namespace|stats|explain|hot|slow|snapshot`: entries and namespaces.

mod compute;
mod delete;
mod dump;
mod get;
mod increment;
mod insight;
mod invalidate;
mod life;
mod load;
mod namespace;
mod scan;
mod session;
mod set;
mod snapshot;
mod stats;
mod touch;
mod watch;

use std::process::ExitCode;

use client::CacheClient;
use fastjson_proto::rustcache::v1 as pb;

pub(crate) use self::life::{Life, wire as wire_duration};

use crate::Common;
use crate::error::{Error, NO};

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
    /// Prints a value, byte for byte.
    Get {
        /// The key.
        key: String,
    },
    /// Prints a value, which is computed by a recipe when it is missing.
    Compute(compute::Args),
    /// Writes a value and prints its version.
    Set(set::Args),
    /// Gives an entry another life and prints its version.
    Touch(touch::Args),
    /// Adds to a counter and prints its value.
    Incr(increment::Args),
    /// Makes absent what was written before.
    Invalidate(invalidate::Args),
    /// Lists entries without their values, a JSON object a line.
    Scan(scan::Args),
    /// Writes entries with their values, a JSON object a line, for `load`.
    Dump(scan::Args),
    /// Writes entries that `dump` gave.
    Load(load::Args),
    /// Makes, changes, deletes and lists namespaces.
    Namespace(namespace::Args),
    /// Counts what namespaces hold and did, as JSON.
    Stats(stats::Args),
    /// Says why a key is there, or why not, as JSON.
    Explain {
        /// The key.
        key: String,
    },
    /// Lists the keys that are used most, a JSON object a line.
    Hot(insight::Hot),
    /// Lists the last calls that took long, a JSON object a line.
    Slow(insight::Slow),
    /// Prints what happens to entries, one JSON object a line, until it is ended.
    Watch(watch::Args),
    /// Reads operations, one a line as JSON, and prints a line for each: `{"get":{"key":"a"}}`.
    Session(session::Args),
    /// Has the server write a snapshot and prints how large it is.
    Snapshot,
    /// Removes an entry.
    Delete(delete::Args),
}

/// On what a write depends; at most one.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
pub(crate) struct Condition {
    /// Only if there is no entry.
    #[arg(long)]
    if_absent: bool,
    /// Only if there is an entry.
    #[arg(long)]
    if_present: bool,
    /// Only if the entry has this version.
    #[arg(long)]
    if_version: Option<u64>,
}

impl From<Condition> for pb::Condition {
    fn from(condition: Condition) -> Self {
        use pb::condition::Kind;
        let kind = match condition {
            Condition { if_absent: true, .. } => Kind::IfAbsent(pb::IfAbsent {}),
            Condition { if_present: true, .. } => Kind::IfPresent(pb::IfPresent {}),
            Condition { if_version: Some(version), .. } => Kind::IfVersion(version),
            Condition { .. } => Kind::Always(pb::Always {}),
        };
        Self { kind: Some(kind) }
    }
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<ExitCode, Error> {
    let client = CacheClient::new(client::Config::at(&common.cache_addr))?;
    let namespace = args.namespace;
    match args.command {
        Command::Get { key } => get::run(common, &client, pb::GetRequest { namespace, key }).await,
        Command::Set(args) => set::run(common, &client, namespace, args).await,
        Command::Touch(args) => touch::run(common, &client, namespace, args).await,
        Command::Compute(args) => compute::run(common, &client, namespace, args).await,
        Command::Incr(args) => increment::run(common, &client, namespace, args).await,
        Command::Snapshot => snapshot::run(common, &client).await,
        Command::Invalidate(args) => invalidate::run(common, &client, namespace, args).await,
        Command::Scan(args) => scan::run(common, &client, namespace, args).await,
        Command::Dump(args) => dump::run(common, &client, namespace, args).await,
        Command::Load(args) => load::run(common, &client, namespace, &args).await,
        Command::Namespace(args) => namespace::run(common, &client, args).await,
        Command::Stats(args) => stats::run(common, &client, namespace, args).await,
        Command::Explain { key } => {
            insight::explain(common, &client, pb::ExplainKeyRequest { namespace, key }).await
        }
        Command::Hot(args) => insight::hot(common, &client, namespace, args).await,
        Command::Slow(args) => insight::slow(common, &client, args).await,
        Command::Watch(args) => watch::run(&client, namespace, args).await,
        Command::Session(args) => session::run(common, &client, namespace, args).await,
        Command::Delete(args) => delete::run(common, &client, namespace, args).await,
    }
}

pub(crate) fn conflicting(conflict: &pb::Conflict) -> String {
    match &conflict.current {
        Some(pb::conflict::Current::Version(version)) => format!("conflict: the entry has version {version}"),
        Some(pb::conflict::Current::Missing(_)) | None => {
            "conflict: there is no entry under this key".to_owned()
        }
    }
}

#[allow(clippy::print_stderr, reason = "the command line speaks to a person")]
pub(crate) fn no(message: &str) -> ExitCode {
    eprintln!("{message}");
    ExitCode::from(NO)
}
