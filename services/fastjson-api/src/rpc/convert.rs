//! Convert: a document in another format, and what that lost.
//!
//! Promise: whatever the format cannot hold is told with its place, or with `strict` refused; the answer is within its limit. Cost:
//! reading into values and writing, on a worker.

use std::slice;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use chassis::Failure;
use chassis::rest::{Answer, Params, Payload};
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use http::HeaderValue;
use json_engine::ScanOptions;
use json_engine::convert::{ConvertOptions, Converted};
use serde::Deserialize;

use super::rest::cache_status::of_one_step;
use super::rest::{self, body_input, document_answer};
use crate::compute::{self, Weight};
use crate::documents::{Document, travel};
use crate::memo::{Made, Place};
use crate::wire::choice;
use crate::{App, documents, memo, wire};

/// `fastjson.v1.JsonService/Convert`.
pub(crate) async fn call(
    app: &App,
    context: &Context,
    request: pb::ConvertRequest,
) -> Result<pb::ConvertResponse, Failure> {
    let memo = choice::memo(request.memo)?;
    let step = step(&request);
    let how = wire::convert_step(step.clone())?;
    let duplicate_keys = choice::duplicate_keys(request.duplicate_keys)?;
    let options = travel::options(app, duplicate_keys, request.store_as.as_ref());
    let choices = duplicate_keys as u32;
    let document = documents::fetch(app, context, request.input).await?;
    let place = Place::of(app, "convert", pb::step::Step::Convert(step));
    let documents = slice::from_ref(&document);
    let call = memo::Call { app, context, known: &place.known, documents, choices };
    let computed = convert(app, context, (how, options), document.clone());
    let given = app.memo.answer(call, memo, computed).await?;
    place.settle(app, document.bytes.len() as u64);
    let Made { document: bytes, format, told } = given.made;
    let answer = Document { bytes, arm: document.arm, format };
    Ok(pb::ConvertResponse {
        output: Some(documents::give(&app.cache, context, request.store_as, answer).await?),
        from_cache: given.from_cache,
        memo: given.report,
        ..told
    })
}

async fn convert(
    app: &App,
    context: &Context,
    (how, options): (ConvertOptions, ScanOptions),
    document: Document,
) -> Result<(Made<pb::ConvertResponse>, Duration), Failure> {
    let (allowance, _guard) = compute::document_budget(&app.config.limits, context);
    let to = how.to;
    let work = move || json_engine::convert::convert(&document.bytes, &how, &options, &allowance.budget());
    let (converted, took) = app.compute.measure(Weight::Program, work).await?;
    let Converted { bytes, from, report } = converted.map_err(wire::engine_failure)?;
    metrics::counter!("conversions_total", "from" => from.name(), "to" => to.name()).increment(1);
    let told = pb::ConvertResponse {
        from: choice::format(from).into(),
        diagnostics: wire::diagnostics(&report),
        diagnostics_total: report.diagnostics_total,
        ..Default::default()
    };
    Ok((Made { document: bytes.into(), format: choice::format(to), told }, took))
}

/// What the call does, as a step.
fn step(request: &pb::ConvertRequest) -> pb::ConvertStep {
    pb::ConvertStep {
        from: request.input.as_ref().map_or(0, |input| input.format),
        to: request.to,
        fidelity: request.fidelity,
        foreign: request.foreign,
        csv: request.csv.clone(),
        indent: request.indent,
        documents: request.documents,
    }
}

/// Query parameters of `POST /v1/convert`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Options {
    from: Option<String>,
    to: String,
    fidelity: Option<String>,
    foreign: Option<String>,
    documents: Option<String>,
    duplicate_keys: Option<String>,
    indent: Option<u32>,
    csv_delimiter: Option<String>,
    csv_header: Option<String>,
    csv_cells: Option<String>,
    csv_paths: Option<String>,
    memo: Option<String>,
}

/// `POST /v1/convert`: the body is the document, and so is the answer. Its headers `fastjson-from` and `fastjson-losses`
/// say what it was read as and how many losses and warnings there were,
/// `Cache-Status` whether it was kept.
pub(crate) async fn rest(
    State(app): State<App>,
    Extension(context): Extension<Context>,
    Params(options): Params<Options>,
    Payload(body): Payload,
) -> Answer {
    let from = options.from.as_deref().or(Some("auto"));
    let format = rest::choice("from", from, ("FORMAT_", pb::Format::as_str_name))?;
    let (fidelity, foreign) = (options.fidelity.as_deref(), options.foreign.as_deref());
    let many = options.documents.as_deref();
    let request = pb::ConvertRequest {
        input: Some(pb::Input { format, ..body_input(body) }),
        to: rest::choice("to", Some(&options.to), ("FORMAT_", pb::Format::as_str_name))?,
        fidelity: rest::choice("fidelity", fidelity, ("FIDELITY_", pb::Fidelity::as_str_name))?,
        foreign: rest::choice("foreign", foreign, ("FOREIGN_", pb::Foreign::as_str_name))?,
        documents: rest::choice("documents", many, ("DOCUMENTS_", pb::Documents::as_str_name))?,
        duplicate_keys: rest::duplicate_keys(options.duplicate_keys.as_deref())?,
        indent: options.indent,
        csv: Some(csv(&options)?),
        memo: rest::memo(options.memo.as_deref())?,
        store_as: None,
    };
    let answer = call(&app, &context, request).await?;
    let from = rest::short("FORMAT_", answer.from().as_str_name());
    let mut response = document_answer(answer.output)?;
    let headers = response.headers_mut();
    headers.insert("fastjson-losses", HeaderValue::from(answer.diagnostics_total));
    if let Ok(from) = HeaderValue::from_str(&from) {
        headers.insert("fastjson-from", from);
    }
    Ok(of_one_step(response, answer.memo.as_ref()))
}

fn csv(options: &Options) -> Result<pb::CsvOptions, Failure> {
    use pb::csv_options::{Cells, Header, Paths};
    let (header, cells) = (options.csv_header.as_deref(), options.csv_cells.as_deref());
    Ok(pb::CsvOptions {
        delimiter: options.csv_delimiter.clone().unwrap_or_default(),
        header: rest::choice("csv_header", header, ("HEADER_", Header::as_str_name))?,
        cells: rest::choice("csv_cells", cells, ("CELLS_", Cells::as_str_name))?,
        paths: rest::choice("csv_paths", options.csv_paths.as_deref(), ("PATHS_", Paths::as_str_name))?,
    })
}
