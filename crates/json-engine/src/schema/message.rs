//! Message: a failure in a sentence, which echoes no more than 64 bytes of any name.

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{JsonType, ReferencingError, ValidationError};
use serde_json::Value;

use crate::pointer::cut;

/// The keyword that failed.
pub(super) fn keyword(error: &ValidationError<'_>) -> String {
    match error.kind() {
        // A schema that is `false` has no keyword; the path names where it stands.
        Kind::FalseSchema => {
            let path = error.schema_path().as_str();
            cut(path.rsplit('/').next().unwrap_or_default())
        }
        kind => cut(kind.keyword()),
    }
}

/// What was found, and what is allowed.
pub(super) fn message(kind: &Kind) -> String {
    match kind {
        Kind::AdditionalItems { limit } => format!("the array has more elements than the {limit} allowed"),
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            members(unexpected)
        }
        Kind::UnevaluatedItems { unexpected } => {
            format!("{} elements are not allowed here", unexpected.len())
        }
        Kind::AnyOf { context } => {
            format!("the value matches none of the schemas of anyOf{}", reasons(context))
        }
        Kind::OneOfNotValid { context } => {
            format!("the value matches none of the schemas of oneOf{}", reasons(context))
        }
        Kind::OneOfMultipleValid { .. } => "the value matches more than one schema of oneOf".to_owned(),
        Kind::BacktrackLimitExceeded { .. } | Kind::RegexEngineFailure { .. } => {
            "the pattern could not be tried within its limits".to_owned()
        }
        Kind::Constant { .. } => "the value is not the one that is allowed".to_owned(),
        Kind::Contains => "too few or too many elements match the schema of contains".to_owned(),
        Kind::ContentEncoding { content_encoding } => {
            format!("the string is not encoded as {}", cut(content_encoding))
        }
        Kind::ContentMediaType { content_media_type } => {
            format!("the string holds no {}", cut(content_media_type))
        }
        Kind::FromUtf8 { .. } => "the decoded string is not UTF-8".to_owned(),
        Kind::Custom { message, .. } => cut_long(message),
        Kind::Enum { options } => format!("the value is none of those that are allowed: {}", listed(options)),
        Kind::FalseSchema => "no value is allowed here".to_owned(),
        Kind::Format { format } => format!("the string is no {}", cut(format)),
        Kind::Maximum { limit } => format!("the number is greater than {limit}"),
        Kind::Minimum { limit } => format!("the number is less than {limit}"),
        Kind::ExclusiveMaximum { limit } => format!("the number is not less than {limit}"),
        Kind::ExclusiveMinimum { limit } => format!("the number is not greater than {limit}"),
        Kind::MultipleOf { multiple_of } => format!("the number is no multiple of {multiple_of}"),
        Kind::MaxItems { limit } => format!("the array has more than {limit} elements"),
        Kind::MinItems { limit } => format!("the array has less than {limit} elements"),
        Kind::MaxLength { limit } => format!("the string has more than {limit} characters"),
        Kind::MinLength { limit } => format!("the string has less than {limit} characters"),
        Kind::MaxProperties { limit } => format!("the object has more than {limit} members"),
        Kind::MinProperties { limit } => format!("the object has less than {limit} members"),
        Kind::Not { .. } => "the value matches the schema of not".to_owned(),
        Kind::Pattern { pattern } => format!("the string does not match {:?}", cut(pattern)),
        Kind::PropertyNames { error } => format!("a name is not allowed: {}", message(error.kind())),
        Kind::Required { property } => format!("the member {} is missing", name(property)),
        Kind::Type { kind } => format!("the value is not of type {}", types(kind)),
        Kind::UniqueItems => "two elements are equal".to_owned(),
        Kind::Referencing(error) => reference(error),
    }
}

/// The first values of an `enum` of a meta-schema; of others tells `keywords.rs`.
fn listed(options: &Value) -> String {
    let first = options.as_array().map(Vec::as_slice).unwrap_or_default().iter().take(8);
    let told = first.map(|option| match option {
        Value::String(text) => format!("{:?}", cut(text)),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        Value::Null | Value::Bool(_) | Value::Number(_) => option.to_string(),
    });
    told.collect::<Vec<_>>().join(", ")
}

/// Why the first schemas of an `anyOf` or `oneOf` failed, each by its first failure; those of a further one within are not told.
fn reasons(context: &[Vec<ValidationError<'_>>]) -> String {
    let first = context.iter().filter_map(|failures| failures.first()).take(3);
    let told = first.map(|failure| match failure.kind() {
        Kind::AnyOf { .. } | Kind::OneOfNotValid { .. } => format!("it fails {}", failure.kind().keyword()),
        kind => message(kind),
    });
    let told: Vec<String> = told.collect();
    match (told.is_empty(), context.len() > told.len()) {
        (true, _) => String::new(),
        (false, true) => format!(": {}; or …", told.join("; or ")),
        (false, false) => format!(": {}", told.join("; or ")),
    }
}

/// Of members that must not be there.
pub(super) fn members(names: &[String]) -> String {
    let first = names.first().map(|name| cut(name)).unwrap_or_default();
    match names.len() {
        0 | 1 => format!("the member {first:?} is not allowed here"),
        more => format!("the member {first:?} and {} more are not allowed here", more - 1),
    }
}

fn name(property: &Value) -> String {
    format!("{:?}", cut(property.as_str().unwrap_or_default()))
}

fn types(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(single) => single.to_string(),
        TypeKind::Multiple(several) => {
            let names: Vec<String> = several.iter().map(|one: JsonType| one.to_string()).collect();
            names.join(" or ")
        }
    }
}

fn reference(error: &ReferencingError) -> String {
    match error {
        ReferencingError::Unretrievable { uri, .. } => {
            format!("{:?} is not registered, and nothing is fetched", cut(uri))
        }
        ReferencingError::PointerToNowhere { pointer } => {
            format!("the reference {:?} leads to no schema", cut(pointer))
        }
        ReferencingError::NoSuchAnchor { anchor } => format!("there is no anchor {:?}", cut(anchor)),
        ReferencingError::InvalidPercentEncoding { .. }
        | ReferencingError::InvalidArrayIndex { .. }
        | ReferencingError::InvalidAnchor { .. }
        | ReferencingError::InvalidUri(_)
        | ReferencingError::UnknownSpecification { .. }
        | ReferencingError::CircularMetaschema { .. } => cut_long(&error.to_string()),
    }
}

/// Words of the library, at most 200 bytes of them.
fn cut_long(message: &str) -> String {
    let end = (0..=200.min(message.len())).rev().find(|at| message.is_char_boundary(*at)).unwrap_or(0);
    message[..end].to_owned()
}
