//! Enums of the contract, read as the choices of the engine. The unspecified value is the default that the contract names.

use chassis::Failure;
use fastjson_proto::fastjson::v1 as pb;
use json_engine::convert::{Documents, Fidelity, Foreign, Format, Layout, Source};
use json_engine::patch::{Arrays, DiffOutput};
use json_engine::query::Language;
use json_engine::schema::{Draft, Formats, Output};
use json_engine::{DuplicateKeys, FormatOptions, Indent, KeyOrder, Numbers, Profile, Style};

pub(crate) use wording::{known, named, names, refused};

use super::engine_failure;

pub(crate) fn duplicate_keys(value: i32) -> Result<DuplicateKeys, Failure> {
    Ok(match known("duplicate_keys", value, pb::DuplicateKeys::as_str_name)? {
        pb::DuplicateKeys::Unspecified | pb::DuplicateKeys::Report => DuplicateKeys::Report,
        pb::DuplicateKeys::Reject => DuplicateKeys::Reject,
        pb::DuplicateKeys::First => DuplicateKeys::First,
        pb::DuplicateKeys::Last => DuplicateKeys::Last,
    })
}

pub(crate) fn memo(value: i32) -> Result<pb::Memo, Failure> {
    match known("memo", value, pb::Memo::as_str_name)? {
        pb::Memo::Unspecified | pb::Memo::Auto => Ok(pb::Memo::Auto),
        pb::Memo::Off => Ok(pb::Memo::Off),
    }
}

pub(crate) fn profile(value: i32) -> Result<Profile, Failure> {
    Ok(match known("profile", value, pb::Profile::as_str_name)? {
        pb::Profile::Unspecified | pb::Profile::Json => Profile::Json,
        pb::Profile::IJson => Profile::IJson,
    })
}

/// The fields of a Format that say how it is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FormatChoice {
    pub(crate) style: i32,
    pub(crate) indent: Option<u32>,
    pub(crate) key_order: i32,
    pub(crate) numbers: i32,
}

impl FormatChoice {
    pub(crate) fn read(self) -> Result<FormatOptions, Failure> {
        let style = match known("style", self.style, pb::FormatStyle::as_str_name)? {
            pb::FormatStyle::Minify => Style::Minify,
            pb::FormatStyle::Unspecified | pb::FormatStyle::Pretty => Style::Pretty(indent(self.indent)?),
            pb::FormatStyle::Canonical => Style::Canonical,
            pb::FormatStyle::Hash => Style::Hash,
        };
        let key_order = match known("key_order", self.key_order, pb::KeyOrder::as_str_name)? {
            pb::KeyOrder::Unspecified | pb::KeyOrder::AsRead => KeyOrder::AsRead,
            pb::KeyOrder::Sorted => KeyOrder::Sorted,
        };
        let numbers = match known("numbers", self.numbers, pb::Numbers::as_str_name)? {
            pb::Numbers::Unspecified | pb::Numbers::Exact => Numbers::Exact,
            pb::Numbers::Double => Numbers::Double,
            pb::Numbers::StringIfUnsafe => Numbers::StringIfUnsafe,
        };
        Ok(FormatOptions { style, key_order, numbers })
    }
}

fn indent(spaces: Option<u32>) -> Result<Indent, Failure> {
    spaces.map_or(Ok(Indent::default()), Indent::new).map_err(engine_failure)
}

/// White space of JSON that is not asked for by a style: none unless an indentation is named.
pub(crate) fn layout(spaces: Option<u32>) -> Result<Layout, Failure> {
    match spaces {
        None => Ok(Layout::Minify),
        Some(_) => indent(spaces).map(Layout::Pretty),
    }
}

/// What a document is read as; unspecified is JSON.
pub(crate) fn source(value: i32) -> Result<Source, Failure> {
    Ok(Source::Is(match known("format", value, pb::Format::as_str_name)? {
        pb::Format::Auto => return Ok(Source::Auto),
        pb::Format::Unspecified | pb::Format::Json => Format::Json,
        pb::Format::Json5 => Format::Json5,
        pb::Format::Ndjson => Format::Ndjson,
        pb::Format::Yaml => Format::Yaml,
        pb::Format::Toml => Format::Toml,
        pb::Format::Toml10 => Format::Toml10,
        pb::Format::Csv => Format::Csv,
        pb::Format::Cbor => Format::Cbor,
        pb::Format::Msgpack => Format::Msgpack,
    }))
}

/// What a document is written as; it must be named.
pub(crate) fn target(value: i32) -> Result<Format, Failure> {
    let writable = [
        (pb::Format::Json, Format::Json),
        (pb::Format::Ndjson, Format::Ndjson),
        (pb::Format::Yaml, Format::Yaml),
        (pb::Format::Toml, Format::Toml),
        (pb::Format::Csv, Format::Csv),
        (pb::Format::Cbor, Format::Cbor),
        (pb::Format::Msgpack, Format::Msgpack),
    ];
    let found = writable.iter().find(|(format, _)| i32::from(*format) == value);
    found.map(|(_, format)| *format).ok_or_else(|| {
        let allowed: Vec<&str> = writable.iter().map(|(format, _)| format.as_str_name()).collect();
        refused("to", value, &allowed)
    })
}

/// A format of the engine in the words of the contract.
pub(crate) fn format(format: Format) -> pb::Format {
    match format {
        Format::Json => pb::Format::Json,
        Format::Json5 => pb::Format::Json5,
        Format::Ndjson => pb::Format::Ndjson,
        Format::Yaml => pb::Format::Yaml,
        Format::Toml => pb::Format::Toml,
        Format::Toml10 => pb::Format::Toml10,
        Format::Csv => pb::Format::Csv,
        Format::Cbor => pb::Format::Cbor,
        Format::Msgpack => pb::Format::Msgpack,
    }
}

pub(crate) fn fidelity(value: i32) -> Result<Fidelity, Failure> {
    Ok(match known("fidelity", value, pb::Fidelity::as_str_name)? {
        pb::Fidelity::Unspecified | pb::Fidelity::Report => Fidelity::Report,
        pb::Fidelity::Strict => Fidelity::Strict,
    })
}

pub(crate) fn foreign(value: i32) -> Result<Foreign, Failure> {
    Ok(match known("foreign", value, pb::Foreign::as_str_name)? {
        pb::Foreign::Unspecified | pb::Foreign::Plain => Foreign::Plain,
        pb::Foreign::Tagged => Foreign::Tagged,
    })
}

pub(crate) fn documents(value: i32) -> Result<Documents, Failure> {
    Ok(match known("documents", value, pb::Documents::as_str_name)? {
        pb::Documents::Unspecified | pb::Documents::Array => Documents::Array,
        pb::Documents::Refuse => Documents::Refuse,
    })
}

pub(crate) fn arrays(value: i32, keys: Vec<String>) -> Result<Arrays, Failure> {
    let arrays = match known("arrays", value, pb::Arrays::as_str_name)? {
        pb::Arrays::Unspecified | pb::Arrays::Lcs => Arrays::Lcs,
        pb::Arrays::Keyed if keys.is_empty() => {
            let message =
                "arrays is ARRAYS_KEYED and array_keys is empty; allowed: 1 or more names of members";
            return Err(Failure::invalid("OPTION_INVALID", message).with("option", "array_keys"));
        }
        pb::Arrays::Keyed => return Ok(Arrays::Keyed(keys)),
        pb::Arrays::Position => Arrays::Position,
    };
    if keys.is_empty() {
        return Ok(arrays);
    }
    let message = "array_keys is set; allowed: only with ARRAYS_KEYED";
    Err(Failure::invalid("OPTION_INVALID", message).with("option", "array_keys"))
}

pub(crate) fn diff_output(value: i32) -> Result<DiffOutput, Failure> {
    Ok(match known("output", value, pb::DiffOutput::as_str_name)? {
        pb::DiffOutput::Unspecified | pb::DiffOutput::Patch => DiffOutput::Patch,
        pb::DiffOutput::MergePatch => DiffOutput::MergePatch,
        pb::DiffOutput::Text => DiffOutput::Text,
    })
}

pub(crate) fn draft(value: i32) -> Result<Draft, Failure> {
    Ok(match known("default_draft", value, pb::SchemaDraft::as_str_name)? {
        pb::SchemaDraft::SchemaDraft4 => Draft::Draft4,
        pb::SchemaDraft::SchemaDraft6 => Draft::Draft6,
        pb::SchemaDraft::SchemaDraft7 => Draft::Draft7,
        pb::SchemaDraft::SchemaDraft201909 => Draft::Draft201909,
        pb::SchemaDraft::Unspecified | pb::SchemaDraft::SchemaDraft202012 => Draft::Draft202012,
    })
}

pub(crate) fn formats(value: i32) -> Result<Formats, Failure> {
    Ok(match known("formats", value, pb::SchemaFormats::as_str_name)? {
        pb::SchemaFormats::Unspecified | pb::SchemaFormats::Assert => Formats::Assert,
        pb::SchemaFormats::Annotate => Formats::Annotate,
    })
}

pub(crate) fn schema_output(value: i32) -> Result<Output, Failure> {
    Ok(match known("output", value, pb::SchemaOutput::as_str_name)? {
        pb::SchemaOutput::Flag => Output::Flag,
        pb::SchemaOutput::Unspecified | pb::SchemaOutput::Basic => Output::Basic,
        pb::SchemaOutput::Detailed => Output::Detailed,
    })
}

/// Unspecified is refused: a query must name its language.
pub(crate) fn language(value: i32) -> Result<Language, Failure> {
    match known("language", value, pb::QueryLanguage::as_str_name)? {
        pb::QueryLanguage::Pointer => Ok(Language::Pointer),
        pb::QueryLanguage::Jsonpath => Ok(Language::JsonPath),
        pb::QueryLanguage::Jmespath => Ok(Language::JmesPath),
        pb::QueryLanguage::Jq => Ok(Language::Jq),
        pb::QueryLanguage::Unspecified => {
            Err(refused("language", value, &names(pb::QueryLanguage::as_str_name)))
        }
    }
}
