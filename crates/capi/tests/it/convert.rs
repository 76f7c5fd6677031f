//! fastjson_convert: formats, losses, tables.

use capi::*;

use crate::call::{convert, convert_options, options};

fn check(source: &[u8], how: &ConvertOptions, expected: &[u8], losses: &[&str]) {
    let outcome = convert(source, how, &options());
    assert_eq!(outcome.code, FASTJSON_OK, "{}", outcome.message);
    assert_eq!(outcome.output.escape_ascii().to_string(), expected.escape_ascii().to_string());
    assert_eq!(outcome.found(), losses);
}

#[test]
fn formats() {
    let json = b"{\"a\":[1,2.50]}";
    check(json, &convert_options(0, FASTJSON_FORMAT_YAML), b"a:\n  - 1\n  - 2.50\n", &[]);
    check(json, &convert_options(0, FASTJSON_FORMAT_TOML), b"a = [1, 2.50]\n", &[]);
    check(b"[{\"a\":1}]", &convert_options(0, FASTJSON_FORMAT_CSV), b"a\r\n1\r\n", &["TYPE_DROPPED"]);
    check(b"[1]", &convert_options(0, FASTJSON_FORMAT_CBOR), b"\x81\x01", &[]);
    check(b"[1]", &convert_options(0, FASTJSON_FORMAT_MSGPACK), b"\x91\x01", &[]);
    check(b"[]", &convert_options(0, FASTJSON_FORMAT_NDJSON), b"", &[]);
    check(b"\x81\x01", &convert_options(FASTJSON_FORMAT_CBOR, FASTJSON_FORMAT_JSON), b"[1]", &[]);
    check(
        b"a = 07:32:00",
        &convert_options(FASTJSON_FORMAT_TOML_1_0, FASTJSON_FORMAT_TOML),
        b"a = 07:32:00\n",
        &[],
    );
    check(b"{a:1}", &convert_options(FASTJSON_FORMAT_JSON5, FASTJSON_FORMAT_JSON), b"{\"a\":1}", &[]);
}

#[test]
fn a_source_that_is_found_out_is_named() {
    let outcome =
        convert(b"a: 1\n", &convert_options(FASTJSON_FORMAT_AUTO, FASTJSON_FORMAT_JSON), &options());
    assert_eq!((outcome.text(), outcome.format), ("{\"a\":1}", FASTJSON_FORMAT_YAML));
}

#[test]
fn losses_have_places_or_fail() {
    let how = convert_options(FASTJSON_FORMAT_YAML, FASTJSON_FORMAT_JSON);
    check(b"a: .nan\n", &how, b"{\"a\":null}", &["NON_FINITE_AS_NULL"]);
    let strict = ConvertOptions { fidelity: FASTJSON_FIDELITY_STRICT, ..how };
    let outcome = convert(b"a: .nan\n", &strict, &options());
    assert_eq!((outcome.code, outcome.reason.as_str()), (FASTJSON_LOSS, "FIDELITY_LOSS"));
    assert_eq!((outcome.place, outcome.output.len()), ((1, 4, 3), 0));
    let tagged = ConvertOptions { foreign: FASTJSON_FOREIGN_TAGGED, ..how };
    check(b"a: .nan\n", &tagged, b"{\"a\":{\"$float\":\"NaN\"}}", &[]);
}

#[test]
fn csv_is_spelled_as_the_caller_says() {
    let how = ConvertOptions {
        csv_delimiter: u32::from(b';'),
        csv_header: FASTJSON_CSV_HEADER_ABSENT,
        csv_cells: FASTJSON_CSV_CELLS_TYPED,
        ..convert_options(FASTJSON_FORMAT_CSV, FASTJSON_FORMAT_JSON)
    };
    check(b"1;x\r\n", &how, b"[[1,\"x\"]]", &[]);
    let nested = ConvertOptions {
        csv_paths: FASTJSON_CSV_PATHS_NESTED,
        indent: 1,
        ..convert_options(FASTJSON_FORMAT_CSV, FASTJSON_FORMAT_JSON)
    };
    check(b"a.b\r\n1\r\n", &nested, b"[\n {\n  \"a\": {\n   \"b\": \"1\"\n  }\n }\n]", &[]);
}

#[test]
fn a_stream_fits_or_is_refused() {
    let how = convert_options(FASTJSON_FORMAT_NDJSON, FASTJSON_FORMAT_JSON);
    check(b"1\n2\n", &how, b"[1,2]", &[]);
    let refuse = ConvertOptions { documents: FASTJSON_DOCUMENTS_REFUSE, ..how };
    let outcome = convert(b"1\n2\n", &refuse, &options());
    assert_eq!((outcome.code, outcome.reason.as_str()), (FASTJSON_INVALID_OPTION, "OPTION_INVALID"));
}
