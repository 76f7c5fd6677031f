//! Requests, parsed once into engine types that cannot be wrong.

use chassis::Failure;
use fastjson_proto::fastjson::v1 as pb;
use json_engine::query::{Language, Query};
use json_engine::recipe::{Recipe, Step};
use json_engine::{DuplicateKeys, Indent, Style};

use super::engine_failure;
use super::failure::at_step;

/// Absent means report.
pub(crate) fn duplicate_keys(value: i32) -> Result<DuplicateKeys, Failure> {
    match pb::DuplicateKeys::try_from(value) {
        Ok(pb::DuplicateKeys::Unspecified | pb::DuplicateKeys::Report) => Ok(DuplicateKeys::Report),
        Ok(pb::DuplicateKeys::Reject) => Ok(DuplicateKeys::Reject),
        Err(_) => {
            Err(unknown_enum("duplicate_keys", value, "DUPLICATE_KEYS_REPORT or DUPLICATE_KEYS_REJECT"))
        }
    }
}

/// Absent means pretty by two spaces.
pub(crate) fn style(value: i32, indent: Option<u32>) -> Result<Style, Failure> {
    match pb::FormatStyle::try_from(value) {
        Ok(pb::FormatStyle::Minify) => Ok(Style::Minify),
        Ok(pb::FormatStyle::Unspecified | pb::FormatStyle::Pretty) => {
            let indent = indent.map_or(Ok(Indent::default()), Indent::new);
            indent.map(Style::Pretty).map_err(engine_failure)
        }
        Err(_) => Err(unknown_enum("style", value, "FORMAT_STYLE_MINIFY or FORMAT_STYLE_PRETTY")),
    }
}

/// Compiles a query.
pub(crate) fn query(language: i32, program: &str) -> Result<Query, Failure> {
    let language = match pb::QueryLanguage::try_from(language) {
        Ok(pb::QueryLanguage::Pointer) => Language::Pointer,
        Ok(pb::QueryLanguage::Jsonpath) => Language::JsonPath,
        Ok(pb::QueryLanguage::Unspecified) | Err(_) => {
            return Err(unknown_enum(
                "language",
                language,
                "QUERY_LANGUAGE_POINTER or QUERY_LANGUAGE_JSONPATH",
            ));
        }
    };
    Query::compile(language, program).map_err(engine_failure)
}

/// Compiles a recipe; an error names its step.
pub(crate) fn recipe(recipe: Option<pb::Recipe>) -> Result<Recipe, Failure> {
    let steps = recipe.unwrap_or_default().steps;
    // The count first: no work is done for a recipe that is refused anyway.
    if steps.is_empty() || steps.len() > json_engine::recipe::MAX_STEPS {
        return Recipe::new(Vec::new()).map_err(|_| steps_limit(steps.len()));
    }
    let compiled: Result<Vec<Step>, Failure> = steps
        .into_iter()
        .enumerate()
        .map(|(index, one)| step(one).map_err(|failure| at_step(failure, index)))
        .collect();
    Recipe::new(compiled?).map_err(engine_failure)
}

fn steps_limit(actual: usize) -> Failure {
    let allowed = json_engine::recipe::MAX_STEPS;
    let message = format!("the recipe has {actual} steps; allowed: 1 to {allowed}");
    let reason = if actual == 0 { "RECIPE_INVALID" } else { "RECIPE_STEPS_LIMIT" };
    Failure::invalid(reason, message)
        .with("limit", "recipe_steps")
        .with("allowed", allowed)
        .with("actual", actual)
}

fn step(step: pb::Step) -> Result<Step, Failure> {
    match step.step {
        Some(pb::step::Step::Validate(step)) => {
            Ok(Step::Validate { duplicate_keys: duplicate_keys(step.duplicate_keys)? })
        }
        Some(pb::step::Step::Format(step)) => Ok(Step::Format {
            style: style(step.style, step.indent)?,
            duplicate_keys: duplicate_keys(step.duplicate_keys)?,
        }),
        Some(pb::step::Step::Query(step)) => Ok(Step::Query(query(step.language, &step.query)?)),
        None => {
            Err(Failure::invalid("RECIPE_INVALID", "the step is empty; allowed: validate, format or query"))
        }
    }
}

fn unknown_enum(name: &'static str, value: i32, allowed: &'static str) -> Failure {
    Failure::invalid("OPTION_INVALID", format!("{name} is {value}; allowed: {allowed}"))
        .with("option", name)
        .with("allowed", allowed)
}
