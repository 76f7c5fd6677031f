//! `fastjson query`: what a program selects.

use std::collections::HashMap;
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
    /// The language; without it, what begins with `$` is JSONPath, with `/` (or is empty) JSON Pointer, with `.` jq, and all
    /// else JMESPath.
    #[arg(long, value_enum)]
    lang: Option<Language>,
    /// A variable of a jq program whose value is a string; may be repeated.
    #[arg(long, num_args = 2, value_names = ["NAME", "VALUE"])]
    arg: Vec<String>,
    /// A variable of a jq program whose value is JSON; may be repeated.
    #[arg(long, num_args = 2, value_names = ["NAME", "JSON"])]
    argjson: Vec<String>,
}

/// Pairs of a name and a value as JSON texts by name; a plain value is a string.
fn variables(plain: Vec<String>, json: Vec<String>) -> HashMap<String, String> {
    let quoted = |value: &String| serde_json::Value::from(value.as_str()).to_string();
    let plain = plain.chunks_exact(2).map(|pair| (pair[0].clone(), quoted(&pair[1])));
    let json = json.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone()));
    plain.chain(json).collect()
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Language {
    /// JSON Pointer, RFC 6901.
    Pointer,
    /// JSONPath, RFC 9535.
    Jsonpath,
    /// JMESPath.
    Jmespath,
    /// jq.
    Jq,
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<ExitCode, Error> {
    let guess = match args.program.chars().next() {
        Some('$') => Language::Jsonpath,
        Some('/') | None => Language::Pointer,
        Some('.') => Language::Jq,
        Some(_) => Language::Jmespath,
    };
    let language = match args.lang.unwrap_or(guess) {
        Language::Pointer => pb::QueryLanguage::Pointer,
        Language::Jsonpath => pb::QueryLanguage::Jsonpath,
        Language::Jmespath => pb::QueryLanguage::Jmespath,
        Language::Jq => pb::QueryLanguage::Jq,
    };
    let mut document = input::read(args.file.as_ref())?;
    let request = pb::QueryRequest {
        input: Some(document.input()),
        language: language.into(),
        query: args.program,
        args: variables(args.arg, args.argjson),
        ..Default::default()
    };
    let answer = Backend::new(common)?.query(request).await.map_err(|error| error.about(&document.name))?;
    output::document(answer.output)?;
    Ok(ExitCode::SUCCESS)
}
