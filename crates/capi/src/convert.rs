//! fastjson_convert: one document, another serialisation.

use json_engine::convert::{self, ConvertOptions as How, CsvOptions};

use crate::buffer::Buffer;
use crate::code::{Code, Failure};
use crate::format::layout;
use crate::options::{Options, Settings};
use crate::report::{Notes, Report};
use crate::sized::{self, SizedByCaller};
use crate::{border, choice};

/// How a document is converted. A field that is 0 is its default; only `to` has none.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ConvertOptions {
    /// sizeof(fastjson_convert_options); always set it.
    pub struct_size: u32,
    /// What the document is written in: FASTJSON_FORMAT_*. Default JSON.
    pub from: u32,
    /// What is written: FASTJSON_FORMAT_*, but JSON5 and auto.
    pub to: u32,
    /// What is done about losses: FASTJSON_FIDELITY_*. Default report.
    pub fidelity: u32,
    /// The JSON form of values that JSON does not have: FASTJSON_FOREIGN_*. Default plain.
    pub foreign: u32,
    /// What a stream of several documents becomes where the target holds one: FASTJSON_DOCUMENTS_*. Default an array.
    pub documents: u32,
    /// Spaces a level where JSON is written, 1 to 16 or FASTJSON_INDENT_ZERO. Default no white space.
    pub indent: u32,
    /// What separates cells of CSV, one character of ASCII. Default a comma.
    pub csv_delimiter: u32,
    /// FASTJSON_CSV_HEADER_*. Default present.
    pub csv_header: u32,
    /// FASTJSON_CSV_CELLS_*. Default text.
    pub csv_cells: u32,
    /// FASTJSON_CSV_PATHS_*. Default flat.
    pub csv_paths: u32,
}

// SAFETY: integers, the size first.
unsafe impl SizedByCaller for ConvertOptions {}

/// Writes a document in another format. Each loss is a warning in the report, with its place in the source; docs/convert.md
/// lists what is lost where. fastjson_report_format says what the source was read as.
///
/// A parse and a write; a second parse where something was lost.
///
/// # Safety
/// `source` names `source_len` bytes, or anything where that is 0. `how` and `options` are NULL or name what their struct_size
/// says. What `out` names is written: the caller frees it by fastjson_buffer_free; it is empty where the call fails. `report`
/// is NULL, or what it names is written: a report that the caller frees by fastjson_report_free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fastjson_convert(
    source: *const u8,
    source_len: usize,
    how: *const ConvertOptions,
    options: *const Options,
    out: *mut Buffer,
    report: *mut *mut Report,
) -> Code {
    let work = || {
        // SAFETY: the caller vouches for all of them.
        let (source, how, settings) = unsafe {
            (border::bytes("source", source, source_len)?, sized::read("how", how)?, Settings::read(options)?)
        };
        let scan = settings.scan;
        let converted = convert::convert(source, &chosen(&how)?, &scan, &settings.document_budget())?;
        let notes = Notes { format: choice::number(converted.from), ..Notes::of(converted.report) };
        Ok((converted.bytes.into(), notes))
    };
    // SAFETY: the caller vouches for both places.
    unsafe { border::answer(out, Buffer::EMPTY, report, work) }
}

fn chosen(options: &ConvertOptions) -> Result<How, Failure> {
    Ok(How {
        from: choice::source("from", options.from)?,
        to: choice::target(options.to)?,
        fidelity: choice::fidelity(options.fidelity)?,
        foreign: choice::foreign(options.foreign)?,
        csv: csv(options)?,
        layout: layout(options.indent)?,
        documents: choice::documents(options.documents)?,
    })
}

fn csv(options: &ConvertOptions) -> Result<CsvOptions, Failure> {
    let delimiter = match options.csv_delimiter {
        0 => CsvOptions::default().delimiter,
        // The engine refuses what cannot stand between cells.
        given => u8::try_from(given)
            .map_err(|_| choice::refused("csv_delimiter", given, "one character of ASCII"))?,
    };
    Ok(CsvOptions {
        delimiter,
        header: choice::csv_header(options.csv_header)?,
        cells: choice::csv_cells(options.csv_cells)?,
        paths: choice::csv_paths(options.csv_paths)?,
    })
}
