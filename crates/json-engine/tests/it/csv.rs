//! CSV through `convert`; the cases of RFC 4180 stand beside the reader.

use json_engine::convert::{Cells, ConvertOptions, CsvOptions, Fidelity, Format, Header, Paths};
use json_engine::{Code, Error};

use crate::convert::{findings, from_to, run};
use crate::toml::pairs;

const NESTED: CsvOptions =
    CsvOptions { delimiter: b',', header: Header::Present, cells: Cells::Typed, paths: Paths::Nested };

fn check(source: &str, how: &ConvertOptions, expected: &str, found: &[&str]) {
    let converted = run(source, how).unwrap();
    assert_eq!(findings(&converted), found, "{source}");
    assert_eq!(String::from_utf8(converted.bytes).unwrap(), expected, "{source}");
}

#[test]
fn a_quote_inside_a_cell_is_text_and_a_warning() {
    let how =
        ConvertOptions { fidelity: Fidelity::Strict, csv: NESTED, ..from_to(Format::Csv, Format::Json) };
    check(
        "a,b\n1,37\u{b0}36'37.8\"N 121\"\n2,x\n",
        &how,
        "[{\"a\":1,\"b\":\"37\u{b0}36'37.8\\\"N 121\\\"\"},{\"a\":2,\"b\":\"x\"}]",
        &["CSV_SYNTAX 2:13 /0 0"],
    );
    check("a\",b\n", &how, "[]", &["CSV_SYNTAX 1:2  0"]);
}

/// docs/formats/csv.md: each block is what becomes of the one before it.
#[test]
fn the_examples_of_the_page() {
    let page = include_str!("../../../../docs/formats/csv.md");
    for (from, source, to, expected) in pairs(page) {
        let how = ConvertOptions { csv: NESTED, ..from_to(from, to) };
        let converted = run(source, &how).unwrap();
        let text = String::from_utf8(converted.bytes).unwrap().replace("\r\n", "\n");
        assert_eq!(text.trim_end(), expected.trim_end());
    }
}

#[test]
fn losses_have_their_places() {
    check(
        "[{\"a\":\"x\",\n\"b\":1},{\"a\":\"y\"}]",
        &from_to(Format::Json, Format::Csv),
        "a,b\r\nx,1\r\ny,\r\n",
        &["TYPE_DROPPED 2:5 /0/b 0", "STRUCTURE_CHANGED 2:8 /1/b 0"],
    );
}

#[test]
fn strict_refuses_to_lose_types() {
    let strict = ConvertOptions { fidelity: Fidelity::Strict, ..from_to(Format::Json, Format::Csv) };
    assert!(matches!(run(r#"[{"a":1}]"#, &strict), Err(Error::Fidelity(_))));
    let typed = ConvertOptions { csv: NESTED, ..strict };
    check(r#"[{"a":{"b":1.50}}]"#, &typed, "a.b\r\n1.50\r\n", &[]);
}

#[test]
fn errors_have_line_column_and_record() {
    let outcome = run("a,b\n\n\"x\ny\",1\n2\n", &from_to(Format::Csv, Format::Json));
    let Err(Error::Invalid(report)) = outcome else { panic!("a row is too short") };
    let found = &report.diagnostics[0];
    let place = (found.start.line, found.start.column, found.start.record);
    assert_eq!((found.code, place), (Code::CsvSyntax, (5, 2, 3)));
}
