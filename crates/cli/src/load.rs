//! `fastjson load take|acquire|renew|release`: tokens and leases. Prints answers as JSON.

use std::process::ExitCode;
use std::time::Duration;

use client::LoadClient;
use fastjson_proto::rustcache::v1 as pb;

use crate::cache::wire_duration;
use crate::error::{Error, NO};
use crate::{Common, output};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Takes tokens of keys; exit 1 if one has not enough.
    Take(Take),
    /// Gets one of so many leases of a name; exit 1 if it is denied.
    Acquire {
        /// What is to be leased.
        name: String,
        /// How many may hold it at the same time.
        #[arg(long, default_value_t = 1)]
        limit: u32,
        /// How long it lasts, such as 30s.
        #[arg(long, default_value = "30s", value_parser = crate::duration)]
        ttl: Duration,
        /// How long to wait for it; needs a longer `--timeout`.
        #[arg(long, value_parser = crate::duration)]
        wait: Option<Duration>,
    },
    /// Makes a lease last longer; exit 1 if it is lost.
    Renew {
        /// What `acquire` gave.
        id: String,
        /// How long it is to last from now.
        #[arg(long, default_value = "30s", value_parser = crate::duration)]
        ttl: Duration,
    },
    /// Ends a lease; exit 1 if it is lost.
    Release {
        /// What `acquire` gave.
        id: String,
    },
}

#[derive(Debug, clap::Args)]
struct Take {
    /// Whose tokens.
    #[arg(required = true)]
    keys: Vec<String>,
    /// Tokens a period.
    #[arg(long)]
    tokens: u64,
    /// The period.
    #[arg(long, default_value = "1s", value_parser = crate::duration)]
    per: Duration,
    /// Most tokens at once; without it, as many as `--tokens`.
    #[arg(long)]
    burst: Option<u64>,
    /// How many of each key; 0 only looks.
    #[arg(long, default_value_t = 1)]
    cost: u64,
    /// Takes of all keys or of none.
    #[arg(long)]
    all: bool,
}

impl From<Take> for pb::TakeTokensRequest {
    fn from(args: Take) -> Self {
        let limit =
            pb::RateLimit { tokens: args.tokens, period: wire_duration(Some(args.per)), burst: args.burst };
        let take = |key| pb::Take { key, limit: Some(limit), cost: Some(args.cost) };
        let mode = if args.all { pb::TakeMode::All } else { pb::TakeMode::Each };
        Self { takes: args.keys.into_iter().map(take).collect(), mode: mode.into() }
    }
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<ExitCode, Error> {
    let client = LoadClient::new(client::Config::at(&common.cache_addr))?;
    let context = common.context();
    match args.command {
        Command::Take(take) => {
            let response = client.take_tokens(&context, take.into()).await?;
            let code = if response.allowed { ExitCode::SUCCESS } else { ExitCode::from(NO) };
            say("TakeTokensResponse", &response, code)
        }
        Command::Acquire { name, limit, ttl, wait } => {
            let wait = wire_duration(wait);
            let request = pb::AcquireLeaseRequest { name, limit, ttl: wire_duration(Some(ttl)), wait };
            let response = client.acquire_lease(&context, request).await?;
            let code = match response.outcome {
                Some(pb::acquire_lease_response::Outcome::Granted(_)) => ExitCode::SUCCESS,
                Some(pb::acquire_lease_response::Outcome::Denied(_)) | None => ExitCode::from(NO),
            };
            say("AcquireLeaseResponse", &response, code)
        }
        Command::Renew { id, ttl } => {
            let request = pb::RenewLeaseRequest { id, ttl: wire_duration(Some(ttl)) };
            let response = client.renew_lease(&context, request).await?;
            let code = match response.outcome {
                Some(pb::renew_lease_response::Outcome::Renewed(_)) => ExitCode::SUCCESS,
                Some(pb::renew_lease_response::Outcome::Lost(_)) | None => ExitCode::from(NO),
            };
            say("RenewLeaseResponse", &response, code)
        }
        Command::Release { id } => {
            let response = client.release_lease(&context, pb::ReleaseLeaseRequest { id }).await?;
            let code = match response.outcome {
                Some(pb::release_lease_response::Outcome::Released(_)) => ExitCode::SUCCESS,
                Some(pb::release_lease_response::Outcome::Lost(_)) | None => ExitCode::from(NO),
            };
            say("ReleaseLeaseResponse", &response, code)
        }
    }
}

/// Prints an answer, and gives the exit code that it means.
fn say<M: prost::Message>(name: &str, response: &M, code: ExitCode) -> Result<ExitCode, Error> {
    let text = client::json_mapping::encode(&format!("rustcache.v1.{name}"), response)
        .map_err(|error| Error::Usage(error.to_string()))?;
    output::line(text.as_bytes())?;
    Ok(code)
}
