//! Run: the steps of a recipe, each on the answer of the one before.

use axum::Extension;
use axum::extract::State;
use bytes::Bytes;
use chassis::Failure;
use chassis::rest::{Answer, Params, Payload};
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use json_engine::DuplicateKeys;
use json_engine::recipe::{RecipeAnswer, StepCost};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::rest::{self, body_input, document_answer, envelope, member};
use crate::compute::{self, Weight};
use crate::documents::Document;
use crate::{App, documents, recipes, wire};

/// `fastjson.v1.JsonService/Run`.
pub(crate) async fn call(
    app: &App,
    context: &Context,
    request: pb::RunRequest,
) -> Result<pb::RunResponse, Failure> {
    let options = app.scan_options(DuplicateKeys::Report);
    let recipe = recipes::resolve(app, request.recipe, &request.recipe_name, request.recipe_version).await?;
    let recipe = recipes::compile(app, context, recipe).await?;
    let document = documents::fetch_json(app, context, request.input).await?;
    let arm = document.arm;
    let limits = &app.config.limits;
    let (allowance, _guard) = match recipe.works_on_documents() {
        true => compute::document_budget(limits, context),
        false => compute::program_budget(limits, context),
    };
    let input_bytes = document.bytes.len() as u64;
    let work = move || recipe.run(&document.bytes, &options, &allowance.budget());
    let mut answer = app.compute.run(Weight::Program, work).await?.map_err(wire::step_failure)?;
    app.costs.learn(input_bytes, &answer.steps);
    let format = answer.format.map_or(pb::Format::Unspecified, wire::choice::format);
    let output = Document { bytes: Bytes::from(std::mem::take(&mut answer.text)), arm, format };
    let output = documents::give(&app.cache, context, request.store_as, output).await?;
    Ok(response(output, &answer))
}

fn response(output: pb::Output, answer: &RecipeAnswer) -> pb::RunResponse {
    let step = |index: usize| u32::try_from(index).ok();
    pb::RunResponse {
        output: Some(output),
        steps: answer.steps.iter().map(report).collect(),
        diagnostics: answer
            .diagnostics
            .iter()
            .map(|(index, one)| wire::diagnostic(one, step(*index)))
            .collect(),
        diagnostics_total: answer.diagnostics_total,
    }
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
/// document keeps every byte.
pub(crate) async fn rest(
    State(app): State<App>,
    Extension(context): Extension<Context>,
    Params(options): Params<Options>,
    Payload(body): Payload,
) -> Answer {
    let format = rest::choice("format", options.format.as_deref(), ("FORMAT_", pb::Format::as_str_name))?;
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
        ..Default::default()
    };
    document_answer(call(&app, &context, request).await?.output)
}
