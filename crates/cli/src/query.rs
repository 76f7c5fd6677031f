//! `fastjson query`: what a program selects.

use std::path::PathBuf;
use std::process::ExitCode;

use fastjson_proto::fastjson::v1 as pb;

use crate::backend::Backend;
use crate::error::Error;
use crate::{Common, input, output};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The program: a JSON Pointer (`/a/0`), a JSONPath (`$.a[*]`) or a JMESPath (`a[*].b`).
    program: String,
    /// The document; standard input if absent or `-`.
    file: Option<PathBuf>,
    /// The language; without it, what begins with `$` is JSONPath, what begins with `/` or is empty JSON Pointer, all else
    /// JMESPath.
    #[arg(long, value_enum)]
    lang: Option<Language>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Language {
    /// JSON Pointer, RFC 6901.
    Pointer,
    /// JSONPath, RFC 9535.
    Jsonpath,
    /// JMESPath.
    Jmespath,
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<ExitCode, Error> {
    let guess = match args.program.chars().next() {
        Some('$') => Language::Jsonpath,
        Some('/') | None => Language::Pointer,
        Some(_) => Language::Jmespath,
    };
    let language = match args.lang.unwrap_or(guess) {
        Language::Pointer => pb::QueryLanguage::Pointer,
        Language::Jsonpath => pb::QueryLanguage::Jsonpath,
        Language::Jmespath => pb::QueryLanguage::Jmespath,
    };
    let mut document = input::read(args.file.as_ref())?;
    let request = pb::QueryRequest {
        input: Some(document.input()),
        language: language.into(),
        query: args.program,
        store_as: None,
    };
    let answer = Backend::new(common)?.query(request).await.map_err(|error| error.about(&document.name))?;
    output::document(answer.output)?;
    Ok(ExitCode::SUCCESS)
}
