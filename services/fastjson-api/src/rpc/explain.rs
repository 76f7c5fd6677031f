//! Explain: what a recipe would do, and what that is likely to cost.

use axum::Extension;
use axum::extract::State;
use chassis::Failure;
use chassis::rest::{Answer, Payload};
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use json_engine::DuplicateKeys;

use super::rest::json_answer;
use crate::recipes::Ready;
use crate::{App, recipes, wire};

/// Length of a document for which costs are estimated where the caller names none.
const USUAL_BYTES: u64 = 64 << 10;

/// `fastjson.v1.JsonService/Explain`.
pub(crate) async fn call(
    app: &App,
    context: &Context,
    request: pb::ExplainRequest,
) -> Result<pb::ExplainResponse, Failure> {
    let recipe = recipes::resolve(app, request.recipe, &request.recipe_name, request.recipe_version).await?;
    let steps = recipe.steps.clone();
    let recipe_hash = hash(&recipe)?;
    let ready = recipes::prepare(app, context, recipe).await?;
    let bytes = request.input_bytes.unwrap_or(USUAL_BYTES);
    let changing = ready.recipe.first_changing_step();
    let explained = steps.iter().enumerate().map(|(index, step)| explain(app, &ready, (index, step), bytes));
    let explained: Vec<_> = explained.collect();
    let (memo, memo_because) = memo(app, &ready, bytes);
    let lookup = app.memo.lookup_cost(&ready.known, bytes).as_micros();
    Ok(pb::ExplainResponse {
        memo: memo.to_owned(),
        memo_because: memo_because.to_owned(),
        memo_lookup_micros: u64::try_from(lookup).unwrap_or(u64::MAX),
        estimated_micros: explained.iter().map(|step| step.estimated_micros).sum(),
        steps: explained,
        cacheable: changing.is_none(),
        not_cacheable_because: changing.map(why_not).unwrap_or_default(),
        recipe_hash,
        streams: ready.recipe.streams(),
    })
}

/// What Run would do about kept answers, and why.
fn memo(app: &App, ready: &Ready, bytes: u64) -> (&'static str, &'static str) {
    if app.memo.engine().is_none() {
        return ("off", "memo.enabled is false");
    }
    if !ready.known.is_cacheable() {
        return ("uncacheable", "the same document may have another answer");
    }
    let plan = app.memo.plan(&ready.known, bytes);
    (plan.word(), plan.because())
}

/// BLAKE3 of the canonical form of the JSON mapping.
fn hash(recipe: &pb::Recipe) -> Result<String, Failure> {
    let text = client::json_mapping::encode("fastjson.v1.Recipe", recipe)
        .map_err(|error| Failure::internal("RECIPE_UNWRITABLE", error.to_string()))?;
    let options = json_engine::ScanOptions { duplicate_keys: DuplicateKeys::Reject, ..Default::default() };
    let (hash, _) = json_engine::content_hash(text.as_bytes(), &options).map_err(wire::engine_failure)?;
    Ok(wire::hex(hash))
}

/// What a step says of itself.
fn explain(app: &App, ready: &Ready, (index, step): (usize, &pb::Step), bytes: u64) -> pb::ExplainedStep {
    let (name, description) = describe(step);
    let recipe = &ready.recipe;
    let representation = |is_document| match is_document {
        true => pb::Representation::Document,
        false => pb::Representation::Text,
    };
    let micros = app.costs.estimate(name, bytes).as_micros();
    pb::ExplainedStep {
        name: name.to_owned(),
        description,
        takes: representation(recipe.works_on_values(index)).into(),
        gives: representation(recipe.hands_values(index)).into(),
        conversion: if recipe.reads_document(index) { "parse".to_owned() } else { String::new() },
        estimated_micros: u64::try_from(micros).unwrap_or(u64::MAX),
        deterministic: !recipe.takes_more_than_its_document(index),
    }
}

/// The name of a step, and what it does.
fn describe(step: &pb::Step) -> (&'static str, String) {
    use pb::step::Step;
    match &step.step {
        Some(Step::Validate(_)) => ("validate", "checks the text and passes it on".to_owned()),
        Some(Step::Format(step)) => ("format", format!("writes the text {}", manner(step.style()))),
        Some(Step::Query(step)) => {
            ("query", format!("replaces the document by what {} selects", language(step.language())))
        }
        Some(Step::Convert(step)) => {
            let name = step.to().as_str_name().trim_start_matches("FORMAT_").to_ascii_lowercase();
            ("convert", format!("writes the document as {name}"))
        }
        Some(Step::Patch(_)) => ("patch", "applies a JSON Patch, all of it or nothing".to_owned()),
        Some(Step::Merge(step)) => match step.how {
            Some(pb::merge_step::How::ThreeWay(_)) => {
                ("merge", "merges another version of the document into it".to_owned())
            }
            Some(pb::merge_step::How::Patch(_)) | None => ("merge", "applies a merge patch".to_owned()),
        },
        Some(Step::Diff(_)) => ("diff", "replaces the document by what leads to another".to_owned()),
        Some(Step::CheckSchema(_)) => {
            ("check_schema", "checks the document against a schema and passes it on".to_owned())
        }
        Some(Step::InferSchema(_)) => {
            ("infer_schema", "replaces the document by a schema that it satisfies".to_owned())
        }
        // Compiling refuses it before.
        None => ("", String::new()),
    }
}

fn manner(style: pb::FormatStyle) -> &'static str {
    match style {
        pb::FormatStyle::Minify => "without white space",
        pb::FormatStyle::Pretty | pb::FormatStyle::Unspecified => "a member or element a line",
        pb::FormatStyle::Canonical => "in its canonical form",
        pb::FormatStyle::Hash => "as the hash of its canonical form",
    }
}

fn language(language: pb::QueryLanguage) -> &'static str {
    match language {
        pb::QueryLanguage::Pointer => "a JSON Pointer",
        pb::QueryLanguage::Jsonpath => "a JSONPath",
        pb::QueryLanguage::Jmespath => "a JMESPath expression",
        pb::QueryLanguage::Jq => "a jq program",
        pb::QueryLanguage::Unspecified => "a query",
    }
}

fn why_not(index: usize) -> String {
    format!("step {index} is a jq program that asks for further inputs")
}

/// `POST /v1/explain`: the body is an ExplainRequest, such as `{"recipe": {…}, "inputBytes": 100000}`.
pub(crate) async fn rest(
    State(app): State<App>,
    Extension(context): Extension<Context>,
    Payload(body): Payload,
) -> Answer {
    let request = client::json_mapping::decode("fastjson.v1.ExplainRequest", &body)
        .map_err(|error| wire::json_mapping("RECIPE_INVALID", error))?;
    json_answer("fastjson.v1.ExplainResponse", &call(&app, &context, request).await?)
}
