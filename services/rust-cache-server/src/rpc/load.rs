//! Tokens and leases; one file each.

mod acquire_lease;
mod release_lease;
mod renew_lease;
mod take_tokens;

use axum::Router;
use axum::routing::post;
use fastjson_proto::rustcache::v1 as pb;
use fastjson_proto::rustcache::v1::load_service_server::LoadService;
use tonic::{Request, Response, Status};

use super::Rpc;
use crate::App;
use crate::latency::Operation;

/// The REST face.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/v1/limits:take", post(take_tokens::rest))
        .route("/v1/leases", post(acquire_lease::rest))
        .route("/v1/leases/{lease}", post(renew_lease::rest).delete(release_lease::rest))
}

#[tonic::async_trait]
impl LoadService for Rpc {
    async fn take_tokens(
        &self,
        request: Request<pb::TakeTokensRequest>,
    ) -> Result<Response<pb::TakeTokensResponse>, Status> {
        let asked = self.asked(&request);
        let call = async { take_tokens::call(&self.app, request.into_inner()) };
        self.timed(Operation::TakeTokens, || asked, call).await
    }

    async fn acquire_lease(
        &self,
        request: Request<pb::AcquireLeaseRequest>,
    ) -> Result<Response<pb::AcquireLeaseResponse>, Status> {
        let context = chassis::context_of(request.extensions());
        let asked = self.asked(&request);
        let call = acquire_lease::call(&self.app, &context, request.into_inner());
        self.timed(Operation::AcquireLease, || asked, call).await
    }

    async fn renew_lease(
        &self,
        request: Request<pb::RenewLeaseRequest>,
    ) -> Result<Response<pb::RenewLeaseResponse>, Status> {
        let call = async { renew_lease::call(&self.app, request.get_ref()) };
        self.timed(Operation::RenewLease, || self.asked(&request), call).await
    }

    async fn release_lease(
        &self,
        request: Request<pb::ReleaseLeaseRequest>,
    ) -> Result<Response<pb::ReleaseLeaseResponse>, Status> {
        let call = async { release_lease::call(&self.app, request.get_ref()) };
        self.timed(Operation::ReleaseLease, || self.asked(&request), call).await
    }
}
