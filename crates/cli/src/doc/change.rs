//! `fastjson doc patch|merge`: a document changed where it lies. The two rpcs differ in what the patch means; their messages have the
//! same fields.

use std::path::PathBuf;
use std::process::ExitCode;

use client::DocumentClient;
use fastjson_proto::rustcache::v1 as pb;
use pb::merge_document_response::Outcome as Merged;
use pb::patch_document_response::Outcome as Patched;

use super::{Checked, version};
use crate::cache::{Condition, conflicting, no};
use crate::error::Error;
use crate::{Common, input};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The key.
    key: String,
    /// The patch; without it, `--file` or standard input.
    patch: Option<String>,
    /// File that holds the patch.
    #[arg(long, conflicts_with = "patch")]
    file: Option<PathBuf>,
    #[command(flatten)]
    condition: Condition,
    #[command(flatten)]
    checked: Checked,
}

pub(super) async fn patch(
    common: &Common,
    client: &DocumentClient,
    namespace: String,
    args: Args,
) -> Result<ExitCode, Error> {
    let request = args.request(namespace)?;
    said(client.patch(&common.context(), request).await?.outcome)
}

pub(super) async fn merge(
    common: &Common,
    client: &DocumentClient,
    namespace: String,
    args: Args,
) -> Result<ExitCode, Error> {
    let request = as_merge(args.request(namespace)?);
    let outcome = client.merge(&common.context(), request).await?.outcome;
    said(outcome.map(|outcome| match outcome {
        Merged::Changed(changed) => Patched::Changed(changed),
        Merged::Conflict(conflict) => Patched::Conflict(conflict),
        Merged::Missing(missing) => Patched::Missing(missing),
    }))
}

impl Args {
    fn request(self, namespace: String) -> Result<pb::PatchDocumentRequest, Error> {
        let body = match self.patch {
            Some(text) => pb::document_patch::Body::Text(text),
            None => pb::document_patch::Body::Data(input::read(self.file.as_ref())?.bytes.into()),
        };
        Ok(pb::PatchDocumentRequest {
            namespace,
            key: self.key,
            patch: Some(pb::DocumentPatch { body: Some(body) }),
            condition: Some(self.condition.into()),
            request_id: String::new(),
            schema: self.checked.schema,
            schema_version: self.checked.schema_version,
        })
    }
}

fn as_merge(request: pb::PatchDocumentRequest) -> pb::MergeDocumentRequest {
    let pb::PatchDocumentRequest { namespace, key, patch, condition, request_id, schema, schema_version } =
        request;
    pb::MergeDocumentRequest { namespace, key, patch, condition, request_id, schema, schema_version }
}

fn said(outcome: Option<Patched>) -> Result<ExitCode, Error> {
    match outcome {
        Some(Patched::Changed(changed)) => version(changed.version),
        Some(Patched::Conflict(conflict)) => Ok(no(&conflicting(&conflict))),
        Some(Patched::Missing(_)) | None => Ok(no("there is no entry under this key")),
    }
}
