//! `fastjson cache get`: a value, byte for byte.

use std::process::ExitCode;

use client::CacheClient;
use fastjson_proto::rustcache::v1 as pb;

use super::no;
use crate::error::Error;
use crate::{Common, output};

pub(super) async fn run(
    common: &Common,
    client: &CacheClient,
    request: pb::GetRequest,
) -> Result<ExitCode, Error> {
    let answer = client.get(&common.context(), request).await?;
    let Some(pb::get_response::Outcome::Found(entry)) = answer.outcome else {
        return Ok(no("there is no entry under this key"));
    };
    output::cached(entry.value)?;
    Ok(ExitCode::SUCCESS)
}
