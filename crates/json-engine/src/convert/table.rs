//! The table: which reader and which writer belongs to each format. The one place that knows them all.

use super::losses::Losses;
use super::{
    ConvertOptions, CsvOptions, Format, Read, Reading, Writing, cbor, csv, json, json5, msgpack, ndjson,
    toml, yaml,
};
use crate::Error;
use crate::document::Document;
use crate::input::Input;

/// Reads the whole source. Values that are at hand are JSON's, and taken only where no places are to be kept.
pub(super) fn read(
    format: Format,
    input: &mut Input<'_>,
    reading: &Reading<'_>,
    csv: &CsvOptions,
) -> Result<Read, Error> {
    let source = input.text();
    match format {
        Format::Json => json::read(input, reading),
        Format::Json5 => json5::read(source, reading),
        Format::Ndjson => ndjson::read(source, reading),
        Format::Yaml => yaml::read(source, reading),
        Format::Toml => toml::read(source, toml::Version::V1_1, reading),
        Format::Toml10 => toml::read(source, toml::Version::V1_0, reading),
        Format::Csv => csv::read(source, reading, csv),
        Format::Cbor => cbor::read(source, reading),
        Format::Msgpack => msgpack::read(source, reading),
    }
}

/// Writes one document. Losses have JSON Pointers into it.
pub(super) fn write(
    document: &Document,
    how: &ConvertOptions,
    writing: &Writing<'_>,
    losses: &mut Losses,
) -> Result<Vec<u8>, Error> {
    match how.to {
        Format::Json => json::write(document, how.layout, writing),
        Format::Json5 | Format::Toml10 => Err(only_read(how.to)),
        Format::Ndjson => ndjson::write(document, writing),
        Format::Yaml => yaml::write(document, writing, losses),
        Format::Toml => toml::write(document, writing, losses),
        Format::Csv => csv::write(document, writing, &how.csv, losses),
        Format::Cbor => cbor::write(document, writing, losses),
        Format::Msgpack => msgpack::write(document, writing, losses),
    }
}

/// Writes several documents one after another. Losses have JSON Pointers that begin with the index of the document, as if the
/// documents were one array.
pub(super) type StreamWriter = fn(&[Document], &Writing<'_>, &mut Losses) -> Result<Vec<u8>, Error>;

/// The writer of streams, if the format is one.
pub(super) fn stream_writer(format: Format) -> Option<StreamWriter> {
    match format {
        Format::Ndjson => Some(|documents, writing, _| ndjson::write_stream(documents, writing)),
        Format::Yaml => Some(|documents, writing, losses| yaml::write_stream(documents, writing, losses)),
        Format::Json
        | Format::Json5
        | Format::Toml
        | Format::Toml10
        | Format::Csv
        | Format::Cbor
        | Format::Msgpack => None,
    }
}

fn only_read(to: Format) -> Error {
    Error::Option {
        name: "to",
        message: format!("{} is only read", to.name()),
        allowed: "json, ndjson, yaml, toml, csv, cbor, msgpack",
    }
}
