//! RecipeService: recipes by name, one file a verb.

pub(crate) mod delete;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod put;

use axum::Router;
use axum::routing::get as http_get;
use fastjson_proto::fastjson::v1 as pb;
use fastjson_proto::fastjson::v1::recipe_service_server::RecipeService;
use tonic::{Request, Response, Status};

use super::Rpc;
use crate::App;

/// The REST face.
pub(crate) fn routes() -> Router<App> {
    let one = http_get(get::rest).put(put::rest).delete(delete::rest);
    Router::new()
        .route("/v1/recipes", http_get(list::rest))
        .route("/v1/recipes/{name}", one)
        .route("/v1/recipes/{name}/versions", http_get(list::rest_versions))
}

#[tonic::async_trait]
impl RecipeService for Rpc {
    async fn put_recipe(
        &self,
        request: Request<pb::PutRecipeRequest>,
    ) -> Result<Response<pb::PutRecipeResponse>, Status> {
        let context = chassis::context_of(request.extensions());
        Ok(Response::new(put::call(&self.app, &context, request.into_inner()).await?))
    }

    async fn get_recipe(
        &self,
        request: Request<pb::GetRecipeRequest>,
    ) -> Result<Response<pb::GetRecipeResponse>, Status> {
        Ok(Response::new(get::call(&self.app, request.into_inner()).await?))
    }

    async fn list_recipes(
        &self,
        request: Request<pb::ListRecipesRequest>,
    ) -> Result<Response<pb::ListRecipesResponse>, Status> {
        Ok(Response::new(list::call(&self.app, request.into_inner()).await?))
    }

    async fn delete_recipe(
        &self,
        request: Request<pb::DeleteRecipeRequest>,
    ) -> Result<Response<pb::DeleteRecipeResponse>, Status> {
        Ok(Response::new(delete::call(&self.app, request.into_inner()).await?))
    }
}
