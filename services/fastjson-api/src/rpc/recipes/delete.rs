//! DeleteRecipe: a version, or all of a name.

use axum::extract::State;
use chassis::Failure;
use chassis::rest::{Answer, Params};
use fastjson_proto::fastjson::v1 as pb;
use http::HeaderMap;

use crate::App;
use crate::registry::Kind;
use crate::rpc::rest::json_answer;
use crate::rpc::stored;

/// `fastjson.v1.RecipeService/DeleteRecipe`.
pub(crate) async fn call(
    app: &App,
    request: pb::DeleteRecipeRequest,
) -> Result<pb::DeleteRecipeResponse, Failure> {
    let deleted = stored::delete(&*app.recipes, Kind::Recipe, &request.name, request.version).await?;
    Ok(pb::DeleteRecipeResponse { deleted })
}

/// `DELETE /v1/recipes/{name}`: says how many versions there were.
pub(crate) async fn rest(
    State(app): State<App>,
    stored::Named(name): stored::Named,
    Params(options): Params<stored::VersionOption>,
    headers: HeaderMap,
) -> Answer {
    stored::no_condition(&headers)?;
    let request = pb::DeleteRecipeRequest { name, version: options.version };
    json_answer("fastjson.v1.DeleteRecipeResponse", &call(&app, request).await?)
}
