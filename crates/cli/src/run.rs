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
    #[arg(long, required_unless_present = "name", conflicts_with = "name")]
    recipe: Option<String>,
    /// A registered recipe.
    #[arg(long)]
    name: Option<String>,
    /// Its version; the newest if absent.
    #[arg(long, requires = "name")]
    version: Option<u64>,
    /// The document; standard input if absent or `-`.
    file: Option<PathBuf>,
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<ExitCode, Error> {
    let recipe = args.recipe.as_deref().map(recipe).transpose()?;
    let mut document = input::read(args.file.as_ref())?;
    let input = Some(document.input());
    let request = pb::RunRequest {
        input,
        recipe,
        recipe_name: args.name.unwrap_or_default(),
        recipe_version: args.version,
        ..Default::default()
    };
    let answer = Backend::new(common)?.run(request).await.map_err(|error| error.about(&document.name))?;
    output::diagnostics(&document.name, &answer.diagnostics, answer.diagnostics_total);
    output::document(answer.output)?;
    Ok(ExitCode::SUCCESS)
}

/// Reads a recipe as the command line gives it.
pub(crate) fn recipe(given: &str) -> Result<pb::Recipe, Error> {
    let source = input::inline_or_file(given, '{')?;
    client::json_mapping::decode("fastjson.v1.Recipe", &source.bytes)
        .map_err(|error| Error::Usage(format!("{}: the recipe: {error}", source.name)))
}
