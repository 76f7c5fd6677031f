//! `fastjson cache touch`: another life for an entry.

use std::process::ExitCode;

use client::CacheClient;
use fastjson_proto::rustcache::v1 as pb;

use super::{conflicting, no};
use crate::error::Error;
use crate::{Common, output};

/// Prints the version.
pub(super) async fn run(
    common: &Common,
    client: &CacheClient,
    request: pb::TouchRequest,
) -> Result<ExitCode, Error> {
    match client.touch(&common.context(), request).await?.outcome {
        Some(pb::touch_response::Outcome::Touched(touched)) => {
            output::line(touched.version.to_string().as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        Some(pb::touch_response::Outcome::Conflict(conflict)) => Ok(no(&conflicting(&conflict))),
        Some(pb::touch_response::Outcome::Missing(_)) | None => Ok(no("there is no entry under this key")),
    }
}
