//! `fastjson cache set`: a write, which prints its version.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use client::CacheClient;
use fastjson_proto::rustcache::v1 as pb;

use super::{Condition, Life, conflicting, life, no};
use crate::error::Error;
use crate::{Common, input, output};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The key.
    key: String,
    /// The value; without it, `--file` or standard input.
    value: Option<String>,
    /// File that holds the value.
    #[arg(long, conflicts_with = "value")]
    file: Option<PathBuf>,
    #[command(flatten)]
    life: Life,
    /// Names by which it can be invalidated; may stand several times.
    #[arg(long = "tag")]
    tags: Vec<String>,
    /// Media type.
    #[arg(long, default_value = "")]
    content_type: String,
    /// How long it took to make, such as 2s: what is dear stays longer.
    #[arg(long, value_parser = crate::duration)]
    cost: Option<Duration>,
    #[command(flatten)]
    condition: Condition,
}

pub(super) async fn run(
    common: &Common,
    client: &CacheClient,
    namespace: String,
    args: Args,
) -> Result<ExitCode, Error> {
    let request = args.request(namespace)?;
    match client.set(&common.context(), request).await?.outcome {
        Some(pb::set_response::Outcome::Stored(stored)) => {
            output::line(stored.version.to_string().as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        Some(pb::set_response::Outcome::Conflict(conflict)) => Ok(no(&conflicting(&conflict))),
        None => Ok(no("the server gave no outcome")),
    }
}

impl Args {
    fn request(self, namespace: String) -> Result<pb::SetRequest, Error> {
        let body = match self.value {
            Some(text) => pb::value::Body::Text(text),
            None => pb::value::Body::Data(input::read(self.file.as_ref())?.bytes.into()),
        };
        let expiry = pb::Expiry::from(self.life);
        Ok(pb::SetRequest {
            namespace,
            key: self.key,
            value: Some(pb::Value { body: Some(body), content_type: self.content_type }),
            ttl: expiry.ttl,
            sliding: expiry.sliding,
            jitter: expiry.jitter,
            fresh_for: expiry.fresh_for,
            expires_at: None,
            tags: self.tags,
            condition: Some(self.condition.into()),
            request_id: String::new(),
            cost: life::wire(self.cost),
        })
    }
}
