//! The engine as a C library: validate, format, convert and query from C, Go (cgo), Python (ctypes).
//!
//! A call takes bytes and options and gives a code, a buffer and, to those who ask, a report. `include/fastjson.h` is
//! written from this crate; docs/capi.md shows it at work.
//!
//! Promise: nothing is read or written but what the caller's pointers name, nothing is kept of them after the call, no
//! panic crosses the border, and what a call gives has one function that frees it. A field of options that is zero is its
//! default; codes, reasons and the numbers of choices are those of the gRPC contract.
//! Cost: a call adds the reading of its options; a report is one allocation, its JSON is written when it is asked for.
#![allow(
    unsafe_code,
    reason = "a C caller's pointers are read and written here, and nowhere else in the workspace"
)]

mod border;
mod buffer;
mod cancel;
mod choice;
mod code;
mod convert;
mod format;
mod options;
mod query;
mod report;
mod sized;
mod validate;

use std::ffi::{CStr, c_char};

pub use buffer::{Buffer, fastjson_buffer_free};
pub use cancel::{Cancel, fastjson_cancel_free, fastjson_cancel_new, fastjson_cancel_now};
pub use choice::*;
pub use code::*;
pub use convert::{ConvertOptions, fastjson_convert};
pub use format::{FormatOptions, fastjson_format};
pub use options::Options;
pub use query::{Query, Variable, fastjson_query_compile, fastjson_query_free, fastjson_query_run};
pub use report::{
    FASTJSON_NO_OFFSET, Report, fastjson_report_byte_offset, fastjson_report_column,
    fastjson_report_diagnostics, fastjson_report_diagnostics_total, fastjson_report_format,
    fastjson_report_free, fastjson_report_hits, fastjson_report_line, fastjson_report_message,
    fastjson_report_reason, fastjson_report_stats,
};
pub use validate::fastjson_validate;

const VERSION: &CStr = match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
    Ok(version) => version,
    Err(_) => panic!("a version has no zero byte, so that the one at its end is the only one"),
};

/// The version of the library, such as "0.1.0". Static: nobody frees it.
#[unsafe(no_mangle)]
pub extern "C" fn fastjson_version() -> *const c_char {
    VERSION.as_ptr()
}
