//! What the REST handlers share: bodies, answers, parameters.

pub(crate) mod cache_status;

use axum::response::IntoResponse as _;
use bytes::Bytes;
use chassis::Failure;
use chassis::rest::Answer;
use fastjson_proto::fastjson::v1 as pb;
use http::header::CONTENT_TYPE;
use json_engine::{DuplicateKeys, Error};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{App, wire};

pub(crate) use wording::json_answer;

/// The value of an enum parameter: a value of the contract by the end of its name, so that `?style=minify` is
/// `FORMAT_STYLE_MINIFY`; absent is unspecified.
pub(crate) fn choice<E: TryFrom<i32>>(
    parameter: &'static str,
    given: Option<&str>,
    (prefix, name): (&str, fn(&E) -> &'static str),
) -> Result<i32, Failure> {
    let Some(given) = given else {
        return Ok(0);
    };
    let values = wire::choice::named(name);
    let found = values.iter().find(|(_, name)| short(prefix, name) == given);
    found.map(|(value, _)| *value).ok_or_else(|| {
        let allowed: Vec<String> = values.iter().map(|(_, name)| short(prefix, name)).collect();
        let shown: String = given.chars().take(64).collect();
        let message = format!("{parameter} is {shown:?}; allowed: {}", allowed.join(", "));
        Failure::invalid("QUERY_INVALID", message).with("parameter", parameter)
    })
}

/// The name of a value in an address: `FORMAT_STYLE_MINIFY` is `minify`.
pub(crate) fn short(prefix: &str, name: &str) -> String {
    name.strip_prefix(prefix).unwrap_or(name).to_ascii_lowercase()
}

/// `?duplicate_keys=`.
pub(crate) fn duplicate_keys(given: Option<&str>) -> Result<i32, Failure> {
    choice("duplicate_keys", given, ("DUPLICATE_KEYS_", pb::DuplicateKeys::as_str_name))
}

/// `?memo=`.
pub(crate) fn memo(given: Option<&str>) -> Result<i32, Failure> {
    choice("memo", given, ("MEMO_", pb::Memo::as_str_name))
}

/// `?arrays=` and `?key=`, the names of members separated by commas; a key alone means keyed.
pub(crate) fn arrays(given: Option<&str>, keys: Option<&str>) -> Result<(i32, Vec<String>), Failure> {
    let keys: Vec<String> = keys.into_iter().flat_map(|keys| keys.split(',')).map(str::to_owned).collect();
    let given = if keys.is_empty() { given } else { given.or(Some("keyed")) };
    Ok((choice("arrays", given, ("ARRAYS_", pb::Arrays::as_str_name))?, keys))
}

/// The body of a REST request as an input.
pub(crate) fn body_input(body: Bytes) -> pb::Input {
    pb::Input { source: Some(pb::input::Source::Data(body)), format: pb::Format::Json.into() }
}

/// Reads a body that holds documents as members, such as `{"document": …, "patch": …}`; they stay as they are written.
/// What is wrong in one of them is told with its place in the body.
pub(crate) fn envelope<'b, T: Deserialize<'b>>(app: &App, body: &'b [u8]) -> Result<T, Failure> {
    let options = app.scan_options(DuplicateKeys::Report);
    let report = json_engine::validate(body, &options).map_err(wire::engine_failure)?;
    if !report.is_valid() {
        return Err(wire::engine_failure(Error::Invalid(Box::new(report))));
    }
    // serde would take an array for the members in their order.
    if !body.trim_ascii_start().starts_with(b"{") {
        let message = "the body is no object; allowed: an object with the documents as its members";
        return Err(Failure::invalid("BODY_INVALID", message));
    }
    serde_json::from_slice(body).map_err(|error| Failure::invalid("BODY_INVALID", error.to_string()))
}

/// A member of an [`envelope`] as a body of its own; no copy.
pub(crate) fn member(body: &Bytes, value: &RawValue) -> Bytes {
    body.slice_ref(value.get().as_bytes())
}

/// An output as the body of a REST answer.
pub(crate) fn document_answer(output: Option<pb::Output>) -> Answer {
    let output = output.unwrap_or_default();
    let content_type = client::media_type(output.format());
    let body = match output.result {
        Some(pb::output::Result::Data(bytes)) => bytes,
        Some(pb::output::Result::Text(text)) => text.into(),
        Some(pb::output::Result::Ref(_)) | None => Bytes::new(),
    };
    Ok(([(CONTENT_TYPE, content_type)], body).into_response())
}

/// `?recipe=`: the recipe itself where it begins with `{`, else a name.
pub(crate) fn named_recipe(given: Option<String>) -> Result<(Option<pb::Recipe>, String), Failure> {
    let Some(given) = given else {
        let message = "the query string has no recipe; allowed: ?recipe= and a recipe as JSON, or its name";
        return Err(Failure::invalid("QUERY_INVALID", message).with("parameter", "recipe"));
    };
    if !given.trim_start().starts_with('{') {
        return Ok((None, given));
    }
    let recipe = client::json_mapping::decode("fastjson.v1.Recipe", given.as_bytes())
        .map_err(|error| wire::json_mapping("RECIPE_INVALID", error))?;
    Ok((Some(recipe), String::new()))
}

/// How the answers of a recipe are written; unspecified where they are lines for people.
fn written_as(recipe: &pb::Recipe) -> pb::Format {
    use pb::step::Step;
    let after = |before: pb::Format, step: &pb::Step| match &step.step {
        Some(Step::Validate(_) | Step::CheckSchema(_)) | None => before,
        Some(Step::Convert(step)) => step.to(),
        Some(Step::Diff(step)) if step.output() == pb::DiffOutput::Text => pb::Format::Unspecified,
        Some(
            Step::Diff(_)
            | Step::Format(_)
            | Step::Query(_)
            | Step::Patch(_)
            | Step::Merge(_)
            | Step::InferSchema(_),
        ) => pb::Format::Json,
    };
    recipe.steps.iter().fold(pb::Format::Json, after)
}

/// Whether the answers of a recipe are JSON.
pub(crate) fn is_json(recipe: &pb::Recipe) -> bool {
    written_as(recipe) == pb::Format::Json
}

/// The media type of the answers of a recipe.
pub(crate) fn media_type_of(recipe: &pb::Recipe) -> &'static str {
    client::media_type(written_as(recipe))
}
