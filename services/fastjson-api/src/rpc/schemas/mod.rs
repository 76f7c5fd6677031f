//! SchemaService: schemas by name, one file a verb.

pub(crate) mod compatibility;
pub(crate) mod delete;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod put;

use axum::Router;
use axum::routing::{get as http_get, post};
use fastjson_proto::fastjson::v1 as pb;
use fastjson_proto::fastjson::v1::schema_service_server::SchemaService;
use tonic::{Request, Response, Status};

use super::Rpc;
use crate::App;

/// The REST face.
pub(crate) fn routes() -> Router<App> {
    let one = http_get(get::rest).put(put::rest).delete(delete::rest);
    Router::new()
        .route("/v1/schemas", http_get(list::rest))
        .route("/v1/schemas/{name}", one)
        .route("/v1/schemas/{name}/versions", http_get(list::rest_versions))
        .route("/v1/schema/compatibility", post(compatibility::rest))
}

#[tonic::async_trait]
impl SchemaService for Rpc {
    async fn put_schema(
        &self,
        request: Request<pb::PutSchemaRequest>,
    ) -> Result<Response<pb::PutSchemaResponse>, Status> {
        let context = chassis::context_of(request.extensions());
        Ok(Response::new(put::call(&self.app, &context, request.into_inner()).await?))
    }

    async fn get_schema(
        &self,
        request: Request<pb::GetSchemaRequest>,
    ) -> Result<Response<pb::GetSchemaResponse>, Status> {
        Ok(Response::new(get::call(&self.app, request.into_inner()).await?))
    }

    async fn list_schemas(
        &self,
        request: Request<pb::ListSchemasRequest>,
    ) -> Result<Response<pb::ListSchemasResponse>, Status> {
        Ok(Response::new(list::call(&self.app, request.into_inner()).await?))
    }

    async fn delete_schema(
        &self,
        request: Request<pb::DeleteSchemaRequest>,
    ) -> Result<Response<pb::DeleteSchemaResponse>, Status> {
        Ok(Response::new(delete::call(&self.app, request.into_inner()).await?))
    }

    async fn check_compatibility(
        &self,
        request: Request<pb::CheckCompatibilityRequest>,
    ) -> Result<Response<pb::CheckCompatibilityResponse>, Status> {
        let context = chassis::context_of(request.extensions());
        Ok(Response::new(compatibility::call(&self.app, &context, request.into_inner()).await?))
    }
}
