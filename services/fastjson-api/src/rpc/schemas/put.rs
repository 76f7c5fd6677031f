//! PutSchema: a schema becomes the next version of a name, if it is what the name asks for.

use axum::Extension;
use axum::extract::State;
use bytes::Bytes;
use chassis::Failure;
use chassis::rest::{Answer, Params, Payload};
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use http::HeaderMap;
use json_engine::schema::{self, Compatibility, Draft as SchemaDraft, Formats};
use json_engine::{Code, DuplicateKeys};
use serde::Deserialize;

use super::compatibility;
use crate::compute::Weight;
use crate::registry::{self, Draft, Error, Expected, Kind, Name, Put, Version};
use crate::rpc::rest::{self, body_input};
use crate::rpc::stored;
use crate::schemas::{self, How, Source};
use crate::wire::choice;
use crate::{App, documents, wire};

/// How often a comparison is done anew because another version came in between.
const ATTEMPTS: u32 = 8;

/// `fastjson.v1.SchemaService/PutSchema`.
pub(crate) async fn call(
    app: &App,
    context: &Context,
    request: pb::PutSchemaRequest,
) -> Result<pb::PutSchemaResponse, Failure> {
    let expected = stored::expected(request.expected_version);
    let put = put(app, context, request, expected).await?;
    Ok(pb::PutSchemaResponse { version: Some(wire::schema_version(&put.version)), created: put.is_new })
}

async fn put(
    app: &App,
    context: &Context,
    request: pb::PutSchemaRequest,
    expected: Expected,
) -> Result<Put, Failure> {
    let name = Name::parse(&request.name)?;
    let policy = wire::policy(request.compatibility)?;
    let default_draft = choice::draft(request.default_draft)?;
    let fetched = documents::fetch_json(app, context, request.schema).await?;
    stored::check_bytes(Kind::Schema, fetched.bytes.len(), app.config.registry.max_schema_bytes)?;
    // Of its own, so that it does not keep the message alive that it came in.
    let text = Bytes::copy_from_slice(&fetched.bytes);
    let source = Source { text: text.clone(), known_as: request.name, brought: Vec::new() };
    let how = How { draft: default_draft, formats: Formats::Assert };
    schemas::prepare(app, context, source, how).await?;
    let draft = Draft { policy, ..describe(app, &name, text).await? };
    put_compatible(app, context, &name, (draft, default_draft), expected).await
}

/// What is kept about a schema besides its text.
async fn describe(app: &App, name: &Name, text: Bytes) -> Result<Draft, Failure> {
    let options = app.scan_options(DuplicateKeys::Report);
    let (known_as, of) = (name.as_str().to_owned(), text.clone());
    let work = move || {
        let (hash, report) = json_engine::content_hash(&of, &options)?;
        Ok((hash, report, schema::references(&of, &known_as, &options)?.id))
    };
    let (hash, report, id) =
        app.compute.run(Weight::Bytes(text.len()), work).await?.map_err(wire::engine_failure)?;
    let is_rounded = report.diagnostics.iter().any(|found| found.code == Code::NumberRounded);
    let is_cut = report.diagnostics_total > report.diagnostics.len() as u64;
    Ok(Draft { text, hash, is_exact: !is_rounded && !is_cut, id, steps: 0, policy: None, judged: None })
}

/// Puts it if it holds towards the newest version what the name asks for, and if no other came in between.
async fn put_compatible(
    app: &App,
    context: &Context,
    name: &Name,
    (mut draft, default_draft): (Draft, SchemaDraft),
    expected: Expected,
) -> Result<Put, Failure> {
    let failure = |error| registry::failure(Kind::Schema, error);
    for _ in 0..ATTEMPTS {
        let newest = app.schemas.get(name, None).await.map_err(failure)?;
        let wanted = newest.as_ref().and_then(|newest| draft.policy.unwrap_or(newest.policy));
        let mut on = expected;
        if let (Some(newest), Some(wanted)) = (&newest, wanted) {
            require(app, context, (newest, &draft), wanted, default_draft).await?;
            if matches!(expected, Expected::Any | Expected::Present) {
                on = Expected::Newest(newest.entry.version);
            }
        }
        draft.judged = wanted;
        match app.schemas.put(name, draft.clone(), on).await {
            Err(Error::Conflict { .. }) if on != expected => {}
            Err(Error::Overtaken { .. }) => {}
            outcome => return outcome.map_err(failure),
        }
    }
    let message = format!("other versions came in between, {ATTEMPTS} times");
    Err(Failure::aborted("VERSION_CONFLICT", message))
}

/// Fails with `SCHEMA_INCOMPATIBLE` unless `draft` holds `wanted` towards `newest`.
async fn require(
    app: &App,
    context: &Context,
    (newest, draft): (&Version, &Draft),
    wanted: Compatibility,
    default_draft: SchemaDraft,
) -> Result<(), Failure> {
    if newest.entry.text == draft.text {
        return Ok(());
    }
    let old = Source::registered(newest);
    let new = Source { text: draft.text.clone(), ..old.clone() };
    let found = compatibility::compare(app, context, (old, new), wanted, default_draft).await?;
    if found.compatible { Ok(()) } else { Err(wire::incompatible(found)) }
}

/// Query parameters of `PUT /v1/schemas/{name}`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Options {
    format: Option<String>,
    compatibility: Option<String>,
}

/// `PUT /v1/schemas/{name}`: the body is the schema; 201 with a new version, 200 where the newest is the same. `If-Match` and
/// `If-None-Match: *` are what it depends on.
pub(crate) async fn rest(
    State(app): State<App>,
    Extension(context): Extension<Context>,
    stored::Named(name): stored::Named,
    Params(options): Params<Options>,
    headers: HeaderMap,
    Payload(body): Payload,
) -> Answer {
    let format = rest::choice("format", options.format.as_deref(), ("FORMAT_", pb::Format::as_str_name))?;
    let request = pb::PutSchemaRequest {
        name,
        schema: Some(pb::Input { format, ..body_input(body) }),
        compatibility: compatibility::parameter(options.compatibility.as_deref())?,
        ..Default::default()
    };
    let expected = stored::condition(&headers)?;
    let put = put(&app, &context, request, expected).await.map_err(stored::precondition)?;
    let version = wire::schema_version(&put.version);
    let response = pb::PutSchemaResponse { version: Some(version), created: put.is_new };
    stored::written(&put, rest::json_answer("fastjson.v1.PutSchemaResponse", &response))
}
