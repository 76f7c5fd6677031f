//! Diff: what leads from one document to another.

use axum::Extension;
use axum::extract::State;
use chassis::Failure;
use chassis::rest::{Answer, Params, Payload};
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use json_engine::DuplicateKeys;
use json_engine::patch::{DiffOptions, DiffOutput};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::rest::{self, body_input, document_answer, envelope, member};
use crate::compute::{self, Weight};
use crate::documents::{Document, Fetched, travel};
use crate::wire::choice;
use crate::{App, documents, wire};

/// `fastjson.v1.JsonService/Diff`.
pub(crate) async fn call(
    app: &App,
    context: &Context,
    request: pb::DiffRequest,
) -> Result<pb::DiffResponse, Failure> {
    let how = DiffOptions {
        output: choice::diff_output(request.output)?,
        arrays: choice::arrays(request.arrays, request.array_keys)?,
    };
    let format = match how.output {
        DiffOutput::Patch | DiffOutput::MergePatch => pb::Format::Json,
        DiffOutput::Text => pb::Format::Unspecified,
    };
    let options = travel::options(app, DuplicateKeys::Report, request.store_as.as_ref());
    let mut fetched = Fetched::new(app, context);
    let from = fetched.fetch_json(request.from).await?;
    let to = fetched.fetch_json(request.to).await?;
    let arm = from.arm;
    let (allowance, _guard) = compute::document_budget(&app.config.limits, context);
    let work = move || json_engine::patch::diff(&from.bytes, &to.bytes, &how, &options, &allowance.budget());
    let diffed = app.compute.run(Weight::Program, work).await?.map_err(wire::engine_failure)?;
    let answer = Document { bytes: diffed.text.into(), arm, format };
    Ok(pb::DiffResponse {
        output: Some(documents::give(&app.cache, context, request.store_as, answer).await?),
        changes: diffed.changes,
        coarse: diffed.coarse,
    })
}

/// Query parameters of `POST /v1/diff`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Options {
    output: Option<String>,
    arrays: Option<String>,
    key: Option<String>,
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
        store_as: None,
    };
    document_answer(call(&app, &context, request).await?.output)
}
