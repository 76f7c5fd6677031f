//! Query: what a program selects from a document.

use axum::Extension;
use axum::extract::State;
use chassis::Failure;
use chassis::rest::{Answer, Params, Payload};
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use json_engine::DuplicateKeys;
use json_engine::query::Language;
use serde::Deserialize;

use super::rest::{body_input, document_answer};
use crate::compute::{self, Weight};
use crate::documents::Document;
use crate::{App, documents, wire};

/// `fastjson.v1.JsonService/Query`.
pub(crate) async fn call(
    app: &App,
    context: &Context,
    request: pb::QueryRequest,
) -> Result<pb::QueryResponse, Failure> {
    let query = wire::query(request.language, &request.query)?;
    let options = app.scan_options(DuplicateKeys::Report);
    let document = documents::fetch(&app.cache, context, request.input).await?;
    let weight = match query.language() {
        Language::Pointer => Weight::Bytes(document.bytes.len()),
        Language::JsonPath => Weight::Program,
    };
    let arm = document.arm;
    let (budget, _guard) = compute::budget(&app.config.limits, context);
    let found = app.compute.run(weight, move || query.run(&document.bytes, &options, &budget)).await?;
    let answer = found.map_err(wire::engine_failure)?;
    let output = Document { bytes: answer.text.into(), arm };
    Ok(pb::QueryResponse {
        output: Some(documents::give(&app.cache, context, request.store_as, output).await?),
        hits: answer.hits,
    })
}

/// `?lang=`.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LanguageParam {
    Pointer,
    Jsonpath,
}

/// Query parameters of `POST /v1/query`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Options {
    lang: LanguageParam,
    q: String,
}

/// `POST /v1/query`: the body is the document.
pub(crate) async fn rest(
    State(app): State<App>,
    Extension(context): Extension<Context>,
    Params(options): Params<Options>,
    Payload(body): Payload,
) -> Answer {
    let language = match options.lang {
        LanguageParam::Pointer => pb::QueryLanguage::Pointer,
        LanguageParam::Jsonpath => pb::QueryLanguage::Jsonpath,
    };
    let request = pb::QueryRequest {
        input: Some(body_input(body)),
        language: language.into(),
        query: options.q,
        store_as: None,
    };
    document_answer(call(&app, &context, request).await?.output)
}
