//! Recipes, compiled once: a step that cannot run is refused before the first one does.

use std::collections::HashMap;
use std::sync::Arc;

use chassis::Failure;
use fastjson_proto::fastjson::v1 as pb;
use json_engine::convert::ConvertOptions;
use json_engine::patch::{DiffOptions, Patch, ThreeWayOptions};
use json_engine::query::{Language, Query};
use json_engine::recipe::{MAX_STEPS, Recipe, Step};
use json_engine::schema::Schema;
use json_engine::{Error, ScanOptions};

use super::choice::{self, FormatChoice};
use super::failure::at_step;
use super::{csv, engine_failure};
use crate::documents::of_part;

/// Compiles a query; `args` are the variables of a jq program.
pub(crate) fn query(language: i32, program: &str, args: HashMap<String, String>) -> Result<Query, Failure> {
    let language = choice::language(language)?;
    if language != Language::Jq && !args.is_empty() {
        let message = "args are set; allowed: only with QUERY_LANGUAGE_JQ";
        return Err(Failure::invalid("OPTION_INVALID", message).with("option", "args"));
    }
    let args: Vec<_> = args.into_iter().map(|(name, value)| (name, value.into_bytes())).collect();
    Query::compile_with(language, program, &args).map_err(engine_failure)
}

/// Compiles a recipe; an error names its step. `schemas`: those of its steps that check one, by their index.
pub(crate) fn recipe(
    recipe: pb::Recipe,
    mut schemas: HashMap<usize, Arc<Schema>>,
    options: &ScanOptions,
) -> Result<Recipe, Failure> {
    check_steps(&recipe)?;
    let compile =
        |(index, one)| step(one, schemas.remove(&index), options).map_err(|failure| at_step(failure, index));
    let compiled: Result<Vec<Step>, Failure> = recipe.steps.into_iter().enumerate().map(compile).collect();
    Recipe::new(compiled?).map_err(engine_failure)
}

/// The count first: no work is done for a recipe that is refused anyway.
pub(crate) fn check_steps(recipe: &pb::Recipe) -> Result<(), Failure> {
    match recipe.steps.len() {
        1..=MAX_STEPS => Ok(()),
        actual => Err(steps_limit(actual)),
    }
}

fn steps_limit(actual: usize) -> Failure {
    let message = format!("the recipe has {actual} steps; allowed: 1 to {MAX_STEPS}");
    let reason = if actual == 0 { "RECIPE_INVALID" } else { "RECIPE_STEPS_LIMIT" };
    Failure::invalid(reason, message)
        .with("limit", "recipe_steps")
        .with("allowed", MAX_STEPS)
        .with("actual", actual)
}

fn step(step: pb::Step, schema: Option<Arc<Schema>>, options: &ScanOptions) -> Result<Step, Failure> {
    use pb::step::Step as Pb;
    match step.step {
        Some(Pb::Validate(step)) => Ok(Step::Validate {
            duplicate_keys: choice::duplicate_keys(step.duplicate_keys)?,
            profile: choice::profile(step.profile)?,
        }),
        Some(Pb::Format(step)) => format_step(&step),
        Some(Pb::Query(step)) => Ok(Step::Query(query(step.language, &step.query, step.args)?)),
        Some(Pb::Convert(step)) => convert_step(step).map(Step::Convert),
        Some(Pb::Patch(step)) => {
            let patch = Patch::parse(step.patch.as_bytes(), options);
            patch.map(Step::Patch).map_err(|error| match error {
                Error::Invalid(_) => of_part("patch")(engine_failure(error)),
                other => engine_failure(other),
            })
        }
        Some(Pb::Merge(step)) => merge_step(step),
        Some(Pb::Diff(step)) => diff_step(step),
        Some(Pb::CheckSchema(_)) => schema.map(Step::CheckSchema).ok_or_else(|| {
            Failure::internal("SCHEMA_NOT_COMPILED", "the schema of the step was not compiled before it")
        }),
        Some(Pb::InferSchema(pb::InferSchemaStep {})) => Ok(Step::InferSchema),
        None => {
            let allowed =
                "validate, format, query, convert, patch, merge, diff, check_schema or infer_schema";
            Err(Failure::invalid("RECIPE_INVALID", format!("the step is empty; allowed: {allowed}")))
        }
    }
}

fn format_step(step: &pb::FormatStep) -> Result<Step, Failure> {
    let choice = FormatChoice {
        style: step.style,
        indent: step.indent,
        key_order: step.key_order,
        numbers: step.numbers,
    };
    let duplicate_keys = choice::duplicate_keys(step.duplicate_keys)?;
    Ok(Step::Format { how: choice.read()?, duplicate_keys })
}

/// The choices of a conversion.
pub(crate) fn convert_step(step: pb::ConvertStep) -> Result<ConvertOptions, Failure> {
    Ok(ConvertOptions {
        from: choice::source(step.from)?,
        to: choice::target(step.to)?,
        fidelity: choice::fidelity(step.fidelity)?,
        foreign: choice::foreign(step.foreign)?,
        csv: csv::csv(step.csv)?,
        layout: choice::layout(step.indent)?,
        documents: choice::documents(step.documents)?,
    })
}

fn merge_step(step: pb::MergeStep) -> Result<Step, Failure> {
    match step.how {
        Some(pb::merge_step::How::Patch(patch)) => Ok(Step::Merge(patch.into_bytes())),
        Some(pb::merge_step::How::ThreeWay(other)) => Ok(Step::ThreeWay {
            base: other.base.into_bytes(),
            theirs: other.theirs.into_bytes(),
            how: ThreeWayOptions { arrays: choice::arrays(other.arrays, other.array_keys)? },
        }),
        None => {
            Err(Failure::invalid("RECIPE_INVALID", "the step merges nothing; allowed: patch or threeWay"))
        }
    }
}

fn diff_step(step: pb::DiffStep) -> Result<Step, Failure> {
    let how = DiffOptions {
        output: choice::diff_output(step.output)?,
        arrays: choice::arrays(step.arrays, step.array_keys)?,
    };
    Ok(Step::Diff { to: step.to.into_bytes(), how })
}
