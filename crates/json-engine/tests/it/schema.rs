//! Checking against schemas: places, exact numbers, references, and what is hostile.

use json_engine::convert::Source;
use json_engine::schema::{Draft, Formats, Output, Registered, Schema, SchemaOptions};
use json_engine::{Diagnostic, Error, ScanOptions};

use crate::budgets::budget;
use crate::shared::documented;

pub(crate) fn compile(schema: &str, draft: Draft) -> Result<Schema, Error> {
    let registered = Registered::default();
    let options = SchemaOptions { default_draft: draft, formats: Formats::Assert, registered: &registered };
    Schema::compile(schema.as_bytes(), &options, &ScanOptions::default(), &budget())
}

fn verdict(schema: &str, document: &str, output: Output) -> json_engine::schema::Verdict {
    let schema = compile(schema, Draft::default()).unwrap();
    schema.check(document.as_bytes(), Source::Auto, output, &ScanOptions::default(), &budget()).unwrap()
}

/// Failures come out as `line:column-line:column pointer schema_pointer keyword`, causes behind them with a `>` a level.
fn check(schema: &str, document: &str, expected: &[&str]) {
    let report = verdict(schema, document, Output::Detailed).report;
    let mut shown = Vec::new();
    show(&report.diagnostics, "", &mut shown);
    assert_eq!(shown, expected, "{report:#?}");
    let outermost = expected.iter().filter(|line| !line.starts_with('>'));
    assert_eq!(report.diagnostics_total, outermost.count() as u64);
}

fn show(found: &[Diagnostic], before: &str, shown: &mut Vec<String>) {
    for Diagnostic { start, end, schema_pointer, keyword, causes, .. } in found {
        let place = format!("{}:{}-{}:{}", start.line, start.column, end.line, end.column);
        shown.push(format!("{before}{place} {} {schema_pointer} {keyword}", start.json_pointer));
        show(causes, &format!("{before}>"), shown);
    }
}

pub(crate) fn valid(schema: &str, document: &str, expected: bool) {
    assert_eq!(verdict(schema, document, Output::Flag).valid, expected, "{schema} {document}");
    assert_eq!(verdict(schema, document, Output::Basic).valid, expected, "{schema} {document}");
}

const ORDER: &str = r##"{
  "type": "object", "required": ["id"], "additionalProperties": false,
  "properties": {"id": {"type": "integer"}, "lines": {"items": {"$ref": "#/$defs/line"}}},
  "$defs": {"line": {"properties": {"count": {"minimum": 1}}}}
}"##;

#[track_caller]
fn says(schema: &str, document: &str, expected: &str) {
    let report = verdict(schema, document, Output::Basic).report;
    assert_eq!(report.diagnostics[0].message, expected);
}

/// "The value is none of those that are allowed", and the reader had to look for the schema.
#[test]
fn a_failure_says_what_would_be_allowed() {
    says(
        r#"{"enum":["query",1.5,null]}"#,
        "2",
        "the value is none of the 3 that are allowed: \"query\", 1.5, null",
    );
    says(r#"{"const":{"a":1}}"#, "2", "the value is not the one that is allowed: an object");
    says(
        r#"{"const":12345678901234567890123}"#,
        "2",
        "the value is not the one that is allowed: 12345678901234567890123",
    );
    let many: Vec<String> = (0..90).map(|number| format!("\"value-{number}\"")).collect();
    let report = verdict(&format!("{{\"enum\":[{}]}}", many.join(",")), "2", Output::Basic).report;
    let message = &report.diagnostics[0].message;
    assert!(message.contains("of the 90 ") && message.ends_with(", …") && message.len() < 200, "{message}");
    let one_of = r#"{"oneOf":[{"required":["$ref"]},{"properties":{"in":{"enum":["path"]}}},{"anyOf":[false]},false]}"#;
    let expected = "the value matches none of the schemas of oneOf: the member \"$ref\" is missing; or the value is none of \
                    the 1 that are allowed: \"path\"; or it fails anyOf; or …";
    says(one_of, r#"{"in":"body"}"#, expected);
}

/// "The value matches none of the schemas of anyOf."
#[test]
fn a_misspelled_type_of_a_schema_is_told_with_those_that_there_are() {
    let Err(Error::Part { error, .. }) = compile(r#"{"type":"objct"}"#, Draft::default()) else {
        panic!("compiled")
    };
    let Error::Invalid(report) = *error else { panic!("{error}") };
    let message = &report.diagnostics[0].message;
    assert!(message.contains("\"object\"") && message.contains("array"), "{message}");
}

#[test]
fn failures_have_their_places_in_json() {
    check(
        ORDER,
        "{\n \"lines\": [{\"count\": 0}],\n \"x\": 1}",
        &[
            "1:1-3:9  /required required",
            "2:22-2:23 /lines/0/count /$defs/line/properties/count/minimum minimum",
            "3:2-3:5  /additionalProperties additionalProperties",
        ],
    );
}

#[test]
fn failures_have_their_places_in_yaml() {
    check(
        ORDER,
        "id: x\nlines:\n- count: 5\n- count: 0\n",
        &[
            "1:5-1:6 /id /properties/id/type type",
            "4:10-4:11 /lines/1/count /$defs/line/properties/count/minimum minimum",
        ],
    );
}

#[test]
fn failures_have_their_places_in_toml() {
    check(ORDER, "id = 1.5\n[[lines]]\ncount = 1\n", &["1:6-1:9 /id /properties/id/type type"]);
}

#[test]
fn failures_of_a_stream_name_the_record() {
    let report = verdict(r#"{"type":"integer"}"#, "1\n\"a\"\n3\n[]\n", Output::Basic).report;
    let records: Vec<_> =
        report.diagnostics.iter().map(|found| (found.start.record, found.start.line)).collect();
    assert_eq!(records, [(2, 2), (4, 4)]);
}

#[test]
fn detailed_says_why_each_branch_failed() {
    check(
        r#"{"anyOf":[{"type":"string"},{"minimum":5}]}"#,
        "3",
        &["1:1-1:2  /anyOf anyOf", ">1:1-1:2  /anyOf/0/type type", ">1:1-1:2  /anyOf/1/minimum minimum"],
    );
    let basic = verdict(r#"{"anyOf":[{"type":"string"},{"minimum":5}]}"#, "3", Output::Basic);
    assert_eq!(basic.report.diagnostics_total, 1);
    assert!(verdict("false", "3", Output::Flag).report.diagnostics.is_empty());
}

#[test]
fn what_the_page_shows_is_found() {
    let rows = documented("schema.md", 3);
    assert!(rows.len() > 5);
    for row in rows {
        let report = verdict(&row[0], &row[1], Output::Detailed).report;
        assert_eq!(on_the_page(&report.diagnostics), row[2], "{row:?}");
    }
}

fn on_the_page(found: &[Diagnostic]) -> String {
    let shown = found.iter().map(|found| {
        let Diagnostic { start, schema_pointer, keyword, causes, .. } = found;
        let place = format!("{}:{} {}", start.line, start.column, start.json_pointer);
        let causes = if causes.is_empty() { String::new() } else { format!(" [{}]", on_the_page(causes)) };
        format!("{place} {schema_pointer} {keyword}{causes}")
    });
    shown.collect::<Vec<_>>().join("; ")
}

/// Causes take room from what comes behind them, and all failures are counted.
#[test]
fn causes_count_against_the_limit() {
    let schema = r#"{"items":{"anyOf":[{"type":"string"},{"minimum":5}]}}"#;
    let schema = compile(schema, Draft::default()).unwrap();
    let mut scan = ScanOptions::default();
    scan.limits.max_diagnostics = 4;
    let report = schema.check(b"[1,2,3]", Source::Auto, Output::Detailed, &scan, &budget()).unwrap().report;
    let mut shown = Vec::new();
    show(&report.diagnostics, "", &mut shown);
    assert_eq!((shown.len(), report.diagnostics.len(), report.diagnostics_total), (4, 2, 3));
}

/// Each branch that failed says why, and so do the branches of that.
#[test]
fn detailed_goes_into_branches_of_branches() {
    let schema =
        r#"{"anyOf":[{"type":"string"},{"properties":{"a":{"oneOf":[{"type":"null"},{"minimum":5}]}}}]}"#;
    for (document, root, inner) in [
        ("{\"a\": 3}", "1:1-1:9", "1:7-1:8"),
        ("a: 3\n", "1:1-1:5", "1:4-1:5"),
        ("# TOML\na = 3\n", "1:1-3:1", "2:5-2:6"),
    ] {
        let expected = [
            format!("{root}  /anyOf anyOf"),
            format!(">{root}  /anyOf/0/type type"),
            format!(">{inner} /a /anyOf/1/properties/a/oneOf oneOf"),
            format!(">>{inner} /a /anyOf/1/properties/a/oneOf/0/type type"),
            format!(">>{inner} /a /anyOf/1/properties/a/oneOf/1/minimum minimum"),
        ];
        check(schema, document, &expected.each_ref().map(String::as_str));
    }
}

#[test]
fn all_failures_are_counted_and_few_are_kept() {
    let document = format!("[{}0]", "0,".repeat(999));
    let report = verdict(r#"{"items":{"type":"string"}}"#, &document, Output::Basic).report;
    assert_eq!((report.diagnostics.len(), report.diagnostics_total), (100, 1000));
}

#[test]
fn numbers_are_exact() {
    valid(r#"{"maximum":9007199254740993}"#, "9007199254740993.5", false);
    valid(r#"{"maximum":0.1}"#, "0.10000000000000000001", false);
    valid(r#"{"maximum":123456789012345678901234567890}"#, "123456789012345678901234567890", true);
    valid(r#"{"maximum":123456789012345678901234567890}"#, "123456789012345678901234567891", false);
    valid(r#"{"exclusiveMinimum":1e400}"#, "1e400", false);
    valid(r#"{"exclusiveMinimum":1e400}"#, "1.1e400", true);
    valid(r#"{"const":1.00000000000000000001}"#, "1", false);
    valid(r#"{"const":1.00000000000000000001}"#, "1.000000000000000000010", true);
    valid(r#"{"enum":[[100000000000000000000000001]]}"#, "[100000000000000000000000001.0]", true);
    valid(r#"{"enum":[[100000000000000000000000001]]}"#, "[100000000000000000000000002]", false);
    valid(r#"{"multipleOf":0.01}"#, "1070468.14", true);
    valid(r#"{"multipleOf":3}"#, "1000000000000000000000000000000002", true);
    valid(r#"{"multipleOf":1e-400}"#, "7e-400", true);
    valid(r#"{"multipleOf":1e-400}"#, "7e-401", false);
    valid(r#"{"type":"integer"}"#, "1e400", true);
    valid(r#"{"uniqueItems":true}"#, "[1.00000000000000000001,1]", true);
    valid(r#"{"uniqueItems":true}"#, "[1,2,3,4,5,6,7,8,9,{\"a\":1,\"b\":2},{\"b\":2.0,\"a\":1e0}]", false);
    assert!(compile(r#"{"multipleOf":1234567890123456789012345}"#, Draft::default()).is_err());
}

/// Each bound is looked at, whichever stands first, and each that fails is reported.
#[test]
fn bounds_stand_together() {
    let all = r#"{"exclusiveMaximum":5.5,"maximum":5,"exclusiveMinimum":0.5,"minimum":1}"#;
    for (number, expected) in
        [("1", true), ("5.0", true), ("0.9999999999999999999", false), ("5.0000000000000000001", false)]
    {
        valid(all, number, expected);
    }
    valid(r#"{"maximum":1,"exclusiveMaximum":1.0}"#, "1.00", false);
    valid(r#"{"exclusiveMinimum":1.50,"maximum":2}"#, "1.5", false);
    valid(r#"{"minimum":1,"maximum":2}"#, r#""3""#, true);
    check(all, "6", &["1:1-1:2  /exclusiveMaximum exclusiveMaximum", "1:1-1:2  /maximum maximum"]);
    check(all, "0.75", &["1:1-1:5  /minimum minimum"]);
}

#[test]
fn lengths_count_characters() {
    for (schema, text, expected) in [
        (r#"{"maxLength":3}"#, "äöü", true),
        (r#"{"maxLength":3}"#, "äöüx", false),
        (r#"{"maxLength":3}"#, "abcdefghijklm", false),
        (r#"{"minLength":4}"#, "äöü", false),
        (r#"{"minLength":4}"#, "abc", false),
        (r#"{"minLength":2,"maxLength":2}"#, "😀😀", true),
        (r#"{"minLength":2,"maxLength":2}"#, "😀", false),
        (r#"{"minLength":4}"#, "abcdefghijklmnop", true),
    ] {
        valid(schema, &format!("{text:?}"), expected);
    }
}

#[test]
fn strings_with_lone_surrogates_differ() {
    valid(r#"{"const":"\ud800"}"#, r#""\ud800""#, true);
    valid(r#"{"const":"\ud800"}"#, r#""\ud801""#, false);
    valid(r#"{"maxLength":1}"#, r#""\ud800""#, true);
    valid(r#"{"properties":{"const":{"minimum":1e400}}}"#, r#"{"const":1}"#, false);
}

#[test]
fn older_drafts() {
    let exclusive = compile(r#"{"minimum":5,"exclusiveMinimum":true,"const":7}"#, Draft::Draft4).unwrap();
    let check = |document: &[u8]| {
        let scan = ScanOptions::default();
        exclusive.check(document, Source::Auto, Output::Flag, &scan, &budget()).unwrap().valid
    };
    assert_eq!((check(b"5"), check(b"6"), check(b"4")), (false, true, false));
    let integer = compile(r#"{"type":"integer"}"#, Draft::Draft4).unwrap();
    let is_integer = |document: &[u8]| {
        integer.check(document, Source::Auto, Output::Flag, &ScanOptions::default(), &budget()).unwrap().valid
    };
    assert!(is_integer(b"123456789012345678901234567890") && !is_integer(b"1.0") && !is_integer(b"1e2"));
    let named = r#"{"$schema":"http://json-schema.org/draft-06/schema#","exclusiveMinimum":true}"#;
    assert!(compile(named, Draft::Draft4).is_err());
    for draft in [Draft::Draft4, Draft::Draft6, Draft::Draft7, Draft::Draft201909, Draft::Draft202012] {
        assert!(compile(r#"{"type":"object","properties":{"a":{"enum":[1]}}}"#, draft).is_ok());
    }
}

#[test]
fn only_what_is_registered_is_reached() {
    let mut registered = Registered::default();
    let scan = ScanOptions::default();
    registered.add("https://example.com/a.json", br#"{"$ref":"b.json"}"#, &scan).unwrap();
    registered.add("https://example.com/b.json", br#"{"type":"string"}"#, &scan).unwrap();
    registered.add("name", br#"{"type":"null"}"#, &scan).unwrap();
    let compile = |reference: &str| {
        let text = format!(r#"{{"$ref":"{reference}"}}"#);
        let (default_draft, formats) = (Draft::default(), Formats::Assert);
        let options = SchemaOptions { default_draft, formats, registered: &registered };
        Schema::compile(text.as_bytes(), &options, &scan, &budget())
    };
    let check = |schema: &Schema, document: &[u8]| {
        schema.check(document, Source::Auto, Output::Flag, &scan, &budget()).unwrap().valid
    };
    let schema = compile("https://example.com/a.json").unwrap();
    assert_eq!((check(&schema, b"\"x\""), check(&schema, b"1")), (true, false));
    assert!(check(&compile("name").unwrap(), b"null"));
    let here = concat!("file://", env!("CARGO_MANIFEST_DIR"), "/tests/it/schema.rs");
    for reference in ["https://example.com/c.json", "http://127.0.0.1:9/x", here, "other", "#/$defs/none"] {
        let Err(Error::Part { part: "schema", error }) = compile(reference) else { panic!("{reference}") };
        let Error::Invalid(report) = *error else { panic!("{error:?}") };
        assert_eq!(report.diagnostics[0].code.as_str(), "SCHEMA_INVALID", "{report:?}");
    }
}

#[test]
fn what_is_no_schema_says_where() {
    for (schema, line, column) in
        [("{\"type\":\n 5}", 2, 2), ("{\"type\":", 1, 9), ("{\n\"minimum\": \"a\"}", 2, 12)]
    {
        let Err(Error::Part { part: "schema", error }) = compile(schema, Draft::default()) else { panic!() };
        let Error::Invalid(report) = *error else { panic!("{error:?}") };
        let start = &report.diagnostics[0].start;
        assert_eq!((start.line, start.column), (line, column), "{report:?}");
    }
}
