//! `fastjson recipe put|get|list|delete`: recipes by name.

use std::process::ExitCode;

use fastjson_proto::fastjson::v1 as pb;

use crate::error::Error;
use crate::registry::Registry;
use crate::stored::{self, Named, Which};
use crate::{Common, output, run};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Registers a recipe and prints its version.
    Put {
        /// The name.
        name: String,
        /// The recipe: a file, or the JSON itself where it begins with `{`.
        recipe: String,
        /// Only if this is the newest version; 0: only if the name is new.
        #[arg(long)]
        expect: Option<u64>,
    },
    /// Prints a registered recipe.
    Get(Named),
    /// Lists registered recipes: name, version, steps, hash.
    List(Which),
    /// Deletes a version, or all of a name; exit 1 if there was none.
    Delete(Named),
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<ExitCode, Error> {
    match args.command {
        Command::Put { name, recipe, expect } => {
            let recipe = Some(run::recipe(&recipe)?);
            put(common, pb::PutRecipeRequest { name, recipe, expected_version: expect }).await
        }
        Command::Get(Named { name, version }) => get(common, pb::GetRecipeRequest { name, version }).await,
        Command::List(which) => list(common, which).await,
        Command::Delete(Named { name, version }) => {
            let request = pb::DeleteRecipeRequest { name, version };
            stored::deleted(Registry::new(common)?.delete_recipe(request).await?.deleted)
        }
    }
}

async fn put(common: &Common, request: pb::PutRecipeRequest) -> Result<ExitCode, Error> {
    let put = Registry::new(common)?.put_recipe(request).await?;
    let version = put.version.unwrap_or_default().version;
    output::line(version.to_string().as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

async fn get(common: &Common, request: pb::GetRecipeRequest) -> Result<ExitCode, Error> {
    let recipe = Registry::new(common)?.get_recipe(request).await?.recipe.unwrap_or_default();
    let text = client::json_mapping::encode("fastjson.v1.Recipe", &recipe)
        .map_err(|error| Error::Usage(format!("the recipe cannot be written: {error}")))?;
    output::line(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Prints all pages.
async fn list(common: &Common, which: Which) -> Result<ExitCode, Error> {
    let registry = Registry::new(common)?;
    let mut request = pb::ListRecipesRequest {
        name: which.name.unwrap_or_default(),
        prefix: which.prefix,
        page_size: Some(stored::PAGE),
        ..Default::default()
    };
    loop {
        let page = registry.list_recipes(request.clone()).await?;
        for row in &page.recipes {
            let line = format!("{}\t{}\t{}\t{}", row.name, row.version, row.steps, row.hash);
            output::line(line.as_bytes())?;
        }
        if page.next_page_token.is_empty() {
            return Ok(ExitCode::SUCCESS);
        }
        request.page_token = page.next_page_token;
    }
}
