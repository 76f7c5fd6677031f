//! `fastjson query`: what a program selects.

mod answer;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use client::Rejection;
use fastjson_proto::fastjson::v1 as pb;
use pb::step::Step;

use crate::backend::Backend;
use crate::convert::{self, Format};
use crate::entry::Store;
use crate::error::Error;
use crate::memo::Memo;
use crate::{Common, input, output, transfer};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The program: a JSON Pointer (`/a/0`), a JSONPath (`$.a[*]`), a jq program (`.a[] | .b`) or a JMESPath (`a[*].b`).
    program: String,
    /// The document, up to 256 MiB; standard input if absent or `-`.
    file: Option<PathBuf>,
    /// The language; without it, what begins with `$` is JSONPath, with `/` (or is empty) JSON Pointer, with `.` jq, and all
    /// else JMESPath. With variables or `--null-input` it is jq.
    #[arg(long, value_enum)]
    lang: Option<Language>,
    /// What the document is read as; without it the name of the file tells, else JSON.
    #[arg(long, value_enum)]
    from: Option<Format>,
    /// Prints each value on a line of its own, and a string without its quotes.
    #[arg(short, long, conflicts_with_all = ["places", "store_as"])]
    raw_output: bool,
    /// Prints each value on a line of its own.
    #[arg(short = 'c', long, alias = "compact-output", conflicts_with_all = ["places", "store_as"])]
    lines: bool,
    /// Exit 1 if the last value is null or false, or if there is none.
    #[arg(short, long, conflicts_with_all = ["places", "store_as"])]
    exit_status: bool,
    /// Read no document; the program works on null.
    #[arg(short, long, conflicts_with_all = ["file", "from", "ndjson"])]
    null_input: bool,
    /// A variable of a jq program whose value is a string; may be repeated.
    #[arg(long, num_args = 2, value_names = ["NAME", "VALUE"])]
    arg: Vec<String>,
    /// A variable of a jq program whose value is JSON; may be repeated.
    #[arg(long, num_args = 2, value_names = ["NAME", "JSON"])]
    argjson: Vec<String>,
    /// The document is NDJSON: a jq program runs on each line, and `input` takes the next; to other languages it is an array.
    #[arg(long, conflicts_with = "from")]
    ndjson: bool,
    /// Says where each value stands: a line each, of line and column, normalized path and value. For pointer and JSONPath.
    #[arg(long, conflicts_with_all = ["ndjson", "store_as"])]
    places: bool,
    /// Whether an answer that the cache service keeps may be given.
    #[arg(long, default_value = "auto")]
    memo: Memo,
    #[command(flatten)]
    store: Store,
}

/// Pairs of a name and a value as JSON texts by name; a plain value is a string.
fn variables(plain: &[String], json: &[String]) -> HashMap<String, String> {
    let quoted = |value: &String| serde_json::Value::from(value.as_str()).to_string();
    let plain = plain.chunks_exact(2).map(|pair| (pair[0].clone(), quoted(&pair[1])));
    let json = json.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone()));
    plain.chain(json).collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Language {
    /// JSON Pointer, RFC 6901.
    Pointer,
    /// JSONPath, RFC 9535.
    Jsonpath,
    /// JMESPath.
    Jmespath,
    /// jq.
    Jq,
}

impl Language {
    pub(crate) fn wire(self) -> pb::QueryLanguage {
        match self {
            Language::Pointer => pb::QueryLanguage::Pointer,
            Language::Jsonpath => pb::QueryLanguage::Jsonpath,
            Language::Jmespath => pb::QueryLanguage::Jmespath,
            Language::Jq => pb::QueryLanguage::Jq,
        }
    }
}

pub(crate) async fn run(common: &Common, args: Args) -> Result<ExitCode, Error> {
    let is_for_jq = args.null_input || !args.arg.is_empty() || !args.argjson.is_empty();
    let is_guess = args.lang.is_none() && !is_for_jq;
    let likely = if is_for_jq { Language::Jq } else { guess(&args.program) };
    let language = args.lang.unwrap_or(likely);
    let mut document =
        if args.null_input { input::null() } else { input::large_document(args.file.as_ref())? };
    let from = args.from.or_else(|| convert::by_name(Path::new(&document.name)));
    let format = if args.ndjson { pb::Format::Ndjson } else { convert::wire(from.unwrap_or(Format::Json)) };
    let places = if args.places { pb::HitPlaces::With } else { pb::HitPlaces::Without };
    let step = pb::QueryStep {
        language: language.wire().into(),
        query: args.program.clone(),
        args: variables(&args.arg, &args.argjson),
    };
    let explain = |rejection: &Rejection| place(&args.program, rejection, is_guess.then_some(language));
    let (backend, name, store_as) = (Backend::new(common)?, document.name.clone(), args.store.clone().wire());
    let is_stored = store_as.is_some();
    let named = |error: Error| {
        let error = error.about_part("args", "<variable>").about(&name).explained("QUERY_INVALID", explain);
        if args.ndjson { error } else { error.explained("DOCUMENT_INVALID", several) }
    };
    if transfer::is_needed(&document) {
        if args.places {
            return Err(transfer::refuse("--places"));
        }
        let header = transfer::steps(large(format, step)?, store_as);
        if !(args.raw_output || args.lines || args.exit_status) {
            return transfer::run(&backend, header, document).await.map_err(named);
        }
        let text = transfer::collected(&backend, header, document).await.map_err(named)?;
        return answer::write(&text, &args, language);
    }
    let input = pb::Input { format: format.into(), ..document.input() };
    let request = pb::QueryRequest { store_as, ..request(input, step, (places, args.memo)) };
    let found = backend.query(request).await.map_err(named)?;
    if args.places {
        return answer::with_places(&found, language);
    }
    if is_stored {
        output::document(found.output)?;
        return Ok(ExitCode::SUCCESS);
    }
    answer::write(&answer::text(&found), &args, language)
}

fn request(input: pb::Input, step: pb::QueryStep, (places, memo): (pb::HitPlaces, Memo)) -> pb::QueryRequest {
    let pb::QueryStep { language, query, args } = step;
    let (places, memo) = (places.into(), memo.into());
    pb::QueryRequest { input: Some(input), language, query, args, places, memo, ..Default::default() }
}

/// The steps of a query of a document that is too large for a message: as JSON first, if it is not.
fn large(format: pb::Format, query: pb::QueryStep) -> Result<Vec<Step>, Error> {
    let as_json = pb::ConvertStep { from: format.into(), to: pb::Format::Json.into(), ..Default::default() };
    match format {
        pb::Format::Json => Ok(vec![Step::Query(query)]),
        // A program in jq reads records one by one; an array of them would be something else.
        pb::Format::Ndjson if query.language() == pb::QueryLanguage::Jq => {
            Err(transfer::refuse("--ndjson with jq"))
        }
        _ => Ok(vec![Step::Convert(as_json), Step::Query(query)]),
    }
}

/// The language that a program is taken for by its first character.
pub(crate) fn guess(program: &str) -> Language {
    match program.chars().next() {
        Some('$') => Language::Jsonpath,
        Some('/') | None => Language::Pointer,
        Some('.') => Language::Jq,
        Some(_) => Language::Jmespath,
    }
}

/// Whoever comes from jq may have several documents in one input.
fn several(rejection: &Rejection) -> Vec<String> {
    let is_several = rejection.diagnostics.diagnostics.iter().any(|found| found.code == "TRAILING_CONTENT");
    let note = "= if it is a document a line, --ndjson reads it";
    is_several.then(|| note.to_owned()).into_iter().collect()
}

/// The line of a program that is wrong, a caret under the place, and what it was taken for if that was a guess.
fn place(program: &str, rejection: &Rejection, guessed: Option<Language>) -> Vec<String> {
    let mut notes = Vec::new();
    let offset = rejection.metadata.get("offset").and_then(|offset| offset.parse().ok());
    if let Some((before, behind)) = offset.and_then(|offset: usize| program.split_at_checked(offset)) {
        let before = before.rsplit('\n').next().unwrap_or_default();
        let behind = behind.split('\n').next().unwrap_or_default();
        let column = before.chars().count();
        notes.push(format!("| {before}{behind}"));
        notes.push(format!("| {:column$}^", ""));
    }
    if let Some(language) = guessed {
        let name = language.wire().as_str_name().trim_start_matches("QUERY_LANGUAGE_").to_lowercase();
        notes.push(format!("= taken for {name} by its first character; --lang names another language"));
    }
    notes
}
