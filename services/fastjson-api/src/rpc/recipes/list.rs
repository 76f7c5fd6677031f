//! ListRecipes: names, or the versions of one name.

use axum::extract::State;
use chassis::Failure;
use chassis::rest::{Answer, Params};
use fastjson_proto::fastjson::v1 as pb;

use crate::registry::Kind;
use crate::rpc::rest::json_answer;
use crate::rpc::stored::{self, Page, PageOptions};
use crate::{App, wire};

/// `fastjson.v1.RecipeService/ListRecipes`.
pub(crate) async fn call(
    app: &App,
    request: pb::ListRecipesRequest,
) -> Result<pb::ListRecipesResponse, Failure> {
    let page = Page {
        name: request.name,
        prefix: request.prefix,
        page_size: request.page_size,
        page_token: request.page_token,
    };
    let (versions, next_page_token) = stored::list(&*app.recipes, Kind::Recipe, page).await?;
    Ok(pb::ListRecipesResponse {
        recipes: versions.iter().map(wire::recipe_version).collect(),
        next_page_token,
    })
}

/// `GET /v1/recipes`.
pub(crate) async fn rest(State(app): State<App>, Params(options): Params<PageOptions>) -> Answer {
    answer(&app, String::new(), options).await
}

/// `GET /v1/recipes/{name}/versions`.
pub(crate) async fn rest_versions(
    State(app): State<App>,
    stored::Named(name): stored::Named,
    Params(options): Params<PageOptions>,
) -> Answer {
    answer(&app, name, options).await
}

async fn answer(app: &App, name: String, options: PageOptions) -> Answer {
    let PageOptions { prefix, page_size, page_token } = options;
    let request = pb::ListRecipesRequest { name, prefix, page_size, page_token };
    json_answer("fastjson.v1.ListRecipesResponse", &call(app, request).await?)
}
