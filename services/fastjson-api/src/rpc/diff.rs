//! Diff: what leads from one document to another.
//!
//! Promise: the patch applied to the first gives the second; the same two give the same patch. Cost: reading both into values; arrays
//! cost by their differences, within the budget of the call.

use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use chassis::Failure;
use chassis::rest::{Answer, Params, Payload};
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use json_engine::patch::{DiffOptions, DiffOutput};
use json_engine::{DuplicateKeys, ScanOptions};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::rest::cache_status::of_one_step;
use super::rest::{self, body_input, document_answer, envelope, member};
use crate::compute::{self, Weight};
use crate::documents::{Document, Fetched, travel};
use crate::memo::{Made, Place};
use crate::wire::choice;
use crate::{App, documents, memo, wire};

/// `fastjson.v1.JsonService/Diff`.
pub(crate) async fn call(
    app: &App,
    context: &Context,
    request: pb::DiffRequest,
) -> Result<pb::DiffResponse, Failure> {
    let memo = choice::memo(request.memo)?;
    let step = step(&request);
    let how = DiffOptions {
        output: choice::diff_output(request.output)?,
        arrays: choice::arrays(request.arrays, request.array_keys)?,
    };
    let options = travel::options(app, DuplicateKeys::Report, request.store_as.as_ref());
    let mut fetched = Fetched::new(app, context);
    let documents = [
        fetched.fetch_json(request.from).await.map_err(documents::of_part("from"))?,
        fetched.fetch_json(request.to).await.map_err(documents::of_part("to"))?,
    ];
    let place = Place::of(app, "diff", step);
    let call = memo::Call { app, context, known: &place.known, documents: &documents, choices: 0 };
    let given = app.memo.answer(call, memo, diff(app, context, (how, options), &documents)).await?;
    let [from, to] = documents;
    place.settle(app, (from.bytes.len() + to.bytes.len()) as u64);
    let Made { document: bytes, format, told } = given.made;
    let answer = Document { bytes, arm: from.arm, format };
    Ok(pb::DiffResponse {
        output: Some(documents::give(&app.cache, context, request.store_as, answer).await?),
        from_cache: given.from_cache,
        memo: given.report,
        ..told
    })
}

async fn diff(
    app: &App,
    context: &Context,
    (how, options): (DiffOptions, ScanOptions),
    [from, to]: &[Document; 2],
) -> Result<(Made<pb::DiffResponse>, Duration), Failure> {
    let format = match how.output {
        DiffOutput::Patch | DiffOutput::MergePatch => pb::Format::Json,
        DiffOutput::Text => pb::Format::Unspecified,
    };
    let (from, to) = (from.bytes.clone(), to.bytes.clone());
    let (allowance, _guard) = compute::document_budget(&app.config.limits, context);
    let work = move || json_engine::patch::diff(&from, &to, &how, &options, &allowance.budget());
    let (diffed, took) = app.compute.measure(Weight::Program, work).await?;
    let diffed = diffed.map_err(wire::engine_failure)?;
    let told = pb::DiffResponse { changes: diffed.changes, coarse: diffed.coarse, ..Default::default() };
    Ok((Made { document: diffed.text.into(), format, told }, took))
}

/// What the call does, as a step; what it compares with is no part of that.
fn step(request: &pb::DiffRequest) -> pb::step::Step {
    let (output, arrays, array_keys) = (request.output, request.arrays, request.array_keys.clone());
    pb::step::Step::Diff(pb::DiffStep { output, arrays, array_keys, ..Default::default() })
}

/// Query parameters of `POST /v1/diff`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Options {
    output: Option<String>,
    arrays: Option<String>,
    key: Option<String>,
    memo: Option<String>,
}

/// The body of `POST /v1/diff`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body<'b> {
    #[serde(borrow)]
    from: &'b RawValue,
    #[serde(borrow)]
    to: &'b RawValue,
}

/// `POST /v1/diff`: the body is `{"from": …, "to": …}`.
pub(crate) async fn rest(
    State(app): State<App>,
    Extension(context): Extension<Context>,
    Params(options): Params<Options>,
    Payload(body): Payload,
) -> Answer {
    let Body { from, to } = envelope(&app, &body)?;
    let (arrays, array_keys) = rest::arrays(options.arrays.as_deref(), options.key.as_deref())?;
    let output = options.output.as_deref();
    let request = pb::DiffRequest {
        from: Some(body_input(member(&body, from))),
        to: Some(body_input(member(&body, to))),
        output: rest::choice("output", output, ("DIFF_OUTPUT_", pb::DiffOutput::as_str_name))?,
        arrays,
        array_keys,
        memo: rest::memo(options.memo.as_deref())?,
        store_as: None,
    };
    let answer = call(&app, &context, request).await?;
    Ok(of_one_step(document_answer(answer.output)?, answer.memo.as_ref()))
}
