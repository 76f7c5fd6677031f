//! The service without a network: the same calls, the same verdicts, in the caller's process.
//!
//! Promise: an answer is that of the service, byte for byte, but for kept answers, of which it has none. Cost: the work alone;
//! nothing is encoded.

use std::pin::Pin;

use chassis::{Failure, Tasks};
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use futures_util::{Stream, StreamExt as _};

use crate::{App, Config, Error, rpc};

/// The answers of a stream, which does its work when they are asked for.
pub type LocalStream<T> = Pin<Box<dyn Stream<Item = Result<T, Failure>> + Send>>;

/// The JSON service as a value. References to the cache are fetched from the address in `config.cache`.
#[derive(Clone, Debug)]
pub struct Local(App);

impl Local {
    /// Puts the service together; connects to nothing. It keeps no answers: its caller is the only one.
    pub fn new(mut config: Config) -> Result<Self, Error> {
        config.memo.enabled = false;
        App::new(config, Tasks::new()).map(Self)
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

    /// PutSchema.
    pub async fn put_schema(
        &self,
        context: &Context,
        request: pb::PutSchemaRequest,
    ) -> Result<pb::PutSchemaResponse, Failure> {
        rpc::schemas::put::call(&self.0, context, request).await
    }

    /// GetSchema.
    pub async fn get_schema(&self, request: pb::GetSchemaRequest) -> Result<pb::GetSchemaResponse, Failure> {
        rpc::schemas::get::call(&self.0, request).await
    }

    /// ListSchemas.
    pub async fn list_schemas(
        &self,
        request: pb::ListSchemasRequest,
    ) -> Result<pb::ListSchemasResponse, Failure> {
        rpc::schemas::list::call(&self.0, request).await
    }

    /// DeleteSchema.
    pub async fn delete_schema(
        &self,
        request: pb::DeleteSchemaRequest,
    ) -> Result<pb::DeleteSchemaResponse, Failure> {
        rpc::schemas::delete::call(&self.0, request).await
    }

    /// CheckCompatibility.
    pub async fn check_compatibility(
        &self,
        context: &Context,
        request: pb::CheckCompatibilityRequest,
    ) -> Result<pb::CheckCompatibilityResponse, Failure> {
        rpc::schemas::compatibility::call(&self.0, context, request).await
    }

    /// PutRecipe.
    pub async fn put_recipe(
        &self,
        context: &Context,
        request: pb::PutRecipeRequest,
    ) -> Result<pb::PutRecipeResponse, Failure> {
        rpc::recipes::put::call(&self.0, context, request).await
    }

    /// GetRecipe.
    pub async fn get_recipe(&self, request: pb::GetRecipeRequest) -> Result<pb::GetRecipeResponse, Failure> {
        rpc::recipes::get::call(&self.0, request).await
    }

    /// ListRecipes.
    pub async fn list_recipes(
        &self,
        request: pb::ListRecipesRequest,
    ) -> Result<pb::ListRecipesResponse, Failure> {
        rpc::recipes::list::call(&self.0, request).await
    }

    /// DeleteRecipe.
    pub async fn delete_recipe(
        &self,
        request: pb::DeleteRecipeRequest,
    ) -> Result<pb::DeleteRecipeResponse, Failure> {
        rpc::recipes::delete::call(&self.0, request).await
    }

    /// RunStream: `messages` are a header and then pieces.
    pub async fn run_stream(
        &self,
        context: &Context,
        messages: impl Stream<Item = pb::RunStreamRequest> + Send + 'static,
    ) -> Result<LocalStream<pb::RunStreamResponse>, Failure> {
        rpc::run_stream::call(&self.0, context, Box::pin(messages.map(Ok))).await
    }

    /// Transfer: `messages` are a header and then pieces.
    pub async fn transfer(
        &self,
        context: &Context,
        messages: impl Stream<Item = pb::TransferRequest> + Send + 'static,
    ) -> Result<LocalStream<pb::TransferResponse>, Failure> {
        rpc::transfer::call(&self.0, context, Box::pin(messages.map(Ok))).await
    }

    /// Explain.
    pub async fn explain(
        &self,
        context: &Context,
        request: pb::ExplainRequest,
    ) -> Result<pb::ExplainResponse, Failure> {
        rpc::explain::call(&self.0, context, request).await
    }
}
