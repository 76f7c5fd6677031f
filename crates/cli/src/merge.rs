//! `fastjson merge`: changes taken into a document; exit 1 when they contradict each other.

use std::path::PathBuf;
use std::process::ExitCode;

use fastjson_proto::fastjson::v1 as pb;

use crate::backend::Backend;
use crate::entry::Store;
use crate::error::{Error, NO};
use crate::input::Source;
use crate::{Common, input, output, transfer};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The document, up to 256 MiB, or 4 MiB with `--base`; standard input if absent or `-`.
    file: Option<PathBuf>,
    /// A merge patch, RFC 7396: a file, or the JSON itself where it begins with `{`.
    #[arg(long, conflicts_with_all = ["base", "theirs"], required_unless_present_all = ["base", "theirs"])]
    patch: Option<String>,
    /// The document that both versions come from.
    #[arg(long, requires = "theirs")]
    base: Option<PathBuf>,
    /// The other version.
    #[arg(long, requires = "base")]
    theirs: Option<PathBuf>,
    /// Match elements of arrays by this member, such as `id`; may be repeated.
    #[arg(long, requires = "base")]
    key: Vec<String>,
    #[command(flatten)]
    store: Store,
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<ExitCode, Error> {
    let mut document = input::large_document(args.file.as_ref())?;
    let backend = Backend::new(common)?;
    if transfer::is_needed(&document) {
        return large(&backend, &args, document).await.map_err(|error| named(error, &args));
    }
    let how = how(&args)?;
    let (input, store_as) = (Some(document.input()), args.store.clone().wire());
    let request = pb::MergeRequest { input, how: Some(how), store_as };
    let merged = backend.merge(request).await;
    let merged = merged.map_err(|error| named(error, &args).about(&document.name))?;
    output::document(merged.output)?;
    output::conflicts(&document.name, &merged.conflicts, merged.conflicts_total);
    Ok(if merged.conflicts_total > 0 { ExitCode::from(NO) } else { ExitCode::SUCCESS })
}

/// Takes a merge patch into a document that is too large for a message.
async fn large(backend: &Backend, args: &Args, document: Source) -> Result<ExitCode, Error> {
    let Some(patch) = &args.patch else { return Err(transfer::refuse("a merge of three documents")) };
    let text = transfer::text_of("patch", &mut input::inline_or_document(patch, '{')?)?;
    let step = pb::MergeStep { how: Some(pb::merge_step::How::Patch(text)) };
    let header = transfer::steps([pb::step::Step::Merge(step)], args.store.clone().wire());
    transfer::run(backend, header, document).await
}

fn how(args: &Args) -> Result<pb::merge_request::How, Error> {
    if let Some(patch) = &args.patch {
        return Ok(pb::merge_request::How::MergePatch(input::inline_or_document(patch, '{')?.input()));
    }
    let read =
        |file: &Option<PathBuf>| -> Result<_, Error> { Ok(Some(input::document(file.as_ref())?.input())) };
    Ok(pb::merge_request::How::ThreeWay(pb::ThreeWay {
        base: read(&args.base)?,
        theirs: read(&args.theirs)?,
        arrays: crate::diff::arrays(&args.key).into(),
        array_keys: args.key.clone(),
    }))
}

/// Names the file that was refused, where it is not the document.
fn named(error: Error, args: &Args) -> Error {
    let file =
        |file: &Option<PathBuf>| file.as_ref().map(|file| file.display().to_string()).unwrap_or_default();
    let patch = args.patch.as_deref().map_or("", |patch| input::name_of(patch, '{'));
    error
        .about_part("patch", patch)
        .about_part("base", &file(&args.base))
        .about_part("theirs", &file(&args.theirs))
}
