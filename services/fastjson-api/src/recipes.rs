//! The recipe that a call means: the steps that it brings along, or those of a name; and its compiled form.
//!
//! Promise: Run, RunStream, Transfer and Explain mean the same recipe by the same words. Cost: what was compiled before costs
//! a hash of its steps.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use chassis::Failure;
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use json_engine::recipe::Recipe;
use json_engine::schema::Schema;
use json_engine::{DuplicateKeys, FormatOptions, KeyOrder, Numbers, Style};
use prost::Message as _;

use crate::compiled::{Key, KeyBuilder, What};
use crate::compute::Weight;
use crate::memo::{Hash, Identity, Known};
use crate::registry::{self, Entry, Kind, Name};
use crate::schemas::{self, How, Source};
use crate::wire::choice;
use crate::{App, wire};

/// The recipe of a call: exactly one of `recipe` and `name` says which; `version` belongs to `name` and its absence means the
/// newest. Fails with `RECIPE_INVALID` where not exactly one is set, and `RECIPE_NOT_FOUND`.
pub(crate) async fn resolve(
    app: &App,
    recipe: Option<pb::Recipe>,
    name: &str,
    version: Option<u64>,
) -> Result<pb::Recipe, Failure> {
    match (recipe, name) {
        (Some(recipe), "") if version.is_none() => Ok(recipe),
        (None, name) if !name.is_empty() => steps_of(app, &named(app, name, version).await?.entry),
        (Some(_) | None, _) => {
            let message = "the call names no recipe, or more than one; allowed: either its steps, or a name and perhaps its version";
            Err(Failure::invalid("RECIPE_INVALID", message))
        }
    }
}

/// The registered recipe of this name, at `version` or the newest. Fails with `NAME_INVALID` and `RECIPE_NOT_FOUND`.
pub(crate) async fn named(app: &App, name: &str, version: Option<u64>) -> Result<registry::Version, Failure> {
    let name = Name::parse(name)?;
    let found =
        app.recipes.get(&name, version).await.map_err(|error| registry::failure(Kind::Recipe, error))?;
    found.ok_or_else(|| registry::not_found(Kind::Recipe, &name, version))
}

/// A registered recipe in the words of the contract.
pub(crate) fn steps_of(app: &App, entry: &Entry) -> Result<pb::Recipe, Failure> {
    let key = KeyBuilder::new(What::Steps).part(&entry.text).build();
    if let Some(steps) = app.compiled.get::<pb::Recipe>(&key, 0) {
        return Ok(pb::Recipe::clone(&steps));
    }
    let steps = client::json_mapping::decode::<pb::Recipe>("fastjson.v1.Recipe", &entry.text)
        .map_err(|error| wire::json_mapping("RECIPE_INVALID", error))?;
    app.compiled.put(key, &Arc::new(steps.clone()), entry.text.len(), None);
    Ok(steps)
}

/// The canonical form (RFC 8785) of the JSON mapping of a recipe: the same for all recipes that are equal. Fails where that is
/// longer than an answer may be.
pub(crate) fn canonical(app: &App, recipe: &pb::Recipe) -> Result<Bytes, Failure> {
    let text = client::json_mapping::encode("fastjson.v1.Recipe", recipe)
        .map_err(|error| Failure::invalid("RECIPE_INVALID", error.to_string()))?;
    let how = FormatOptions { style: Style::Canonical, key_order: KeyOrder::AsRead, numbers: Numbers::Exact };
    let options = app.scan_options(DuplicateKeys::Report);
    let canonical = json_engine::format(text.as_bytes(), &how, &options).map_err(wire::engine_failure)?;
    Ok(canonical.text.into())
}

/// A recipe, ready to run, with what is known of it.
#[derive(Debug)]
pub(crate) struct Ready {
    pub(crate) recipe: Arc<Recipe>,
    /// By what its answers are kept, and what it costs.
    pub(crate) known: Known,
}

/// The recipe, ready to run. The schemas that it names are fetched and compiled here. Fails as compiling its steps does, each
/// failure naming its step.
pub(crate) async fn compile(
    app: &App,
    context: &Context,
    recipe: pb::Recipe,
) -> Result<Arc<Recipe>, Failure> {
    Ok(Arc::clone(&prepare(app, context, recipe).await?.recipe))
}

/// As [`compile`], with what is known of the recipe.
pub(crate) async fn prepare(app: &App, context: &Context, recipe: pb::Recipe) -> Result<Arc<Ready>, Failure> {
    wire::check_steps(&recipe)?;
    let (key, generation) = (key(&recipe), app.schemas.generation());
    if let Some(compiled) = app.compiled.get(&key, generation) {
        return Ok(compiled);
    }
    let bytes = recipe.encoded_len();
    let (schemas, hashes) = schemas_of(app, context, &recipe).await?;
    let needs_registry = !schemas.is_empty();
    let options = app.scan_options(DuplicateKeys::Report);
    // What was read while the registry changed may be of two states, and has no name.
    let engine = app.memo.engine().filter(|_| app.schemas.generation() == generation).cloned();
    // Programs, patterns and large patches take milliseconds, so that all recipes go where programs run.
    let work = move || {
        let identity = engine.and_then(|engine| Identity::of(&engine, &recipe, &hashes));
        wire::recipe(recipe, schemas, &options).map(|compiled| (compiled, identity))
    };
    let (compiled, identity) = app.compute.run(Weight::Program, work).await??;
    let identity = identity.filter(|_| compiled.first_changing_step().is_none());
    let known = Known::recipe(identity, compiled.step_count());
    let ready = Arc::new(Ready { recipe: Arc::new(compiled), known });
    app.compiled.put(key, &ready, bytes, needs_registry.then_some(generation));
    Ok(ready)
}

/// The same for all recipes that are equal: the variables of a program have no order in the contract and get one here.
fn key(recipe: &pb::Recipe) -> Key {
    recipe
        .steps
        .iter()
        .fold(KeyBuilder::new(What::Recipe), |key, step| match &step.step {
            Some(pb::step::Step::Query(query)) => {
                let mut args: Vec<_> = query.args.iter().collect();
                args.sort_unstable();
                let begun =
                    key.part(b"query").part(&query.language.to_le_bytes()).part(query.query.as_bytes());
                let begun = begun.part(&args.len().to_le_bytes());
                args.into_iter()
                    .fold(begun, |key, (name, value)| key.part(name.as_bytes()).part(value.as_bytes()))
            }
            Some(_) | None => key.part(b"").part(&step.encode_to_vec()),
        })
        .build()
}

/// What schemas are by the index of the step that checks against them.
type BySteps<T> = HashMap<usize, T>;

/// The schemas of its steps, compiled, and the hashes of all that each reaches.
async fn schemas_of(
    app: &App,
    context: &Context,
    recipe: &pb::Recipe,
) -> Result<(BySteps<Arc<Schema>>, BySteps<Hash>), Failure> {
    let (mut schemas, mut hashes) = (HashMap::new(), HashMap::new());
    for (index, step) in recipe.steps.iter().enumerate() {
        if let Some(pb::step::Step::CheckSchema(step)) = &step.step {
            let schema = schema_of(app, context, step).await;
            let (schema, hash) = schema.map_err(|failure| wire::at_step(failure, index))?;
            schemas.insert(index, schema);
            hashes.insert(index, hash);
        }
    }
    Ok((schemas, hashes))
}

async fn schema_of(
    app: &App,
    context: &Context,
    step: &pb::CheckSchemaStep,
) -> Result<(Arc<Schema>, Hash), Failure> {
    let how = How { draft: choice::draft(step.default_draft)?, formats: choice::formats(step.formats)? };
    let source = match &step.which {
        Some(pb::check_schema_step::Which::SchemaName(name)) => {
            Source::registered(&schemas::named(app, name, step.schema_version).await?)
        }
        Some(pb::check_schema_step::Which::Schema(text)) if step.schema_version.is_none() => {
            Source { text: text.clone().into(), known_as: String::new(), brought: Vec::new() }
        }
        Some(pb::check_schema_step::Which::Schema(_)) | None => {
            let message = "the step names no schema, or the version of one without a name; allowed: schema, or schemaName and perhaps schemaVersion";
            return Err(Failure::invalid("RECIPE_INVALID", message));
        }
    };
    let ready = schemas::prepare(app, context, source, how).await?;
    Ok((Arc::clone(&ready.schema), ready.hash))
}
