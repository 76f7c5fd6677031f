//! fastjson_validate: the verdict on a document.

use json_engine::Error;
use json_engine::convert::{self, Format, Source};

use crate::code::Code;
use crate::options::{Options, Settings};
use crate::report::{Notes, Report};
use crate::{border, choice};

/// Checks a document. FASTJSON_OK means that it is valid, FASTJSON_INVALID_DOCUMENT that it is not: the report then has every
/// finding that can be told apart, for JSON with the fix of each where that is clear.
///
/// `format` is what the document is written in, FASTJSON_FORMAT_*; 0 is JSON. One pass over a JSON text, memory by its depth;
/// other formats cost a parse.
///
/// # Safety
/// `text` names `text_len` bytes, or anything where that is 0. `options` is NULL or names what its struct_size says. `report` is
/// NULL, or what it names is written: a report that the caller frees by fastjson_report_free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fastjson_validate(
    text: *const u8,
    text_len: usize,
    format: u32,
    options: *const Options,
    report: *mut *mut Report,
) -> Code {
    let work = || {
        // SAFETY: the caller vouches for both.
        let (text, settings) = unsafe { (border::bytes("text", text, text_len)?, Settings::read(options)?) };
        let source = choice::source("format", format)?;
        let scan = settings.scan;
        let verdict = match source {
            Source::Is(Format::Json) => json_engine::validate(text, &scan)?,
            Source::Is(_) | Source::Auto => {
                convert::validate(text, source, &scan, &settings.document_budget())?
            }
        };
        if !verdict.is_valid() {
            return Err(Error::Invalid(Box::new(verdict)).into());
        }
        Ok(((), Notes::of(verdict)))
    };
    let mut nothing = ();
    // SAFETY: the place of the answer is this function's own, that of the report is vouched for.
    unsafe { border::answer(&raw mut nothing, (), report, work) }
}
