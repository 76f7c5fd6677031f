//! The client of `fastjson.v1.JsonService`.
//!
//! Promise: a method is an rpc; all but stores by reference may be repeated, and are, within the deadline. Cost: that of the
//! call.

use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use fastjson_proto::fastjson::v1::json_service_client::JsonServiceClient;
use tokio_stream::Stream;
use tonic::transport::Channel;

use crate::call::{Effect, Peer};
use crate::{Answers, Config, Error};

/// Calls the JSON service. Clones are cheap and share the connections.
#[derive(Debug, Clone)]
pub struct JsonClient(Peer<JsonServiceClient<Channel>>);

impl JsonClient {
    /// A client that connects when it is first used.
    ///
    /// # Errors
    /// [`Error::Address`] if the address of `config` is none.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn new(config: Config) -> Result<Self, Error> {
        let peer = Peer::new(config, |channel, decoding_bytes| {
            JsonServiceClient::new(channel).max_decoding_message_size(decoding_bytes)
        })?;
        Ok(Self(peer))
    }

    /// Checks a document. Repeated when the server was unavailable.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn validate(
        &self,
        context: &Context,
        request: pb::ValidateRequest,
    ) -> Result<pb::ValidateResponse, Error> {
        let send = |mut client: JsonServiceClient<_>, request| async move { client.validate(request).await };
        self.0.call(context, Effect::None, request, send).await
    }

    /// Writes a document in a style. Repeated when the server was unavailable, unless the answer is stored.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn format(
        &self,
        context: &Context,
        request: pb::FormatRequest,
    ) -> Result<pb::FormatResponse, Error> {
        let effect = effect_of(request.store_as.as_ref());
        let send = |mut client: JsonServiceClient<_>, request| async move { client.format(request).await };
        self.0.call(context, effect, request, send).await
    }

    /// Queries a document. Repeated when the server was unavailable, unless the answer is stored.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn query(
        &self,
        context: &Context,
        request: pb::QueryRequest,
    ) -> Result<pb::QueryResponse, Error> {
        let effect = effect_of(request.store_as.as_ref());
        let send = |mut client: JsonServiceClient<_>, request| async move { client.query(request).await };
        self.0.call(context, effect, request, send).await
    }

    /// Writes a document in another format. Repeated when the server was unavailable, unless the answer is stored.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn convert(
        &self,
        context: &Context,
        request: pb::ConvertRequest,
    ) -> Result<pb::ConvertResponse, Error> {
        let effect = effect_of(request.store_as.as_ref());
        let send = |mut client: JsonServiceClient<_>, request| async move { client.convert(request).await };
        self.0.call(context, effect, request, send).await
    }

    /// Changes a document by a JSON Patch. Repeated when the server was unavailable, unless the answer is stored.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn patch(
        &self,
        context: &Context,
        request: pb::PatchRequest,
    ) -> Result<pb::PatchResponse, Error> {
        let effect = effect_of(request.store_as.as_ref());
        let send = |mut client: JsonServiceClient<_>, request| async move { client.patch(request).await };
        self.0.call(context, effect, request, send).await
    }

    /// Merges changes into a document. Repeated when the server was unavailable, unless the answer is stored.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn merge(
        &self,
        context: &Context,
        request: pb::MergeRequest,
    ) -> Result<pb::MergeResponse, Error> {
        let effect = effect_of(request.store_as.as_ref());
        let send = |mut client: JsonServiceClient<_>, request| async move { client.merge(request).await };
        self.0.call(context, effect, request, send).await
    }

    /// Says what leads from one document to another. Repeated when the server was unavailable, unless the answer is stored.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn diff(&self, context: &Context, request: pb::DiffRequest) -> Result<pb::DiffResponse, Error> {
        let effect = effect_of(request.store_as.as_ref());
        let send = |mut client: JsonServiceClient<_>, request| async move { client.diff(request).await };
        self.0.call(context, effect, request, send).await
    }

    /// Checks a document against a schema. Repeated when the server was unavailable.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn check_schema(
        &self,
        context: &Context,
        request: pb::CheckSchemaRequest,
    ) -> Result<pb::CheckSchemaResponse, Error> {
        let send =
            |mut client: JsonServiceClient<_>, request| async move { client.check_schema(request).await };
        self.0.call(context, Effect::None, request, send).await
    }

    /// Infers a schema. Repeated when the server was unavailable, unless the answer is stored.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn infer_schema(
        &self,
        context: &Context,
        request: pb::InferSchemaRequest,
    ) -> Result<pb::InferSchemaResponse, Error> {
        let effect = effect_of(request.store_as.as_ref());
        let send =
            |mut client: JsonServiceClient<_>, request| async move { client.infer_schema(request).await };
        self.0.call(context, effect, request, send).await
    }

    /// Runs a recipe. Repeated when the server was unavailable, unless the answer is stored.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn run(&self, context: &Context, request: pb::RunRequest) -> Result<pb::RunResponse, Error> {
        let effect = effect_of(request.store_as.as_ref());
        let send = |mut client: JsonServiceClient<_>, request| async move { client.run(request).await };
        self.0.call(context, effect, request, send).await
    }

    /// Runs a recipe on each record of a stream: `messages` are a header and then pieces of NDJSON, cut anywhere. Not repeated.
    /// Without a deadline in `context` it may last.
    ///
    /// # Errors
    /// As of every call: see [`Error`]; also from [`Answers::next`].
    pub async fn run_stream(
        &self,
        context: &Context,
        messages: impl Stream<Item = pb::RunStreamRequest> + Send + 'static,
    ) -> Result<Answers<pb::RunStreamResponse>, Error> {
        let send =
            |mut client: JsonServiceClient<_>, request| async move { client.run_stream(request).await };
        self.0.stream(context, messages, send).await
    }

    /// Runs a recipe on a document that is too large for one message: `messages` are a header and then pieces of it. Not
    /// repeated. Without a deadline in `context` it may last.
    ///
    /// # Errors
    /// As of every call: see [`Error`]; also from [`Answers::next`].
    pub async fn transfer(
        &self,
        context: &Context,
        messages: impl Stream<Item = pb::TransferRequest> + Send + 'static,
    ) -> Result<Answers<pb::TransferResponse>, Error> {
        let send = |mut client: JsonServiceClient<_>, request| async move { client.transfer(request).await };
        self.0.stream(context, messages, send).await
    }

    /// Says what a recipe would do. Repeated when the server was unavailable.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn explain(
        &self,
        context: &Context,
        request: pb::ExplainRequest,
    ) -> Result<pb::ExplainResponse, Error> {
        let send = |mut client: JsonServiceClient<_>, request| async move { client.explain(request).await };
        self.0.call(context, Effect::None, request, send).await
    }

    /// Lists the limits of the server. Repeated when it was unavailable.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn get_limits(
        &self,
        context: &Context,
        request: pb::GetLimitsRequest,
    ) -> Result<pb::GetLimitsResponse, Error> {
        let send =
            |mut client: JsonServiceClient<_>, request| async move { client.get_limits(request).await };
        self.0.call(context, Effect::None, request, send).await
    }
}

fn effect_of(store_as: Option<&pb::StoreAs>) -> Effect {
    if store_as.is_some() { Effect::Write } else { Effect::None }
}
