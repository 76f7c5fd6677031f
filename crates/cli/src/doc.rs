//! `fastjson doc get|put|patch|merge`: documents in the cache, read in part and changed where they lie.

use std::path::PathBuf;
use std::process::ExitCode;

use client::DocumentClient;
use fastjson_proto::rustcache::v1 as pb;

use crate::cache::{Condition, Life, conflicting, no};
use crate::error::Error;
use crate::{Common, input, output};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Namespace; empty means `default`.
    #[arg(long, global = true, default_value = "")]
    namespace: String,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Prints a document, or what paths name in it, a value a line; exit 1 if one of them names nothing.
    Get {
        /// The key.
        key: String,
        /// JSON Pointers, which begin with `/`, and JSONPaths, which begin with `$`; without any the whole document.
        paths: Vec<String>,
    },
    /// Writes a document and prints its version.
    Put {
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
    },
    /// Changes a document by a JSON Patch (RFC 6902) and prints its version.
    Patch(Change),
    /// Changes a document by a merge patch (RFC 7396) and prints its version.
    Merge(Change),
}

#[derive(Debug, clap::Args)]
struct Change {
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

/// What a document is checked against.
#[derive(Debug, clap::Args)]
struct Checked {
    /// Registered schema that the document must satisfy, beside the one that its namespace demands; exit 1 if it does not.
    #[arg(long, default_value = "")]
    schema: String,
    /// Its version; the newest if absent.
    #[arg(long, requires = "schema")]
    schema_version: Option<u64>,
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<ExitCode, Error> {
    let client = DocumentClient::new(client::Config::at(&common.cache_addr))?;
    let namespace = args.namespace;
    match args.command {
        Command::Get { key, paths } => {
            let paths = paths.into_iter().map(path).collect();
            get(common, &client, pb::GetDocumentRequest { namespace, key, paths, version: None }).await
        }
        Command::Put { key, document, file, life, tags, condition, checked } => {
            let body = match document {
                Some(text) => pb::value::Body::Text(text),
                None => pb::value::Body::Data(input::read(file.as_ref())?.bytes.into()),
            };
            let request = pb::PutDocumentRequest {
                namespace,
                key,
                value: Some(pb::Value { body: Some(body), content_type: String::new() }),
                expiry: Some(life.into()),
                tags,
                condition: Some(condition.into()),
                schema: checked.schema,
                schema_version: checked.schema_version,
                ..Default::default()
            };
            put(common, &client, request).await
        }
        Command::Patch(change) => patch(common, &client, namespace, change).await,
        Command::Merge(change) => merge(common, &client, namespace, change).await,
    }
}

fn path(text: String) -> pb::DocumentPath {
    let kind = match text.starts_with('$') {
        true => pb::document_path::Kind::Jsonpath(text),
        false => pb::document_path::Kind::Pointer(text),
    };
    pb::DocumentPath { kind: Some(kind) }
}

async fn get(
    common: &Common,
    client: &DocumentClient,
    request: pb::GetDocumentRequest,
) -> Result<ExitCode, Error> {
    let answer = client.get(&common.context(), request).await?;
    let Some(pb::get_document_response::Outcome::Found(found)) = answer.outcome else {
        return Ok(no("there is no entry under this key"));
    };
    match found.value.and_then(|value| value.body) {
        Some(pb::value::Body::Text(text)) => output::value(text.as_bytes())?,
        Some(pb::value::Body::Data(data)) => output::value(&data)?,
        None => {}
    }
    let mut code = ExitCode::SUCCESS;
    for (index, answer) in found.answers.into_iter().enumerate() {
        match answer.outcome {
            Some(pb::path_answer::Outcome::Found(found)) => {
                found.values.iter().try_for_each(|value| output::line(value.text.as_bytes()))?;
            }
            Some(pb::path_answer::Outcome::Missing(_)) | None => {
                code = no(&format!("path {index} names nothing in this document"));
            }
        }
    }
    Ok(code)
}

async fn put(
    common: &Common,
    client: &DocumentClient,
    request: pb::PutDocumentRequest,
) -> Result<ExitCode, Error> {
    match client.put(&common.context(), request).await?.outcome {
        Some(pb::put_document_response::Outcome::Stored(stored)) => version(stored.version),
        Some(pb::put_document_response::Outcome::Conflict(conflict)) => Ok(no(&conflicting(&conflict))),
        None => Ok(no("the server gave no outcome")),
    }
}

async fn patch(
    common: &Common,
    client: &DocumentClient,
    namespace: String,
    mut change: Change,
) -> Result<ExitCode, Error> {
    use pb::patch_document_response::Outcome;
    let body = change.body()?;
    let request = pb::PatchDocumentRequest {
        namespace,
        key: change.key,
        patch: Some(body),
        condition: Some(change.condition.into()),
        schema: change.checked.schema,
        schema_version: change.checked.schema_version,
        ..Default::default()
    };
    match client.patch(&common.context(), request).await?.outcome {
        Some(Outcome::Changed(changed)) => version(changed.version),
        Some(Outcome::Conflict(conflict)) => Ok(no(&conflicting(&conflict))),
        Some(Outcome::Missing(_)) | None => Ok(no("there is no entry under this key")),
    }
}

async fn merge(
    common: &Common,
    client: &DocumentClient,
    namespace: String,
    mut change: Change,
) -> Result<ExitCode, Error> {
    use pb::merge_document_response::Outcome;
    let body = change.body()?;
    let request = pb::MergeDocumentRequest {
        namespace,
        key: change.key,
        patch: Some(body),
        condition: Some(change.condition.into()),
        schema: change.checked.schema,
        schema_version: change.checked.schema_version,
        ..Default::default()
    };
    match client.merge(&common.context(), request).await?.outcome {
        Some(Outcome::Changed(changed)) => version(changed.version),
        Some(Outcome::Conflict(conflict)) => Ok(no(&conflicting(&conflict))),
        Some(Outcome::Missing(_)) | None => Ok(no("there is no entry under this key")),
    }
}

impl Change {
    fn body(&mut self) -> Result<pb::DocumentPatch, Error> {
        let body = match self.patch.take() {
            Some(text) => pb::document_patch::Body::Text(text),
            None => pb::document_patch::Body::Data(input::read(self.file.as_ref())?.bytes.into()),
        };
        Ok(pb::DocumentPatch { body: Some(body) })
    }
}

fn version(version: u64) -> Result<ExitCode, Error> {
    output::line(version.to_string().as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
