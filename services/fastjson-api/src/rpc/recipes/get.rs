//! GetRecipe: a version of a recipe, or the newest.

use axum::extract::State;
use chassis::Failure;
use chassis::rest::{Answer, Params};
use fastjson_proto::fastjson::v1 as pb;
use http::HeaderMap;

use crate::rpc::stored;
use crate::{App, recipes, wire};

/// `fastjson.v1.RecipeService/GetRecipe`.
pub(crate) async fn call(app: &App, request: pb::GetRecipeRequest) -> Result<pb::GetRecipeResponse, Failure> {
    let version = recipes::named(app, &request.name, request.version).await?;
    let recipe = recipes::steps_of(app, &version.entry)?;
    Ok(pb::GetRecipeResponse { version: Some(wire::recipe_version(&version)), recipe: Some(recipe) })
}

/// `GET /v1/recipes/{name}`: the recipe itself; 304 when the caller has this version.
pub(crate) async fn rest(
    State(app): State<App>,
    stored::Named(name): stored::Named,
    Params(options): Params<stored::VersionOption>,
    headers: HeaderMap,
) -> Answer {
    let version = recipes::named(&app, &name, options.version).await?;
    stored::read(&version, &headers, "application/json")
}
