//! How CSV is read and written.

use chassis::Failure;
use fastjson_proto::fastjson::v1::CsvOptions as Pb;
use fastjson_proto::fastjson::v1::csv_options as pb;
use json_engine::convert::{Cells, CsvOptions, Header, Paths};

/// Absent means the default of each choice.
pub(crate) fn csv(options: Option<Pb>) -> Result<CsvOptions, Failure> {
    let options = options.unwrap_or_default();
    Ok(CsvOptions {
        delimiter: delimiter(&options.delimiter)?,
        header: match pb::Header::try_from(options.header) {
            Ok(pb::Header::Unspecified | pb::Header::Present) => Header::Present,
            Ok(pb::Header::Absent) => Header::Absent,
            Err(_) => return Err(refused("csv.header", "HEADER_PRESENT, HEADER_ABSENT")),
        },
        cells: match pb::Cells::try_from(options.cells) {
            Ok(pb::Cells::Unspecified | pb::Cells::Text) => Cells::Text,
            Ok(pb::Cells::Typed) => Cells::Typed,
            Err(_) => return Err(refused("csv.cells", "CELLS_TEXT, CELLS_TYPED")),
        },
        paths: match pb::Paths::try_from(options.paths) {
            Ok(pb::Paths::Unspecified | pb::Paths::Flat) => Paths::Flat,
            Ok(pb::Paths::Nested) => Paths::Nested,
            Err(_) => return Err(refused("csv.paths", "PATHS_FLAT, PATHS_NESTED")),
        },
    })
}

fn delimiter(given: &str) -> Result<u8, Failure> {
    match given.as_bytes() {
        [] => Ok(CsvOptions::default().delimiter),
        [byte @ (b'\t' | b' '..=b'~')] if *byte != b'"' => Ok(*byte),
        _ => Err(refused("csv.delimiter", "one printable character of ASCII but '\"', or a tab")),
    }
}

fn refused(option: &'static str, allowed: &'static str) -> Failure {
    Failure::invalid("OPTION_INVALID", format!("{option} is none of those allowed: {allowed}"))
        .with("option", option)
        .with("allowed", allowed)
}
