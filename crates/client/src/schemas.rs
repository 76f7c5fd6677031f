//! The client of `fastjson.v1.SchemaService`.
//!
//! Promise and cost: those of [`JsonClient`](crate::JsonClient).

use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use fastjson_proto::fastjson::v1::schema_service_client::SchemaServiceClient;
use tonic::transport::Channel;

use crate::call::{Effect, Peer};
use crate::{Config, Error};

/// Calls the registry of schemas of the JSON service. Clones are cheap and share the connections.
#[derive(Debug, Clone)]
pub struct SchemaClient(Peer<SchemaServiceClient<Channel>>);

impl SchemaClient {
    /// A client that connects when it is first used.
    ///
    /// # Errors
    /// [`Error::Address`] if the address of `config` is none.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn new(config: Config) -> Result<Self, Error> {
        let peer = Peer::new(config, |channel, decoding_bytes| {
            SchemaServiceClient::new(channel).max_decoding_message_size(decoding_bytes)
        })?;
        Ok(Self(peer))
    }

    /// Registers a schema. Repeated when the server was unavailable, since the same text is not registered twice.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn put(
        &self,
        context: &Context,
        request: pb::PutSchemaRequest,
    ) -> Result<pb::PutSchemaResponse, Error> {
        let send =
            |mut client: SchemaServiceClient<_>, request| async move { client.put_schema(request).await };
        self.0.call(context, Effect::None, request, send).await
    }

    /// Gets a version of a schema. Repeated when the server was unavailable.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn get(
        &self,
        context: &Context,
        request: pb::GetSchemaRequest,
    ) -> Result<pb::GetSchemaResponse, Error> {
        let send =
            |mut client: SchemaServiceClient<_>, request| async move { client.get_schema(request).await };
        self.0.call(context, Effect::None, request, send).await
    }

    /// Lists a page of names or versions. Repeated when the server was unavailable.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn list(
        &self,
        context: &Context,
        request: pb::ListSchemasRequest,
    ) -> Result<pb::ListSchemasResponse, Error> {
        let send =
            |mut client: SchemaServiceClient<_>, request| async move { client.list_schemas(request).await };
        self.0.call(context, Effect::None, request, send).await
    }

    /// Deletes a version or a name. Repeated only when the server cannot have seen it: a repeated deletion counts 0.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn delete(
        &self,
        context: &Context,
        request: pb::DeleteSchemaRequest,
    ) -> Result<pb::DeleteSchemaResponse, Error> {
        let send =
            |mut client: SchemaServiceClient<_>, request| async move { client.delete_schema(request).await };
        self.0.call(context, Effect::Write, request, send).await
    }

    /// Compares two schemas. Repeated when the server was unavailable.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn check_compatibility(
        &self,
        context: &Context,
        request: pb::CheckCompatibilityRequest,
    ) -> Result<pb::CheckCompatibilityResponse, Error> {
        let send = |mut client: SchemaServiceClient<_>, request| async move {
            client.check_compatibility(request).await
        };
        self.0.call(context, Effect::None, request, send).await
    }
}
