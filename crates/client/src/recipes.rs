//! The client of `fastjson.v1.RecipeService`.
//!
//! Promise and cost: those of [`JsonClient`](crate::JsonClient).

use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use fastjson_proto::fastjson::v1::recipe_service_client::RecipeServiceClient;
use tonic::transport::Channel;

use crate::call::{Effect, Peer};
use crate::{Config, Error};

/// Calls the registry of recipes of the JSON service. Clones are cheap and share the connections.
#[derive(Debug, Clone)]
pub struct RecipeClient(Peer<RecipeServiceClient<Channel>>);

impl RecipeClient {
    /// A client that connects when it is first used.
    ///
    /// # Errors
    /// [`Error::Address`] if the address of `config` is none.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn new(config: Config) -> Result<Self, Error> {
        let peer = Peer::new(config, |channel, decoding_bytes| {
            RecipeServiceClient::new(channel).max_decoding_message_size(decoding_bytes)
        })?;
        Ok(Self(peer))
    }

    /// Registers a recipe. Repeated when the server was unavailable, since the same recipe is not registered twice.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn put(
        &self,
        context: &Context,
        request: pb::PutRecipeRequest,
    ) -> Result<pb::PutRecipeResponse, Error> {
        let send =
            |mut client: RecipeServiceClient<_>, request| async move { client.put_recipe(request).await };
        self.0.call(context, Effect::None, request, send).await
    }

    /// Gets a version of a recipe. Repeated when the server was unavailable.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn get(
        &self,
        context: &Context,
        request: pb::GetRecipeRequest,
    ) -> Result<pb::GetRecipeResponse, Error> {
        let send =
            |mut client: RecipeServiceClient<_>, request| async move { client.get_recipe(request).await };
        self.0.call(context, Effect::None, request, send).await
    }

    /// Lists a page of names or versions. Repeated when the server was unavailable.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn list(
        &self,
        context: &Context,
        request: pb::ListRecipesRequest,
    ) -> Result<pb::ListRecipesResponse, Error> {
        let send =
            |mut client: RecipeServiceClient<_>, request| async move { client.list_recipes(request).await };
        self.0.call(context, Effect::None, request, send).await
    }

    /// Deletes a version or a name. Repeated only when the server cannot have seen it: a repeated deletion counts 0.
    ///
    /// # Errors
    /// As of every call: see [`Error`].
    pub async fn delete(
        &self,
        context: &Context,
        request: pb::DeleteRecipeRequest,
    ) -> Result<pb::DeleteRecipeResponse, Error> {
        let send =
            |mut client: RecipeServiceClient<_>, request| async move { client.delete_recipe(request).await };
        self.0.call(context, Effect::Write, request, send).await
    }
}
