//! `fastjson doc put`: a write of what is a document.

use std::path::PathBuf;
use std::process::ExitCode;

use client::DocumentClient;
use fastjson_proto::rustcache::v1 as pb;

use super::{Checked, version};
use crate::cache::{Condition, Life, conflicting, no};
use crate::error::Error;
use crate::{Common, input};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The key.
    key: String,
    /// The document; without it, `--file` or standard input.
    document: Option<String>,
    /// File that holds the document.
    #[arg(long, conflicts_with = "document")]
    file: Option<PathBuf>,
    #[command(flatten)]
    life: Life,
    /// Names by which it can be invalidated; may stand several times.
    #[arg(long = "tag")]
    tags: Vec<String>,
    #[command(flatten)]
    condition: Condition,
    #[command(flatten)]
    checked: Checked,
}

pub(super) async fn run(
    common: &Common,
    client: &DocumentClient,
    namespace: String,
    args: Args,
) -> Result<ExitCode, Error> {
    let body = match args.document {
        Some(text) => pb::value::Body::Text(text),
        None => pb::value::Body::Data(input::read(args.file.as_ref())?.bytes.into()),
    };
    let request = pb::PutDocumentRequest {
        namespace,
        key: args.key,
        value: Some(pb::Value { body: Some(body), content_type: String::new() }),
        expiry: Some(args.life.into()),
        tags: args.tags,
        condition: Some(args.condition.into()),
        schema: args.checked.schema,
        schema_version: args.checked.schema_version,
        ..Default::default()
    };
    match client.put(&common.context(), request).await?.outcome {
        Some(pb::put_document_response::Outcome::Stored(stored)) => version(stored.version),
        Some(pb::put_document_response::Outcome::Conflict(conflict)) => Ok(no(&conflicting(&conflict))),
        None => Ok(no("the server gave no outcome")),
    }
}
