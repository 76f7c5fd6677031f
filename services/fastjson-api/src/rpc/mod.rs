//! The list of what the service does; one file each.

pub(crate) mod check_schema;
pub(crate) mod convert;
pub(crate) mod diff;
pub(crate) mod explain;
pub(crate) mod format;
mod get_limits;
pub(crate) mod infer_schema;
pub(crate) mod merge;
pub(crate) mod patch;
pub(crate) mod query;
pub(crate) mod recipes;
mod rest;
pub(crate) mod run;
pub(crate) mod run_stream;
pub(crate) mod schemas;
pub(crate) mod stored;
pub(crate) mod transfer;
pub(crate) mod validate;

use std::pin::Pin;

use axum::Router;
use axum::routing::{get, post};
use chassis::Failure;
use fastjson_proto::fastjson::v1 as pb;
use fastjson_proto::fastjson::v1::json_service_server::JsonService;
use futures_util::{Stream, StreamExt as _};
use tonic::{Request, Response, Status, Streaming};

use crate::App;

/// The gRPC face.
#[derive(Clone, Debug)]
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
    Router::new()
        .route("/v1/validate", post(validate::rest))
        .route("/v1/format", post(format::rest))
        .route("/v1/query", post(query::rest))
        .route("/v1/convert", post(convert::rest))
        .route("/v1/patch", post(patch::rest))
        .route("/v1/merge", post(merge::rest))
        .route("/v1/diff", post(diff::rest))
        .route("/v1/schema/check", post(check_schema::rest))
        .route("/v1/schema/infer", post(infer_schema::rest))
        .route("/v1/run", post(run::rest))
        .route("/v1/run/stream", post(run_stream::rest))
        .route("/v1/transfer", post(transfer::rest))
        .route("/v1/explain", post(explain::rest))
        .route("/v1/limits", get(get_limits::rest))
        .merge(schemas::routes())
        .merge(recipes::routes())
        .with_state(app)
}

/// What a stream of the gRPC face gives.
type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

fn answers<T: 'static>(answers: impl Stream<Item = Result<T, Failure>> + Send + 'static) -> Answers<T> {
    Box::pin(answers.map(|answer| answer.map_err(Status::from)))
}

/// The messages of a caller; what is wrong with one is told as everywhere.
fn messages<T: Send + 'static>(
    messages: Streaming<T>,
) -> impl Stream<Item = Result<T, Failure>> + Send + Unpin + 'static {
    messages.map(|message| message.map_err(|status| Failure::from_status(&status)))
}

#[tonic::async_trait]
impl JsonService for Rpc {
    async fn validate(
        &self,
        request: Request<pb::ValidateRequest>,
    ) -> Result<Response<pb::ValidateResponse>, Status> {
        let context = chassis::context_of(request.extensions());
        Ok(Response::new(validate::call(&self.app, &context, request.into_inner()).await?))
    }

    async fn format(
        &self,
        request: Request<pb::FormatRequest>,
    ) -> Result<Response<pb::FormatResponse>, Status> {
        let context = chassis::context_of(request.extensions());
        Ok(Response::new(format::call(&self.app, &context, request.into_inner()).await?))
    }

    async fn query(&self, request: Request<pb::QueryRequest>) -> Result<Response<pb::QueryResponse>, Status> {
        let context = chassis::context_of(request.extensions());
        Ok(Response::new(query::call(&self.app, &context, request.into_inner()).await?))
    }

    async fn check_schema(
        &self,
        request: Request<pb::CheckSchemaRequest>,
    ) -> Result<Response<pb::CheckSchemaResponse>, Status> {
        let context = chassis::context_of(request.extensions());
        Ok(Response::new(check_schema::call(&self.app, &context, request.into_inner()).await?))
    }

    async fn infer_schema(
        &self,
        request: Request<pb::InferSchemaRequest>,
    ) -> Result<Response<pb::InferSchemaResponse>, Status> {
        let context = chassis::context_of(request.extensions());
        Ok(Response::new(infer_schema::call(&self.app, &context, request.into_inner()).await?))
    }

    async fn convert(
        &self,
        request: Request<pb::ConvertRequest>,
    ) -> Result<Response<pb::ConvertResponse>, Status> {
        let context = chassis::context_of(request.extensions());
        Ok(Response::new(convert::call(&self.app, &context, request.into_inner()).await?))
    }

    async fn patch(&self, request: Request<pb::PatchRequest>) -> Result<Response<pb::PatchResponse>, Status> {
        let context = chassis::context_of(request.extensions());
        Ok(Response::new(patch::call(&self.app, &context, request.into_inner()).await?))
    }

    async fn merge(&self, request: Request<pb::MergeRequest>) -> Result<Response<pb::MergeResponse>, Status> {
        let context = chassis::context_of(request.extensions());
        Ok(Response::new(merge::call(&self.app, &context, request.into_inner()).await?))
    }

    async fn diff(&self, request: Request<pb::DiffRequest>) -> Result<Response<pb::DiffResponse>, Status> {
        let context = chassis::context_of(request.extensions());
        Ok(Response::new(diff::call(&self.app, &context, request.into_inner()).await?))
    }

    async fn run(&self, request: Request<pb::RunRequest>) -> Result<Response<pb::RunResponse>, Status> {
        let context = chassis::context_of(request.extensions());
        Ok(Response::new(run::call(&self.app, &context, request.into_inner()).await?))
    }

    type RunStreamStream = Answers<pb::RunStreamResponse>;

    async fn run_stream(
        &self,
        request: Request<Streaming<pb::RunStreamRequest>>,
    ) -> Result<Response<Self::RunStreamStream>, Status> {
        let context = chassis::context_of(request.extensions());
        let results = run_stream::call(&self.app, &context, messages(request.into_inner())).await?;
        Ok(Response::new(answers(results)))
    }

    type TransferStream = Answers<pb::TransferResponse>;

    async fn transfer(
        &self,
        request: Request<Streaming<pb::TransferRequest>>,
    ) -> Result<Response<Self::TransferStream>, Status> {
        let context = chassis::context_of(request.extensions());
        let pieces = transfer::call(&self.app, &context, messages(request.into_inner())).await?;
        Ok(Response::new(answers(pieces)))
    }

    async fn explain(
        &self,
        request: Request<pb::ExplainRequest>,
    ) -> Result<Response<pb::ExplainResponse>, Status> {
        let context = chassis::context_of(request.extensions());
        Ok(Response::new(explain::call(&self.app, &context, request.into_inner()).await?))
    }

    async fn get_limits(
        &self,
        _request: Request<pb::GetLimitsRequest>,
    ) -> Result<Response<pb::GetLimitsResponse>, Status> {
        Ok(Response::new(get_limits::call(&self.app)))
    }
}
