//! `fastjson patch`: a document changed by a JSON Patch.

use std::path::PathBuf;
use std::process::ExitCode;

use fastjson_proto::fastjson::v1 as pb;
use pb::step::Step;

use crate::backend::Backend;
use crate::entry::Store;
use crate::error::Error;
use crate::{Common, input, output, transfer};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The patch, RFC 6902: a file, or the JSON itself where it begins with `[`.
    patch: String,
    /// The document, up to 256 MiB; standard input if absent or `-`.
    file: Option<PathBuf>,
    #[command(flatten)]
    store: Store,
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<ExitCode, Error> {
    let mut patch = input::inline_or_document(&args.patch, '[')?;
    let mut document = input::large_document(args.file.as_ref())?;
    let (backend, store_as) = (Backend::new(common)?, args.store.wire());
    if transfer::is_needed(&document) {
        let step = pb::PatchStep { patch: transfer::text_of("patch", &mut patch)? };
        let transferred = transfer::run(&backend, transfer::steps([Step::Patch(step)], store_as), document);
        return transferred.await.map_err(|error| error.about_part("patch", &patch.name));
    }
    let request = pb::PatchRequest { input: Some(document.input()), patch: Some(patch.input()), store_as };
    let patched = backend
        .patch(request)
        .await
        .map_err(|error| error.about_part("patch", &patch.name).about(&document.name))?;
    output::diagnostics(&document.name, &patched.diagnostics, patched.diagnostics_total);
    output::document(patched.output)?;
    Ok(ExitCode::SUCCESS)
}
