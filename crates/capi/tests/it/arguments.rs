//! Callers that are wrong: NULL, sizes that cannot be, numbers that no version knows. Each is told, none is undefined.

use std::ffi::CStr;
use std::ptr::{null, null_mut};

use capi::*;

use crate::call::{
    compile, convert, convert_options, empty, finish, format, format_options, options, validate,
};

#[test]
fn null_is_nothing_where_the_length_is_0() {
    // SAFETY: no byte is named, and the report is not wanted.
    let code = unsafe { fastjson_validate(null(), 0, 0, null(), null_mut()) };
    assert_eq!(code, FASTJSON_INVALID_DOCUMENT);
}

#[test]
fn null_where_bytes_must_be_is_told() {
    let (mut out, mut report) = (empty(), null_mut());
    // SAFETY: NULL is what is tested; what the call gives is freed by `finish`.
    let outcome = unsafe {
        let code = fastjson_format(null(), 1, null(), null(), &raw mut out, &raw mut report);
        finish(code, out, report)
    };
    assert_eq!((outcome.code, outcome.reason.as_str()), (FASTJSON_INVALID_ARGUMENT, "ARGUMENT_INVALID"));
    assert_eq!(outcome.message, "text: NULL where 1 bytes must be");
}

#[test]
fn a_length_beyond_memory_is_told() {
    // SAFETY: the length is refused before a byte is read.
    let code = unsafe { fastjson_validate(b"1".as_ptr(), usize::MAX, 0, null(), null_mut()) };
    assert_eq!(code, FASTJSON_INVALID_ARGUMENT);
}

#[test]
fn an_answer_without_a_place_is_told() {
    let mut report = null_mut();
    // SAFETY: NULL is what is tested.
    let outcome = unsafe {
        let code = fastjson_format(b"1".as_ptr(), 1, null(), null(), null_mut(), &raw mut report);
        finish(code, empty(), report)
    };
    assert_eq!(
        (outcome.code, outcome.message.as_str()),
        (FASTJSON_INVALID_ARGUMENT, "out: NULL; the answer needs a place")
    );
}

#[test]
fn a_query_that_is_null_is_told() {
    let mut out = empty();
    // SAFETY: NULL is what is tested.
    let code = unsafe { fastjson_query_run(null(), b"1".as_ptr(), 1, null(), &raw mut out, null_mut()) };
    assert_eq!(code, FASTJSON_INVALID_ARGUMENT);
}

#[test]
fn a_conversion_without_a_target_is_refused() {
    let mut out = empty();
    // SAFETY: all bytes are this function's own.
    let code = unsafe { fastjson_convert(b"1".as_ptr(), 1, null(), null(), &raw mut out, null_mut()) };
    assert_eq!(code, FASTJSON_INVALID_OPTION);
}

#[test]
fn options_without_their_size_are_told() {
    let outcome = validate(b"1", 0, &Options { struct_size: 0, ..options() });
    assert_eq!(outcome.code, FASTJSON_INVALID_ARGUMENT);
    assert_eq!(outcome.message, "options: struct_size is 0; set it to the sizeof of the struct");
}

#[test]
fn an_older_callers_options_are_read() {
    // As long as an Options that ends behind `max_depth`.
    let older = Options { struct_size: 8, max_depth: 1, max_bytes: 1, ..options() };
    assert_eq!(validate(b"[[1]]", 0, &older).reason, "DEPTH_LIMIT");
    assert_eq!(validate(b"[1]", 0, &older).code, FASTJSON_OK);
}

#[test]
fn numbers_that_no_version_knows_are_refused() {
    let refused = |outcome: crate::call::Outcome, name: &str| {
        assert_eq!(
            (outcome.code, outcome.reason.as_str()),
            (FASTJSON_INVALID_OPTION, "OPTION_INVALID"),
            "{name}"
        );
        assert!(outcome.message.starts_with(name) && outcome.message.contains("99"), "{}", outcome.message);
    };
    refused(validate(b"1", 99, &options()), "format");
    refused(validate(b"1", 0, &Options { duplicate_keys: 99, ..options() }), "duplicate_keys");
    refused(validate(b"1", 0, &Options { profile: 99, ..options() }), "profile");
    refused(validate(b"1", 0, &Options { max_depth: 999, ..options() }), "max_depth");
    let how = format_options(0);
    refused(format(b"1", &format_options(99), &options()), "style");
    refused(format(b"1", &FormatOptions { indent: 99, ..how }, &options()), "indent");
    refused(format(b"1", &FormatOptions { key_order: 99, ..how }, &options()), "key_order");
    refused(format(b"1", &FormatOptions { numbers: 99, ..how }, &options()), "numbers");
    let how = convert_options(0, FASTJSON_FORMAT_YAML);
    refused(convert(b"1", &convert_options(99, FASTJSON_FORMAT_JSON), &options()), "from");
    refused(convert(b"1", &convert_options(0, 99), &options()), "to");
    refused(convert(b"1", &ConvertOptions { fidelity: 99, ..how }, &options()), "fidelity");
    refused(convert(b"1", &ConvertOptions { foreign: 99, ..how }, &options()), "foreign");
    refused(convert(b"1", &ConvertOptions { documents: 99, ..how }, &options()), "documents");
    refused(convert(b"1", &ConvertOptions { csv_header: 99, ..how }, &options()), "csv_header");
    refused(convert(b"1", &ConvertOptions { csv_cells: 99, ..how }, &options()), "csv_cells");
    refused(convert(b"1", &ConvertOptions { csv_paths: 99, ..how }, &options()), "csv_paths");
    refused(convert(b"1", &ConvertOptions { csv_delimiter: 999, ..how }, &options()), "csv_delimiter");
    refused(*compile(99, b".", &[]).err().unwrap(), "language");
    for unwritten in
        [FASTJSON_FORMAT_UNSPECIFIED, FASTJSON_FORMAT_JSON5, FASTJSON_FORMAT_AUTO, FASTJSON_FORMAT_TOML_1_0]
    {
        assert_eq!(convert(b"1", &convert_options(0, unwritten), &options()).code, FASTJSON_INVALID_OPTION);
    }
}

#[test]
fn a_report_of_null_says_nothing() {
    // SAFETY: NULL is allowed everywhere here, and the texts are static.
    unsafe {
        assert_eq!(CStr::from_ptr(fastjson_report_reason(null())), c"");
        assert_eq!(CStr::from_ptr(fastjson_report_message(null())), c"");
        assert_eq!(CStr::from_ptr(fastjson_report_diagnostics(null())), c"[]");
        assert_eq!(CStr::from_ptr(fastjson_report_stats(null())), c"{}");
        assert_eq!(fastjson_report_line(null()) + fastjson_report_column(null()), 0);
        assert_eq!(fastjson_report_byte_offset(null()), FASTJSON_NO_OFFSET);
        assert_eq!(fastjson_report_hits(null()) + fastjson_report_diagnostics_total(null()), 0);
        assert_eq!(fastjson_report_format(null()), 0);
        fastjson_report_free(null_mut());
        fastjson_query_free(null_mut());
        fastjson_buffer_free(null_mut());
    }
}

#[test]
fn the_version_is_that_of_the_crate() {
    // SAFETY: it is static and ends with a zero byte.
    let version = unsafe { CStr::from_ptr(fastjson_version()) };
    assert_eq!(version.to_str(), Ok(env!("CARGO_PKG_VERSION")));
}
