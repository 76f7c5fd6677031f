//! `fastjson cache snapshot`: the server writes what it holds to its snapshot file.

use std::process::ExitCode;
use std::time::Duration;

use client::CacheClient;
use fastjson_proto::rustcache::v1 as pb;

use crate::error::Error;
use crate::{Common, output};

pub(super) async fn run(common: &Common, client: &CacheClient) -> Result<ExitCode, Error> {
    let taken = client.take_snapshot(&common.context(), pb::TakeSnapshotRequest {}).await?;
    let took = taken.took.and_then(|took| Duration::try_from(took).ok()).unwrap_or_default();
    let (entries, bytes) = (taken.entries, taken.bytes);
    output::line(format!("{entries} entries, {bytes} bytes, {} ms", took.as_millis()).as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
