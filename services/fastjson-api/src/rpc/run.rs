//! Run: the steps of a recipe, each on the answer of the one before.
//!
//! Promise: all steps share one budget and one representation of the document; steps whose answer is kept do not run. Cost: that of
//! its steps, and a parse where one of them needs values; a look-up where that is likely to pay (`memo`).

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Extension;
use axum::extract::State;
use bytes::Bytes;
use chassis::Failure;
use chassis::rest::{Answer, Params, Payload};
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use json_engine::recipe::{Recipe, RecipeAnswer, StepCost, StepError};
use json_engine::{Budget, DuplicateKeys, ScanOptions};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::rest::cache_status::with_cache_status;
use super::rest::{self, body_input, document_answer, envelope, member};
use crate::compute::{self, Weight};
use crate::documents::{Document, travel};
use crate::memo::{Begun, Call, Kept, Took};
use crate::{App, documents, recipes, wire};

/// `fastjson.v1.JsonService/Run`.
pub(crate) async fn call(
    app: &App,
    context: &Context,
    request: pb::RunRequest,
) -> Result<pb::RunResponse, Failure> {
    let memo = wire::choice::memo(request.memo)?;
    let recipe = recipes::resolve(app, request.recipe, &request.recipe_name, request.recipe_version).await?;
    let ready = recipes::prepare(app, context, recipe).await?;
    wire::choice::source(request.input.as_ref().map_or(0, |input| input.format))?;
    let document = documents::fetch(app, context, request.input).await?;
    let arm = document.arm;
    let documents = std::slice::from_ref(&document);
    let one = Call { app, context, known: &ready.known, documents, choices: 0 };
    let begun = app.memo.begin(one, memo).await;
    let (report, from_cache) = (begun.report(), begun.steps());
    let mut answer = if from_cache == ready.recipe.step_count() {
        begun.kept.unwrap_or_else(|| app.memo.blank())
    } else {
        let options = travel::options(app, DuplicateKeys::Report, request.store_as.as_ref());
        compute(one, begun, (&ready.recipe, options)).await?
    };
    // What they took once is `saved_micros`.
    answer.steps.iter_mut().take(from_cache).for_each(|step| step.micros = 0);
    let format = pb::Format::try_from(answer.format).unwrap_or_default();
    let output = Document { bytes: std::mem::take(&mut answer.document), arm, format };
    let output = documents::give(&app.cache, context, request.store_as, output).await?;
    Ok(pb::RunResponse {
        output: Some(output),
        steps: answer.steps,
        diagnostics: answer.diagnostics,
        diagnostics_total: answer.diagnostics_total,
        from_cache: u32::try_from(from_cache).unwrap_or(u32::MAX),
        memo: Some(report),
    })
}

/// Runs the steps that are not kept, and has kept what they give.
async fn compute(
    call: Call<'_>,
    begun: Begun,
    (recipe, options): (&Arc<Recipe>, ScanOptions),
) -> Result<Kept, Failure> {
    let Call { app, context, documents, .. } = call;
    let started = Instant::now();
    let (text, before) = match &begun.kept {
        Some(kept) => (kept.document.clone(), Duration::ZERO),
        None => (as_json(app, context, documents).await?, started.elapsed()),
    };
    let (limits, recipe) = (&app.config.limits, Arc::clone(recipe));
    let (allowance, _guard) = match recipe.works_on_documents() {
        true => compute::document_budget(limits, context),
        false => compute::program_budget(limits, context),
    };
    let (text_bytes, parts) = (text.len() as u64, parts(&begun, recipe.step_count()));
    let work = move || run_parts(&recipe, &text, parts, &options, &allowance.budget());
    let parts = app.compute.run(Weight::Program, work).await?.map_err(wire::step_failure)?;
    let steps: Vec<StepCost> = parts.iter().flat_map(|part| part.steps.iter().cloned()).collect();
    app.costs.learn(text_bytes, &steps);
    let first = begun.kept.clone().unwrap_or_else(|| app.memo.blank());
    let (cuts, whole) = add_up(first, parts, limits.max_diagnostics as usize);
    let took = Took { before, steps: &steps };
    app.memo.end(call, begun, (cuts, &whole), took).await;
    Ok(whole)
}

/// The one document of a Run as JSON.
async fn as_json(app: &App, context: &Context, documents: &[Document]) -> Result<Bytes, Failure> {
    let document = documents.first().cloned().ok_or_else(documents::missing)?;
    Ok(documents::as_json(app, context, document).await?.bytes)
}

/// The parts in which the steps run: what each gives is kept.
fn parts(begun: &Begun, steps: usize) -> Vec<Range<usize>> {
    let ends = begun.cuts.iter().copied().chain([steps]);
    let next = |from: &mut usize, end: usize| Some(std::mem::replace(from, end)..end);
    ends.scan(begun.steps(), next).collect()
}

fn run_parts(
    recipe: &Recipe,
    text: &[u8],
    parts: Vec<Range<usize>>,
    options: &ScanOptions,
    budget: &Budget,
) -> Result<Vec<RecipeAnswer>, StepError> {
    let mut answers: Vec<RecipeAnswer> = Vec::with_capacity(parts.len());
    for part in parts {
        let text = answers.last().map_or(text, |answer| &answer.text);
        answers.push(recipe.run_part(part, text, options, budget)?);
    }
    Ok(answers)
}

/// The answers after all parts but the last, and the whole one: each with the reports and warnings of all before it.
fn add_up(mut whole: Kept, parts: Vec<RecipeAnswer>, max_diagnostics: usize) -> (Vec<Kept>, Kept) {
    let mut cuts = Vec::with_capacity(parts.len().saturating_sub(1));
    for (index, part) in parts.into_iter().enumerate() {
        if index > 0 {
            cuts.push(whole.clone());
        }
        add(&mut whole, part, max_diagnostics);
    }
    (cuts, whole)
}

fn add(whole: &mut Kept, part: RecipeAnswer, max_diagnostics: usize) {
    let step = |index: usize| u32::try_from(index).ok();
    whole.document = Bytes::from(part.text);
    whole.format = part.format.map_or(pb::Format::Unspecified, wire::choice::format).into();
    whole.steps.extend(part.steps.iter().map(report));
    let warnings = part.diagnostics.iter().map(|(index, one)| wire::diagnostic(one, step(*index)));
    let room = max_diagnostics.saturating_sub(whole.diagnostics.len());
    whole.diagnostics.extend(warnings.take(room));
    whole.diagnostics_total += part.diagnostics_total;
}

pub(crate) fn report(cost: &StepCost) -> pb::StepReport {
    pb::StepReport {
        name: cost.name.to_owned(),
        micros: u64::try_from(cost.time.as_micros()).unwrap_or(u64::MAX),
        output_bytes: cost.output_bytes,
    }
}

/// Query parameters of `POST /v1/run`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Options {
    recipe: Option<String>,
    version: Option<u64>,
    format: Option<String>,
    memo: Option<String>,
}

/// The body of `POST /v1/run`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body<'b> {
    #[serde(borrow)]
    recipe: &'b RawValue,
    #[serde(borrow)]
    document: &'b RawValue,
}

/// `POST /v1/run`: the body is `{"recipe": …, "document": …}`, or with `?recipe=name` the document, in any `?format=`; the
/// document keeps every byte. `?memo=off` has it computed; the header `Cache-Status` says what came of that.
pub(crate) async fn rest(
    State(app): State<App>,
    Extension(context): Extension<Context>,
    Params(options): Params<Options>,
    Payload(body): Payload,
) -> Answer {
    let format = rest::choice("format", options.format.as_deref(), ("FORMAT_", pb::Format::as_str_name))?;
    let memo = rest::memo(options.memo.as_deref())?;
    let (input, recipe) = match &options.recipe {
        Some(_) => (pb::Input { format, ..body_input(body) }, None),
        None => {
            let Body { recipe, document } = envelope(&app, &body)?;
            let recipe = client::json_mapping::decode("fastjson.v1.Recipe", recipe.get().as_bytes())
                .map_err(|error| wire::json_mapping("RECIPE_INVALID", error))?;
            (body_input(member(&body, document)), Some(recipe))
        }
    };
    let request = pb::RunRequest {
        input: Some(input),
        recipe,
        recipe_name: options.recipe.unwrap_or_default(),
        recipe_version: options.version,
        store_as: None,
        memo,
    };
    let answer = call(&app, &context, request).await?;
    let steps = (answer.from_cache, answer.steps.len());
    Ok(with_cache_status(document_answer(answer.output)?, answer.memo.as_ref(), steps))
}
