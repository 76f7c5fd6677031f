//! GetSchema: a version of a schema, or the newest.

use axum::extract::State;
use chassis::Failure;
use chassis::rest::{Answer, Params};
use fastjson_proto::fastjson::v1 as pb;
use http::HeaderMap;

use crate::rpc::stored;
use crate::{App, schemas, wire};

/// `fastjson.v1.SchemaService/GetSchema`.
pub(crate) async fn call(app: &App, request: pb::GetSchemaRequest) -> Result<pb::GetSchemaResponse, Failure> {
    let version = schemas::named(app, &request.name, request.version).await?;
    let schema = stored::text(&version.entry)?;
    Ok(pb::GetSchemaResponse { version: Some(wire::schema_version(&version)), schema })
}

/// `GET /v1/schemas/{name}`: the schema itself; 304 when the caller has this version.
pub(crate) async fn rest(
    State(app): State<App>,
    stored::Named(name): stored::Named,
    Params(options): Params<stored::VersionOption>,
    headers: HeaderMap,
) -> Answer {
    let version = schemas::named(&app, &name, options.version).await?;
    stored::read(&version, &headers, "application/schema+json")
}
