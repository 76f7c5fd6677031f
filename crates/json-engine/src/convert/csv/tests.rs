//! RFC 4180, the JSON form of cells, and what is hostile.

mod properties;

use std::sync::Arc;
use std::time::Duration;

use super::{Cells, CsvOptions, Header, Paths};
use crate::convert::build::Keep;
use crate::convert::losses::Losses;
use crate::convert::{Content, Foreign, Reading, Writing};
use crate::document::Document;
use crate::spans::Spans;
use crate::{Budget, BudgetKind, DuplicateKeys, Error, LimitKind, Limits, ScanOptions};

fn budget(memory_bytes: u64) -> Budget {
    Budget::new(Arc::new(|| Duration::ZERO), Duration::from_secs(1), memory_bytes)
}

const TEXT: CsvOptions =
    CsvOptions { delimiter: b',', header: Header::Present, cells: Cells::Text, paths: Paths::Flat };
const TYPED: CsvOptions = CsvOptions { cells: Cells::Typed, ..TEXT };
const ROWS: CsvOptions = CsvOptions { header: Header::Absent, ..TEXT };
const NESTED: CsvOptions = CsvOptions { paths: Paths::Nested, ..TYPED };

fn read_with_places(source: &[u8], options: &CsvOptions) -> Result<(Document, Spans), Error> {
    let (limits, budget) = (Limits::default(), budget(1 << 28));
    let reading = Reading {
        limits: &limits,
        duplicate_keys: DuplicateKeys::Report,
        foreign: Foreign::Plain,
        keep: Keep::Spans,
        budget: &budget,
    };
    match super::read(source, &reading, options)?.content {
        Content::One(document, spans) => Ok((document, spans.unwrap())),
        Content::Many(_) => panic!("a table is one document"),
    }
}

fn read(source: &[u8], options: &CsvOptions) -> Result<Document, Error> {
    read_with_places(source, options).map(|(document, _)| document)
}

fn write_as(
    document: &Document,
    foreign: Foreign,
    options: &CsvOptions,
) -> Result<(String, Vec<String>), Error> {
    let (budget, mut losses) = (budget(1 << 28), Losses::new(100));
    let writing = Writing { foreign, max_output_bytes: 1 << 20, budget: &budget };
    let out = super::write(document, &writing, options, &mut losses)?;
    let losses = losses.kept().iter().map(|loss| format!("{} {}", loss.code.as_str(), loss.pointer));
    Ok((String::from_utf8(out).unwrap(), losses.collect()))
}

fn json(document: &Document) -> String {
    let mut text = Vec::new();
    crate::write::document(document, &mut text);
    String::from_utf8(text).unwrap()
}

fn document(json: &str) -> Document {
    crate::parse::parse(json.as_bytes(), &ScanOptions::default()).unwrap().0
}

fn check_read(csv: &str, options: &CsvOptions, expected: &str) {
    match read(csv.as_bytes(), options) {
        Ok(document) => assert_eq!(json(&document), expected, "{csv:?}"),
        Err(error) => panic!("{csv:?} {error}"),
    }
}

fn check_written(input: &str, options: &CsvOptions, expected: &str, losses: &[&str]) {
    let (csv, found) = write_as(&document(input), Foreign::Tagged, options).unwrap();
    assert_eq!(csv, expected, "{input}");
    assert_eq!(found, losses, "{input}");
}

/// Line, column and record of the fault.
fn check_fault(csv: &[u8], options: &CsvOptions, place: (u64, u64, u64), message: &str) {
    let Err(Error::Invalid(report)) = read(csv, options) else { panic!("{csv:?}") };
    let found = &report.diagnostics[0];
    assert_eq!((found.start.line, found.start.column, found.start.record), place, "{found:?}");
    assert!(found.message.contains(message), "{found:?}");
}

#[test]
fn rows_are_objects_or_arrays() {
    check_read("a,b\r\n1,2\r\n3,4", &TEXT, r#"[{"a":"1","b":"2"},{"a":"3","b":"4"}]"#);
    check_read("a,b\r\n1,2\r\n", &ROWS, r#"[["a","b"],["1","2"]]"#);
    check_read("", &TEXT, "[]");
    check_read("", &ROWS, "[]");
    check_read("a,b\n", &TEXT, "[]");
    check_read("\u{feff}a\n1", &TEXT, r#"[{"a":"1"}]"#);
    check_read("\r\n\r\na\n\n1\r\r2\n\n", &TEXT, r#"[{"a":"1"},{"a":"2"}]"#);
    check_read("a,b\n,\n", &TEXT, r#"[{"a":"","b":""}]"#);
    check_read("a, b \n x,\ty", &TEXT, r#"[{"a":" x"," b ":"\ty"}]"#);
    check_read("a;b\n1,2;3", &CsvOptions { delimiter: b';', ..TEXT }, r#"[{"a":"1,2","b":"3"}]"#);
    check_read("a\tb\n1\t", &CsvOptions { delimiter: b'\t', ..TEXT }, r#"[{"a":"1","b":""}]"#);
}

#[test]
fn quotes() {
    check_read("a,b\n\"x,\"\"y\"\"\r\nz\",\"\"", &TEXT, r#"[{"a":"x,\"y\"\r\nz","b":""}]"#);
    check_read("\"a\n\",\"\"\"\"\n\"\",é", &TEXT, "[{\"a\\n\":\"\",\"\\\"\":\"é\"}]");
    check_read("a\n\"\"\n", &TEXT, r#"[{"a":""}]"#);
    check_read("a\n5\" disk\n", &TEXT, r#"[{"a":"5\" disk"}]"#);
    check_read("a,b\"\n\"x\",y\"\"", &ROWS, r#"[["a","b\""],["x","y\"\""]]"#);
    check_read("a\n\u{0}", &TEXT, "[{\"a\":\"\\u0000\"}]");
}

#[test]
fn typed_cells_are_exact() {
    check_read(
        "a\n1\n-0\n1E2\n0.1000000000000000055\n12345678901234567890123\ntrue\nfalse\n1e999999999",
        &CsvOptions { header: Header::Absent, ..TYPED },
        r#"[["a"],[1],[-0],[1E2],[0.1000000000000000055],[12345678901234567890123],[true],[false],[1e999999999]]"#,
    );
    check_read(
        "a,b\n,\"\"\n007,+1\n 1,1 \nTrue,null\n\"1\",\"true\"\nNaN,.5\n1.,1_000",
        &TYPED,
        r#"[{"a":null,"b":""},{"a":"007","b":"+1"},{"a":" 1","b":"1 "},{"a":"True","b":"null"},{"a":"1","b":"true"},{"a":"NaN","b":".5"},{"a":"1.","b":"1_000"}]"#,
    );
}

#[test]
fn nested_names() {
    check_read(
        "id,user.name,user.tags.0,user.tags.1,a\\.b\n1,x,2,,y",
        &NESTED,
        r#"[{"id":1,"user":{"name":"x","tags":[2,null]},"a.b":"y"}]"#,
    );
    check_read("0,a.1,a.0,b.\\0\n1,2,3,4", &NESTED, r#"[{"0":1,"a":{"1":2,"0":3},"b":{"0":4}}]"#);
    check_read("a.0,a.x,b.00\n1,2,3", &NESTED, r#"[{"a":{"0":1,"x":2},"b":{"00":3}}]"#);
    check_read("a.b,c,a.d\n1,2,3", &NESTED, r#"[{"a":{"b":1,"d":3},"c":2}]"#);
    check_read("a.0.x,a.0.y,a.1.x\n1,2,3", &NESTED, r#"[{"a":[{"x":1,"y":2},{"x":3}]}]"#);
    check_read("a.b\n1", &TYPED, r#"[{"a.b":1}]"#);
}

#[test]
fn faults_have_line_column_and_record() {
    check_fault(b"a,b\n1,2\n1", &TEXT, (3, 2, 3), "the row has 1 cells; allowed: 2");
    check_fault(b"a,b\r\n\r\n1,2,3", &TEXT, (3, 5, 2), "the row has 3 cells; allowed: 2");
    check_fault(b"1,2\n3", &ROWS, (2, 2, 2), "allowed: 2");
    check_fault(b"a,b,a\n", &TEXT, (1, 5, 1), "twice");
    check_fault(b"a,a.b\n", &NESTED, (1, 3, 1), "twice");
    check_fault(b"a.b,a\n", &NESTED, (1, 5, 1), "twice");
    check_fault(b"a.0,a.\\0\n", &NESTED, (1, 5, 1), "twice");
    check_fault(b"a\n\"x\"y", &TEXT, (2, 4, 2), "behind the closing quote");
    check_fault("a\n\"x\"é".as_bytes(), &TEXT, (2, 4, 2), "behind the closing quote");
    check_fault(b"a,b\n1,\"x\n2,3\n", &TEXT, (2, 3, 2), "never closed");
    check_fault(b"a\n\"", &TEXT, (2, 1, 2), "never closed");
    check_fault(b"a\nb\xff", &TEXT, (2, 2, 0), "not UTF-8");
    check_fault(b"\xff\xfea", &TEXT, (1, 1, 0), "not UTF-8");
}

#[test]
fn places() {
    let source = "a,b.c\n1,\"x\"\n";
    let (document, spans) = read_with_places(source.as_bytes(), &NESTED).unwrap();
    let at = |pointer: &str| {
        let found = spans.find(&document, &crate::pointer::Pointer::parse(pointer).unwrap()).unwrap();
        (&source[found.key()], &source[found.value()])
    };
    assert_eq!(at("/0"), ("", "1,\"x\""));
    assert_eq!(at("/0/a"), ("a", "1"));
    assert_eq!(at("/0/b/c"), ("b.c", "\"x\""));
}

#[test]
fn delimiters_that_mean_something_else_are_refused() {
    for delimiter in [b'"', b'\n', b'\r', b'a', b'0', b'-', b'.', 0, 0xff] {
        let outcome = read(b"a", &CsvOptions { delimiter, ..TEXT });
        assert!(matches!(outcome, Err(Error::Option { name: "delimiter", .. })), "{delimiter}");
    }
}

#[test]
fn tables_are_written() {
    check_written(
        r#"[{"a":"1","b":"x,y"},{"b":"q\"","a":"l\n"}]"#,
        &TEXT,
        "a,b\r\n1,\"x,y\"\r\n\"l\n\",\"q\"\"\"\r\n",
        &[],
    );
    check_written(r#"[["a",""],["=1+1","c"]]"#, &ROWS, "a,\r\n=1+1,c\r\n", &[]);
    check_written("[]", &TEXT, "", &[]);
    check_written(r#"[{"a":""}]"#, &TEXT, "a\r\n\"\"\r\n", &[]);
    check_written(r#"[{"\ufeffa":"x"}]"#, &TEXT, "\"\u{feff}a\"\r\nx\r\n", &[]);
    check_written(
        r#"[{"a":1E2,"b":true,"c":null,"d":"1","e":"","f":"true","g":"x"}]"#,
        &TYPED,
        "a,b,c,d,e,f,g\r\n1E2,true,,\"1\",\"\",\"true\",x\r\n",
        &[],
    );
}

#[test]
fn what_cells_cannot_hold_is_listed() {
    check_written(
        r#"[{"a":1,"b":true,"c":null}]"#,
        &TEXT,
        "a,b,c\r\n1,true,\r\n",
        &["TYPE_DROPPED /0/a", "TYPE_DROPPED /0/b", "TYPE_DROPPED /0/c"],
    );
    check_written(
        r#"[{"a":1},{"b":2}]"#,
        &TYPED,
        "a,b\r\n1,\r\n,2\r\n",
        &["STRUCTURE_CHANGED /0/b", "STRUCTURE_CHANGED /1/a"],
    );
    check_written(
        r#"[{"a":[1],"b":{}}]"#,
        &TYPED,
        "a,b\r\n[1],{}\r\n",
        &["STRUCTURE_CHANGED /0/a", "STRUCTURE_CHANGED /0/b"],
    );
    check_written(
        r#"[[null]]"#,
        &CsvOptions { cells: Cells::Typed, ..ROWS },
        "\"\"\r\n",
        &["TYPE_DROPPED /0/0"],
    );
    check_written(r#"[["a"],["b","c"]]"#, &ROWS, "a,\r\nb,c\r\n", &["STRUCTURE_CHANGED /0/1"]);
    check_written(r#"[["a"]]"#, &TEXT, "0\r\na\r\n", &["STRUCTURE_CHANGED "]);
    check_written(r#"[{"a":"x"}]"#, &ROWS, "x\r\n", &["STRUCTURE_CHANGED "]);
    check_written(
        r#"["x",{"a":1}]"#,
        &TYPED,
        "value\r\nx\r\n\"{\"\"a\"\":1}\"\r\n",
        &["STRUCTURE_CHANGED ", "STRUCTURE_CHANGED /1"],
    );
    check_written(r#"{"a":"x"}"#, &TEXT, "a\r\nx\r\n", &["STRUCTURE_CHANGED "]);
    check_written(r#"[{}]"#, &TEXT, "", &["STRUCTURE_CHANGED "]);
    check_written(
        r#"[{"\ud800":"\udfff"}]"#,
        &TEXT,
        "\u{fffd}\r\n\u{fffd}\r\n",
        &["SURROGATE_REPLACED /0/\\ud800", "SURROGATE_REPLACED /0/\\ud800"],
    );
    check_written(
        r#"[{"a":{"$bytes":"AQI"},"b":{"$float":"NaN"},"c":{"$datetime":"07:32"},"d":{"$tag":1,"$value":2},"e":{"$undefined":true},"f":{"$map":[[1,2]]}}]"#,
        &TYPED,
        "a,b,c,d,e,f\r\nAQI,NaN,07:32:00,2,,\"{\"\"$map\"\":[[1,2]]}\"\r\n",
        &[
            "BYTES_AS_TEXT /0/a",
            "TYPE_DROPPED /0/b",
            "DATETIME_AS_TEXT /0/c",
            "TAG_DROPPED /0/d",
            "UNDEFINED_AS_NULL /0/e",
            "STRUCTURE_CHANGED /0/f",
        ],
    );
}

#[test]
fn nested_values_are_flattened() {
    check_written(
        r#"[{"id":1,"user":{"name":"x","tags":[1,2]},"a.b":{"0":true}},{"id":2,"user":{"name":"y","tags":[3,null]},"a.b":{"0":false}}]"#,
        &NESTED,
        "id,user.name,user.tags.0,user.tags.1,a\\.b.\\0\r\n1,x,1,2,true\r\n2,y,3,,false\r\n",
        &[],
    );
    check_written(
        r#"[{"a":1},{"a":{"b":2}}]"#,
        &NESTED,
        "a\r\n1\r\n\"{\"\"b\"\":2}\"\r\n",
        &["STRUCTURE_CHANGED /1/a"],
    );
    check_written(r#"[{"a":[]},{"a":[1]}]"#, &NESTED, "a.0\r\n\"\"\r\n1\r\n", &["STRUCTURE_CHANGED /0/a/0"]);
    check_written(r#"[{"a":[],"b":1}]"#, &NESTED, "a,b\r\n[],1\r\n", &["STRUCTURE_CHANGED /0/a"]);
    check_written(r#"[{"a":{"$bytes":"AQI"},"b":1}]"#, &NESTED, "a,b\r\nAQI,1\r\n", &["BYTES_AS_TEXT /0/a"]);
}

#[test]
fn hostile_tables_end_at_a_limit() {
    let limit = |csv: &str, options: &CsvOptions| match read(csv.as_bytes(), options) {
        Err(Error::Limit { limit, .. }) => limit,
        other => panic!("{:?}", other.map(|document| json(&document).len())),
    };
    assert_eq!(limit(&",".repeat(3_000_000), &ROWS), LimitKind::Nodes);
    assert_eq!(limit(&"x\n".repeat(1_000_000), &ROWS), LimitKind::Nodes);
    assert_eq!(limit(&"a.".repeat(1_000_000), &NESTED), LimitKind::Depth);
    assert_eq!(limit(&format!("a\n{}", "1".repeat(1_000_000)), &TYPED), LimitKind::NumberDigits);
    assert_eq!(limit(&"x".repeat(5_000_000), &ROWS), LimitKind::Bytes);
    assert!(read("\"".repeat(1_000_001).as_bytes(), &ROWS).is_err());
    assert!(read("\"".repeat(1_000_000).as_bytes(), &ROWS).is_ok());
    let header: String = (0..100_000).map(|column| format!("a.b.c{column},")).collect();
    assert!(read(format!("{header}z\n").as_bytes(), &NESTED).is_ok());
}

/// A column a row: the square of the rows would be written.
#[test]
fn sparse_columns_end_at_the_limit_of_the_output() {
    let rows: Vec<_> = (0..100_000).map(|row| format!(r#"{{"k{row}":1}}"#)).collect();
    let outcome = write_as(&document(&format!("[{}]", rows.join(","))), Foreign::Plain, &TYPED);
    assert!(matches!(outcome, Err(Error::Limit { limit: LimitKind::Output, .. })));
}

/// Each column's name holds the long key.
#[test]
fn long_names_of_nested_columns_are_charged() {
    let members: Vec<_> = (0..10_000).map(|member| format!(r#""k{member}":1"#)).collect();
    let input = document(&format!(r#"[{{"{}":{{{}}}}}]"#, "x".repeat(1_000_000), members.join(",")));
    let outcome = write_as(&input, Foreign::Plain, &NESTED);
    assert!(matches!(outcome, Err(Error::Budget { kind: BudgetKind::Memory, .. })));
}
