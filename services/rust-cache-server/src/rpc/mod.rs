//! The list of what the service does; one file each.

mod ahead;
mod batch;
mod complete_lease;
mod compute_lease;
mod delete;
mod delete_many;
mod document;
mod document_rest;
mod encoded;
mod explain_key;
mod get;
mod get_document;
mod get_limits;
mod get_many;
mod get_or_compute;
mod hot_keys;
mod increment;
mod invalidate_tags;
mod lease;
mod load;
mod measure;
mod merge_document;
mod namespaces;
mod once;
mod patch_document;
mod post;
mod put_document;
mod raw;
mod rest;
mod scan;
mod session;
mod set;
mod set_many;
mod slow_operations;
mod stats;
mod take_snapshot;
mod touch;
mod watch;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get as http_get, post as http_post};
use chassis::Failure;
use fastjson_proto::rustcache::v1 as pb;
use fastjson_proto::rustcache::v1::admin_service_server::AdminService;
use fastjson_proto::rustcache::v1::cache_service_server::CacheService;
use tonic::{Request, Response, Status, Streaming};

pub(crate) use self::ahead::Ahead;
pub(crate) use self::session::Sessions;
use crate::App;
use crate::latency::Operation;
use crate::slow::{About, Asked};

/// The gRPC face.
#[derive(Clone)]
pub(crate) struct Rpc {
    app: App,
}

impl Rpc {
    pub(crate) fn new(app: App) -> Self {
        Self { app }
    }

    /// What a call is about, for the log of slow ones. Hashes its key: a call that only reads its request asks when it was slow.
    fn asked<Q: About>(&self, request: &Request<Q>) -> Asked {
        Asked::of(request, &self.app.slow)
    }

    /// The answer to a call, which counts as one of `operation`; `asked` is called if it was slow.
    async fn timed<T: prost::Message>(
        &self,
        operation: Operation,
        asked: impl FnOnce() -> Asked,
        call: impl Future<Output = Result<T, Failure>>,
    ) -> Result<Response<T>, Status> {
        let (answer, took) = self.app.latencies.time(operation, call).await;
        if self.app.slow.is(took) {
            let answer_bytes = answer.as_ref().map_or(0, T::encoded_len);
            self.app.slow.record(operation.name(), asked(), took, answer_bytes as u64);
        }
        Ok(Response::new(answer?))
    }
}

/// The REST face.
pub(crate) fn routes(app: App) -> Router {
    let entry =
        http_get(get::rest).put(set::rest).delete(delete::rest).post(post::entry).patch(document_rest::patch);
    let namespace = http_post(post::namespace)
        .get(namespaces::rest_get)
        .put(namespaces::rest_create)
        .patch(namespaces::rest_update)
        .delete(namespaces::rest_delete);
    Router::new()
        .route("/v1/namespaces/{namespace}/keys/{key}", entry.clone())
        // An empty key has no segment of its own; it is refused by the handlers, not by the router.
        .route("/v1/namespaces/{namespace}/keys/", entry)
        .route("/v1/namespaces/{namespace}/keys", http_get(scan::rest))
        .route("/v1/namespaces/{namespace}", namespace)
        .route("/v1/namespaces", http_get(namespaces::rest_list))
        .route("/v1/namespaces/{namespace}/watch", http_get(watch::rest))
        .route("/v1/namespaces/{namespace}/hot", http_get(hot_keys::rest))
        .route("/v1/slow", http_get(slow_operations::rest))
        .route("/v1/snapshot", http_post(take_snapshot::rest))
        .route("/v1/stats", http_get(stats::rest))
        .route("/v1/limits", http_get(get_limits::rest))
        .merge(load::routes())
        .layer(from_fn_with_state(app.clone(), measure::rest))
        .with_state(app)
}

#[tonic::async_trait]
impl CacheService for Rpc {
    async fn get(&self, request: Request<pb::GetRequest>) -> Result<Response<pb::GetResponse>, Status> {
        let call = get::call(&self.app, request.get_ref());
        self.timed(Operation::Get, || self.asked(&request), call).await
    }

    async fn set(&self, request: Request<pb::SetRequest>) -> Result<Response<pb::SetResponse>, Status> {
        let call = set::call(&self.app, request.get_ref());
        self.timed(Operation::Set, || self.asked(&request), call).await
    }

    async fn delete(
        &self,
        request: Request<pb::DeleteRequest>,
    ) -> Result<Response<pb::DeleteResponse>, Status> {
        let call = delete::call(&self.app, request.get_ref());
        self.timed(Operation::Delete, || self.asked(&request), call).await
    }

    /// Not reached: [`Ahead`] stands before it and answers from and into raw messages.
    async fn get_many(
        &self,
        _request: Request<pb::GetManyRequest>,
    ) -> Result<Response<pb::GetManyResponse>, Status> {
        Err(Status::unimplemented("batches of Gets are answered from raw messages"))
    }

    async fn touch(&self, request: Request<pb::TouchRequest>) -> Result<Response<pb::TouchResponse>, Status> {
        let call = touch::call(&self.app, request.get_ref());
        self.timed(Operation::Touch, || self.asked(&request), call).await
    }

    async fn increment(
        &self,
        request: Request<pb::IncrementRequest>,
    ) -> Result<Response<pb::IncrementResponse>, Status> {
        let call = increment::call(&self.app, request.get_ref());
        self.timed(Operation::Increment, || self.asked(&request), call).await
    }

    async fn set_many(
        &self,
        request: Request<pb::SetManyRequest>,
    ) -> Result<Response<pb::SetManyResponse>, Status> {
        let call = set_many::call(&self.app, request.get_ref());
        self.timed(Operation::SetMany, || self.asked(&request), call).await
    }

    async fn delete_many(
        &self,
        request: Request<pb::DeleteManyRequest>,
    ) -> Result<Response<pb::DeleteManyResponse>, Status> {
        let call = delete_many::call(&self.app, request.get_ref());
        self.timed(Operation::DeleteMany, || self.asked(&request), call).await
    }

    async fn invalidate_tags(
        &self,
        request: Request<pb::InvalidateTagsRequest>,
    ) -> Result<Response<pb::InvalidateTagsResponse>, Status> {
        let asked = self.asked(&request);
        let call = invalidate_tags::call(&self.app, request.into_inner());
        self.timed(Operation::InvalidateTags, || asked, call).await
    }

    async fn scan(&self, request: Request<pb::ScanRequest>) -> Result<Response<pb::ScanResponse>, Status> {
        let asked = self.asked(&request);
        let call = scan::call(&self.app, request.into_inner());
        self.timed(Operation::Scan, || asked, call).await
    }

    async fn get_or_compute(
        &self,
        request: Request<pb::GetOrComputeRequest>,
    ) -> Result<Response<pb::GetOrComputeResponse>, Status> {
        let context = chassis::context_of(request.extensions());
        let asked = self.asked(&request);
        let call = get_or_compute::call(&self.app, &context, request.into_inner());
        self.timed(Operation::GetOrCompute, || asked, call).await
    }

    async fn complete_lease(
        &self,
        request: Request<pb::CompleteLeaseRequest>,
    ) -> Result<Response<pb::CompleteLeaseResponse>, Status> {
        let asked = self.asked(&request);
        let call = complete_lease::call(&self.app, request.into_inner());
        self.timed(Operation::CompleteLease, || asked, call).await
    }

    type WatchStream = futures_util::stream::Empty<Result<pb::WatchResponse, Status>>;

    /// Not reached: [`Ahead`] stands before it and gives watches a body of their own.
    async fn watch(
        &self,
        _request: Request<pb::WatchRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        Err(Status::unimplemented("watches have a body of their own"))
    }

    type SessionStream = futures_util::stream::Empty<Result<pb::SessionResponse, Status>>;

    /// Not reached: [`Ahead`] stands before it and serves sessions from and into raw frames.
    async fn session(
        &self,
        _request: Request<Streaming<pb::SessionRequest>>,
    ) -> Result<Response<Self::SessionStream>, Status> {
        Err(Status::unimplemented("sessions are served from raw frames"))
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

    async fn create_namespace(
        &self,
        request: Request<pb::CreateNamespaceRequest>,
    ) -> Result<Response<pb::CreateNamespaceResponse>, Status> {
        Ok(Response::new(namespaces::create(&self.app, request.into_inner()).await?))
    }

    async fn update_namespace(
        &self,
        request: Request<pb::UpdateNamespaceRequest>,
    ) -> Result<Response<pb::UpdateNamespaceResponse>, Status> {
        Ok(Response::new(namespaces::update(&self.app, request.into_inner()).await?))
    }

    async fn delete_namespace(
        &self,
        request: Request<pb::DeleteNamespaceRequest>,
    ) -> Result<Response<pb::DeleteNamespaceResponse>, Status> {
        Ok(Response::new(namespaces::delete(&self.app, request.into_inner()).await?))
    }

    async fn list_namespaces(
        &self,
        _request: Request<pb::ListNamespacesRequest>,
    ) -> Result<Response<pb::ListNamespacesResponse>, Status> {
        Ok(Response::new(namespaces::list(&self.app).await?))
    }

    async fn take_snapshot(
        &self,
        _request: Request<pb::TakeSnapshotRequest>,
    ) -> Result<Response<pb::TakeSnapshotResponse>, Status> {
        Ok(Response::new(take_snapshot::call(&self.app).await?))
    }

    async fn hot_keys(
        &self,
        request: Request<pb::HotKeysRequest>,
    ) -> Result<Response<pb::HotKeysResponse>, Status> {
        Ok(Response::new(hot_keys::call(&self.app, &request.into_inner())?))
    }

    async fn explain_key(
        &self,
        request: Request<pb::ExplainKeyRequest>,
    ) -> Result<Response<pb::ExplainKeyResponse>, Status> {
        Ok(Response::new(explain_key::call(&self.app, &request.into_inner())?))
    }

    async fn slow_operations(
        &self,
        request: Request<pb::SlowOperationsRequest>,
    ) -> Result<Response<pb::SlowOperationsResponse>, Status> {
        Ok(Response::new(slow_operations::call(&self.app, &request.into_inner())))
    }
}
