//! `fastjson cache invalidate`: what was written before is absent, by tag or all of it.

use std::process::ExitCode;

use client::CacheClient;
use fastjson_proto::rustcache::v1 as pb;
use pb::invalidate_tags_request::Scope;

use crate::Common;
use crate::error::Error;

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(super) struct Args {
    /// Tags; entries that have one of them are absent afterwards.
    tags: Vec<String>,
    /// All entries of the namespace.
    #[arg(long)]
    all: bool,
}

pub(super) async fn run(
    common: &Common,
    client: &CacheClient,
    namespace: String,
    args: Args,
) -> Result<ExitCode, Error> {
    let scope = if args.all { Scope::All(pb::All {}) } else { Scope::Tags(pb::TagList { names: args.tags }) };
    let request = pb::InvalidateTagsRequest { namespace, scope: Some(scope) };
    client.invalidate_tags(&common.context(), request).await?;
    Ok(ExitCode::SUCCESS)
}
