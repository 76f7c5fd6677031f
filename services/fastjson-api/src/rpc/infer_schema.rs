//! InferSchema: a JSON Schema that all samples satisfy.

use axum::Extension;
use axum::extract::State;
use chassis::Failure;
use chassis::rest::{Answer, Params, Payload};
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use json_engine::DuplicateKeys;
use json_engine::schema::Inference;
use serde::Deserialize;

use super::rest::{self, body_input, document_answer};
use crate::compute::{self, Weight};
use crate::documents::{Arm, Document, Fetched};
use crate::wire::choice;
use crate::{App, documents, wire};

/// Most samples of a call; a stream is one here, whatever it holds.
pub(crate) const MAX_SAMPLES: usize = 1_000;

/// `fastjson.v1.JsonService/InferSchema`.
pub(crate) async fn call(
    app: &App,
    context: &Context,
    request: pb::InferSchemaRequest,
) -> Result<pb::InferSchemaResponse, Failure> {
    check_count(request.samples.len())?;
    let mut samples = Vec::with_capacity(request.samples.len());
    let mut fetched = Fetched::new(app, context);
    for sample in request.samples {
        let source = choice::source(sample.format)?;
        samples.push((source, fetched.fetch(Some(sample)).await?));
    }
    let arm = samples.first().map_or(Arm::Data, |(_, sample)| sample.arm);
    let options = app.scan_options(DuplicateKeys::Report);
    let (allowance, _guard) = compute::document_budget(&app.config.limits, context);
    let work = move || {
        let (mut inference, budget) = (Inference::default(), allowance.budget());
        for (source, sample) in &samples {
            inference.add(&sample.bytes, *source, &options, &budget)?;
        }
        Ok((inference.schema(), inference.samples()))
    };
    let inferred = app.compute.run(Weight::Program, work).await?;
    let (schema, samples) = inferred.map_err(wire::engine_failure)?;
    let answer = Document { bytes: schema.into(), arm, format: pb::Format::Json };
    Ok(pb::InferSchemaResponse {
        output: Some(documents::give(&app.cache, context, request.store_as, answer).await?),
        samples,
    })
}

fn check_count(count: usize) -> Result<(), Failure> {
    if (1..=MAX_SAMPLES).contains(&count) {
        return Ok(());
    }
    let reason = if count == 0 { "INPUT_MISSING" } else { "SAMPLES_LIMIT" };
    let message = format!("there are {count} samples; allowed: 1 to {MAX_SAMPLES}");
    Err(Failure::invalid(reason, message).with("allowed", MAX_SAMPLES).with("actual", count))
}

/// Query parameters of `POST /v1/schema/infer`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Options {
    format: Option<String>,
}

/// `POST /v1/schema/infer`: the body is a sample, or with `?format=ndjson` one a line.
pub(crate) async fn rest(
    State(app): State<App>,
    Extension(context): Extension<Context>,
    Params(options): Params<Options>,
    Payload(body): Payload,
) -> Answer {
    let format = rest::choice("format", options.format.as_deref(), ("FORMAT_", pb::Format::as_str_name))?;
    let samples = vec![pb::Input { format, ..body_input(body) }];
    let request = pb::InferSchemaRequest { samples, store_as: None };
    document_answer(call(&app, &context, request).await?.output)
}
