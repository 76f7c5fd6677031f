//! CheckSchema: whether a document is what a JSON Schema asks for, and where it is not.
//!
//! Promise: an invalid document is an answer, an invalid schema a failure; all documents that the call names are fetched at the same
//! time. Cost: a schema is compiled once, as long as it and what it reaches stay; checking reads the document into values.

use std::slice;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use bytes::Bytes;
use chassis::Failure;
use chassis::rest::{Answer, Params, Payload};
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use json_engine::schema::{Output, Schema};
use json_engine::{DuplicateKeys, convert};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::rest::cache_status::of_one_step;
use super::rest::{self, body_input, envelope, json_answer, member};
use crate::compute::{self, Weight};
use crate::documents::{Fetched, pinned};
use crate::memo::Made;
use crate::schemas::{self, How, Source};
use crate::wire::choice;
use crate::{App, documents, memo, wire};

/// `fastjson.v1.JsonService/CheckSchema`.
pub(crate) async fn call(
    app: &App,
    context: &Context,
    request: pb::CheckSchemaRequest,
) -> Result<pb::CheckSchemaResponse, Failure> {
    let memo = choice::memo(request.memo)?;
    let how =
        How { draft: choice::draft(request.default_draft)?, formats: choice::formats(request.formats)? };
    let output = choice::schema_output(request.output)?;
    let from = choice::source(request.input.as_ref().map_or(0, |input| input.format))?;
    schemas::check_count(request.registered.len())?;
    let mut fetched = Fetched::new(app, context);
    let wanted = schemas_of(&request).filter(|schema| pinned::is_wanted(app, context, schema));
    fetched.fetch_ahead(wanted.chain(&request.input)).await?;
    let source = match request.schema_name.as_str() {
        "" => given(app, &mut fetched, request.schema, request.schema_version).await?,
        _ if request.schema.is_some() => return Err(both()),
        name => Source::registered(&schemas::named(app, name, request.schema_version).await?),
    };
    let brought = fetch_brought(app, &mut fetched, request.registered).await?;
    let ready = schemas::prepare(app, context, Source { brought, ..source }, how).await?;
    let document = fetched.fetch(request.input).await?;
    let documents = slice::from_ref(&document);
    let call = memo::Call { app, context, known: &ready.known, documents, choices: output as u32 };
    let computed = check(app, context, (&ready.schema, from, output), document.bytes.clone());
    let given = app.memo.answer(call, memo, computed).await?;
    Ok(pb::CheckSchemaResponse { from_cache: given.from_cache, memo: given.report, ..given.made.told })
}

/// Checks; the verdict is all that there is, so that its document is empty.
async fn check(
    app: &App,
    context: &Context,
    (schema, from, output): (&Arc<Schema>, convert::Source, Output),
    text: Bytes,
) -> Result<(Made<pb::CheckSchemaResponse>, Duration), Failure> {
    let options = app.scan_options(DuplicateKeys::Report);
    let (allowance, _guard) = compute::document_budget(&app.config.limits, context);
    let schema = Arc::clone(schema);
    let work = move || schema.check(&text, from, output, &options, &allowance.budget());
    let (verdict, took) = app.compute.measure(Weight::Program, work).await?;
    let verdict = verdict.map_err(wire::engine_failure)?;
    let told = pb::CheckSchemaResponse {
        valid: verdict.valid,
        diagnostics: wire::diagnostics(&verdict.report),
        diagnostics_total: verdict.report.diagnostics_total,
        stats: Some(wire::stats(&verdict.report.stats)),
        ..Default::default()
    };
    Ok((Made { document: Bytes::new(), format: pb::Format::Json, told }, took))
}

/// All schemas that the call brings along.
fn schemas_of(request: &pb::CheckSchemaRequest) -> impl Iterator<Item = &pb::Input> {
    let registered = request.registered.iter().filter_map(|one| one.schema.as_ref());
    request.schema.iter().chain(registered)
}

/// The schema that came with the call.
async fn given(
    app: &App,
    fetched: &mut Fetched<'_>,
    schema: Option<pb::Input>,
    version: Option<u64>,
) -> Result<Source, Failure> {
    if version.is_some() {
        let message = "schema_version is set; allowed: only with schema_name";
        return Err(Failure::invalid("OPTION_INVALID", message).with("option", "schema_version"));
    }
    let text = pinned::schema(app, fetched, schema).await.map_err(documents::of_part("schema"))?;
    Ok(Source { text, known_as: String::new(), brought: Vec::new() })
}

fn both() -> Failure {
    let message = "schema and schema_name are set; allowed: one of them";
    Failure::invalid("OPTION_INVALID", message).with("option", "schema_name")
}

async fn fetch_brought(
    app: &App,
    fetched: &mut Fetched<'_>,
    registered: Vec<pb::RegisteredSchema>,
) -> Result<Vec<(String, Bytes)>, Failure> {
    let mut schemas = Vec::with_capacity(registered.len());
    for one in registered {
        schemas.push((one.uri, pinned::schema(app, fetched, one.schema).await?));
    }
    Ok(schemas)
}

/// Query parameters of `POST /v1/schema/check`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Options {
    formats: Option<String>,
    output: Option<String>,
    schema: Option<String>,
    version: Option<u64>,
    format: Option<String>,
    memo: Option<String>,
}

/// The body of `POST /v1/schema/check`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body<'b> {
    #[serde(borrow)]
    schema: &'b RawValue,
    #[serde(borrow)]
    document: &'b RawValue,
}

/// `POST /v1/schema/check`: the body is `{"schema": …, "document": …}`, or with `?schema=name` the document, in any
/// `?format=`; places are those in the document.
pub(crate) async fn rest(
    State(app): State<App>,
    Extension(context): Extension<Context>,
    Params(options): Params<Options>,
    Payload(body): Payload,
) -> Answer {
    let (formats, output) = (options.formats.as_deref(), options.output.as_deref());
    let format = rest::choice("format", options.format.as_deref(), ("FORMAT_", pb::Format::as_str_name))?;
    let (input, schema) = match &options.schema {
        Some(_) => (pb::Input { format, ..body_input(body) }, None),
        None => {
            let Body { schema, document } = envelope(&app, &body)?;
            (body_input(member(&body, document)), Some(body_input(member(&body, schema))))
        }
    };
    let request = pb::CheckSchemaRequest {
        input: Some(input),
        schema,
        schema_name: options.schema.unwrap_or_default(),
        schema_version: options.version,
        formats: rest::choice("formats", formats, ("SCHEMA_FORMATS_", pb::SchemaFormats::as_str_name))?,
        output: rest::choice("output", output, ("SCHEMA_OUTPUT_", pb::SchemaOutput::as_str_name))?,
        memo: rest::memo(options.memo.as_deref())?,
        ..Default::default()
    };
    let mut response = call(&app, &context, request).await?;
    // The header says it.
    let (report, _) = (response.memo.take(), std::mem::take(&mut response.from_cache));
    Ok(of_one_step(json_answer("fastjson.v1.CheckSchemaResponse", &response)?, report.as_ref()))
}
