//! `fastjson`: the command line of the pair.
//!
//! Reads standard input or a file, talks to a server or with `--local` works in this process. Exit code 0 is fine, 1 is
//! 'no' (invalid, missing, conflict), 2 wrong usage, 3 an unreachable server. Answers go to standard output, everything
//! else to standard error.

mod backend;
mod bench;
mod cache;
mod completions;
mod convert;
mod diff;
mod doc;
mod entry;
mod error;
mod format;
mod health;
mod input;
mod load;
mod memo;
mod merge;
mod output;
mod patch;
mod query;
mod recipe;
mod registry;
mod run;
mod schema;
mod stored;
mod stream;
mod top;
mod transfer;
mod up;
mod validate;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};
use context::{Context, Deadline};

use error::Error;

/// That of the services, which `up` runs and `--local` works as.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// JSON work and a cache for microservices.
#[derive(Debug, Parser)]
#[command(name = "fastjson", version)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// Where help shows what all subcommands share, behind what is their own.
const GLOBAL: &str = "Global options";

/// What all subcommands share.
#[derive(Debug, Clone, clap::Args)]
struct Common {
    /// Address of fastjson-api; without a scheme http.
    #[arg(long, global = true, env = "FASTJSON_JSON_ADDR", default_value = "http://127.0.0.1:50051")]
    #[arg(help_heading = GLOBAL, value_parser = address)]
    json_addr: String,
    /// Address of rust-cache-server; without a scheme http.
    #[arg(long, global = true, env = "FASTJSON_CACHE_ADDR", default_value = "http://127.0.0.1:50052")]
    #[arg(help_heading = GLOBAL, value_parser = address)]
    cache_addr: String,
    /// Longest wait for an answer, such as 250ms or 5s.
    #[arg(long, global = true, default_value = "5s", value_parser = duration, help_heading = GLOBAL)]
    timeout: Duration,
    /// Work in this process, without a server.
    #[arg(long, global = true, help_heading = GLOBAL)]
    local: bool,
    /// Directory of schemas and recipes for `--local` and `up`; made where it is not there.
    #[arg(long, global = true, env = "FASTJSON_REGISTRY", value_name = "DIRECTORY", help_heading = GLOBAL)]
    registry: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs both services in this process.
    Up(up::Args),
    /// Checks documents.
    Validate(validate::Args),
    /// Writes a document in a style.
    Format(format::Args),
    /// Writes a document in another format.
    Convert(convert::Args),
    /// Changes a document by a JSON Patch.
    Patch(patch::Args),
    /// Merges changes into a document.
    Merge(merge::Args),
    /// Says what leads from one document to another; exit 1 if they differ.
    Diff(diff::Args),
    /// Queries a document.
    Query(query::Args),
    /// Checks documents against a JSON Schema, infers one, and keeps schemas by name.
    Schema(schema::Args),
    /// Keeps recipes by name.
    Recipe(recipe::Args),
    /// Runs a recipe on a document.
    Run(run::Args),
    /// Reads and writes entries of the cache.
    Cache(cache::Args),
    /// Reads documents in the cache in part, and changes them where they lie.
    Doc(doc::Args),
    /// Takes tokens and leases, by which services hold their load.
    Load(load::Args),
    /// Shows again and again what the cache service does: namespaces, operations, hot keys.
    Top(top::Args),
    /// Measures how many calls a server answers, and how fast.
    Bench(bench::Args),
    /// Asks both services whether they serve.
    Health,
    /// Prints a script that completes this command in a shell.
    Completions(completions::Args),
}

impl Common {
    /// The context of a call made now.
    fn context(&self) -> Context {
        Context { deadline: Some(Deadline::after(self.timeout)), ..Context::background() }
    }

    /// Where a JSON service in this process keeps schemas and recipes.
    fn registry(&self) -> fastjson_api::config::Registry {
        match &self.registry {
            Some(directory) => fastjson_api::config::Registry {
                store: fastjson_api::config::RegistryStore::File,
                directory: directory.clone(),
                ..Default::default()
            },
            None => fastjson_api::config::Registry::default(),
        }
    }
}

/// An address with its scheme: `localhost:50051` can only mean http.
fn address(text: &str) -> Result<String, std::convert::Infallible> {
    let is_bare = !text.is_empty() && !text.contains("://");
    Ok(if is_bare { format!("http://{text}") } else { text.to_owned() })
}

/// A duration with its unit.
fn duration(text: &str) -> Result<Duration, String> {
    context::duration::parse(text).ok_or_else(|| format!("allowed: {}", context::duration::ALLOWED))
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    match run_command(cli.common, cli.command).await {
        Ok(code) => code,
        Err(error) => error.report(),
    }
}

async fn run_command(common: Common, command: Command) -> Result<ExitCode, Error> {
    match command {
        Command::Up(args) => up::run(&common, args).await,
        Command::Validate(args) => validate::run(&common, args).await,
        Command::Format(args) => format::run(&common, args).await,
        Command::Convert(args) => convert::run(&common, args).await,
        Command::Patch(args) => patch::run(&common, args).await,
        Command::Merge(args) => merge::run(&common, args).await,
        Command::Diff(args) => diff::run(&common, args).await,
        Command::Query(args) => query::run(&common, args).await,
        Command::Schema(args) => schema::run(&common, args).await,
        Command::Recipe(args) => recipe::run(&common, args).await,
        Command::Run(args) => run::run(&common, args).await,
        Command::Cache(args) => cache::run(&common, args).await,
        Command::Doc(args) => doc::run(&common, args).await,
        Command::Load(args) => load::run(&common, args).await,
        Command::Top(args) => top::run(&common, args).await,
        Command::Bench(args) => bench::run(&common, args).await,
        Command::Health => health::run(&common).await,
        Command::Completions(args) => completions::run(&args),
    }
}
