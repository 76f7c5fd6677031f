//! `fastjson run`: a recipe on a document, or on each record of a stream.

use std::path::PathBuf;
use std::process::ExitCode;

use fastjson_proto::fastjson::v1 as pb;

use crate::backend::Backend;
use crate::entry::Store;
use crate::error::Error;
use crate::input::Source;
use crate::memo::Memo;
use crate::{Common, input, output, stream, transfer};

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
    /// Read NDJSON and run the recipe on each record; answers are written as they come, however long that takes. Exit 1 if
    /// a record failed.
    #[arg(long, conflicts_with = "explain")]
    stream: bool,
    /// With --stream: records that may fail; one more ends the stream.
    #[arg(long, requires = "stream")]
    max_errors: Option<u64>,
    /// Say what the recipe would do and what that is likely to cost, for a document as long as FILE; run nothing.
    #[arg(long)]
    explain: bool,
    /// Whether an answer that the cache service keeps may be given.
    #[arg(long, default_value = "auto", conflicts_with_all = ["stream", "explain"])]
    memo: Memo,
    /// Say on standard error what came from the cache service, and what each step took.
    #[arg(long, conflicts_with_all = ["stream", "explain"])]
    stats: bool,
    #[command(flatten)]
    store: Store,
    /// The document; standard input if absent or `-`. One over 4 MiB is transferred in pieces, up to 256 MiB.
    file: Option<PathBuf>,
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<ExitCode, Error> {
    let backend = Backend::new(common)?;
    let recipe = args.recipe.as_deref().map(recipe).transpose()?;
    let which = Which {
        recipe,
        name: args.name.unwrap_or_default(),
        version: args.version,
        store_as: args.store.wire(),
    };
    if args.explain {
        return explain(&backend, which, args.file).await;
    }
    if args.stream {
        let Which { recipe, name: recipe_name, version: recipe_version, store_as } = which;
        let max_errors = args.max_errors;
        let header =
            pb::RunStreamHeader { recipe, recipe_name, recipe_version, max_errors, r#ref: None, store_as };
        return stream::run(&backend, header, args.file.as_ref()).await;
    }
    let stats = if args.stats { Stats::Told } else { Stats::Kept };
    one(&backend, which, input::large_document(args.file.as_ref())?, (args.memo, stats)).await
}

/// Whether the figures of a run are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stats {
    Told,
    Kept,
}

/// The recipe, by its steps or its name.
struct Which {
    recipe: Option<pb::Recipe>,
    name: String,
    version: Option<u64>,
    /// Where its answer goes.
    store_as: Option<pb::StoreAs>,
}

/// Runs it on one document.
async fn one(
    backend: &Backend,
    which: Which,
    mut document: Source,
    (memo, stats): (Memo, Stats),
) -> Result<ExitCode, Error> {
    let Which { recipe, name: recipe_name, version: recipe_version, store_as } = which;
    if transfer::is_needed(&document) {
        let header = pb::TransferHeader { recipe, recipe_name, recipe_version, r#ref: None, store_as };
        return transfer::run(backend, header, document).await;
    }
    let input = Some(document.input());
    let request = pb::RunRequest { input, recipe, recipe_name, recipe_version, store_as, memo: memo.into() };
    let answer = backend.run(request).await.map_err(|error| error.about(&document.name))?;
    output::diagnostics(&document.name, &answer.diagnostics, answer.diagnostics_total);
    if stats == Stats::Told {
        output::costs(&answer);
    }
    output::document(answer.output)?;
    Ok(ExitCode::SUCCESS)
}

async fn explain(backend: &Backend, which: Which, file: Option<PathBuf>) -> Result<ExitCode, Error> {
    let length = |file: PathBuf| {
        std::fs::metadata(&file)
            .map(|metadata| metadata.len())
            .map_err(|source| Error::File { what: file.display().to_string(), source })
    };
    let input_bytes = file.map(length).transpose()?;
    let Which { recipe, name: recipe_name, version: recipe_version, .. } = which;
    let request = pb::ExplainRequest { recipe, recipe_name, recipe_version, input_bytes };
    let explained = backend.explain(request).await?;
    let text = client::json_mapping::encode("fastjson.v1.ExplainResponse", &explained)
        .map_err(|error| Error::Usage(error.to_string()))?;
    output::line(text.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// Reads a recipe as the command line gives it.
pub(crate) fn recipe(given: &str) -> Result<pb::Recipe, Error> {
    let source = input::inline_or_file(given, '{')?;
    client::json_mapping::decode("fastjson.v1.Recipe", &source.bytes)
        .map_err(|error| Error::Usage(format!("{}: the recipe: {error}", source.name)))
}
