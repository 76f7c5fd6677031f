//! Schemas: loops, combinations that double, patterns that explode, comparisons of everything with everything.

use std::fmt::Write as _;

use fastjson_proto::fastjson::v1 as pb;

use super::{ANSWERED, Case, Request, TIME, array, json, nested};

pub(super) fn cases() -> Vec<Case> {
    let loops = |schema: &str| check(format!("schema {schema}"), "DOCUMENT_INVALID", schema, "1");
    let effort = |schema: &str| check(format!("schema {schema}"), "SCHEMA_EFFORT_LIMIT", schema, "1");
    let mut cases = vec![
        loops(r##"{"$ref":"#"}"##),
        loops(r##"{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}"##),
        loops(r##"{"allOf":[{"$ref":"#"},{"$ref":"#"}]}"##),
        loops(r##"{"not":{"not":{"$ref":"#"}}}"##),
        loops(r##"{"$dynamicAnchor":"a","$dynamicRef":"#a"}"##),
        effort(r#"{"pattern":"\\p{L}{1000}"}"#),
        effort(r#"{"pattern":"(?=((a{1,100}){1,100}){1,100})"}"#),
        check(
            "schema of 10,000 patterns of 300 bytes",
            "SCHEMA_EFFORT_LIMIT",
            &pattern_list(10_000, large),
            "1",
        ),
        check("schema of 3,000 names of 1,000 bytes", "SCHEMA_EFFORT_LIMIT", &names_list(3_000, larger), "1"),
        check("schema of 20,000 references in a row", "SCHEMA_EFFORT_LIMIT", &chain(20_000), "1"),
        check("schema of 1,000 references in a row", ANSWERED, &chain(1_000), "1"),
        check("schema of 1,000 levels", "DEPTH_LIMIT", &nested(1_000, r#"{"not":"#, "{}", "}"), "1"),
    ];
    cases.extend(as_dear_as_allowed());
    cases.extend(doubled());
    cases.extend(patterns());
    cases.extend(look_around());
    cases.extend(comparisons());
    cases
}

fn check(name: impl Into<String>, expected: &'static str, schema: &str, document: &str) -> Case {
    let (input, schema) = (json(document), json(schema));
    let request = pb::CheckSchemaRequest { input, schema, ..Default::default() };
    Case::new(name, expected, Request::CheckSchema(Box::new(request)))
}

/// Schemas just within the effort of compiling that is allowed: the dearest of each kind that is accepted.
fn as_dear_as_allowed() -> Vec<Case> {
    let values = array(19_000, |at| at.to_string());
    let crossing = |at: usize| {
        let (next, far) = ((at + 1) % 850, at * 7_919 % 850);
        format!(
            r##""a{at}":{{"properties":{{"x":{{"$ref":"#/$defs/a{next}"}},"y":{{"$ref":"#/$defs/a{far}"}}}}}}"##
        )
    };
    let crossing = (0..850).map(crossing).collect::<Vec<_>>().join(",");
    let names = (0..4_500).map(|at| format!(r#""p{at}":{{"type":["null"]}}"#)).collect::<Vec<_>>().join(",");
    let unevaluated =
        nested(60, r#"{"unevaluatedProperties":false,"allOf":["#, r#"{"minProperties":1}"#, "]}");
    [
        ("an enum of 19,000 values", format!(r#"{{"enum":{values}}}"#)),
        (
            "1,700 references across 850 schemas",
            format!(r##"{{"$ref":"#/$defs/a0","$defs":{{{crossing}}}}}"##),
        ),
        ("70 patterns of 4,000 states", pattern_list(70, |at| format!("^[a-z]{{1000}}k{at}$"))),
        ("70 names of 4,000 states", names_list(70, |at| format!("^[a-z]{{1000}}k{at}$"))),
        ("4,500 properties", format!(r#"{{"properties":{{{names}}}}}"#)),
        ("unevaluatedProperties on 60 levels", unevaluated),
    ]
    .map(|(what, schema)| check(format!("schema of {what}"), ANSWERED, &schema, r#"{"x":{"y":1}}"#))
    .into()
}

/// Patterns that differ, each of which may stand alone.
fn large(at: usize) -> String {
    format!("^{}k{at}$", "[a-z]?".repeat(49))
}

fn larger(at: usize) -> String {
    format!("^{}k{at}$", "[a-z]?".repeat(166))
}

fn pattern_list(count: usize, pattern: impl Fn(usize) -> String) -> String {
    format!(r#"{{"allOf":{}}}"#, array(count, |at| format!(r#"{{"pattern":"{}"}}"#, pattern(at))))
}

fn names_list(count: usize, pattern: impl Fn(usize) -> String) -> String {
    let names: Vec<_> = (0..count).map(|at| format!(r#""{}":true"#, pattern(at))).collect();
    format!(r#"{{"patternProperties":{{{}}}}}"#, names.join(","))
}

fn doubled() -> Vec<Case> {
    // What holds is looked at by all, what fails by any.
    let (holds, fails) = (r#"{"minimum":0}"#, r#"{"minimum":5}"#);
    [("allOf", holds), ("anyOf", fails), ("oneOf", fails)]
        .map(|(keyword, last)| {
            check(format!("schema of 2^40 {keyword}"), TIME, &doubling(keyword, 40, last), "1")
        })
        .into()
}

/// `levels` schemas, each of which applies the next twice by `keyword`.
fn doubling(keyword: &str, levels: u32, last: &str) -> String {
    let mut schema = format!(r##"{{"$ref":"#/$defs/a0","$defs":{{"a{levels}":{last}"##);
    for level in 0..levels {
        let next = format!(r##"{{"$ref":"#/$defs/a{}"}}"##, level + 1);
        // Writing to a String cannot fail.
        let _ = write!(schema, r#","a{level}":{{"{keyword}":[{next},{next}]}}"#);
    }
    schema + "}}"
}

fn chain(links: usize) -> String {
    let link = |at: usize| format!(r##""a{at}":{{"$ref":"#/$defs/a{}"}},"##, at + 1);
    let all: String = (0..links).map(link).collect();
    format!(r##"{{"$ref":"#/$defs/a0","$defs":{{{all}"a{links}":{{"type":"null"}}}}}}"##)
}

fn patterns() -> Vec<Case> {
    let text = format!("{:?}", "abbabaab".repeat(500_000));
    let name = format!(r#"{{"{}":1}}"#, "ab".repeat(1_900_000));
    let case = |pattern: &str| {
        let schema = format!(r#"{{"pattern":"{pattern}"}}"#);
        check(format!("schema {schema}, 4 MB"), TIME, &schema, &text).or(ANSWERED)
    };
    let names = r#"{"patternProperties":{"(a|b)*a(a|b){50}c":{}}}"#;
    vec![
        case("(a|b)*a(a|b){200}c"),
        case("[ab]*a[ab]{50}c"),
        check(format!("schema {names}, a name of 4 MB"), TIME, names, &name),
        check(
            r#"schema {"pattern":"^(?=(a*)*b)(?=.*c)"}, 4 MB"#,
            ANSWERED,
            r#"{"pattern":"^(?=(a*)*b)(?=.*c)"}"#,
            &text,
        ),
    ]
}

/// Many texts that are short enough for look-around.
fn look_around() -> Vec<Case> {
    let texts = |bytes: usize| array(3_000_000 / bytes, |_| format!("{:?}", "abbabaab".repeat(bytes / 8)));
    let case = |pattern: &str, bytes: usize| {
        let schema = format!(r#"{{"items":{{"pattern":"{pattern}"}}}}"#);
        check(format!("schema {schema}, texts of {bytes} bytes"), TIME, &schema, &texts(bytes)).or(ANSWERED)
    };
    vec![
        case("(?=(a|b)*a(a|b){50}c)", 1_000),
        case("(?=(a|b)*a(a|b){50}c)", 16_000),
        case("^(?=(a*)*b)(?=.*c)", 4_000),
    ]
}

fn comparisons() -> Vec<Case> {
    let objects = array(100_000, |at| format!(r#"{{"a":[{at}],"b":"x"}}"#));
    let contained = array(150_000, |_| "[1,2,3,4]".to_owned());
    let contains = r#"{"items":{"contains":{"const":5},"minContains":0,"maxContains":3}}"#;
    let far = array(1_000, |_| "1e999999999".to_owned());
    let nested_contains = r#"{"contains":{"contains":{"not":{"enum":[[1],[2],[3],[4]]}}}}"#;
    vec![
        check("uniqueItems of 100,000 objects", ANSWERED, r#"{"uniqueItems":true}"#, &objects),
        check("contains on 600,000 numbers", ANSWERED, contains, &contained),
        check("contains in contains on 600,000 numbers", ANSWERED, nested_contains, &contained),
        check("multipleOf of 1e999999999", ANSWERED, r#"{"items":{"multipleOf":3}}"#, &far),
        check("multipleOf by 1e-999999999", ANSWERED, r#"{"items":{"multipleOf":1e-999999999}}"#, &far),
        check(
            "900,000 failures",
            "BUDGET_MEMORY",
            r#"{"items":{"type":"null"}}"#,
            &array(900_000, |_| "1".to_owned()),
        ),
        check(
            "900,000 failures of anyOf",
            "BUDGET_MEMORY",
            r#"{"items":{"anyOf":[{"type":"string"},{"type":"null"}]}}"#,
            &array(900_000, |_| "1".to_owned()),
        ),
    ]
}
