//! Validate: the verdict on a document. An invalid document is an answer; a breach of a limit is a failure.

use axum::Extension;
use axum::extract::State;
use chassis::Failure;
use chassis::rest::{Answer, Params, Payload};
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use json_engine::MAX_DEPTH;
use json_engine::convert::{self, Format, Source};
use serde::Deserialize;

use super::rest::{self, body_input, json_answer};
use crate::compute::{self, Weight};
use crate::wire::choice;
use crate::{App, documents, wire};

/// `fastjson.v1.JsonService/Validate`.
pub(crate) async fn call(
    app: &App,
    context: &Context,
    request: pb::ValidateRequest,
) -> Result<pb::ValidateResponse, Failure> {
    let mut options = app.scan_options(choice::duplicate_keys(request.duplicate_keys)?);
    options.profile = choice::profile(request.profile)?;
    if let Some(depth) = request.max_depth {
        options.limits.max_depth = check_depth(depth)?;
    }
    let source = choice::source(request.input.as_ref().map_or(0, |input| input.format))?;
    let document = documents::fetch(app, context, request.input).await?;
    let report = match source {
        Source::Is(Format::Json) => {
            let weight = Weight::Bytes(document.bytes.len());
            app.compute.run(weight, move || json_engine::validate(&document.bytes, &options)).await?
        }
        Source::Is(_) | Source::Auto => {
            let (allowance, _guard) = compute::document_budget(&app.config.limits, context);
            let work = move || convert::validate(&document.bytes, source, &options, &allowance.budget());
            app.compute.run(Weight::Program, work).await?
        }
    };
    let report = report.map_err(wire::engine_failure)?;
    Ok(pb::ValidateResponse {
        valid: report.is_valid(),
        diagnostics: wire::diagnostics(&report),
        diagnostics_total: report.diagnostics_total,
        stats: Some(wire::stats(&report.stats)),
    })
}

fn check_depth(depth: u32) -> Result<u32, Failure> {
    if (1..=MAX_DEPTH).contains(&depth) {
        return Ok(depth);
    }
    Err(Failure::invalid("OPTION_INVALID", format!("max_depth is {depth}; allowed: 1 to {MAX_DEPTH}"))
        .with("option", "max_depth")
        .with("allowed", format!("1 to {MAX_DEPTH}")))
}

/// Query parameters of `POST /v1/validate`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Options {
    duplicate_keys: Option<String>,
    max_depth: Option<u32>,
    profile: Option<String>,
    format: Option<String>,
}

/// `POST /v1/validate`: the body is the document.
pub(crate) async fn rest(
    State(app): State<App>,
    Extension(context): Extension<Context>,
    Params(options): Params<Options>,
    Payload(body): Payload,
) -> Answer {
    let format = rest::choice("format", options.format.as_deref(), ("FORMAT_", pb::Format::as_str_name))?;
    let request = pb::ValidateRequest {
        input: Some(pb::Input { format, ..body_input(body) }),
        duplicate_keys: rest::duplicate_keys(options.duplicate_keys.as_deref())?,
        max_depth: options.max_depth,
        profile: rest::choice("profile", options.profile.as_deref(), ("PROFILE_", pb::Profile::as_str_name))?,
    };
    let response = call(&app, &context, request).await?;
    json_answer("fastjson.v1.ValidateResponse", &response)
}
