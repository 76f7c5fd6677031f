//! How CSV is read and written.

use chassis::Failure;
use fastjson_proto::fastjson::v1::CsvOptions as Pb;
use fastjson_proto::fastjson::v1::csv_options as pb;
use json_engine::convert::{Cells, CsvOptions, Header, Paths};

use super::choice::known;

/// Absent means the default of each choice.
pub(crate) fn csv(options: Option<Pb>) -> Result<CsvOptions, Failure> {
    let options = options.unwrap_or_default();
    Ok(CsvOptions {
        delimiter: delimiter(&options.delimiter)?,
        header: match known("csv.header", options.header, pb::Header::as_str_name)? {
            pb::Header::Unspecified | pb::Header::Present => Header::Present,
            pb::Header::Absent => Header::Absent,
        },
        cells: match known("csv.cells", options.cells, pb::Cells::as_str_name)? {
            pb::Cells::Unspecified | pb::Cells::Text => Cells::Text,
            pb::Cells::Typed => Cells::Typed,
        },
        paths: match known("csv.paths", options.paths, pb::Paths::as_str_name)? {
            pb::Paths::Unspecified | pb::Paths::Flat => Paths::Flat,
            pb::Paths::Nested => Paths::Nested,
        },
    })
}

fn delimiter(given: &str) -> Result<u8, Failure> {
    match given.as_bytes() {
        [] => Ok(CsvOptions::default().delimiter),
        [byte @ (b'\t' | b' '..=b'~')] if *byte != b'"' => Ok(*byte),
        _ => {
            let allowed = "one printable character of ASCII but '\"', or a tab";
            let message = format!("csv.delimiter is none of those allowed: {allowed}");
            Err(Failure::invalid("OPTION_INVALID", message)
                .with("option", "csv.delimiter")
                .with("allowed", allowed))
        }
    }
}
