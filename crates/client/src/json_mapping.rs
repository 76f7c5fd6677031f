//! The protobuf JSON mapping of our messages, both ways: the form of recipes in files, on the command line and in REST.
//!
//! Promise: a name that the contract does not know, or that stands there twice, is refused, never dropped in silence; the
//! error says where it stands and which names were allowed. Output is stable: lowerCamelCase names in the order of the contract, enums by
//! name, fields without presence written even when they hold their default. 64-bit integers are written as JSON numbers
//! and not as strings: all of ours stay below 2^53, where every reader of JSON is exact.
//! Cost: two passes over the text, one through a dynamic message, then one encoding and decoding in binary form.

mod unique;

use std::sync::OnceLock;

use prost::Message;
use prost_reflect::{
    DescriptorPool, DeserializeOptions, DynamicMessage, Kind, MessageDescriptor, SerializeOptions,
};
use serde::de::DeserializeSeed as _;

use unique::Unique;

/// A text that is not the JSON form of the wanted message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{message} at line {line} column {column}", Self::place(path))]
pub struct JsonMappingError {
    /// What was found and what was allowed, for people.
    pub message: String,
    /// Where: names and indices from the root, for example `steps[0].query`; empty is the root.
    pub path: String,
    /// Line, 1-based.
    pub line: usize,
    /// Column in bytes, 1-based; 0 before the first byte of a line.
    pub column: usize,
}

impl JsonMappingError {
    fn place(path: &str) -> String {
        if path.is_empty() { String::new() } else { format!("{path}: ") }
    }
}

/// Reads the JSON form of a message, for example of `fastjson.v1.Recipe`.
///
/// Both the lowerCamelCase and the original name of a field are read, as the mapping demands.
///
/// # Errors
/// [`JsonMappingError`] if the text is not JSON, holds an unknown field or enum name, a field twice, a value of a wrong type, two arms
/// of a oneof, anything after the message, or more than 128 levels.
///
/// # Panics
/// If `full_name` is not a message of the contract, or not the name of `M` where their fields differ: a mistake in the
/// program, not in its input.
pub fn decode<M: Message + Default>(full_name: &str, json: &[u8]) -> Result<M, JsonMappingError> {
    let descriptor = message_named(full_name);
    let options = DeserializeOptions::new().deny_unknown_fields(true);
    tracked(&descriptor, json, |reader| Unique.deserialize(reader))?;
    let message = tracked(&descriptor, json, |reader| {
        DynamicMessage::deserialize_with_options(descriptor.clone(), reader, &options)
    })?;
    Ok(message.transcode_to().expect("the descriptor of the name describes the generated type"))
}

type JsonReader<'j> = serde_json::Deserializer<serde_json::de::SliceRead<'j>>;

/// Reads the whole of `json` by `read`; an error says where it was met.
fn tracked<'j, T>(
    descriptor: &MessageDescriptor,
    json: &'j [u8],
    read: impl FnOnce(
        serde_path_to_error::Deserializer<'_, '_, &mut JsonReader<'j>>,
    ) -> Result<T, serde_json::Error>,
) -> Result<T, JsonMappingError> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    let mut track = serde_path_to_error::Track::new();
    let value = read(serde_path_to_error::Deserializer::new(&mut reader, &mut track))
        .map_err(|error| explain(descriptor, &track.path(), &error))?;
    reader.end().map_err(|error| mapping_error(String::new(), &error))?;
    Ok(value)
}

/// Writes the JSON form of a message on one line.
///
/// # Errors
/// [`JsonMappingError`] if the message has no JSON form: a duration or time out of its range.
///
/// # Panics
/// As [`decode`].
pub fn encode<M: Message>(full_name: &str, message: &M) -> Result<String, JsonMappingError> {
    let mut dynamic = DynamicMessage::new(message_named(full_name));
    dynamic.transcode_from(message).expect("the descriptor of the name describes the generated type");
    let options = SerializeOptions::new().stringify_64_bit_integers(false).skip_default_fields(false);
    let mut json = serde_json::Serializer::new(Vec::new());
    dynamic
        .serialize_with_options(&mut json, &options)
        .map_err(|error| mapping_error(String::new(), &error))?;
    Ok(String::from_utf8(json.into_inner()).expect("serde_json writes UTF-8"))
}

fn message_named(full_name: &str) -> MessageDescriptor {
    static POOL: OnceLock<DescriptorPool> = OnceLock::new();
    let pool = POOL.get_or_init(|| {
        DescriptorPool::decode(fastjson_proto::DESCRIPTORS).expect("the build made the descriptors")
    });
    pool.get_message_by_name(full_name).expect("the caller names a message of the contract")
}

fn mapping_error(path: String, error: &serde_json::Error) -> JsonMappingError {
    let (line, column) = (error.line(), error.column());
    let text = error.to_string();
    let message = text.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&text).to_owned();
    JsonMappingError { message, path, line, column }
}

/// Says where an error was met, and what would have been right there.
fn explain(
    root: &MessageDescriptor,
    path: &serde_path_to_error::Path,
    error: &serde_json::Error,
) -> JsonMappingError {
    let mut explained = mapping_error(known(path), error);
    if let Some(allowed) = allowed_at(root, path, error) {
        explained.message.push_str("; allowed: ");
        explained.message.push_str(&allowed);
    }
    explained
}

/// A path up to what the reader has not yet read the name of.
fn known(path: &serde_path_to_error::Path) -> String {
    path.to_string().trim_end_matches(['?', '.']).to_owned()
}

/// What would be right at a place, where the error does not say it.
fn allowed_at(
    root: &MessageDescriptor,
    path: &serde_path_to_error::Path,
    error: &serde_json::Error,
) -> Option<String> {
    let message = error.to_string();
    let is_unknown_name = message.starts_with("unrecognized");
    let is_no_message = !error.is_data() || message.starts_with("invalid type");
    match kind_at(root, path)? {
        Kind::Message(known) if known.full_name() == "google.protobuf.Duration" => {
            Some("seconds with an s behind them, such as \"1.5s\"".to_owned())
        }
        Kind::Message(parent) if is_unknown_name => Some(names(&parent)),
        Kind::Message(parent) if is_no_message => Some(format!("an object with {}", names(&parent))),
        Kind::Enum(values) if is_unknown_name => {
            // But for zero, which stands for the default.
            let choices = values.values().filter(|value| value.number() != 0);
            Some(choices.map(|value| value.name().to_owned()).collect::<Vec<_>>().join(", "))
        }
        Kind::Uint32 | Kind::Fixed32 => Some(format!("a whole number from 0 to {}", u32::MAX)),
        Kind::Uint64 | Kind::Fixed64 => Some(format!("a whole number from 0 to {}", u64::MAX)),
        _ => None,
    }
}

/// What stands at the end of a path; `None` if the contract has nothing there.
fn kind_at(root: &MessageDescriptor, path: &serde_path_to_error::Path) -> Option<Kind> {
    let mut kind = Kind::Message(root.clone());
    for segment in path.iter() {
        let serde_path_to_error::Segment::Map { key } = segment else { continue };
        let Kind::Message(parent) = &kind else { return None };
        let Some(field) = parent.get_field_by_json_name(key).or_else(|| parent.get_field_by_name(key)) else {
            break;
        };
        kind = field.kind();
    }
    Some(kind)
}

fn names(message: &MessageDescriptor) -> String {
    message.fields().map(|field| field.json_name().to_owned()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use fastjson_proto::fastjson::v1 as pb;
    use fastjson_proto::rustcache::v1::AcquireLeaseRequest;

    use super::*;

    fn recipe(json: &str) -> Result<pb::Recipe, JsonMappingError> {
        decode("fastjson.v1.Recipe", json.as_bytes())
    }

    #[track_caller]
    fn check_refused(json: &str, expected: &str) {
        assert_eq!(recipe(json).unwrap_err().to_string(), expected);
    }

    #[test]
    fn a_recipe_goes_both_ways() {
        let json = r#"{"steps":[{"query":{"language":"QUERY_LANGUAGE_JSONPATH","query":"$.a","args":{}}},{"format":{"style":"FORMAT_STYLE_MINIFY","indent":4,"duplicateKeys":"DUPLICATE_KEYS_UNSPECIFIED","keyOrder":"KEY_ORDER_UNSPECIFIED","numbers":"NUMBERS_UNSPECIFIED"}}]}"#;
        let message = recipe(json).unwrap();
        assert_eq!(message.steps.len(), 2);
        assert_eq!(encode("fastjson.v1.Recipe", &message).unwrap(), json);
    }

    #[test]
    fn an_unknown_field_is_refused_with_its_place_and_the_allowed_names() {
        check_refused(
            r#"{"steps":[{"vaildate":{}}]}"#,
            "steps[0]: unrecognized field name 'vaildate'; allowed: validate, format, query, convert, patch, merge, diff, checkSchema, inferSchema at line 1 column 21",
        );
    }

    #[test]
    fn an_unknown_enum_name_is_refused_with_the_allowed_names() {
        check_refused(
            r#"{"steps":[{"format":{"style":"MINIFY"}}]}"#,
            "steps[0].format.style: unrecognized enum value 'MINIFY'; allowed: FORMAT_STYLE_MINIFY, FORMAT_STYLE_PRETTY, FORMAT_STYLE_CANONICAL, FORMAT_STYLE_HASH at line 1 column 37",
        );
    }

    #[test]
    fn two_arms_of_a_oneof_are_refused() {
        check_refused(
            r#"{"steps":[{"validate":{},"format":{}}]}"#,
            "steps[0]: multiple fields provided for oneof 'step' at line 1 column 37",
        );
    }

    #[test]
    fn a_field_that_stands_there_twice_is_refused() {
        check_refused(
            r#"{"steps":[{"query":{"query":"/a","query":"/b"}}]}"#,
            "steps[0].query: the field 'query' stands there twice at line 1 column 40",
        );
    }

    #[test]
    fn a_text_that_goes_on_is_refused() {
        check_refused("{} {}", "trailing characters at line 1 column 4");
    }

    #[test]
    fn a_body_that_is_no_request_is_told_which_field_and_what_was_allowed() {
        let check = |json: &str, expected: &str| {
            let read = decode::<AcquireLeaseRequest>("rustcache.v1.AcquireLeaseRequest", json.as_bytes());
            assert_eq!(read.unwrap_err().to_string(), expected, "{json}");
        };
        let object = "allowed: an object with name, limit, ttl, wait";
        check("", &format!("EOF while parsing a value; {object} at line 1 column 0"));
        check("{", &format!("EOF while parsing an object; {object} at line 1 column 1"));
        check("[]", &format!("invalid type: sequence, expected a map; {object} at line 1 column 0"));
        check("{\"name\":", "name: EOF while parsing a value at line 1 column 8");
        check(
            "{\"limit\":-1}",
            "limit: out of range integral type conversion attempted; allowed: a whole number from 0 to 4294967295 at line 1 column 11",
        );
        check(
            "{\"ttl\":\"1\"}",
            "ttl: failed to parse duration; allowed: seconds with an s behind them, such as \"1.5s\" at line 1 column 10",
        );
    }

    #[test]
    fn sixty_four_bit_integers_are_numbers_and_defaults_are_written() {
        let limit = pb::Limit { value: 1 << 52, ..pb::Limit::default() };
        assert_eq!(
            encode("fastjson.v1.Limit", &limit).unwrap(),
            r#"{"name":"","value":4503599627370496,"unit":"","reason":"","description":""}"#
        );
    }
}
