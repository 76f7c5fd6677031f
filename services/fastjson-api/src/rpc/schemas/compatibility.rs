//! CheckCompatibility: whether documents of one schema are documents of another.

use axum::Extension;
use axum::extract::State;
use chassis::Failure;
use chassis::rest::{Answer, Params, Payload};
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use json_engine::DuplicateKeys;
use json_engine::schema::{self, Compared, Compatibility, Draft, Formats, Judgement, SchemaOptions};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::compute::{self, Weight};
use crate::registry::Policy;
use crate::rpc::rest::{self, body_input, envelope, json_answer, member};
use crate::schemas::{self, Source};
use crate::wire::choice;
use crate::{App, documents, wire};

/// `fastjson.v1.SchemaService/CheckCompatibility`.
pub(crate) async fn call(
    app: &App,
    context: &Context,
    request: pb::CheckCompatibilityRequest,
) -> Result<pb::CheckCompatibilityResponse, Failure> {
    let wanted = wire::policy(request.compatibility)?;
    let draft = choice::draft(request.default_draft)?;
    let (old, policy) = old(app, context, &request.name, request.version, request.old_schema).await?;
    let text = documents::fetch_json(app, context, request.new_schema).await?.bytes;
    let new = Source { text, ..old.clone() };
    // A name that asks for nothing says nothing about this question.
    let wanted = match wanted {
        Some(wanted) => wanted,
        None => policy.or(Some(Compatibility::Backward)),
    };
    match wanted {
        Some(wanted) => compare(app, context, (old, new), wanted, draft).await,
        None => {
            let nothing = Compared { judgement: Judgement::Compatible, reasons: Vec::new() };
            Ok(wire::compared(&nothing, None))
        }
    }
}

/// The old schema: that of a name, or the one in the call; and what its name asks of new versions.
async fn old(
    app: &App,
    context: &Context,
    name: &str,
    version: Option<u64>,
    given: Option<pb::Input>,
) -> Result<(Source, Policy), Failure> {
    match given {
        None if name.is_empty() => {
            let message = "the call has no old schema; allowed: name or old_schema";
            Err(Failure::invalid("INPUT_MISSING", message))
        }
        None => {
            let version = schemas::named(app, name, version).await?;
            Ok((Source::registered(&version), version.policy))
        }
        Some(given) if name.is_empty() && version.is_none() => {
            let text = documents::fetch_json(app, context, Some(given)).await?.bytes;
            Ok((Source { text, known_as: String::new(), brought: Vec::new() }, None))
        }
        Some(_) => {
            let message =
                "the call has a name or a version and an old schema; allowed: one of name and old_schema";
            Err(Failure::invalid("OPTION_INVALID", message).with("option", "old_schema"))
        }
    }
}

/// Compares the old schema with the new one.
pub(super) async fn compare(
    app: &App,
    context: &Context,
    (old, new): (Source, Source),
    wanted: Compatibility,
    default_draft: Draft,
) -> Result<pb::CheckCompatibilityResponse, Failure> {
    let (old, new) = (schemas::close(app, old).await?, schemas::close(app, new).await?);
    let options = app.scan_options(DuplicateKeys::Report);
    let (allowance, _guard) = compute::document_budget(&app.config.limits, context);
    let work = move || {
        // What both reach is registered once: they see the same registry.
        let registered = old.registered_with(&new, &options)?;
        let how = SchemaOptions { default_draft, formats: Formats::Assert, registered: &registered };
        schema::compatible((&old.text, &new.text), wanted, &how, &options, &allowance.budget())
    };
    let compared = app.compute.run(Weight::Program, work).await?.map_err(wire::engine_failure)?;
    Ok(wire::compared(&compared, Some(wanted)))
}

/// `?compatibility=`.
pub(super) fn parameter(given: Option<&str>) -> Result<i32, Failure> {
    rest::choice("compatibility", given, ("COMPATIBILITY_", pb::Compatibility::as_str_name))
}

/// Query parameters of `POST /v1/schema/compatibility`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Options {
    compatibility: Option<String>,
    name: Option<String>,
    version: Option<u64>,
}

/// The body where no name is given.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body<'b> {
    #[serde(borrow)]
    old: &'b RawValue,
    #[serde(borrow)]
    new: &'b RawValue,
}

/// `POST /v1/schema/compatibility`: the body is `{"old": …, "new": …}`, or with `?name=` the new schema.
pub(crate) async fn rest(
    State(app): State<App>,
    Extension(context): Extension<Context>,
    Params(options): Params<Options>,
    Payload(body): Payload,
) -> Answer {
    let compatibility = parameter(options.compatibility.as_deref())?;
    let (old_schema, new_schema) = match &options.name {
        Some(_) => (None, body_input(body)),
        None => {
            let Body { old, new } = envelope(&app, &body)?;
            (Some(body_input(member(&body, old))), body_input(member(&body, new)))
        }
    };
    let request = pb::CheckCompatibilityRequest {
        name: options.name.unwrap_or_default(),
        version: options.version,
        old_schema,
        new_schema: Some(new_schema),
        compatibility,
        ..Default::default()
    };
    json_answer("fastjson.v1.CheckCompatibilityResponse", &call(&app, &context, request).await?)
}
