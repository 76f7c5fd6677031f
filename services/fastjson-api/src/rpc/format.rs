//! Format: the document in a style, numbers and strings byte-exact.

use axum::Extension;
use axum::extract::State;
use chassis::Failure;
use chassis::rest::{Answer, Params, Payload};
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use serde::Deserialize;

use super::rest::{DuplicateKeysParam, body_input, document_answer};
use crate::compute::Weight;
use crate::documents::Document;
use crate::{App, documents, wire};

/// `fastjson.v1.JsonService/Format`.
pub(crate) async fn call(
    app: &App,
    context: &Context,
    request: pb::FormatRequest,
) -> Result<pb::FormatResponse, Failure> {
    let style = wire::style(request.style, request.indent)?;
    let options = app.scan_options(wire::duplicate_keys(request.duplicate_keys)?);
    let document = documents::fetch(&app.cache, context, request.input).await?;
    let (weight, arm) = (Weight::Bytes(document.bytes.len()), document.arm);
    let written =
        app.compute.run(weight, move || json_engine::format(&document.bytes, style, &options)).await?;
    let formatted = written.map_err(wire::engine_failure)?;
    let answer = Document { bytes: formatted.text.into(), arm };
    Ok(pb::FormatResponse {
        output: Some(documents::give(&app.cache, context, request.store_as, answer).await?),
        diagnostics: wire::diagnostics(&formatted.report),
        diagnostics_total: formatted.report.diagnostics_total,
    })
}

/// `?style=`.
#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum StyleParam {
    Minify,
    #[default]
    Pretty,
}

/// Query parameters of `POST /v1/format`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Options {
    #[serde(default)]
    style: StyleParam,
    indent: Option<u32>,
    #[serde(default)]
    duplicate_keys: DuplicateKeysParam,
}

/// `POST /v1/format`: the body is the document, and so is the answer.
pub(crate) async fn rest(
    State(app): State<App>,
    Extension(context): Extension<Context>,
    Params(options): Params<Options>,
    Payload(body): Payload,
) -> Answer {
    let style = match options.style {
        StyleParam::Minify => pb::FormatStyle::Minify,
        StyleParam::Pretty => pb::FormatStyle::Pretty,
    };
    let request = pb::FormatRequest {
        input: Some(body_input(body)),
        style: style.into(),
        indent: options.indent,
        duplicate_keys: options.duplicate_keys.into(),
        store_as: None,
    };
    document_answer(call(&app, &context, request).await?.output)
}
