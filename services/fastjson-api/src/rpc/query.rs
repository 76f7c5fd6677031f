//! Query: what a program selects from a document.
//!
//! Promise: a program ends within its budgets, whatever it is; a pointer or JSONPath of an entry of the cache service travels there,
//! and the document does not. Cost: a program is compiled once, as long as it is among the last used; a pointer runs in one pass
//! and, in a small document, on the very worker.

mod places;

use std::collections::HashMap;
use std::slice;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use chassis::Failure;
use chassis::rest::{Answer, Params, Payload};
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use http::HeaderMap;
use http::header::{ACCEPT, CONTENT_TYPE};
use json_engine::query::{Language, Query};
use json_engine::{DuplicateKeys, ScanOptions};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::convert;
use super::rest::cache_status::of_one_step;
use super::rest::{self, body_input, document_answer, envelope, member};
use crate::compiled::{Key, KeyBuilder, What};
use crate::compute::{self, Weight};
use crate::documents::{Arm, Document, travel};
use crate::memo::{Given, Known, Made, Operation};
use crate::wire::choice;
use crate::{App, documents, memo, wire};

/// `fastjson.v1.JsonService/Query`.
pub(crate) async fn call(
    app: &App,
    context: &Context,
    request: pb::QueryRequest,
) -> Result<pb::QueryResponse, Failure> {
    match choice::known("places", request.places, pb::HitPlaces::as_str_name)? {
        pb::HitPlaces::Unspecified | pb::HitPlaces::Without => plain(app, context, request).await,
        pb::HitPlaces::With => places::call(app, context, request).await,
    }
}

async fn plain(
    app: &App,
    context: &Context,
    request: pb::QueryRequest,
) -> Result<pb::QueryResponse, Failure> {
    let memo = choice::memo(request.memo)?;
    let ready = prepare(app, &request).await?;
    if let Some((text, hits)) = travel::query(app, context, &request).await? {
        let answer = Document { bytes: text.into(), arm: Arm::Text, format: pb::Format::Json };
        let output = documents::give(&app.cache, context, request.store_as, answer).await?;
        return Ok(pb::QueryResponse { output: Some(output), hits, ..Default::default() });
    }
    let document = document(app, context, request.input, ready.query.language()).await?;
    let options = travel::options(app, DuplicateKeys::Report, request.store_as.as_ref());
    let computed = run(app, context, (&ready.query, options), document.clone());
    let given = match &ready.known {
        None => Given::computed(computed.await?.0),
        Some(known) => {
            let documents = slice::from_ref(&document);
            let call = memo::Call { app, context, known, documents, choices: 0 };
            app.memo.answer(call, memo, computed).await?
        }
    };
    let Made { document: bytes, format, told } = given.made;
    let output = Document { bytes, arm: document.arm, format };
    Ok(pb::QueryResponse {
        output: Some(documents::give(&app.cache, context, request.store_as, output).await?),
        from_cache: given.from_cache,
        memo: given.report,
        ..told
    })
}

/// The document as the language reads it: NDJSON is the inputs of a jq program, and an array to the others.
async fn document(
    app: &App,
    context: &Context,
    input: Option<pb::Input>,
    language: Language,
) -> Result<Document, Failure> {
    let is_ndjson = input.as_ref().is_some_and(|input| input.format() == pb::Format::Ndjson);
    match language {
        Language::Jq if is_ndjson => documents::fetch(app, context, input).await,
        Language::Jq | Language::Pointer | Language::JsonPath | Language::JmesPath => {
            documents::fetch_json(app, context, input).await
        }
    }
}

/// Runs the program; a document of NDJSON is the inputs of one in jq.
async fn run(
    app: &App,
    context: &Context,
    (query, options): (&Arc<Query>, ScanOptions),
    document: Document,
) -> Result<(Made<pb::QueryResponse>, Duration), Failure> {
    let weight = match query.language() {
        Language::Pointer => Weight::Bytes(document.bytes.len()),
        Language::JsonPath | Language::JmesPath | Language::Jq => Weight::Program,
    };
    let (allowance, _guard) = compute::program_budget(&app.config.limits, context);
    let query = Arc::clone(query);
    let work = move || {
        let (budget, is_inputs) = (allowance.budget(), document.format == pb::Format::Ndjson);
        if is_inputs {
            query.run_inputs(&document.bytes, &options, &budget)
        } else {
            query.run(&document.bytes, &options, &budget)
        }
    };
    let (answer, took) = app.compute.measure(weight, work).await?;
    let answer = answer.map_err(wire::engine_failure)?;
    let told = pb::QueryResponse { hits: answer.hits, ..Default::default() };
    Ok((Made { document: answer.text.into(), format: pb::Format::Json, told }, took))
}

/// A program, ready to run, with what is known of it.
#[derive(Debug)]
struct Ready {
    query: Arc<Query>,
    /// `None` of a pointer, which is sooner found than asked for.
    known: Option<Known>,
}

/// The program, compiled now or for an earlier call. Compiling jq and the patterns of JSONPath takes a millisecond and more,
/// so that it goes where programs run; a pointer is ready sooner than it is found among the compiled.
async fn prepare(app: &App, request: &pb::QueryRequest) -> Result<Arc<Ready>, Failure> {
    let (language, args) = (request.language, request.args.clone());
    if request.language() == pb::QueryLanguage::Pointer {
        let query = Arc::new(wire::query(language, &request.query, args)?);
        return Ok(Arc::new(Ready { query, known: None }));
    }
    let key = key(request);
    if let Some(ready) = app.compiled.get(&key, 0) {
        return Ok(ready);
    }
    let program = request.query.clone();
    let bytes = program.len() + args.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>();
    let query = Arc::new(match request.language() {
        pb::QueryLanguage::Jq | pb::QueryLanguage::Jsonpath => {
            app.compute.run(Weight::Program, move || wire::query(language, &program, args)).await??
        }
        pb::QueryLanguage::Jmespath | pb::QueryLanguage::Pointer | pb::QueryLanguage::Unspecified => {
            wire::query(language, &program, args)?
        }
    });
    let pattern_bytes = query.pattern_bytes();
    let ready = Arc::new(Ready { query, known: Some(Known::operation(operation(request))) });
    app.compiled.put_with(key, &ready, (bytes, pattern_bytes), None);
    Ok(ready)
}

fn operation(request: &pb::QueryRequest) -> Operation {
    let (language, query, args) = (request.language, request.query.clone(), request.args.clone());
    let step = pb::step::Step::Query(pb::QueryStep { language, query, args });
    Operation { name: "query", step, schema: None }
}

fn key(request: &pb::QueryRequest) -> Key {
    let mut args: Vec<_> = request.args.iter().collect();
    args.sort_unstable();
    let key =
        KeyBuilder::new(What::Query).part(&request.language.to_le_bytes()).part(request.query.as_bytes());
    let add =
        |key: KeyBuilder, (name, value): (&String, &String)| key.part(name.as_bytes()).part(value.as_bytes());
    args.into_iter().fold(key, add).build()
}

/// Query parameters of `POST /v1/query`; both are needed unless the body holds them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Options {
    lang: Option<String>,
    q: Option<String>,
    places: Option<String>,
    memo: Option<String>,
}

/// The media type of [`Body`], for programs that are too long for an address.
const QUERY_JSON: &str = "application/vnd.fastjson.query+json";

/// The media type of a result a line.
const NDJSON: &str = "application/x-ndjson";

/// A body that holds the program besides the document.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body<'b> {
    lang: String,
    query: String,
    #[serde(borrow, default)]
    args: HashMap<String, &'b RawValue>,
    #[serde(borrow)]
    document: &'b RawValue,
}

/// `POST /v1/query`: the body is the document, or with the content type `application/vnd.fastjson.query+json`
/// `{"lang": …, "query": …, "args": {…}, "document": …}`. A body of NDJSON gives a jq program its inputs. With
/// `Accept: application/x-ndjson` each result of a language that gives many stands on a line of its own; with `?places=with`
/// the answer is `{"hits": [{"path": …, "start": …, "end": …, "value": …}], "hitsTotal": …}`. `?memo=off` has it computed; the
/// header `Cache-Status` says what came of that.
pub(crate) async fn rest(
    State(app): State<App>,
    Extension(context): Extension<Context>,
    Params(options): Params<Options>,
    headers: HeaderMap,
    Payload(body): Payload,
) -> Answer {
    let places = options.places.as_deref();
    let places = rest::choice("places", places, ("HIT_PLACES_", pb::HitPlaces::as_str_name))?;
    let memo = rest::memo(options.memo.as_deref())?;
    let (lang, query, args, document) = if has_type(&headers, QUERY_JSON) {
        let Body { lang, query, args, document } = envelope(&app, &body)?;
        let args = args.into_iter().map(|(name, value)| (name, value.get().to_owned())).collect();
        (lang, query, args, member(&body, document))
    } else {
        let (lang, query) = named(options)?;
        (lang, query, HashMap::new(), body)
    };
    let language = rest::choice("lang", Some(&lang), ("QUERY_LANGUAGE_", pb::QueryLanguage::as_str_name))?;
    let format = if has_type(&headers, NDJSON) { pb::Format::Ndjson } else { pb::Format::Json };
    let input = Some(pb::Input { format: format.into(), ..body_input(document) });
    let request = pb::QueryRequest { input, language, query, args, places, memo, store_as: None };
    if request.places() == pb::HitPlaces::With {
        return places::rest(&app, &context, request).await;
    }
    let answer = call(&app, &context, request).await?;
    let response = match wants_lines(&headers) && gives_many(language) {
        true => lines(&app, &context, answer.output).await?,
        false => document_answer(answer.output)?,
    };
    Ok(of_one_step(response, answer.memo.as_ref()))
}

/// Whether the language gives an array of results.
fn gives_many(language: i32) -> bool {
    matches!(pb::QueryLanguage::try_from(language), Ok(pb::QueryLanguage::Jsonpath | pb::QueryLanguage::Jq))
}

/// Whether the caller accepts a result a line, and says so before anything else.
fn wants_lines(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.split([',', ';']).next().is_some_and(|first| first.trim().eq_ignore_ascii_case(NDJSON))
}

/// The array of results as a line each.
async fn lines(app: &App, context: &Context, output: Option<pb::Output>) -> Answer {
    let input = output.and_then(|output| output.result).and_then(|result| match result {
        pb::output::Result::Data(bytes) => Some(body_input(bytes)),
        pb::output::Result::Text(text) => Some(body_input(text.into())),
        pb::output::Result::Ref(_) => None,
    });
    let (to, memo) = (pb::Format::Ndjson.into(), pb::Memo::Off.into());
    let request = pb::ConvertRequest { input, to, memo, ..Default::default() };
    document_answer(convert::call(app, context, request).await?.output)
}

fn has_type(headers: &HeaderMap, wanted: &str) -> bool {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    media_type.split(';').next().is_some_and(|name| name.trim().eq_ignore_ascii_case(wanted))
}

fn named(options: Options) -> Result<(String, String), Failure> {
    match options {
        Options { lang: Some(lang), q: Some(query), .. } => Ok((lang, query)),
        Options { lang, .. } => {
            let missing = if lang.is_none() { "lang" } else { "q" };
            let message = format!(
                "the query string has no {missing}; allowed: ?lang=pointer|jsonpath|jmespath|jq&q=…, or a body {QUERY_JSON}"
            );
            Err(Failure::invalid("QUERY_INVALID", message).with("parameter", missing))
        }
    }
}
