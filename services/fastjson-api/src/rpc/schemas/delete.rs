//! DeleteSchema: a version, or all of a name.

use axum::extract::State;
use chassis::Failure;
use chassis::rest::{Answer, Params};
use fastjson_proto::fastjson::v1 as pb;
use http::HeaderMap;

use crate::App;
use crate::registry::Kind;
use crate::rpc::rest::json_answer;
use crate::rpc::stored;

/// `fastjson.v1.SchemaService/DeleteSchema`.
pub(crate) async fn call(
    app: &App,
    request: pb::DeleteSchemaRequest,
) -> Result<pb::DeleteSchemaResponse, Failure> {
    let deleted = stored::delete(&*app.schemas, Kind::Schema, &request.name, request.version).await?;
    Ok(pb::DeleteSchemaResponse { deleted })
}

/// `DELETE /v1/schemas/{name}`: says how many versions there were.
pub(crate) async fn rest(
    State(app): State<App>,
    stored::Named(name): stored::Named,
    Params(options): Params<stored::VersionOption>,
    headers: HeaderMap,
) -> Answer {
    stored::no_condition(&headers)?;
    let request = pb::DeleteSchemaRequest { name, version: options.version };
    json_answer("fastjson.v1.DeleteSchemaResponse", &call(&app, request).await?)
}
