//! `fastjson cache get|compute|set|delete|touch|incr|invalidate|scan|dump|load|watch|session|namespace|stats|explain|hot|slow|snapshot`: entries and namespaces.

mod compute;
mod dump;
mod increment;
mod insight;
mod invalidate;
mod life;
mod load;
mod namespace;
mod scan;
mod session;
mod snapshot;
mod stats;
mod touch;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;

use client::CacheClient;
use fastjson_proto::rustcache::v1 as pb;

pub(crate) use self::life::Life;

use crate::error::{Error, NO};
use crate::{Common, input, output};

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
    Set {
        /// The key.
        key: String,
        /// The value; without it, `--file` or standard input.
        value: Option<String>,
        /// File that holds the value.
        #[arg(long, conflicts_with = "value")]
        file: Option<PathBuf>,
        #[command(flatten)]
        life: life::Life,
        /// Names by which it can be invalidated; may stand several times.
        #[arg(long = "tag")]
        tags: Vec<String>,
        /// Media type.
        #[arg(long, default_value = "")]
        content_type: String,
        /// How long it took to make, such as 2s: what is dear stays longer.
        #[arg(long, value_parser = crate::duration)]
        cost: Option<std::time::Duration>,
        #[command(flatten)]
        condition: Condition,
    },
    /// Gives an entry another life and prints its version.
    Touch {
        /// The key.
        key: String,
        #[command(flatten)]
        life: life::Life,
        #[command(flatten)]
        condition: Condition,
    },
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
    Delete {
        /// The key.
        key: String,
        #[command(flatten)]
        condition: Condition,
    },
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
        Command::Get { key } => get(common, &client, pb::GetRequest { namespace, key }).await,
        Command::Set { key, value, file, life, tags, content_type, cost, condition } => {
            let body = match value {
                Some(text) => pb::value::Body::Text(text),
                None => pb::value::Body::Data(input::read(file.as_ref())?.bytes.into()),
            };
            let expiry = pb::Expiry::from(life);
            let request = pb::SetRequest {
                namespace,
                key,
                value: Some(pb::Value { body: Some(body), content_type }),
                ttl: expiry.ttl,
                sliding: expiry.sliding,
                jitter: expiry.jitter,
                fresh_for: expiry.fresh_for,
                expires_at: None,
                tags,
                condition: Some(condition.into()),
                request_id: String::new(),
                cost: life::wire(cost),
            };
            set(common, &client, request).await
        }
        Command::Touch { key, life, condition } => {
            let (expiry, condition) = (Some(life.into()), Some(condition.into()));
            touch::run(common, &client, pb::TouchRequest { namespace, key, expiry, condition }).await
        }
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
        Command::Delete { key, condition } => {
            delete(
                common,
                &client,
                pb::DeleteRequest { namespace, key, condition: Some(condition.into()), ..Default::default() },
            )
            .await
        }
    }
}

async fn get(common: &Common, client: &CacheClient, request: pb::GetRequest) -> Result<ExitCode, Error> {
    match client.get(&common.context(), request).await?.outcome {
        Some(pb::get_response::Outcome::Found(entry)) => {
            match entry.value.and_then(|value| value.body) {
                Some(pb::value::Body::Text(text)) => output::value(text.as_bytes())?,
                Some(pb::value::Body::Data(data)) => output::value(&data)?,
                None => {}
            }
            Ok(ExitCode::SUCCESS)
        }
        Some(pb::get_response::Outcome::Missing(_)) | None => Ok(no("there is no entry under this key")),
    }
}

async fn set(common: &Common, client: &CacheClient, request: pb::SetRequest) -> Result<ExitCode, Error> {
    match client.set(&common.context(), request).await?.outcome {
        Some(pb::set_response::Outcome::Stored(stored)) => {
            output::line(stored.version.to_string().as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        Some(pb::set_response::Outcome::Conflict(conflict)) => Ok(no(&conflicting(&conflict))),
        None => Ok(no("the server gave no outcome")),
    }
}

async fn delete(
    common: &Common,
    client: &CacheClient,
    request: pb::DeleteRequest,
) -> Result<ExitCode, Error> {
    match client.delete(&common.context(), request).await?.outcome {
        Some(pb::delete_response::Outcome::Deleted(_)) => Ok(ExitCode::SUCCESS),
        Some(pb::delete_response::Outcome::Conflict(conflict)) => Ok(no(&conflicting(&conflict))),
        Some(pb::delete_response::Outcome::Missing(_)) | None => Ok(no("there is no entry under this key")),
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
