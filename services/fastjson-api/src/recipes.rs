//! The recipe that a call means: the steps that it brings along, or those of a name; and its compiled form.
//!
//! Promise: Run, RunStream, Transfer and Explain mean the same recipe by the same words.

use std::sync::Arc;

use chassis::Failure;
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use json_engine::DuplicateKeys;
use json_engine::recipe::Recipe;

use crate::compute::Weight;
use crate::{App, wire};

/// The recipe of a call: exactly one of `recipe` and `name` says which; `version` belongs to `name` and its absence means the
/// newest. Fails with `RECIPE_INVALID` where not exactly one is set, and `RECIPE_NOT_FOUND`.
pub(crate) async fn resolve(
    _app: &App,
    recipe: Option<pb::Recipe>,
    name: &str,
    version: Option<u64>,
) -> Result<pb::Recipe, Failure> {
    match (recipe, name) {
        (Some(recipe), "") if version.is_none() => Ok(recipe),
        (None, name) if !name.is_empty() => {
            Err(Failure::not_found("RECIPE_NOT_FOUND", "there is no recipe of this name"))
        }
        (Some(_) | None, _) => Err(not_one()),
    }
}

fn not_one() -> Failure {
    let message = "the call names no recipe, or more than one; allowed: either its steps, or a name and perhaps its version";
    Failure::invalid("RECIPE_INVALID", message)
}

/// The recipe, ready to run. What it needs of the registry is fetched here.
pub(crate) async fn compile(
    app: &App,
    _context: &Context,
    recipe: pb::Recipe,
) -> Result<Arc<Recipe>, Failure> {
    let options = app.scan_options(DuplicateKeys::Report);
    // Compiling jq takes a millisecond and more, so that a recipe with it goes where programs run.
    let compiled = match recipe.steps.iter().any(is_jq) {
        true => app.compute.run(Weight::Program, move || wire::recipe(Some(recipe), &options)).await??,
        false => wire::recipe(Some(recipe), &options)?,
    };
    Ok(Arc::new(compiled))
}

fn is_jq(step: &pb::Step) -> bool {
    match &step.step {
        Some(pb::step::Step::Query(query)) => query.language() == pb::QueryLanguage::Jq,
        _ => false,
    }
}
