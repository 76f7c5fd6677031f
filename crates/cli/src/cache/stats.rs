//! `fastjson cache stats`: what namespaces hold and did, and how long operations take.

use std::process::ExitCode;

use client::CacheClient;
use fastjson_proto::rustcache::v1 as pb;

use super::scan::lines;
use crate::Common;
use crate::error::Error;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// How long operations take, and not what namespaces hold.
    #[arg(long)]
    operations: bool,
}

/// Prints a JSON object a line, a namespace or an operation each. Without `--namespace` all of them.
pub(super) async fn run(
    common: &Common,
    client: &CacheClient,
    namespace: String,
    args: Args,
) -> Result<ExitCode, Error> {
    let stats = client.stats(&common.context(), pb::StatsRequest { namespace }).await?;
    if args.operations {
        lines("rustcache.v1.OperationStats", &stats.operations)?;
    } else {
        lines("rustcache.v1.NamespaceStats", &stats.namespaces)?;
    }
    Ok(ExitCode::SUCCESS)
}
