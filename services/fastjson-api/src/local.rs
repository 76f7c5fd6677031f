//! The service without a network: the same calls, the same verdicts, in the caller's process.

use chassis::Failure;
use context::Context;
use fastjson_proto::fastjson::v1 as pb;

use crate::{App, Config, Error, rpc};

/// The JSON service as a value. References to the cache are fetched from the address in `config.cache`.
#[derive(Clone, Debug)]
pub struct Local(App);

impl Local {
    /// Puts the service together; connects to nothing.
    pub fn new(config: Config) -> Result<Self, Error> {
        App::new(config).map(Self).map_err(|error| Error::Config(error.to_string()))
    }

    /// Validate.
    pub async fn validate(
        &self,
        context: &Context,
        request: pb::ValidateRequest,
    ) -> Result<pb::ValidateResponse, Failure> {
        rpc::validate::call(&self.0, context, request).await
    }

    /// Format.
    pub async fn format(
        &self,
        context: &Context,
        request: pb::FormatRequest,
    ) -> Result<pb::FormatResponse, Failure> {
        rpc::format::call(&self.0, context, request).await
    }

    /// Query.
    pub async fn query(
        &self,
        context: &Context,
        request: pb::QueryRequest,
    ) -> Result<pb::QueryResponse, Failure> {
        rpc::query::call(&self.0, context, request).await
    }

    /// Convert.
    pub async fn convert(
        &self,
        context: &Context,
        request: pb::ConvertRequest,
    ) -> Result<pb::ConvertResponse, Failure> {
        rpc::convert::call(&self.0, context, request).await
    }

    /// Patch.
    pub async fn patch(
        &self,
        context: &Context,
        request: pb::PatchRequest,
    ) -> Result<pb::PatchResponse, Failure> {
        rpc::patch::call(&self.0, context, request).await
    }

    /// Merge.
    pub async fn merge(
        &self,
        context: &Context,
        request: pb::MergeRequest,
    ) -> Result<pb::MergeResponse, Failure> {
        rpc::merge::call(&self.0, context, request).await
    }

    /// Diff.
    pub async fn diff(
        &self,
        context: &Context,
        request: pb::DiffRequest,
    ) -> Result<pb::DiffResponse, Failure> {
        rpc::diff::call(&self.0, context, request).await
    }

    /// CheckSchema.
    pub async fn check_schema(
        &self,
        context: &Context,
        request: pb::CheckSchemaRequest,
    ) -> Result<pb::CheckSchemaResponse, Failure> {
        rpc::check_schema::call(&self.0, context, request).await
    }

    /// InferSchema.
    pub async fn infer_schema(
        &self,
        context: &Context,
        request: pb::InferSchemaRequest,
    ) -> Result<pb::InferSchemaResponse, Failure> {
        rpc::infer_schema::call(&self.0, context, request).await
    }

    /// Run.
    pub async fn run(&self, context: &Context, request: pb::RunRequest) -> Result<pb::RunResponse, Failure> {
        rpc::run::call(&self.0, context, request).await
    }
}
