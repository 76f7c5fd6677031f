//! Calls as a careful C program makes them: everything that a call gives is read, then freed.

use std::ffi::{CStr, c_char};
use std::ptr::{null, null_mut};

use capi::*;
use serde_json::Value;

/// What a call gave.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) code: Code,
    pub(crate) output: Vec<u8>,
    pub(crate) reason: String,
    pub(crate) message: String,
    /// Line, column and byte.
    pub(crate) place: (u64, u64, u64),
    pub(crate) diagnostics: Value,
    pub(crate) diagnostics_total: u64,
    pub(crate) stats: Value,
    pub(crate) hits: u64,
    pub(crate) format: u32,
}

impl Outcome {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.output).unwrap()
    }

    /// The codes of the findings.
    pub(crate) fn found(&self) -> Vec<&str> {
        let findings = self.diagnostics.as_array().unwrap();
        findings.iter().map(|finding| finding["code"].as_str().unwrap()).collect()
    }
}

/// Options of the caller's own size, every other field 0.
pub(crate) fn options() -> Options {
    Options {
        struct_size: u32::try_from(size_of::<Options>()).unwrap(),
        max_depth: 0,
        max_bytes: 0,
        max_nodes: 0,
        max_output_bytes: 0,
        memory_bytes: 0,
        time_ms: 0,
        max_number_digits: 0,
        max_diagnostics: 0,
        duplicate_keys: 0,
        profile: 0,
        cancel: null(),
    }
}

pub(crate) fn format_options(style: u32) -> FormatOptions {
    let struct_size = u32::try_from(size_of::<FormatOptions>()).unwrap();
    FormatOptions { struct_size, style, indent: 0, key_order: 0, numbers: 0 }
}

pub(crate) fn convert_options(from: u32, to: u32) -> ConvertOptions {
    ConvertOptions {
        struct_size: u32::try_from(size_of::<ConvertOptions>()).unwrap(),
        from,
        to,
        fidelity: 0,
        foreign: 0,
        documents: 0,
        indent: 0,
        csv_delimiter: 0,
        csv_header: 0,
        csv_cells: 0,
        csv_paths: 0,
    }
}

pub(crate) fn validate(text: &[u8], format: u32, options: &Options) -> Outcome {
    let mut report = null_mut();
    // SAFETY: the pointers are those of living values, and `finish` frees what the call gave, once.
    unsafe {
        let code = fastjson_validate(text.as_ptr(), text.len(), format, options, &raw mut report);
        finish(code, empty(), report)
    }
}

pub(crate) fn format(text: &[u8], how: &FormatOptions, options: &Options) -> Outcome {
    let (mut out, mut report) = (empty(), null_mut());
    // SAFETY: as in `validate`.
    unsafe {
        let code = fastjson_format(text.as_ptr(), text.len(), how, options, &raw mut out, &raw mut report);
        finish(code, out, report)
    }
}

pub(crate) fn convert(source: &[u8], how: &ConvertOptions, options: &Options) -> Outcome {
    let (mut out, mut report) = (empty(), null_mut());
    // SAFETY: as in `validate`.
    unsafe {
        let code =
            fastjson_convert(source.as_ptr(), source.len(), how, options, &raw mut out, &raw mut report);
        finish(code, out, report)
    }
}

/// A compiled query that frees itself.
pub(crate) struct Compiled(*mut Query);

// SAFETY: the header promises that any number of threads may run a query.
unsafe impl Send for Compiled {}
// SAFETY: see above.
unsafe impl Sync for Compiled {}

impl Drop for Compiled {
    fn drop(&mut self) {
        // SAFETY: it was compiled and is freed once.
        unsafe { fastjson_query_free(self.0) };
    }
}

/// Compiles a program with variables of a name, ended by a zero byte, and a JSON text.
pub(crate) fn compile(
    language: u32,
    program: &[u8],
    variables: &[(&CStr, &str)],
) -> Result<Compiled, Box<Outcome>> {
    let end = Variable { name: null(), value: null(), value_len: 0 };
    let variable = |(name, value): &(&CStr, &str)| Variable {
        name: name.as_ptr(),
        value: value.as_ptr(),
        value_len: value.len(),
    };
    let list: Vec<Variable> = variables.iter().map(variable).chain([end]).collect();
    let (mut query, mut report) = (null_mut(), null_mut());
    // SAFETY: as in `validate`; the list has its end.
    unsafe {
        let (text, len) = (program.as_ptr(), program.len());
        let code =
            fastjson_query_compile(language, text, len, list.as_ptr(), &raw mut query, &raw mut report);
        let outcome = finish(code, empty(), report);
        assert_eq!(code == FASTJSON_OK, !query.is_null());
        if code == FASTJSON_OK { Ok(Compiled(query)) } else { Err(Box::new(outcome)) }
    }
}

pub(crate) fn run(query: &Compiled, text: &[u8], options: &Options) -> Outcome {
    let (mut out, mut report) = (empty(), null_mut());
    // SAFETY: as in `validate`; the query lives.
    unsafe {
        let code =
            fastjson_query_run(query.0, text.as_ptr(), text.len(), options, &raw mut out, &raw mut report);
        finish(code, out, report)
    }
}

/// A buffer without bytes.
pub(crate) fn empty() -> Buffer {
    Buffer { data: null_mut(), len: 0, capacity: 0 }
}

/// Reads all that a call gave, and frees it.
///
/// # Safety
/// Both came from one call and are not used again.
pub(crate) unsafe fn finish(code: Code, mut out: Buffer, report: *mut Report) -> Outcome {
    // SAFETY: the texts of a report end with a zero byte and live until it is freed below.
    let text = |text: *const c_char| unsafe { CStr::from_ptr(text) }.to_str().unwrap().to_owned();
    // SAFETY: report and buffer came from a call and are freed once.
    unsafe {
        let output = if out.data.is_null() {
            Vec::new()
        } else {
            std::slice::from_raw_parts(out.data, out.len).to_vec()
        };
        let outcome = Outcome {
            code,
            output,
            reason: text(fastjson_report_reason(report)),
            message: text(fastjson_report_message(report)),
            place: (
                fastjson_report_line(report),
                fastjson_report_column(report),
                fastjson_report_byte_offset(report),
            ),
            diagnostics: serde_json::from_str(&text(fastjson_report_diagnostics(report))).unwrap(),
            diagnostics_total: fastjson_report_diagnostics_total(report),
            stats: serde_json::from_str(&text(fastjson_report_stats(report))).unwrap(),
            hits: fastjson_report_hits(report),
            format: fastjson_report_format(report),
        };
        fastjson_buffer_free(&raw mut out);
        assert!(out.data.is_null());
        fastjson_buffer_free(&raw mut out);
        fastjson_report_free(report);
        outcome
    }
}
