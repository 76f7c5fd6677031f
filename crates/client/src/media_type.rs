//! Media types of the formats of documents.
//!
//! Promise: total over the formats of the contract. Cost: none.

use fastjson_proto::fastjson::v1::Format;

/// The media type of a document in `format`; text for people where that is unspecified.
pub fn media_type(format: Format) -> &'static str {
    match format {
        Format::Unspecified | Format::Auto => "text/plain; charset=utf-8",
        Format::Json => "application/json",
        Format::Json5 => "application/json5",
        Format::Ndjson => "application/x-ndjson",
        Format::Yaml => "application/yaml",
        Format::Toml | Format::Toml10 => "application/toml",
        Format::Csv => "text/csv; charset=utf-8",
        Format::Cbor => "application/cbor",
        Format::Msgpack => "application/vnd.msgpack",
    }
}

/// Whether a document in `format` is bytes and no text.
pub fn is_binary(format: Format) -> bool {
    matches!(format, Format::Cbor | Format::Msgpack)
}
