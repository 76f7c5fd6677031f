//! `fastjson query`: what a program selects.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::ExitCode;

use fastjson_proto::fastjson::v1 as pb;
use serde_json::value::RawValue;

use crate::backend::Backend;
use crate::error::Error;
use crate::memo::Memo;
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
    /// The document is NDJSON: a jq program runs on each line, and `input` takes the next; to other languages it is an array.
    #[arg(long)]
    ndjson: bool,
    /// Says where each value stands: a line each, of line and column, normalized path and value. For pointer and JSONPath.
    #[arg(long, conflicts_with = "ndjson")]
    places: bool,
    /// Whether an answer that the cache service keeps may be given.
    #[arg(long, default_value = "auto")]
    memo: Memo,
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
    let format = if args.ndjson { pb::Format::Ndjson } else { pb::Format::Json };
    let places = if args.places { pb::HitPlaces::With } else { pb::HitPlaces::Without };
    let request = pb::QueryRequest {
        input: Some(pb::Input { format: format.into(), ..document.input() }),
        language: language.into(),
        query: args.program,
        args: variables(args.arg, args.argjson),
        places: places.into(),
        memo: args.memo.into(),
        ..Default::default()
    };
    let answer = Backend::new(common)?.query(request).await.map_err(|error| error.about(&document.name))?;
    if args.places {
        return with_places(&answer, language);
    }
    output::document(answer.output)?;
    Ok(ExitCode::SUCCESS)
}

/// A line a hit.
fn with_places(answer: &pb::QueryResponse, language: pb::QueryLanguage) -> Result<ExitCode, Error> {
    let text = match answer.output.as_ref().and_then(|output| output.result.as_ref()) {
        Some(pb::output::Result::Data(bytes)) => bytes.to_vec(),
        Some(pb::output::Result::Text(text)) => text.clone().into_bytes(),
        Some(pb::output::Result::Ref(_)) | None => Vec::new(),
    };
    let text = if language == pb::QueryLanguage::Pointer { [b"[", &text[..], b"]"].concat() } else { text };
    let values: Vec<&RawValue> =
        serde_json::from_slice(&text).map_err(|error| Error::Usage(format!("the answer: {error}")))?;
    for (place, value) in answer.places.iter().zip(values) {
        let start = place.start.clone().unwrap_or_default();
        let line = format!("{}:{}\t{}\t{value}", start.line, start.column, place.path);
        output::line(line.as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}
