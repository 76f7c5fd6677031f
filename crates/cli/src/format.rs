//! `fastjson format`: the document in a style.

use std::path::PathBuf;
use std::process::ExitCode;

use fastjson_proto::fastjson::v1 as pb;

use crate::backend::Backend;
use crate::error::Error;
use crate::validate::duplicate_keys;
use crate::{Common, input, output};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The document; standard input if absent or `-`.
    file: Option<PathBuf>,
    /// The style.
    #[arg(long, value_enum, default_value = "pretty")]
    style: Style,
    /// Spaces a level for pretty, 0 to 16.
    #[arg(long)]
    indent: Option<u32>,
    /// Refuse objects that have a key twice.
    #[arg(long)]
    reject_duplicate_keys: bool,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Style {
    /// No white space outside strings.
    Minify,
    /// A member or element a line.
    Pretty,
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<ExitCode, Error> {
    let style = match args.style {
        Style::Minify => pb::FormatStyle::Minify,
        Style::Pretty => pb::FormatStyle::Pretty,
    };
    let mut document = input::read(args.file.as_ref())?;
    let request = pb::FormatRequest {
        input: Some(document.input()),
        style: style.into(),
        indent: args.indent,
        duplicate_keys: duplicate_keys(args.reject_duplicate_keys).into(),
        store_as: None,
    };
    let answer = Backend::new(common)?.format(request).await.map_err(|error| error.about(&document.name))?;
    output::diagnostics(&document.name, &answer.diagnostics, answer.diagnostics_total);
    output::document(answer.output)?;
    Ok(ExitCode::SUCCESS)
}
