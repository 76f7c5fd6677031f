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

/// The public sets of CSV by the names of their files: `csv-spectrum`, then `csv-test-data`.
#[test]
fn the_public_sets() {
    let read = |source: &str, header| {
        let csv = CsvOptions { header, cells: Cells::Text, paths: Paths::Flat, ..NESTED };
        let converted = run(source, &ConvertOptions { csv, ..from_to(Format::Csv, Format::Json) });
        converted.map(|converted| String::from_utf8(converted.bytes).unwrap())
    };
    for (name, source, expected) in [
        (
            "comma_in_quotes",
            "first,last,address\nJohn,Doe,\"Anytown, WW\"\n",
            r#"[{"first":"John","last":"Doe","address":"Anytown, WW"}]"#,
        ),
        ("empty", "a,b,c\n1,\"\",\"\"\n2,3,4\n", r#"[{"a":"1","b":"","c":""},{"a":"2","b":"3","c":"4"}]"#),
        ("empty_crlf", "a,b\r\n1,\"\"\r\n", r#"[{"a":"1","b":""}]"#),
        ("escaped_quotes", "a,b\n1,\"ha \"\"ha\"\" ha\"\n", r#"[{"a":"1","b":"ha \"ha\" ha"}]"#),
        (
            "json",
            "key,val\n1,\"{\"\"type\"\": \"\"Point\"\", \"\"coordinates\"\": [102.0, 0.5]}\"\n",
            r#"[{"key":"1","val":"{\"type\": \"Point\", \"coordinates\": [102.0, 0.5]}"}]"#,
        ),
        ("newlines", "a,b\n\"Once upon \na time\",5\n", r#"[{"a":"Once upon \na time","b":"5"}]"#),
        ("newlines_crlf", "a,b\r\n\"Once\r\na time\",5\r\n", r#"[{"a":"Once\r\na time","b":"5"}]"#),
        ("quotes_and_newlines", "a,b\n1,\"ha \n\"\"ha\"\" \nha\"\n", r#"[{"a":"1","b":"ha \n\"ha\" \nha"}]"#),
        ("utf8", "a,b\n1,ʤ\n", r#"[{"a":"1","b":"ʤ"}]"#),
        ("bad-header-less-fields", "a,b\r\n1,2,3\r\n", ""),
        ("bad-header-more-fields", "a,b,c\r\n1,2\r\n", ""),
    ] {
        assert_eq!(read(source, Header::Present).unwrap_or_default(), expected, "{name}");
    }
    for (name, source, expected) in [
        ("all-empty", ",,\r\n,,\r\n", r#"[["","",""],["","",""]]"#),
        ("empty-field", "1,,3\r\n", r#"[["1","","3"]]"#),
        ("leading-space", " x, y\r\n", r#"[[" x"," y"]]"#),
        ("trailing-space", "x ,y \r\n", r#"[["x ","y "]]"#),
        ("one-column", "1\r\n2\r\n", r#"[["1"],["2"]]"#),
        ("quotes-empty", "\"\",\"\"\r\n", r#"[["",""]]"#),
        ("quotes-with-space", "\" \",\" x \"\r\n", r#"[[" "," x "]]"#),
        ("quotes-with-escaped-quote", "\"\"\"\",\"\"\"\"\"\"", r#"[["\"","\"\""]]"#),
        ("trailing-newline-one-field", "1\r\n", r#"[["1"]]"#),
        ("bad-missing-quote", "x,\"y\r\n", ""),
        ("bad-quotes-with-unescaped-quote", "x,\"y\"z\"\r\n", ""),
        // A quote where RFC 4180 has none, but no doubt about it.
        ("bad-unescaped-quote", "x,y\"z\r\n", r#"[["x","y\"z"]]"#),
    ] {
        assert_eq!(read(source, Header::Absent).unwrap_or_default(), expected, "{name}");
    }
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
