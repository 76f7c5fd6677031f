//! The choices of a caller, as numbers: names and numbers are those of the enums in proto/fastjson/v1.
//!
//! They are integers and not enums of C, so that a number which no version knows is refused and not undefined.

use json_engine::convert::{Cells, Documents, Fidelity, Foreign, Format, Header, Paths, Source};
use json_engine::query::Language;
use json_engine::{DuplicateKeys, Error, KeyOrder, Numbers, Profile};

use crate::code::Failure;

/// Duplicate keys: report.
pub const FASTJSON_DUPLICATE_KEYS_UNSPECIFIED: u32 = 0;
/// A warning DUPLICATE_KEY for each; what stays text keeps every member, look-ups use the last.
pub const FASTJSON_DUPLICATE_KEYS_REPORT: u32 = 1;
/// An error DUPLICATE_KEY: the document is not valid.
pub const FASTJSON_DUPLICATE_KEYS_REJECT: u32 = 2;
/// The first of them counts; a warning DUPLICATE_DROPPED for each of the others.
pub const FASTJSON_DUPLICATE_KEYS_FIRST: u32 = 3;
/// The last of them counts; a warning DUPLICATE_DROPPED for each of the others.
pub const FASTJSON_DUPLICATE_KEYS_LAST: u32 = 4;

/// Profile: JSON.
pub const FASTJSON_PROFILE_UNSPECIFIED: u32 = 0;
/// RFC 8259.
pub const FASTJSON_PROFILE_JSON: u32 = 1;
/// RFC 7493 as well: warnings for numbers that a double does not hold, lone surrogates and noncharacters.
pub const FASTJSON_PROFILE_I_JSON: u32 = 2;

/// Format: JSON to read; nothing to write.
pub const FASTJSON_FORMAT_UNSPECIFIED: u32 = 0;
/// RFC 8259 JSON.
pub const FASTJSON_FORMAT_JSON: u32 = 1;
/// JSON5, of which JSON with comments is a part. Only read.
pub const FASTJSON_FORMAT_JSON5: u32 = 2;
/// JSON, one document a line.
pub const FASTJSON_FORMAT_NDJSON: u32 = 3;
/// YAML 1.2, core schema.
pub const FASTJSON_FORMAT_YAML: u32 = 4;
/// TOML 1.1, of which 1.0 is a part.
pub const FASTJSON_FORMAT_TOML: u32 = 5;
/// Comma separated values, RFC 4180.
pub const FASTJSON_FORMAT_CSV: u32 = 6;
/// Concise Binary Object Representation, RFC 8949.
pub const FASTJSON_FORMAT_CBOR: u32 = 7;
/// MessagePack.
pub const FASTJSON_FORMAT_MSGPACK: u32 = 8;
/// Whatever the document looks like; docs/convert.md has the rules. Only read.
pub const FASTJSON_FORMAT_AUTO: u32 = 9;
/// TOML 1.0: what only 1.1 allows is an error. Only read; what is written as TOML is valid under both.
pub const FASTJSON_FORMAT_TOML_1_0: u32 = 10;

/// Style: pretty.
pub const FASTJSON_FORMAT_STYLE_UNSPECIFIED: u32 = 0;
/// No white space outside strings.
pub const FASTJSON_FORMAT_STYLE_MINIFY: u32 = 1;
/// A member or element a line, indented.
pub const FASTJSON_FORMAT_STYLE_PRETTY: u32 = 2;
/// RFC 8785: the one form of all texts of a document.
pub const FASTJSON_FORMAT_STYLE_CANONICAL: u32 = 3;
/// BLAKE3 of the canonical form: a JSON string of 64 hexadecimal digits.
pub const FASTJSON_FORMAT_STYLE_HASH: u32 = 4;

/// Indentation: a line break and no spaces, since 0 is the default.
pub const FASTJSON_INDENT_ZERO: u32 = 0xffff_ffff;

/// Order of members: as read.
pub const FASTJSON_KEY_ORDER_UNSPECIFIED: u32 = 0;
/// As read.
pub const FASTJSON_KEY_ORDER_AS_READ: u32 = 1;
/// By UTF-16 code units, as RFC 8785 sorts.
pub const FASTJSON_KEY_ORDER_SORTED: u32 = 2;

/// Numbers: exact.
pub const FASTJSON_NUMBERS_UNSPECIFIED: u32 = 0;
/// As they were read, byte for byte.
pub const FASTJSON_NUMBERS_EXACT: u32 = 1;
/// As the shortest text of their double; a warning NUMBER_ROUNDED where that is another number.
pub const FASTJSON_NUMBERS_DOUBLE: u32 = 2;
/// A number that a double does not hold exactly becomes a string.
pub const FASTJSON_NUMBERS_STRING_IF_UNSAFE: u32 = 3;

/// Fidelity: report.
pub const FASTJSON_FIDELITY_UNSPECIFIED: u32 = 0;
/// Every loss is a warning with its place.
pub const FASTJSON_FIDELITY_REPORT: u32 = 1;
/// Any loss fails the call with FASTJSON_LOSS.
pub const FASTJSON_FIDELITY_STRICT: u32 = 2;

/// Values that JSON does not have: plain.
pub const FASTJSON_FOREIGN_UNSPECIFIED: u32 = 0;
/// The nearest plain value; each is a loss.
pub const FASTJSON_FOREIGN_PLAIN: u32 = 1;
/// An object such as {"$bytes":"AQI"}, which comes back as what it stands for. No loss.
pub const FASTJSON_FOREIGN_TAGGED: u32 = 2;

/// A stream where the target holds one document: an array.
pub const FASTJSON_DOCUMENTS_UNSPECIFIED: u32 = 0;
/// An array.
pub const FASTJSON_DOCUMENTS_ARRAY: u32 = 1;
/// The call fails with FASTJSON_INVALID_OPTION.
pub const FASTJSON_DOCUMENTS_REFUSE: u32 = 2;

/// The first row of CSV: names.
pub const FASTJSON_CSV_HEADER_UNSPECIFIED: u32 = 0;
/// It names the columns: rows are objects.
pub const FASTJSON_CSV_HEADER_PRESENT: u32 = 1;
/// It is a row like any other: rows are arrays.
pub const FASTJSON_CSV_HEADER_ABSENT: u32 = 2;

/// A cell of CSV: text.
pub const FASTJSON_CSV_CELLS_UNSPECIFIED: u32 = 0;
/// Text.
pub const FASTJSON_CSV_CELLS_TEXT: u32 = 1;
/// What is exactly a JSON number, true or false is that, and an empty cell is null.
pub const FASTJSON_CSV_CELLS_TYPED: u32 = 2;

/// Names of columns: flat.
pub const FASTJSON_CSV_PATHS_UNSPECIFIED: u32 = 0;
/// A name is a key; a nested value is JSON in its cell.
pub const FASTJSON_CSV_PATHS_FLAT: u32 = 1;
/// A name is a path; nested values have a column a leaf.
pub const FASTJSON_CSV_PATHS_NESTED: u32 = 2;

/// No language: a query must name its own.
pub const FASTJSON_QUERY_LANGUAGE_UNSPECIFIED: u32 = 0;
/// JSON Pointer, RFC 6901: gives the value it names.
pub const FASTJSON_QUERY_LANGUAGE_POINTER: u32 = 1;
/// JSONPath, RFC 9535: gives an array of the values it selects.
pub const FASTJSON_QUERY_LANGUAGE_JSONPATH: u32 = 2;
/// JMESPath: gives the value of the expression, or null.
pub const FASTJSON_QUERY_LANGUAGE_JMESPATH: u32 = 3;
/// jq, with the meaning of jq 1.8 (docs/jq.md lists what differs): gives an array of the results.
pub const FASTJSON_QUERY_LANGUAGE_JQ: u32 = 4;

/// A number that is none of those allowed.
pub(crate) fn refused(name: &'static str, value: u32, allowed: &'static str) -> Failure {
    Failure::Engine(Error::Option { name, message: value.to_string(), allowed })
}

pub(crate) fn duplicate_keys(value: u32) -> Result<DuplicateKeys, Failure> {
    match value {
        FASTJSON_DUPLICATE_KEYS_UNSPECIFIED | FASTJSON_DUPLICATE_KEYS_REPORT => Ok(DuplicateKeys::Report),
        FASTJSON_DUPLICATE_KEYS_REJECT => Ok(DuplicateKeys::Reject),
        FASTJSON_DUPLICATE_KEYS_FIRST => Ok(DuplicateKeys::First),
        FASTJSON_DUPLICATE_KEYS_LAST => Ok(DuplicateKeys::Last),
        other => Err(refused("duplicate_keys", other, "0 to 4, FASTJSON_DUPLICATE_KEYS_*")),
    }
}

pub(crate) fn profile(value: u32) -> Result<Profile, Failure> {
    match value {
        FASTJSON_PROFILE_UNSPECIFIED | FASTJSON_PROFILE_JSON => Ok(Profile::Json),
        FASTJSON_PROFILE_I_JSON => Ok(Profile::IJson),
        other => Err(refused("profile", other, "0 to 2, FASTJSON_PROFILE_*")),
    }
}

/// What a document is read as; unspecified is JSON.
pub(crate) fn source(name: &'static str, value: u32) -> Result<Source, Failure> {
    match value {
        FASTJSON_FORMAT_UNSPECIFIED => Ok(Source::Is(Format::Json)),
        FASTJSON_FORMAT_JSON5 => Ok(Source::Is(Format::Json5)),
        FASTJSON_FORMAT_AUTO => Ok(Source::Auto),
        FASTJSON_FORMAT_TOML_1_0 => Ok(Source::Is(Format::Toml10)),
        other => {
            written(other).map(Source::Is).ok_or_else(|| refused(name, other, "0 to 10, FASTJSON_FORMAT_*"))
        }
    }
}

/// What a document is written as; it must be named.
pub(crate) fn target(value: u32) -> Result<Format, Failure> {
    written(value).ok_or_else(|| refused("to", value, "1 or 3 to 8, FASTJSON_FORMAT_* that are written"))
}

fn written(value: u32) -> Option<Format> {
    match value {
        FASTJSON_FORMAT_JSON => Some(Format::Json),
        FASTJSON_FORMAT_NDJSON => Some(Format::Ndjson),
        FASTJSON_FORMAT_YAML => Some(Format::Yaml),
        FASTJSON_FORMAT_TOML => Some(Format::Toml),
        FASTJSON_FORMAT_CSV => Some(Format::Csv),
        FASTJSON_FORMAT_CBOR => Some(Format::Cbor),
        FASTJSON_FORMAT_MSGPACK => Some(Format::Msgpack),
        _ => None,
    }
}

/// The number of a format.
pub(crate) fn number(format: Format) -> u32 {
    match format {
        Format::Json => FASTJSON_FORMAT_JSON,
        Format::Json5 => FASTJSON_FORMAT_JSON5,
        Format::Ndjson => FASTJSON_FORMAT_NDJSON,
        Format::Yaml => FASTJSON_FORMAT_YAML,
        Format::Toml => FASTJSON_FORMAT_TOML,
        Format::Toml10 => FASTJSON_FORMAT_TOML_1_0,
        Format::Csv => FASTJSON_FORMAT_CSV,
        Format::Cbor => FASTJSON_FORMAT_CBOR,
        Format::Msgpack => FASTJSON_FORMAT_MSGPACK,
    }
}

pub(crate) fn key_order(value: u32) -> Result<KeyOrder, Failure> {
    match value {
        FASTJSON_KEY_ORDER_UNSPECIFIED | FASTJSON_KEY_ORDER_AS_READ => Ok(KeyOrder::AsRead),
        FASTJSON_KEY_ORDER_SORTED => Ok(KeyOrder::Sorted),
        other => Err(refused("key_order", other, "0 to 2, FASTJSON_KEY_ORDER_*")),
    }
}

pub(crate) fn numbers(value: u32) -> Result<Numbers, Failure> {
    match value {
        FASTJSON_NUMBERS_UNSPECIFIED | FASTJSON_NUMBERS_EXACT => Ok(Numbers::Exact),
        FASTJSON_NUMBERS_DOUBLE => Ok(Numbers::Double),
        FASTJSON_NUMBERS_STRING_IF_UNSAFE => Ok(Numbers::StringIfUnsafe),
        other => Err(refused("numbers", other, "0 to 3, FASTJSON_NUMBERS_*")),
    }
}

pub(crate) fn fidelity(value: u32) -> Result<Fidelity, Failure> {
    match value {
        FASTJSON_FIDELITY_UNSPECIFIED | FASTJSON_FIDELITY_REPORT => Ok(Fidelity::Report),
        FASTJSON_FIDELITY_STRICT => Ok(Fidelity::Strict),
        other => Err(refused("fidelity", other, "0 to 2, FASTJSON_FIDELITY_*")),
    }
}

pub(crate) fn foreign(value: u32) -> Result<Foreign, Failure> {
    match value {
        FASTJSON_FOREIGN_UNSPECIFIED | FASTJSON_FOREIGN_PLAIN => Ok(Foreign::Plain),
        FASTJSON_FOREIGN_TAGGED => Ok(Foreign::Tagged),
        other => Err(refused("foreign", other, "0 to 2, FASTJSON_FOREIGN_*")),
    }
}

pub(crate) fn documents(value: u32) -> Result<Documents, Failure> {
    match value {
        FASTJSON_DOCUMENTS_UNSPECIFIED | FASTJSON_DOCUMENTS_ARRAY => Ok(Documents::Array),
        FASTJSON_DOCUMENTS_REFUSE => Ok(Documents::Refuse),
        other => Err(refused("documents", other, "0 to 2, FASTJSON_DOCUMENTS_*")),
    }
}

pub(crate) fn csv_header(value: u32) -> Result<Header, Failure> {
    match value {
        FASTJSON_CSV_HEADER_UNSPECIFIED | FASTJSON_CSV_HEADER_PRESENT => Ok(Header::Present),
        FASTJSON_CSV_HEADER_ABSENT => Ok(Header::Absent),
        other => Err(refused("csv_header", other, "0 to 2, FASTJSON_CSV_HEADER_*")),
    }
}

pub(crate) fn csv_cells(value: u32) -> Result<Cells, Failure> {
    match value {
        FASTJSON_CSV_CELLS_UNSPECIFIED | FASTJSON_CSV_CELLS_TEXT => Ok(Cells::Text),
        FASTJSON_CSV_CELLS_TYPED => Ok(Cells::Typed),
        other => Err(refused("csv_cells", other, "0 to 2, FASTJSON_CSV_CELLS_*")),
    }
}

pub(crate) fn csv_paths(value: u32) -> Result<Paths, Failure> {
    match value {
        FASTJSON_CSV_PATHS_UNSPECIFIED | FASTJSON_CSV_PATHS_FLAT => Ok(Paths::Flat),
        FASTJSON_CSV_PATHS_NESTED => Ok(Paths::Nested),
        other => Err(refused("csv_paths", other, "0 to 2, FASTJSON_CSV_PATHS_*")),
    }
}

/// Unspecified is refused: a query must name its language.
pub(crate) fn language(value: u32) -> Result<Language, Failure> {
    match value {
        FASTJSON_QUERY_LANGUAGE_POINTER => Ok(Language::Pointer),
        FASTJSON_QUERY_LANGUAGE_JSONPATH => Ok(Language::JsonPath),
        FASTJSON_QUERY_LANGUAGE_JMESPATH => Ok(Language::JmesPath),
        FASTJSON_QUERY_LANGUAGE_JQ => Ok(Language::Jq),
        other => Err(refused("language", other, "1 to 4, FASTJSON_QUERY_LANGUAGE_*")),
    }
}
