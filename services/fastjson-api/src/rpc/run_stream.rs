//! RunStream: a recipe on each record of a stream.

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::response::IntoResponse as _;
use chassis::Failure;
use chassis::rest::{Answer, Params};
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use futures_util::stream::{self, Stream, StreamExt as _};
use http::header::CONTENT_TYPE;
use json_engine::DuplicateKeys;
use serde::Deserialize;

use super::rest::{is_json, named_recipe};
use crate::compute::Allowance;
use crate::gathered::Gathered;
use crate::stream::{Feed, Piece, Plan, Results, Terms, from_body, from_messages, rows, run};
use crate::{App, documents, recipes};

/// `fastjson.v1.JsonService/RunStream`.
pub(crate) async fn call<S>(app: &App, context: &Context, mut messages: S) -> Result<Results, Failure>
where
    S: Stream<Item = Result<pb::RunStreamRequest, Failure>> + Send + Unpin + 'static,
{
    let first = messages.next().await.transpose()?.and_then(|first| first.message);
    let Some(pb::run_stream_request::Message::Header(mut header)) = first else {
        return Err(header_missing());
    };
    let feed = match header.r#ref.take() {
        Some(reference) => {
            let (bytes, arm) = documents::fetch_reference(&app.cache, context, reference).await?;
            let entry = stream::once(async move { Ok(Piece { bytes, arm }) });
            Box::pin(entry.chain(nothing_more(messages)))
        }
        None => from_messages(messages),
    };
    begin(app, context, header, feed).await
}

/// What may follow a header that names an entry: nothing.
pub(crate) fn nothing_more<M, T>(
    messages: impl Stream<Item = Result<M, Failure>>,
) -> impl Stream<Item = Result<T, Failure>> {
    messages.map(|message| {
        message.and_then(|_| {
            let message = "a piece came behind a header with a ref; allowed: a ref or pieces";
            Err(Failure::invalid("PIECE_UNEXPECTED", message))
        })
    })
}

/// That a stream does not begin with its header.
pub(crate) fn header_missing() -> Failure {
    Failure::invalid("HEADER_MISSING", "the first message is no header; allowed: a header, then pieces")
}

async fn begin(
    app: &App,
    context: &Context,
    header: pb::RunStreamHeader,
    feed: Feed,
) -> Result<Results, Failure> {
    let mut place = app.streams.hold();
    place.more(1)?;
    let recipe = recipes::resolve(app, header.recipe, &header.recipe_name, header.recipe_version).await?;
    let gathered = match header.store_as {
        Some(store_as) => {
            ends_in_json(&recipe)?;
            Some(Gathered::new(app, context, store_as)?)
        }
        None => None,
    };
    let source_until = steps_that_look(&recipe);
    let recipe = recipes::compile(app, context, recipe).await?;
    let limits = &app.config.limits;
    let time = if recipe.works_on_documents() { limits.document_time } else { limits.program_time };
    // The deadline of the call ends the stream and thereby its programs.
    let (allowance, guard) = Allowance::new(time, limits);
    let options = app.scan_options(DuplicateKeys::Report);
    let plan = Plan { recipe, options, allowance, source_until };
    let terms = Terms { max_errors: header.max_errors.unwrap_or(u64::MAX), _place: place, guard };
    let results = run(app, plan, terms, feed);
    Ok(match gathered {
        Some(gathered) => gathered.records(results),
        None => results,
    })
}

/// Fails where answers are not JSON and so cannot be lines of NDJSON.
fn ends_in_json(recipe: &pb::Recipe) -> Result<(), Failure> {
    if is_json(recipe) {
        return Ok(());
    }
    let message = "the recipe does not end in JSON; allowed here: recipes whose answers are JSON";
    Err(Failure::invalid("OPTION_INVALID", message).with("option", "recipe"))
}

/// How many steps at the beginning pass the document on as it is.
fn steps_that_look(recipe: &pb::Recipe) -> usize {
    use pb::step::Step;
    let looks = |step: &&pb::Step| matches!(step.step, Some(Step::Validate(_) | Step::CheckSchema(_)));
    recipe.steps.iter().take_while(looks).count()
}

/// Query parameters of `POST /v1/run/stream`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Options {
    recipe: Option<String>,
    version: Option<u64>,
    max_errors: Option<u64>,
}

/// `POST /v1/run/stream?recipe=`: the body is NDJSON; the answer has a line a record and one for the summary, each sent as
/// soon as it is there.
pub(crate) async fn rest(
    State(app): State<App>,
    Extension(context): Extension<Context>,
    Params(options): Params<Options>,
    body: Body,
) -> Answer {
    let (recipe, recipe_name) = named_recipe(options.recipe)?;
    let recipe = recipes::resolve(&app, recipe, &recipe_name, options.version).await?;
    ends_in_json(&recipe)?;
    let header =
        pb::RunStreamHeader { recipe: Some(recipe), max_errors: options.max_errors, ..Default::default() };
    let results = begin(&app, &context, header, from_body(body)).await?;
    Ok(([(CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(rows(results))).into_response())
}
