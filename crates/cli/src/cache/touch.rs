//! `fastjson cache touch`: another life for an entry.

use std::process::ExitCode;

use client::CacheClient;
use fastjson_proto::rustcache::v1 as pb;

use super::{Condition, Life, conflicting, no};
use crate::error::Error;
use crate::{Common, output};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The key.
    key: String,
    #[command(flatten)]
    life: Life,
    #[command(flatten)]
    condition: Condition,
}

/// Prints the version.
pub(super) async fn run(
    common: &Common,
    client: &CacheClient,
    namespace: String,
    Args { key, life, condition }: Args,
) -> Result<ExitCode, Error> {
    let (expiry, condition) = (Some(life.into()), Some(condition.into()));
    let request = pb::TouchRequest { namespace, key, expiry, condition };
    match client.touch(&common.context(), request).await?.outcome {
        Some(pb::touch_response::Outcome::Touched(touched)) => {
            output::line(touched.version.to_string().as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        Some(pb::touch_response::Outcome::Conflict(conflict)) => Ok(no(&conflicting(&conflict))),
        Some(pb::touch_response::Outcome::Missing(_)) | None => Ok(no("there is no entry under this key")),
    }
}
