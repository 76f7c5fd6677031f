//! The list of what the service does; one file each.

mod batch;
mod delete;
mod delete_many;
mod get;
mod get_limits;
mod get_many;
mod get_or_compute;
mod increment;
mod invalidate_tags;
mod once;
mod post;
mod rest;
mod set;
mod set_many;
mod stats;
mod touch;

use axum::Router;
use axum::routing::{get as http_get, post as http_post};
use fastjson_proto::rustcache::v1 as pb;
use fastjson_proto::rustcache::v1::admin_service_server::AdminService;
use fastjson_proto::rustcache::v1::cache_service_server::CacheService;
use tonic::{Request, Response, Status};

use crate::App;

/// The gRPC face.
#[derive(Clone)]
pub(crate) struct Rpc {
    app: App,
}

impl Rpc {
    pub(crate) fn new(app: App) -> Self {
        Self { app }
    }
}

/// The REST face.
pub(crate) fn routes(app: App) -> Router {
    let entry = http_get(get::rest).put(set::rest).delete(delete::rest).post(post::entry);
    Router::new()
        .route("/v1/namespaces/{namespace}/keys/{key}", entry.clone())
        // An empty key has no segment of its own; it is refused by the handlers, not by the router.
        .route("/v1/namespaces/{namespace}/keys/", entry)
        .route("/v1/namespaces/{namespace}", http_post(post::namespace))
        .route("/v1/stats", http_get(stats::rest))
        .route("/v1/limits", http_get(get_limits::rest))
        .with_state(app)
}

#[tonic::async_trait]
impl CacheService for Rpc {
    async fn get(&self, request: Request<pb::GetRequest>) -> Result<Response<pb::GetResponse>, Status> {
        Ok(Response::new(get::call(&self.app, request.into_inner()).await?))
    }

    async fn set(&self, request: Request<pb::SetRequest>) -> Result<Response<pb::SetResponse>, Status> {
        Ok(Response::new(set::call(&self.app, request.into_inner()).await?))
    }

    async fn delete(
        &self,
        request: Request<pb::DeleteRequest>,
    ) -> Result<Response<pb::DeleteResponse>, Status> {
        Ok(Response::new(delete::call(&self.app, request.into_inner()).await?))
    }

    async fn get_many(
        &self,
        request: Request<pb::GetManyRequest>,
    ) -> Result<Response<pb::GetManyResponse>, Status> {
        Ok(Response::new(get_many::call(&self.app, request.into_inner()).await?))
    }

    async fn touch(&self, request: Request<pb::TouchRequest>) -> Result<Response<pb::TouchResponse>, Status> {
        Ok(Response::new(touch::call(&self.app, request.into_inner()).await?))
    }

    async fn increment(
        &self,
        request: Request<pb::IncrementRequest>,
    ) -> Result<Response<pb::IncrementResponse>, Status> {
        Ok(Response::new(increment::call(&self.app, request.into_inner()).await?))
    }

    async fn set_many(
        &self,
        request: Request<pb::SetManyRequest>,
    ) -> Result<Response<pb::SetManyResponse>, Status> {
        Ok(Response::new(set_many::call(&self.app, request.into_inner()).await?))
    }

    async fn delete_many(
        &self,
        request: Request<pb::DeleteManyRequest>,
    ) -> Result<Response<pb::DeleteManyResponse>, Status> {
        Ok(Response::new(delete_many::call(&self.app, request.into_inner()).await?))
    }

    async fn invalidate_tags(
        &self,
        request: Request<pb::InvalidateTagsRequest>,
    ) -> Result<Response<pb::InvalidateTagsResponse>, Status> {
        Ok(Response::new(invalidate_tags::call(&self.app, request.into_inner()).await?))
    }

    async fn get_or_compute(
        &self,
        request: Request<pb::GetOrComputeRequest>,
    ) -> Result<Response<pb::GetOrComputeResponse>, Status> {
        let context = chassis::context_of(request.extensions());
        Ok(Response::new(get_or_compute::call(&self.app, &context, request.into_inner()).await?))
    }

    async fn get_limits(
        &self,
        _request: Request<pb::GetLimitsRequest>,
    ) -> Result<Response<pb::GetLimitsResponse>, Status> {
        Ok(Response::new(get_limits::call(&self.app)))
    }
}

#[tonic::async_trait]
impl AdminService for Rpc {
    async fn stats(&self, request: Request<pb::StatsRequest>) -> Result<Response<pb::StatsResponse>, Status> {
        Ok(Response::new(stats::call(&self.app, request.into_inner()).await?))
    }
}
