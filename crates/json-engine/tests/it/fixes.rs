//! Whatever was asked of an invalid text, its findings are those of validate, with their fixes.

use json_engine::convert::{Format, convert};
use json_engine::patch::{DiffOptions, ThreeWayOptions, diff, merge, patch, three_way};
use json_engine::query::{Language, Query};
use json_engine::schema::Draft;
use json_engine::{
    Diagnostic, Error, FormatOptions, Report, ScanOptions, Style, content_hash, document, format, validate,
};

use crate::budgets::budget;
use crate::convert::from_to;
use crate::recovery::mended;
use crate::schema::compile;

/// The report of an operation that failed; whether it names the text is its own affair.
fn report_of(outcome: Result<(), Error>) -> Report {
    match outcome {
        Err(Error::Invalid(report)) => *report,
        Err(Error::Part { error, .. }) => report_of(Err(*error)),
        other => panic!("{other:?}"),
    }
}

fn findings(report: &Report) -> (u64, &[Diagnostic]) {
    (report.diagnostics_total, &report.diagnostics)
}

fn check(text: &str) {
    let (text, options, budget) = (text.as_bytes(), ScanOptions::default(), budget());
    let expected = validate(text, &options).unwrap();
    let styled = |how: &FormatOptions| format(text, how, &options).map(drop);
    let queried =
        |language, program| Query::compile(language, program).unwrap().run(text, &options, &budget).map(drop);
    let converted = |to| convert(text, &from_to(Format::Json, to), &options, &budget).map(drop);
    let outcomes = [
        styled(&Style::Minify.into()),
        styled(&FormatOptions::default()),
        styled(&Style::Canonical.into()),
        content_hash(text, &options).map(drop),
        converted(Format::Json),
        converted(Format::Yaml),
        queried(Language::Pointer, "/a"),
        queried(Language::JsonPath, "$.a"),
        queried(Language::Jq, ".a"),
        queried(Language::JmesPath, "a"),
        patch(text, b"[]", &options, &budget).map(drop),
        patch(b"1", text, &options, &budget).map(drop),
        merge(text, b"{}", &options, &budget).map(drop),
        diff(b"1", text, &DiffOptions::default(), &options, &budget).map(drop),
        three_way(b"1", b"1", text, &ThreeWayOptions::default(), &options, &budget).map(drop),
        compile(std::str::from_utf8(text).unwrap(), Draft::default()).map(drop),
        document::parse(text, &options).map(drop),
    ];
    for (index, outcome) in outcomes.into_iter().enumerate() {
        assert_eq!(findings(&report_of(outcome)), findings(&expected), "operation {index}");
    }
}

/// Format, diff and the others once named the first error and no fix, where validate had both.
#[test]
fn every_operation_proposes_what_validate_does() {
    check(r#"{"a":1,}"#);
    check(r#"{"a":1 b:'c', "d":[01, None,],}"#);
    check("[1,,2]");
    check("{\"a\": [1, 2, \"tab\t\" /* c */ ");
}

#[test]
fn the_fix_of_a_record_has_its_place_in_the_source() {
    let source = b"{\"a\":1}\n\n[1, 2,]\n";
    let outcome = convert(source, &from_to(Format::Ndjson, Format::Json), &ScanOptions::default(), &budget());
    let report = report_of(outcome.map(drop));
    assert_eq!(mended(source, &report), b"{\"a\":1}\n\n[1, 2]\n");
}
