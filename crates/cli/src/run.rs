//! `fastjson run`: a recipe on a document.

use std::path::PathBuf;
use std::process::ExitCode;

use fastjson_proto::fastjson::v1 as pb;

use crate::backend::Backend;
use crate::error::Error;
use crate::{Common, input, output};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The recipe: a file, or the JSON itself where it begins with `{`.
    #[arg(long)]
    recipe: String,
    /// The document; standard input if absent or `-`.
    file: Option<PathBuf>,
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<ExitCode, Error> {
    let recipe = recipe(&args.recipe)?;
    let mut document = input::read(args.file.as_ref())?;
    let input = Some(document.input());
    let request = pb::RunRequest { input, recipe: Some(recipe), ..Default::default() };
    let answer = Backend::new(common)?.run(request).await.map_err(|error| error.about(&document.name))?;
    output::diagnostics(&document.name, &answer.diagnostics, answer.diagnostics_total);
    output::document(answer.output)?;
    Ok(ExitCode::SUCCESS)
}

fn recipe(given: &str) -> Result<pb::Recipe, Error> {
    let source = input::inline_or_file(given, '{')?;
    client::json_mapping::decode("fastjson.v1.Recipe", &source.bytes)
        .map_err(|error| Error::Usage(format!("{}: the recipe: {error}", source.name)))
}
