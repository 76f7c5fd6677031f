//! `fastjson format`: the document in a style.

mod files;

use std::path::PathBuf;
use std::process::ExitCode;

use fastjson_proto::fastjson::v1 as pb;

use crate::backend::Backend;
use crate::entry::Store;
use crate::error::Error;
use crate::input::Source;
use crate::validate::DuplicateKeys;
use crate::{Common, input, output, transfer};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The document, up to 256 MiB; standard input if absent or `-`. Several with `--in-place` or `--check`.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Write the answer into the file, all of it or nothing; one that is as it should be stays as it is.
    #[arg(short, long, requires = "files", conflicts_with_all = ["store_as", "check"])]
    in_place: bool,
    /// Print nothing but the names of the files that are not in this style; exit 1 if there is one.
    #[arg(long, conflicts_with = "store_as")]
    check: bool,
    /// The style.
    #[arg(long, value_enum, default_value = "pretty")]
    style: Style,
    /// Spaces a level for pretty, 0 to 16.
    #[arg(long)]
    indent: Option<u32>,
    /// Write members sorted by their keys.
    #[arg(long)]
    sort_keys: bool,
    /// How numbers are written.
    #[arg(long, value_enum, default_value = "exact")]
    numbers: Numbers,
    /// What is done about objects that have a key twice.
    #[arg(long, value_enum, default_value = "report")]
    duplicate_keys: DuplicateKeys,
    #[command(flatten)]
    store: Store,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Style {
    /// No white space outside strings.
    Minify,
    /// A member or element a line.
    Pretty,
    /// RFC 8785.
    Canonical,
    /// BLAKE3 of the canonical form.
    Hash,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Numbers {
    /// As they were read.
    Exact,
    /// As doubles.
    Double,
    /// As strings where a double does not hold them.
    StringIfUnsafe,
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<ExitCode, Error> {
    let (backend, step) = (Backend::new(common)?, step(&args));
    if args.in_place || args.check {
        return files::run(&backend, &args, step).await;
    }
    if args.files.len() > 1 {
        return Err(Error::Usage("several files; allowed: one, or --in-place or --check".to_owned()));
    }
    let (document, store_as) = (input::large_document(args.files.first())?, args.store.wire());
    if transfer::is_needed(&document) {
        let header = transfer::steps([pb::step::Step::Format(step)], store_as);
        return transfer::run(&backend, header, document).await;
    }
    let answer = by_message(&backend, step, store_as, document).await?;
    output::document(answer.output)?;
    Ok(ExitCode::SUCCESS)
}

/// Has a document formatted that one message takes; warnings are printed.
async fn by_message(
    backend: &Backend,
    step: pb::FormatStep,
    store_as: Option<pb::StoreAs>,
    mut document: Source,
) -> Result<pb::FormatResponse, Error> {
    let pb::FormatStep { style, indent, duplicate_keys, key_order, numbers } = step;
    let input = Some(document.input());
    let request = pb::FormatRequest { input, style, indent, duplicate_keys, key_order, numbers, store_as };
    let answer = backend.format(request).await.map_err(|error| error.about(&document.name))?;
    output::diagnostics(&document.name, &answer.diagnostics, answer.diagnostics_total);
    Ok(answer)
}

/// What the command line asks for.
fn step(args: &Args) -> pb::FormatStep {
    let style = match args.style {
        Style::Minify => pb::FormatStyle::Minify,
        Style::Pretty => pb::FormatStyle::Pretty,
        Style::Canonical => pb::FormatStyle::Canonical,
        Style::Hash => pb::FormatStyle::Hash,
    };
    let numbers = match args.numbers {
        Numbers::Exact => pb::Numbers::Exact,
        Numbers::Double => pb::Numbers::Double,
        Numbers::StringIfUnsafe => pb::Numbers::StringIfUnsafe,
    };
    let key_order = if args.sort_keys { pb::KeyOrder::Sorted } else { pb::KeyOrder::AsRead };
    pb::FormatStep {
        style: style.into(),
        indent: args.indent,
        duplicate_keys: pb::DuplicateKeys::from(args.duplicate_keys).into(),
        key_order: key_order.into(),
        numbers: numbers.into(),
    }
}
