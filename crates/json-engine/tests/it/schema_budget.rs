//! No schema and no document outlive their budget.

use std::fmt::Write as _;

use json_engine::convert::Source;
use json_engine::schema::{Draft, Formats, Output, Registered, Schema, SchemaOptions, Verdict};
use json_engine::{Budget, BudgetKind, Error, LimitKind, ScanOptions};

use crate::budgets::{budget, budget_of, ticking};

fn compile(schema: &str, registered: &Registered) -> Result<Schema, Error> {
    let (default_draft, formats) = (Draft::default(), Formats::Assert);
    let options = SchemaOptions { default_draft, formats, registered };
    Schema::compile(schema.as_bytes(), &options, &ScanOptions::default(), &budget())
}

fn run(schema: &str, document: &str, output: Output, budget: &Budget) -> Result<Verdict, Error> {
    let schema = compile(schema, &Registered::default()).unwrap();
    schema.check(document.as_bytes(), Source::Auto, output, &ScanOptions::default(), budget)
}

/// The check ends at the first look at the clock behind the end of its time.
fn stops(schema: &str, document: &str) {
    for output in [Output::Flag, Output::Detailed] {
        let outcome = run(schema, document, output, &ticking(1 << 30));
        let Err(Error::Budget { kind: BudgetKind::Time, allowed: 100, used: 101 }) = outcome else {
            panic!("{}: {outcome:?}", &schema[..schema.len().min(100)]);
        };
    }
}

/// `levels` schemas, each of which applies the next twice by `keyword`.
fn doubling(keyword: &str, levels: u32, last: &str) -> String {
    let mut schema = format!(r##"{{"$ref":"#/$defs/a0","$defs":{{"a{levels}":{last}"##);
    for level in 0..levels {
        let next = format!(r##"{{"$ref":"#/$defs/a{}"}}"##, level + 1);
        write!(schema, r#","a{level}":{{"{keyword}":[{next},{next}]}}"#).unwrap();
    }
    schema + "}}"
}

fn chain(links: usize) -> String {
    let mut schema = r##"{"$ref":"#/$defs/a0","$defs":{"##.to_owned();
    for link in 0..links {
        write!(schema, r##""a{link}":{{"$ref":"#/$defs/a{}"}},"##, link + 1).unwrap();
    }
    write!(schema, r#""a{links}":{{"type":"null"}}}}}}"#).unwrap();
    schema
}

#[test]
fn combinations_that_double_stop_by_time() {
    // What holds is looked at by all, what fails by any.
    stops(&doubling("allOf", 40, r#"{"minimum":0}"#), "1");
    stops(&doubling("anyOf", 40, r#"{"minimum":5}"#), "1");
    stops(&doubling("oneOf", 40, r#"{"minimum":5}"#), "1");
}

#[test]
fn elements_that_are_compared_stop_by_time() {
    let numbers: String = (0..300_000).map(|number| format!("{number},")).collect();
    stops(r#"{"uniqueItems":true}"#, &format!("[{numbers}0.5]"));
    let contained = format!("[{}]", vec!["[1,2,3,4]"; 40_000].join(","));
    stops(r#"{"items":{"contains":{"const":5},"minContains":0,"maxContains":3}}"#, &contained);
}

/// Once ran for as long as the library's engine took, which has no clock.
#[test]
fn patterns_that_explode_stop_by_time() {
    let text = format!("{:?}", "abbabaab".repeat(100_000));
    for pattern in ["(a|b)*a(a|b){200}c", "[ab]*a[ab]{50}c", "^(a+|b+)+$"] {
        stops(&format!(r#"{{"pattern":"{pattern}"}}"#), &text);
    }
}

/// A name of a megabyte met patterns that could not be stopped.
#[test]
fn long_names_do_not_meet_large_patterns() {
    let document = format!(r#"{{"{}":1}}"#, "ab".repeat(500_000));
    stops(r#"{"patternProperties":{"(a|b)*a(a|b){50}c":{}}}"#, &document);
    let short =
        run(r#"{"patternProperties":{"^a":{"type":"null"}}}"#, r#"{"ab":1}"#, Output::Flag, &budget());
    assert!(!short.unwrap().valid);
}

#[test]
fn look_around_is_tried_on_short_texts_only() {
    let password = r#"{"pattern":"^(?=.*[0-9])(?=.*[a-z]).{8,64}$"}"#;
    let valid = |document: &str| run(password, document, Output::Flag, &ticking(1 << 30)).unwrap().valid;
    assert_eq!((valid(r#""abcdefg1""#), valid(r#""abcdefgh""#)), (true, false));
    let long = format!("{:?}", "a1".repeat(100_000));
    let verdict = run(password, &long, Output::Basic, &ticking(1 << 30)).unwrap();
    let found = &verdict.report.diagnostics[0];
    assert_eq!(found.message, "the pattern could not be tried within its limits");
    assert_eq!(found.keyword, "pattern");
}

#[test]
fn failures_stop_by_memory() {
    let small = budget_of(64 << 20);
    let many = format!("[{}0]", "0,".repeat(300_000));
    let schema = r#"{"items":{"anyOf":[{"type":"string"},{"type":"null"}]}}"#;
    let outcome = run(schema, &many, Output::Basic, &small);
    assert!(matches!(outcome, Err(Error::Budget { kind: BudgetKind::Memory, .. })), "{outcome:?}");
}

#[test]
fn deep_documents_are_checked_to_their_end() {
    let mut scan = ScanOptions::default();
    scan.limits.max_depth = json_engine::MAX_DEPTH;
    let schema =
        compile(r##"{"items":{"$ref":"#"},"uniqueItems":true,"type":"array"}"##, &Registered::default());
    let schema = schema.unwrap();
    let deep = |inner: &str| format!("{}{inner}{}", "[".repeat(500), "]".repeat(500));
    let valid = |text: String| {
        schema.check(text.as_bytes(), Source::Auto, Output::Basic, &scan, &budget()).unwrap().valid
    };
    assert_eq!((valid(deep("")), valid(deep("1"))), (true, false));
}

/// A chain of references is as deep as it is long.
#[test]
fn long_chains_are_followed_or_stopped_by_stack() {
    for links in [10, 1_000] {
        let outcome = run(&chain(links), "1", Output::Flag, &budget());
        let is_stack = matches!(outcome, Err(Error::Budget { kind: BudgetKind::Stack, .. }));
        assert!(is_stack || outcome.is_ok_and(|verdict| !verdict.valid), "{links}");
    }
}

fn effort(outcome: Result<Schema, Error>) -> Option<u64> {
    match outcome {
        Ok(_) => None,
        Err(Error::Part { part: "schema", error }) => match *error {
            Error::Limit { limit: LimitKind::SchemaEffort, allowed: 20_000, actual, .. } => Some(actual),
            other => panic!("{other:?}"),
        },
        Err(other) => panic!("{other:?}"),
    }
}

#[test]
fn effort_is_limited() {
    let none = Registered::default();
    let required =
        |names: usize| format!(r#"{{"required":[{}0]}}"#, r#""a","#.repeat(names)).replace(",0]", "]");
    // The object and the array are values too. Names that are the same make no schema.
    assert!(
        matches!(compile(&required(19_998), &none), Err(Error::Part { error, .. }) if matches!(*error, Error::Invalid(_)))
    );
    assert_eq!(effort(compile(&required(19_999), &none)), Some(20_001));
    assert!(effort(compile(&chain(20_000), &none)).is_some());
    assert!(effort(compile(r#"{"pattern":"\\p{L}{1000}"}"#, &none)).is_some());
    assert!(effort(compile(r#"{"pattern":"(?=((a{1,100}){1,100}){1,100})"}"#, &none)).is_some());
    assert_eq!(effort(compile(r#"{"pattern":"^[\\w.]{1,64}@[\\w.]{1,64}$"}"#, &none)), None);
}

/// Many schemas that are small each.
#[test]
fn what_is_referred_to_counts() {
    let (mut registered, scan) = (Registered::default(), ScanOptions::default());
    let values = vec!["1"; 6_000].join(",");
    for name in ["a", "b", "c", "d"] {
        let text = format!(r#"{{"examples":[{values}]}}"#);
        registered.add(&format!("https://example.com/{name}"), text.as_bytes(), &scan).unwrap();
    }
    let refers = |names: &[&str]| {
        let refers = |name: &&str| format!(r#"{{"$ref":"https://example.com/{name}"}}"#);
        format!(r#"{{"allOf":[{}]}}"#, names.iter().map(refers).collect::<Vec<_>>().join(","))
    };
    assert_eq!(effort(compile(&refers(&["a", "b", "c"]), &registered)), None);
    assert!(effort(compile(&refers(&["a", "b", "c", "d"]), &registered)).is_some());
}

fn looping(schema: &str, registered: &Registered) -> Option<String> {
    match compile(schema, registered) {
        Ok(_) => None,
        Err(Error::Part { part: "schema", error }) => match *error {
            Error::Invalid(report) => {
                let found = &report.diagnostics[0];
                assert_eq!(
                    found.message,
                    "its references lead back to it without going down into the document"
                );
                assert_eq!((found.code.as_str(), found.keyword.as_str()), ("SCHEMA_INVALID", "$ref"));
                Some(found.start.json_pointer.clone())
            }
            other => panic!("{other:?}"),
        },
        Err(other) => panic!("{other:?}"),
    }
}

/// Were answered as if they allowed everything.
#[test]
fn references_that_lead_nowhere_but_back_are_no_schema() {
    let none = Registered::default();
    for (schema, expected) in [
        (r##"{"$ref":"#"}"##, Some("")),
        (r##"{"allOf":[{"$ref":"#"},{"$ref":"#"}]}"##, Some("/allOf/1")),
        (r##"{"not":{"not":{"$ref":"#"}}}"##, Some("/not/not")),
        (r##"{"$dynamicAnchor":"a","$dynamicRef":"#a"}"##, Some("")),
        (r##"{"$anchor":"a","if":{"$ref":"#a"}}"##, Some("/if")),
        (
            r##"{"properties":{"x":{"$ref":"#/$defs/a"}},"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"anyOf":[{"$ref":"#/$defs/a"}]}}}"##,
            Some("/$defs/b/anyOf/0"),
        ),
        (r##"{"$id":"https://e.com/a","$defs":{"b":{"$id":"b","$ref":"a"}},"$ref":"b"}"##, Some("/$defs/b")),
        (
            r##"{"items":{"$ref":"#"},"properties":{"a":{"$ref":"#"}},"anyOf":[{"not":{"contains":{"$ref":"#"}}}]}"##,
            None,
        ),
        (
            r##"{"allOf":[{"$ref":"#/$defs/a"},{"$ref":"#/$defs/a"}],"$defs":{"a":{"type":"null"},"unused":{"$ref":"#/$defs/unused"}}}"##,
            None,
        ),
        (r##"{"const":{"$ref":"#"},"examples":[{"$ref":"#"}]}"##, None),
        (
            r##"{"$schema":"http://json-schema.org/draft-07/schema#","definitions":{"a":{}},"$ref":"#/definitions/a","not":{"$ref":"#"}}"##,
            None,
        ),
    ] {
        assert_eq!(looping(schema, &none).as_deref(), expected, "{schema}");
    }
    let (mut registered, scan) = (Registered::default(), ScanOptions::default());
    registered.add("https://e.com/b", br#"{"$ref":"https://e.com/a"}"#, &scan).unwrap();
    registered.add("https://e.com/a", br#"{"$ref":"https://e.com/b"}"#, &scan).unwrap();
    assert_eq!(looping(r#"{"items":{"$ref":"https://e.com/a"}}"#, &registered).as_deref(), Some("/items"));
}
