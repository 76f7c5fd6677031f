//! Who keeps schemas and recipes by name: a server, or this process in the directory that `--registry` names.

use client::{RecipeClient, SchemaClient};
use context::Context;
use fastjson_api::Local;
use fastjson_proto::fastjson::v1 as pb;

use crate::Common;
use crate::backend::local;
use crate::error::Error;

/// A way to the registry, until the time that the command line gives is over.
pub(crate) struct Registry {
    keeper: Keeper,
    context: Context,
}

enum Keeper {
    Server(Box<(SchemaClient, RecipeClient)>),
    Local(Box<Local>),
}

impl Registry {
    /// As the command line says.
    pub(crate) fn new(common: &Common) -> Result<Self, Error> {
        let keeper = if common.local {
            if common.registry.is_none() {
                let message = "--local keeps nothing by itself; allowed: --local with --registry DIRECTORY";
                return Err(Error::Usage(message.to_owned()));
            }
            Keeper::Local(Box::new(local(common)?))
        } else {
            let config = client::Config::at(&common.json_addr);
            Keeper::Server(Box::new((SchemaClient::new(config.clone())?, RecipeClient::new(config)?)))
        };
        Ok(Self { keeper, context: common.context() })
    }

    pub(crate) async fn put_schema(
        &self,
        request: pb::PutSchemaRequest,
    ) -> Result<pb::PutSchemaResponse, Error> {
        match &self.keeper {
            Keeper::Server(clients) => Ok(clients.0.put(&self.context, request).await?),
            Keeper::Local(local) => Ok(local.put_schema(&self.context, request).await?),
        }
    }

    pub(crate) async fn get_schema(
        &self,
        request: pb::GetSchemaRequest,
    ) -> Result<pb::GetSchemaResponse, Error> {
        match &self.keeper {
            Keeper::Server(clients) => Ok(clients.0.get(&self.context, request).await?),
            Keeper::Local(local) => Ok(local.get_schema(request).await?),
        }
    }

    pub(crate) async fn list_schemas(
        &self,
        request: pb::ListSchemasRequest,
    ) -> Result<pb::ListSchemasResponse, Error> {
        match &self.keeper {
            Keeper::Server(clients) => Ok(clients.0.list(&self.context, request).await?),
            Keeper::Local(local) => Ok(local.list_schemas(request).await?),
        }
    }

    pub(crate) async fn delete_schema(
        &self,
        request: pb::DeleteSchemaRequest,
    ) -> Result<pb::DeleteSchemaResponse, Error> {
        match &self.keeper {
            Keeper::Server(clients) => Ok(clients.0.delete(&self.context, request).await?),
            Keeper::Local(local) => Ok(local.delete_schema(request).await?),
        }
    }

    pub(crate) async fn put_recipe(
        &self,
        request: pb::PutRecipeRequest,
    ) -> Result<pb::PutRecipeResponse, Error> {
        match &self.keeper {
            Keeper::Server(clients) => Ok(clients.1.put(&self.context, request).await?),
            Keeper::Local(local) => Ok(local.put_recipe(&self.context, request).await?),
        }
    }

    pub(crate) async fn get_recipe(
        &self,
        request: pb::GetRecipeRequest,
    ) -> Result<pb::GetRecipeResponse, Error> {
        match &self.keeper {
            Keeper::Server(clients) => Ok(clients.1.get(&self.context, request).await?),
            Keeper::Local(local) => Ok(local.get_recipe(request).await?),
        }
    }

    pub(crate) async fn list_recipes(
        &self,
        request: pb::ListRecipesRequest,
    ) -> Result<pb::ListRecipesResponse, Error> {
        match &self.keeper {
            Keeper::Server(clients) => Ok(clients.1.list(&self.context, request).await?),
            Keeper::Local(local) => Ok(local.list_recipes(request).await?),
        }
    }

    pub(crate) async fn delete_recipe(
        &self,
        request: pb::DeleteRecipeRequest,
    ) -> Result<pb::DeleteRecipeResponse, Error> {
        match &self.keeper {
            Keeper::Server(clients) => Ok(clients.1.delete(&self.context, request).await?),
            Keeper::Local(local) => Ok(local.delete_recipe(request).await?),
        }
    }
}
