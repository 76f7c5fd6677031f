//! `fastjson doc get`: a document, or what paths name in it, a value a line.

use std::process::ExitCode;

use client::DocumentClient;
use fastjson_proto::rustcache::v1 as pb;

use crate::cache::no;
use crate::error::Error;
use crate::{Common, output};

/// Most bytes of a path that a message echoes.
const MAX_ECHO: usize = 64;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The key.
    key: String,
    /// JSON Pointers, which begin with `/`, and JSONPaths, which begin with `$`; without any the whole document.
    paths: Vec<String>,
}

pub(super) async fn run(
    common: &Common,
    client: &DocumentClient,
    namespace: String,
    args: Args,
) -> Result<ExitCode, Error> {
    let paths = args.paths.iter().map(|text| path(text)).collect();
    let request = pb::GetDocumentRequest { namespace, key: args.key, paths, version: None };
    let answer = client.get(&common.context(), request).await?;
    let Some(pb::get_document_response::Outcome::Found(found)) = answer.outcome else {
        return Ok(no("there is no entry under this key"));
    };
    output::cached(found.value)?;
    let mut code = ExitCode::SUCCESS;
    // As many answers as paths, in their order.
    for (path, answer) in args.paths.iter().zip(found.answers) {
        match answer.outcome {
            Some(pb::path_answer::Outcome::Found(found)) => {
                found.values.iter().try_for_each(|value| output::line(value.text.as_bytes()))?;
            }
            Some(pb::path_answer::Outcome::Missing(_)) | None => {
                code = no(&format!("`{}` names nothing in this document", excerpt(path)));
            }
        }
    }
    Ok(code)
}

fn path(text: &str) -> pb::DocumentPath {
    let kind = match text.starts_with('$') {
        true => pb::document_path::Kind::Jsonpath(text.to_owned()),
        false => pb::document_path::Kind::Pointer(text.to_owned()),
    };
    pb::DocumentPath { kind: Some(kind) }
}

fn excerpt(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_ECHO)]
}
