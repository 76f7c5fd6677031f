//! `fastjson diff`: what leads from one document to another; exit 0 when they are equal, 1 when they differ.

use std::path::PathBuf;
use std::process::ExitCode;

use fastjson_proto::fastjson::v1 as pb;

use crate::backend::Backend;
use crate::entry::Store;
use crate::error::{Error, NO};
use crate::memo::Memo;
use crate::{Common, input, output};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The document to start from, up to 4 MiB; `-` is standard input.
    from: PathBuf,
    /// The document to arrive at, up to 4 MiB; `-` is standard input.
    to: PathBuf,
    /// What the difference is told as.
    #[arg(long, value_enum, default_value = "text")]
    output: Output,
    /// Match elements of arrays by this member, such as `id`; may be repeated.
    #[arg(long)]
    key: Vec<String>,
    /// Whether an answer that the cache service keeps may be given.
    #[arg(long, default_value = "auto")]
    memo: Memo,
    #[command(flatten)]
    store: Store,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Output {
    /// A line a change.
    Text,
    /// JSON Patch, RFC 6902.
    Patch,
    /// Merge patch, RFC 7396.
    MergePatch,
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<ExitCode, Error> {
    let told = match args.output {
        Output::Text => pb::DiffOutput::Text,
        Output::Patch => pb::DiffOutput::Patch,
        Output::MergePatch => pb::DiffOutput::MergePatch,
    };
    let (mut from, mut to) = (input::document(Some(&args.from))?, input::document(Some(&args.to))?);
    let request = pb::DiffRequest {
        from: Some(from.input()),
        to: Some(to.input()),
        output: told.into(),
        arrays: arrays(&args.key).into(),
        array_keys: args.key,
        memo: args.memo.into(),
        store_as: args.store.wire(),
    };
    let diffed = Backend::new(common)?
        .diff(request)
        .await
        .map_err(|error| error.about_part("from", &from.name).about_part("to", &to.name))?;
    output::document(diffed.output)?;
    Ok(if diffed.changes > 0 { ExitCode::from(NO) } else { ExitCode::SUCCESS })
}

/// How arrays are compared when these keys are named.
pub(crate) fn arrays(keys: &[String]) -> pb::Arrays {
    if keys.is_empty() { pb::Arrays::Lcs } else { pb::Arrays::Keyed }
}
