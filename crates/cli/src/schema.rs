//! `fastjson schema check|infer`: whether documents are what a JSON Schema asks for, and a schema from samples.

use std::path::PathBuf;
use std::process::ExitCode;

use fastjson_proto::fastjson::v1 as pb;

use crate::backend::Backend;
use crate::error::{Error, NO};
use crate::{Common, input, output};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Checks a document; exit 1 if the schema does not allow it.
    Check {
        /// The schema: a file, or the JSON itself where it begins with `{`.
        schema: String,
        /// The document, in any format; standard input if absent or `-`.
        file: Option<PathBuf>,
        /// A schema that `$ref` may name, as URI=FILE; may be repeated.
        #[arg(long, value_parser = named_file)]
        register: Vec<(String, PathBuf)>,
        /// Say too why each schema of an anyOf or oneOf failed.
        #[arg(long)]
        detailed: bool,
    },
    /// Prints a schema that all samples satisfy.
    Infer {
        /// The samples, in any format; standard input if absent.
        files: Vec<PathBuf>,
    },
}

fn named_file(text: &str) -> Result<(String, PathBuf), String> {
    let (uri, file) = text.split_once('=').ok_or("allowed: URI=FILE")?;
    Ok((uri.to_owned(), file.into()))
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<ExitCode, Error> {
    match args.command {
        Command::Check { schema, file, register, detailed } => {
            let output = if detailed { pb::SchemaOutput::Detailed } else { pb::SchemaOutput::Basic };
            let request = pb::CheckSchemaRequest {
                schema: Some(input::inline_or_file(&schema, '{')?.input()),
                registered: register.into_iter().map(registered).collect::<Result<_, _>>()?,
                output: output.into(),
                ..Default::default()
            };
            check(common, request, file).await
        }
        Command::Infer { files } => infer(common, &files).await,
    }
}

fn registered((uri, file): (String, PathBuf)) -> Result<pb::RegisteredSchema, Error> {
    Ok(pb::RegisteredSchema { uri, schema: Some(input::read(Some(&file))?.input()) })
}

async fn check(
    common: &Common,
    request: pb::CheckSchemaRequest,
    file: Option<PathBuf>,
) -> Result<ExitCode, Error> {
    let mut document = input::read(file.as_ref())?;
    let request = pb::CheckSchemaRequest { input: Some(any_format(&mut document)), ..request };
    let verdict =
        Backend::new(common)?.check_schema(request).await.map_err(|error| error.about(&document.name))?;
    output::diagnostics(&document.name, &verdict.diagnostics, verdict.diagnostics_total);
    if !verdict.valid {
        return Ok(ExitCode::from(NO));
    }
    output::line(b"valid")?;
    Ok(ExitCode::SUCCESS)
}

async fn infer(common: &Common, files: &[PathBuf]) -> Result<ExitCode, Error> {
    let mut samples = Vec::with_capacity(files.len());
    if files.is_empty() {
        samples.push(any_format(&mut input::read(None)?));
    }
    for file in files {
        samples.push(any_format(&mut input::read(Some(file))?));
    }
    let request = pb::InferSchemaRequest { samples, store_as: None };
    let inferred = Backend::new(common)?.infer_schema(request).await?;
    output::document(inferred.output)?;
    Ok(ExitCode::SUCCESS)
}

/// The document, read as what it looks like.
fn any_format(source: &mut input::Source) -> pb::Input {
    pb::Input { format: pb::Format::Auto.into(), ..source.input() }
}
