//! Patch: a document changed by a JSON Patch, all of it or nothing.

use axum::Extension;
use axum::extract::State;
use chassis::Failure;
use chassis::rest::{Answer, Payload};
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use json_engine::DuplicateKeys;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::rest::{body_input, document_answer, envelope, member};
use crate::compute::{self, Weight};
use crate::documents::travel::How;
use crate::documents::{Document, Fetched, travel};
use crate::{App, documents, wire};

/// `fastjson.v1.JsonService/Patch`.
pub(crate) async fn call(
    app: &App,
    context: &Context,
    request: pb::PatchRequest,
) -> Result<pb::PatchResponse, Failure> {
    let mut fetched = Fetched::new(app, context);
    let patch = fetched.fetch_json(request.patch).await.map_err(documents::of_part("patch"))?;
    if let Some(entry) = travel::in_place(request.input.as_ref(), request.store_as.as_ref()) {
        let operations = travel::operations(&patch, &app.scan_options(DuplicateKeys::Report))?;
        if let Some(output) = travel::change(app, context, &entry, How::Patch, &patch).await? {
            return Ok(pb::PatchResponse { output: Some(output), operations, ..Default::default() });
        }
    }
    let options = travel::options(app, DuplicateKeys::Report, request.store_as.as_ref());
    let document = fetched.fetch_json(request.input).await?;
    let arm = document.arm;
    let (allowance, _guard) = compute::document_budget(&app.config.limits, context);
    let work =
        move || json_engine::patch::patch(&document.bytes, &patch.bytes, &options, &allowance.budget());
    let patched = app.compute.run(Weight::Program, work).await?.map_err(wire::engine_failure)?;
    let answer = Document { bytes: patched.text.into(), arm, format: pb::Format::Json };
    Ok(pb::PatchResponse {
        output: Some(documents::give(&app.cache, context, request.store_as, answer).await?),
        operations: patched.operations as u64,
        diagnostics: wire::diagnostics(&patched.report),
        diagnostics_total: patched.report.diagnostics_total,
    })
}

/// The body of `POST /v1/patch`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body<'b> {
    #[serde(borrow)]
    document: &'b RawValue,
    #[serde(borrow)]
    patch: &'b RawValue,
}

/// `POST /v1/patch`: the body is `{"document": …, "patch": […]}`.
pub(crate) async fn rest(
    State(app): State<App>,
    Extension(context): Extension<Context>,
    Payload(body): Payload,
) -> Answer {
    let Body { document, patch } = envelope(&app, &body)?;
    let request = pb::PatchRequest {
        input: Some(body_input(member(&body, document))),
        patch: Some(body_input(member(&body, patch))),
        store_as: None,
    };
    document_answer(call(&app, &context, request).await?.output)
}
