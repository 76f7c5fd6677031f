//! `fastjson cache explain|hot|slow`: why a key is there or is not, which are used most, which calls took long.

use std::process::ExitCode;

use client::CacheClient;
use fastjson_proto::rustcache::v1 as pb;

use super::scan::lines;
use crate::Common;
use crate::error::{Error, NO};

#[derive(Debug, clap::Args)]
pub(super) struct Hot {
    /// How many keys, at most 100.
    #[arg(long, default_value_t = 10)]
    top: u32,
}

#[derive(Debug, clap::Args)]
pub(super) struct Slow {
    /// How many of the last calls; without it, all that are kept.
    #[arg(long, default_value_t = 0)]
    limit: u32,
}

/// Prints what is known about a key as JSON; exit code 1 if it is not there.
pub(super) async fn explain(
    common: &Common,
    client: &CacheClient,
    request: pb::ExplainKeyRequest,
) -> Result<ExitCode, Error> {
    let told = client.explain_key(&common.context(), request).await?;
    lines("rustcache.v1.ExplainKeyResponse", std::slice::from_ref(&told))?;
    match told.state {
        Some(pb::explain_key_response::State::Present(_)) => Ok(ExitCode::SUCCESS),
        Some(pb::explain_key_response::State::Absent(_)) | None => Ok(ExitCode::from(NO)),
    }
}

/// Prints the keys that are used most, a JSON object a line.
pub(super) async fn hot(
    common: &Common,
    client: &CacheClient,
    namespace: String,
    Hot { top }: Hot,
) -> Result<ExitCode, Error> {
    let hot = client.hot_keys(&common.context(), pb::HotKeysRequest { namespace, top }).await?;
    lines("rustcache.v1.HotKey", &hot.keys)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the last slow calls, the newest first, a JSON object a line.
pub(super) async fn slow(
    common: &Common,
    client: &CacheClient,
    Slow { limit }: Slow,
) -> Result<ExitCode, Error> {
    let slow = client.slow_operations(&common.context(), pb::SlowOperationsRequest { limit }).await?;
    lines("rustcache.v1.SlowOperation", &slow.operations)?;
    Ok(ExitCode::SUCCESS)
}
