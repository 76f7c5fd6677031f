//! `fastjson validate`: the verdict, as an exit code and findings.

use std::path::PathBuf;
use std::process::ExitCode;

use fastjson_proto::fastjson::v1 as pb;

use crate::backend::Backend;
use crate::error::{Error, NO};
use crate::{Common, input, output};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The document; standard input if absent or `-`.
    file: Option<PathBuf>,
    /// Refuse objects that have a key twice.
    #[arg(long)]
    reject_duplicate_keys: bool,
    /// Deepest nesting allowed, 1 to 512.
    #[arg(long)]
    max_depth: Option<u32>,
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<ExitCode, Error> {
    let mut document = input::read(args.file.as_ref())?;
    let request = pb::ValidateRequest {
        input: Some(document.input()),
        duplicate_keys: duplicate_keys(args.reject_duplicate_keys).into(),
        max_depth: args.max_depth,
    };
    let verdict =
        Backend::new(common)?.validate(request).await.map_err(|error| error.about(&document.name))?;
    output::diagnostics(&document.name, &verdict.diagnostics, verdict.diagnostics_total);
    if !verdict.valid {
        return Ok(ExitCode::from(NO));
    }
    output::line(b"valid")?;
    Ok(ExitCode::SUCCESS)
}

/// What a flag of the command line means.
pub(crate) fn duplicate_keys(reject: bool) -> pb::DuplicateKeys {
    if reject { pb::DuplicateKeys::Reject } else { pb::DuplicateKeys::Report }
}
