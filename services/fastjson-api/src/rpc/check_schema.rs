//! CheckSchema: whether a document is what a JSON Schema asks for, and where it is not.

use axum::Extension;
use axum::extract::State;
use chassis::Failure;
use chassis::rest::{Answer, Params, Payload};
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use json_engine::DuplicateKeys;
use json_engine::schema::{Registered, Schema, SchemaOptions};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::rest::{self, body_input, envelope, json_answer, member};
use crate::compute::{self, Weight};
use crate::documents::Document;
use crate::wire::choice;
use crate::{App, documents, wire};

/// Most schemas that a call brings along.
pub(crate) const MAX_REGISTERED: usize = 100;

/// `fastjson.v1.JsonService/CheckSchema`.
pub(crate) async fn call(
    app: &App,
    context: &Context,
    request: pb::CheckSchemaRequest,
) -> Result<pb::CheckSchemaResponse, Failure> {
    let options = app.scan_options(DuplicateKeys::Report);
    let draft = choice::draft(request.default_draft)?;
    let formats = choice::formats(request.formats)?;
    let output = choice::schema_output(request.output)?;
    let source = choice::source(request.input.as_ref().map_or(0, |input| input.format))?;
    let registered = fetch_registered(app, context, request.registered).await?;
    let schema = documents::fetch_json(app, context, request.schema).await?;
    let document = documents::fetch(&app.cache, context, request.input).await?;
    let (budget, _guard) = compute::document_budget(&app.config.limits, context);
    let work = move || {
        let mut known = Registered::default();
        for (uri, schema) in &registered {
            known.add(uri, &schema.bytes, &options)?;
        }
        let how = SchemaOptions { default_draft: draft, formats, registered: &known };
        let schema = Schema::compile(&schema.bytes, &how, &options, &budget)?;
        schema.check(&document.bytes, source, output, &options, &budget)
    };
    let verdict = app.compute.run(Weight::Program, work).await?.map_err(wire::engine_failure)?;
    Ok(pb::CheckSchemaResponse {
        valid: verdict.valid,
        diagnostics: wire::diagnostics(&verdict.report),
        diagnostics_total: verdict.report.diagnostics_total,
        stats: Some(wire::stats(&verdict.report.stats)),
    })
}

async fn fetch_registered(
    app: &App,
    context: &Context,
    registered: Vec<pb::RegisteredSchema>,
) -> Result<Vec<(String, Document)>, Failure> {
    if registered.len() > MAX_REGISTERED {
        let message = format!("{} schemas are registered; allowed: {MAX_REGISTERED}", registered.len());
        return Err(Failure::invalid("REGISTERED_SCHEMAS_LIMIT", message).with("allowed", MAX_REGISTERED));
    }
    let mut schemas = Vec::with_capacity(registered.len());
    for one in registered {
        schemas.push((one.uri, documents::fetch_json(app, context, one.schema).await?));
    }
    Ok(schemas)
}

/// Query parameters of `POST /v1/schema/check`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Options {
    formats: Option<String>,
    output: Option<String>,
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

/// `POST /v1/schema/check`: the body is `{"schema": …, "document": …}`; places are those in the document.
pub(crate) async fn rest(
    State(app): State<App>,
    Extension(context): Extension<Context>,
    Params(options): Params<Options>,
    Payload(body): Payload,
) -> Answer {
    let Body { schema, document } = envelope(&app, &body)?;
    let (formats, output) = (options.formats.as_deref(), options.output.as_deref());
    let request = pb::CheckSchemaRequest {
        input: Some(body_input(member(&body, document))),
        schema: Some(body_input(member(&body, schema))),
        formats: rest::choice("formats", formats, ("SCHEMA_FORMATS_", pb::SchemaFormats::as_str_name))?,
        output: rest::choice("output", output, ("SCHEMA_OUTPUT_", pb::SchemaOutput::as_str_name))?,
        ..Default::default()
    };
    let response = call(&app, &context, request).await?;
    json_answer("fastjson.v1.CheckSchemaResponse", &response)
}
