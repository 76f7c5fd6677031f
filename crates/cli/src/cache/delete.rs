//! `fastjson cache delete`: an entry is removed.

use std::process::ExitCode;

use client::CacheClient;
use fastjson_proto::rustcache::v1 as pb;

use super::{Condition, conflicting, no};
use crate::Common;
use crate::error::Error;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The key.
    key: String,
    #[command(flatten)]
    condition: Condition,
}

pub(super) async fn run(
    common: &Common,
    client: &CacheClient,
    namespace: String,
    Args { key, condition }: Args,
) -> Result<ExitCode, Error> {
    let condition = Some(condition.into());
    let request = pb::DeleteRequest { namespace, key, condition, request_id: String::new() };
    match client.delete(&common.context(), request).await?.outcome {
        Some(pb::delete_response::Outcome::Deleted(_)) => Ok(ExitCode::SUCCESS),
        Some(pb::delete_response::Outcome::Conflict(conflict)) => Ok(no(&conflicting(&conflict))),
        Some(pb::delete_response::Outcome::Missing(_)) | None => Ok(no("there is no entry under this key")),
    }
}
