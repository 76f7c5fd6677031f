//! `fastjson cache incr`: an addition to a counter.

use std::process::ExitCode;
use std::time::Duration;

use client::CacheClient;
use fastjson_proto::rustcache::v1 as pb;

use super::life;
use crate::error::Error;
use crate::{Common, output};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The key.
    key: String,
    /// What to add.
    #[arg(default_value_t = 1, allow_negative_numbers = true)]
    by: i64,
    /// What a counter that is missing counts from; without it, zero.
    #[arg(long, allow_negative_numbers = true)]
    initial: Option<i64>,
    /// The least value that may come out.
    #[arg(long, allow_negative_numbers = true)]
    min: Option<i64>,
    /// The largest value that may come out.
    #[arg(long, allow_negative_numbers = true)]
    max: Option<i64>,
    /// Time to live of a counter that is missing, such as 60s.
    #[arg(long, value_parser = crate::duration)]
    ttl: Option<Duration>,
    /// Sent again with the same id within five minutes, it adds once.
    #[arg(long, default_value = "")]
    request_id: String,
}

/// Prints the value.
pub(super) async fn run(
    common: &Common,
    client: &CacheClient,
    namespace: String,
    args: Args,
) -> Result<ExitCode, Error> {
    let request = pb::IncrementRequest {
        namespace,
        key: args.key,
        by: args.by,
        initial: args.initial,
        min: args.min,
        max: args.max,
        expiry: Some(pb::Expiry { ttl: life::wire(args.ttl), ..Default::default() }),
        request_id: args.request_id,
    };
    let response = client.increment(&common.context(), request).await?;
    output::line(response.value.to_string().as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
