//! Format: the document in a style.

use axum::Extension;
use axum::extract::State;
use chassis::Failure;
use chassis::rest::{Answer, Params, Payload};
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use serde::Deserialize;

use super::rest::{self, body_input, document_answer};
use crate::compute::Weight;
use crate::documents::Document;
use crate::wire::choice::{self, FormatChoice};
use crate::{App, documents, wire};

/// `fastjson.v1.JsonService/Format`.
pub(crate) async fn call(
    app: &App,
    context: &Context,
    request: pb::FormatRequest,
) -> Result<pb::FormatResponse, Failure> {
    let how = chosen(&request).read()?;
    let duplicate_keys = choice::duplicate_keys(request.duplicate_keys)?;
    let options = documents::travel::options(app, duplicate_keys, request.store_as.as_ref());
    let document = documents::fetch_json(app, context, request.input).await?;
    let (weight, arm) = (Weight::Bytes(document.bytes.len()), document.arm);
    let written =
        app.compute.run(weight, move || json_engine::format(&document.bytes, &how, &options)).await?;
    let formatted = written.map_err(wire::engine_failure)?;
    let answer = Document { bytes: formatted.text.into(), arm, format: pb::Format::Json };
    Ok(pb::FormatResponse {
        output: Some(documents::give(&app.cache, context, request.store_as, answer).await?),
        diagnostics: wire::diagnostics(&formatted.report),
        diagnostics_total: formatted.report.diagnostics_total,
    })
}

fn chosen(request: &pb::FormatRequest) -> FormatChoice {
    FormatChoice {
        style: request.style,
        indent: request.indent,
        key_order: request.key_order,
        numbers: request.numbers,
    }
}

/// Query parameters of `POST /v1/format`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Options {
    style: Option<String>,
    indent: Option<u32>,
    key_order: Option<String>,
    numbers: Option<String>,
    duplicate_keys: Option<String>,
}

/// `POST /v1/format`: the body is the document, and so is the answer.
pub(crate) async fn rest(
    State(app): State<App>,
    Extension(context): Extension<Context>,
    Params(options): Params<Options>,
    Payload(body): Payload,
) -> Answer {
    let (style, key_order) = (options.style.as_deref(), options.key_order.as_deref());
    let request = pb::FormatRequest {
        input: Some(body_input(body)),
        style: rest::choice("style", style, ("FORMAT_STYLE_", pb::FormatStyle::as_str_name))?,
        indent: options.indent,
        key_order: rest::choice("key_order", key_order, ("KEY_ORDER_", pb::KeyOrder::as_str_name))?,
        numbers: rest::choice("numbers", options.numbers.as_deref(), ("NUMBERS_", pb::Numbers::as_str_name))?,
        duplicate_keys: rest::duplicate_keys(options.duplicate_keys.as_deref())?,
        store_as: None,
    };
    document_answer(call(&app, &context, request).await?.output)
}
