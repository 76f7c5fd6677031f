//! `fastjson schema infer`: a schema that all samples satisfy.

use std::path::PathBuf;
use std::process::ExitCode;

use fastjson_proto::fastjson::v1 as pb;

use super::any_format;
use crate::backend::Backend;
use crate::entry::Store;
use crate::error::Error;
use crate::{Common, input, output};

pub(super) async fn run(common: &Common, files: &[PathBuf], store: Store) -> Result<ExitCode, Error> {
    let mut samples = Vec::with_capacity(files.len());
    if files.is_empty() {
        samples.push(any_format(&mut input::document(None)?));
    }
    for file in files {
        samples.push(any_format(&mut input::document(Some(file))?));
    }
    let request = pb::InferSchemaRequest { samples, store_as: store.wire() };
    let inferred = Backend::new(common)?.infer_schema(request).await?;
    output::document(inferred.output)?;
    Ok(ExitCode::SUCCESS)
}
