//! `fastjson cache namespace create|update|delete|list`.

use std::process::ExitCode;
use std::time::Duration;

use clap::ValueEnum;
use client::CacheClient;
use fastjson_proto::rustcache::v1 as pb;

use super::life;
use super::scan::lines;
use crate::Common;
use crate::error::Error;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Makes a namespace and prints its settings.
    Create {
        /// Its name.
        name: String,
        #[command(flatten)]
        settings: Settings,
        /// Which entries go when it is full.
        #[arg(long)]
        policy: Option<Policy>,
    },
    /// Changes what is given and prints the settings.
    Update {
        /// Its name.
        name: String,
        #[command(flatten)]
        settings: Settings,
        /// It does not borrow.
        #[arg(long, conflicts_with = "max_bytes")]
        no_max_bytes: bool,
        /// As many entries as its bytes allow.
        #[arg(long, conflicts_with = "max_entries")]
        no_max_entries: bool,
        /// Entries that name no time to live do not expire.
        #[arg(long, conflicts_with = "default_ttl")]
        no_default_ttl: bool,
        /// It demands no schema.
        #[arg(long, conflicts_with = "schema")]
        no_schema: bool,
    },
    /// Deletes a namespace with all that it holds.
    Delete {
        /// Its name.
        name: String,
    },
    /// Prints the settings of all, a JSON object a line.
    List,
}

#[derive(Debug, clap::Args)]
struct Settings {
    /// Bytes that its entries may be charged in all.
    #[arg(long)]
    capacity_bytes: Option<u64>,
    /// Bytes up to which it may borrow what others do not use.
    #[arg(long)]
    max_bytes: Option<u64>,
    /// Entries that it may hold.
    #[arg(long)]
    max_entries: Option<u64>,
    /// Time to live of entries that name none, such as 10m.
    #[arg(long, value_parser = crate::duration)]
    default_ttl: Option<Duration>,
    /// Longest value in bytes.
    #[arg(long)]
    max_value_bytes: Option<u64>,
    /// Registered schema that all documents written from now on must satisfy; nothing else is taken then.
    #[arg(long)]
    schema: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Policy {
    /// The less frequent ones, after a window for fresh entries.
    Adaptive,
    /// The least recently used ones.
    Lru,
    /// None: what finds no room is refused.
    None,
}

impl From<Policy> for pb::EvictionPolicy {
    fn from(policy: Policy) -> Self {
        match policy {
            Policy::Adaptive => Self::Adaptive,
            Policy::Lru => Self::Lru,
            Policy::None => Self::None,
        }
    }
}

impl Settings {
    fn of(self, name: String) -> pb::Namespace {
        pb::Namespace {
            name,
            capacity_bytes: self.capacity_bytes,
            max_bytes: self.max_bytes,
            max_entries: self.max_entries,
            default_ttl: life::wire(self.default_ttl),
            policy: pb::EvictionPolicy::Unspecified.into(),
            max_value_bytes: self.max_value_bytes,
            schema: self.schema.unwrap_or_default(),
        }
    }
}

/// The names of the settings that change: those that are set, and those that go.
fn mask(namespace: &pb::Namespace, gone: [(&str, bool); 4]) -> Vec<String> {
    let set = [
        ("capacity_bytes", namespace.capacity_bytes.is_some()),
        ("max_bytes", namespace.max_bytes.is_some()),
        ("max_entries", namespace.max_entries.is_some()),
        ("default_ttl", namespace.default_ttl.is_some()),
        ("max_value_bytes", namespace.max_value_bytes.is_some()),
        ("schema", !namespace.schema.is_empty()),
    ];
    set.into_iter().chain(gone).filter(|(_, named)| *named).map(|(name, _)| name.to_owned()).collect()
}

pub(super) async fn run(common: &Common, client: &CacheClient, args: Args) -> Result<ExitCode, Error> {
    let context = common.context();
    let shown = match args.command {
        Command::Create { name, settings, policy } => {
            let mut namespace = settings.of(name);
            namespace.policy = policy.map_or(pb::EvictionPolicy::Unspecified, Into::into).into();
            let request = pb::CreateNamespaceRequest { namespace: Some(namespace) };
            client.create_namespace(&context, request).await?.namespace.into_iter().collect()
        }
        Command::Update { name, settings, no_max_bytes, no_max_entries, no_default_ttl, no_schema } => {
            let namespace = settings.of(name);
            let gone = [
                ("max_bytes", no_max_bytes),
                ("max_entries", no_max_entries),
                ("default_ttl", no_default_ttl),
                ("schema", no_schema),
            ];
            let update_mask = Some(prost_types::FieldMask { paths: mask(&namespace, gone) });
            let request = pb::UpdateNamespaceRequest { namespace: Some(namespace), update_mask };
            client.update_namespace(&context, request).await?.namespace.into_iter().collect()
        }
        Command::Delete { name } => {
            client.delete_namespace(&context, pb::DeleteNamespaceRequest { name }).await?;
            Vec::new()
        }
        Command::List => client.list_namespaces(&context, pb::ListNamespacesRequest {}).await?.namespaces,
    };
    lines("rustcache.v1.Namespace", &shown)?;
    Ok(ExitCode::SUCCESS)
}
