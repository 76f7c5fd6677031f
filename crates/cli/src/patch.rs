//! `fastjson patch`: a document changed by a JSON Patch.

use std::path::PathBuf;
use std::process::ExitCode;

use fastjson_proto::fastjson::v1 as pb;

use crate::backend::Backend;
use crate::entry::Store;
use crate::error::Error;
use crate::{Common, input, output};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The patch, RFC 6902: a file, or the JSON itself where it begins with `[`.
    patch: String,
    /// The document; standard input if absent or `-`.
    file: Option<PathBuf>,
    #[command(flatten)]
    store: Store,
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<ExitCode, Error> {
    let mut patch = input::inline_or_document(&args.patch, '[')?;
    let mut document = input::document(args.file.as_ref())?;
    let (input, store_as) = (Some(document.input()), args.store.wire());
    let request = pb::PatchRequest { input, patch: Some(patch.input()), store_as };
    let patched = Backend::new(common)?
        .patch(request)
        .await
        .map_err(|error| error.about_part("patch", &patch.name).about(&document.name))?;
    output::diagnostics(&document.name, &patched.diagnostics, patched.diagnostics_total);
    output::document(patched.output)?;
    Ok(ExitCode::SUCCESS)
}
