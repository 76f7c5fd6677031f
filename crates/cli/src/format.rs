//! `fastjson format`: the document in a style.

use std::path::PathBuf;
use std::process::ExitCode;

use fastjson_proto::fastjson::v1 as pb;

use crate::backend::Backend;
use crate::entry::Store;
use crate::error::Error;
use crate::validate::DuplicateKeys;
use crate::{Common, input, output, transfer};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The document, up to 256 MiB; standard input if absent or `-`.
    file: Option<PathBuf>,
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
    let step = pb::FormatStep {
        style: style.into(),
        indent: args.indent,
        duplicate_keys: pb::DuplicateKeys::from(args.duplicate_keys).into(),
        key_order: key_order.into(),
        numbers: numbers.into(),
    };
    let store_as = args.store.wire();
    let (backend, mut document) = (Backend::new(common)?, input::large_document(args.file.as_ref())?);
    if transfer::is_needed(&document) {
        let header = transfer::steps([pb::step::Step::Format(step)], store_as);
        return transfer::run(&backend, header, document).await;
    }
    let pb::FormatStep { style, indent, duplicate_keys, key_order, numbers } = step;
    let input = Some(document.input());
    let request = pb::FormatRequest { input, style, indent, duplicate_keys, key_order, numbers, store_as };
    let answer = backend.format(request).await.map_err(|error| error.about(&document.name))?;
    output::diagnostics(&document.name, &answer.diagnostics, answer.diagnostics_total);
    output::document(answer.output)?;
    Ok(ExitCode::SUCCESS)
}
