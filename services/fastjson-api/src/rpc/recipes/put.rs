//! PutRecipe: a recipe becomes the next version of a name, once it compiles.

use axum::Extension;
use axum::extract::State;
use chassis::Failure;
use chassis::rest::{Answer, Payload};
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use http::HeaderMap;

use crate::registry::{self, Draft, Expected, Kind, Name, Put};
use crate::rpc::{rest, stored};
use crate::{App, recipes, wire};

/// `fastjson.v1.RecipeService/PutRecipe`.
pub(crate) async fn call(
    app: &App,
    context: &Context,
    request: pb::PutRecipeRequest,
) -> Result<pb::PutRecipeResponse, Failure> {
    let expected = stored::expected(request.expected_version);
    let put = put(app, context, request, expected).await?;
    Ok(pb::PutRecipeResponse { version: Some(wire::recipe_version(&put.version)), created: put.is_new })
}

async fn put(
    app: &App,
    context: &Context,
    request: pb::PutRecipeRequest,
    expected: Expected,
) -> Result<Put, Failure> {
    let name = Name::parse(&request.name)?;
    let recipe = request.recipe.unwrap_or_default();
    wire::check_steps(&recipe)?;
    let text = recipes::canonical(app, &recipe)?;
    stored::check_bytes(Kind::Recipe, text.len(), app.config.registry.max_recipe_bytes)?;
    let steps = u32::try_from(recipe.steps.len()).unwrap_or(u32::MAX);
    recipes::compile(app, context, recipe).await?;
    let hash = *blake3::hash(&text).as_bytes();
    let draft = Draft { text, hash, is_exact: true, id: None, steps, policy: None, judged: None };
    app.recipes.put(&name, draft, expected).await.map_err(|error| registry::failure(Kind::Recipe, error))
}

/// `PUT /v1/recipes/{name}`: the body is the recipe; 201 with a new version, 200 where the newest is the same. `If-Match` and
/// `If-None-Match: *` are what it depends on.
pub(crate) async fn rest(
    State(app): State<App>,
    Extension(context): Extension<Context>,
    stored::Named(name): stored::Named,
    headers: HeaderMap,
    Payload(body): Payload,
) -> Answer {
    let recipe = client::json_mapping::decode("fastjson.v1.Recipe", &body)
        .map_err(|error| wire::json_mapping("RECIPE_INVALID", error))?;
    let request = pb::PutRecipeRequest { name, recipe: Some(recipe), expected_version: None };
    let expected = stored::condition(&headers)?;
    let put = put(&app, &context, request, expected).await.map_err(stored::precondition)?;
    let version = wire::recipe_version(&put.version);
    let response = pb::PutRecipeResponse { version: Some(version), created: put.is_new };
    stored::written(&put, rest::json_answer("fastjson.v1.PutRecipeResponse", &response))
}
