//! `fastjson schema check`: whether a document is what a schema asks for.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use fastjson_proto::fastjson::v1 as pb;
use pb::check_schema_step::Which;

use super::any_format;
use crate::backend::Backend;
use crate::error::{Error, NO};
use crate::input::Source;
use crate::memo::Memo;
use crate::{Common, convert, input, output, transfer};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The schema: a file, or the JSON itself where it begins with `{`; then the document, in any format or, over 4 MiB, in JSON of
    /// up to 256 MiB, standard input if absent or `-`. With `--schema-name` only the document.
    #[arg(num_args = 0..=2, value_names = ["SCHEMA", "FILE"])]
    what: Vec<String>,
    /// A registered schema.
    #[arg(long)]
    schema_name: Option<String>,
    /// Its version; the newest if absent.
    #[arg(long, requires = "schema_name")]
    schema_version: Option<u64>,
    /// A schema that `$ref` may name, as URI=FILE; may be repeated.
    #[arg(long, value_parser = named_file)]
    register: Vec<(String, PathBuf)>,
    /// Say too why each schema of an anyOf or oneOf failed.
    #[arg(long)]
    detailed: bool,
    /// Whether an answer that the cache service keeps may be given.
    #[arg(long, default_value = "auto")]
    memo: Memo,
}

fn named_file(text: &str) -> Result<(String, PathBuf), String> {
    let (uri, file) = text.split_once('=').ok_or("allowed: URI=FILE")?;
    Ok((uri.to_owned(), file.into()))
}

pub(super) async fn run(common: &Common, args: Args) -> Result<ExitCode, Error> {
    let output = if args.detailed { pb::SchemaOutput::Detailed } else { pb::SchemaOutput::Basic };
    let (schema, file) = match (&args.schema_name, args.what.as_slice()) {
        (Some(_), []) => (None, None),
        (Some(_), [file]) => (None, Some(PathBuf::from(file))),
        (None, [schema]) => (Some(schema), None),
        (None, [schema, file]) => (Some(schema), Some(PathBuf::from(file))),
        (Some(_) | None, _) => {
            let message = "allowed: schema check SCHEMA [FILE], or schema check --schema-name NAME [FILE]";
            return Err(Error::Usage(message.to_owned()));
        }
    };
    let mut schema = schema.map(|schema| input::inline_or_document(schema, '{')).transpose()?;
    let mut document = input::large_document(file.as_ref())?;
    let backend = Backend::new(common)?;
    if transfer::is_needed(&document) {
        let step = large(&args, schema.as_mut(), &document)?;
        let name = schema.map_or_else(String::new, |schema| schema.name);
        let passed = transfer::is_passed(&backend, pb::step::Step::CheckSchema(step), document).await;
        return passed.map(told).map_err(|error| error.about_part("schema", &name))?;
    }
    let request = pb::CheckSchemaRequest {
        input: Some(any_format(&mut document)),
        schema: schema.as_mut().map(input::Source::input),
        schema_name: args.schema_name.unwrap_or_default(),
        schema_version: args.schema_version,
        registered: args.register.into_iter().map(registered).collect::<Result<_, _>>()?,
        output: output.into(),
        memo: args.memo.into(),
        ..Default::default()
    };
    let name = schema.map_or_else(String::new, |schema| schema.name);
    let verdict = backend
        .check_schema(request)
        .await
        .map_err(|error| error.about(&document.name).about_part("schema", &name))?;
    output::diagnostics(&document.name, &verdict.diagnostics, verdict.diagnostics_total);
    told(verdict.valid)
}

fn registered((uri, file): (String, PathBuf)) -> Result<pb::RegisteredSchema, Error> {
    Ok(pb::RegisteredSchema { uri, schema: Some(input::document(Some(&file))?.input()) })
}

/// The check of a document that is too large for a message.
fn large(args: &Args, schema: Option<&mut Source>, document: &Source) -> Result<pb::CheckSchemaStep, Error> {
    if let Some(option) = [("--detailed", args.detailed), ("--register", !args.register.is_empty())]
        .into_iter()
        .find_map(|(option, is_given)| is_given.then_some(option))
    {
        return Err(transfer::refuse(option));
    }
    if !matches!(convert::by_name(Path::new(&document.name)), None | Some(convert::Format::Json)) {
        return Err(transfer::refuse("another format than JSON"));
    }
    let which = match schema {
        Some(schema) => Which::Schema(transfer::text_of("schema", schema)?),
        None => Which::SchemaName(args.schema_name.clone().unwrap_or_default()),
    };
    Ok(pb::CheckSchemaStep { which: Some(which), schema_version: args.schema_version, ..Default::default() })
}

fn told(is_valid: bool) -> Result<ExitCode, Error> {
    if !is_valid {
        return Ok(ExitCode::from(NO));
    }
    output::line(b"valid")?;
    Ok(ExitCode::SUCCESS)
}
