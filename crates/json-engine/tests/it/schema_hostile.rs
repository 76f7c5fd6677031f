//! Hostile schemas and documents, on a real clock.

use std::fmt::Write as _;
use std::time::Duration;

use json_engine::convert::Source;
use json_engine::schema::{Draft, Formats, Output, Registered, Schema, SchemaOptions};
use json_engine::{Budget, Error, ScanOptions};

use crate::budgets::real_clock;

/// Ends well within a second, with an answer or with an error of the budget.
fn hostile(name: &str, schema: &str, document: &str) {
    let clock = real_clock();
    let budget = Budget::new(clock.clone(), Duration::from_millis(200), 64 << 20);
    let registered = Registered::default();
    let (default_draft, formats) = (Draft::default(), Formats::Assert);
    let options = SchemaOptions { default_draft, formats, registered: &registered };
    let scan = ScanOptions::default();
    let outcome = Schema::compile(schema.as_bytes(), &options, &scan, &budget)
        .and_then(|schema| schema.check(document.as_bytes(), Source::Auto, Output::Detailed, &scan, &budget));
    let took = clock.now();
    let answers = matches!(&outcome, Ok(_) | Err(Error::Budget { .. } | Error::Part { .. }));
    assert!(answers, "{name}: {outcome:?}");
    assert!(took < Duration::from_secs(4), "{name}: {took:?}");
}

#[test]
fn hostile_schemas_end() {
    hostile("nested quantifiers", r#"{"pattern":"^(a+)+$"}"#, &format!("\"{}b\"", "a".repeat(50_000)));
    hostile("look-ahead", r#"{"pattern":"^(?=(a+)+$)(a|aa)+$"}"#, &format!("\"{}b\"", "a".repeat(5_000)));
    hostile("back-reference", r#"{"pattern":"^(a*)*\\1b$"}"#, &format!("\"{}\"", "a".repeat(5_000)));
    hostile("large counts", r#"{"pattern":"((a{1,1000}){1,1000}){1,1000}"}"#, "\"a\"");
    hostile("to itself", r##"{"$ref":"#"}"##, "1");
    hostile(
        "to each other",
        r##"{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}"##,
        "1",
    );
    for keyword in ["allOf", "anyOf", "oneOf"] {
        let mut doubling = r##"{"$ref":"#/$defs/a0","$defs":{"a40":{"minLength":1}"##.to_owned();
        for level in 0..40 {
            let next = format!(r##"{{"$ref":"#/$defs/a{}"}}"##, level + 1);
            write!(doubling, r#","a{level}":{{"{keyword}":[{next},{next}]}}"#).unwrap();
        }
        hostile(keyword, &format!("{doubling}}}}}"), "\"\"");
        hostile(keyword, &format!("{}}}}}", doubling.replace("minLength", "minimum")), "[]");
    }
    let mut chain = r##"{"$ref":"#/$defs/a0","$defs":{"a5000":{}"##.to_owned();
    for level in 0..5_000 {
        write!(chain, r##","a{level}":{{"$ref":"#/$defs/a{}"}}"##, level + 1).unwrap();
    }
    hostile("chain", &format!("{chain}}}}}"), "1");
    hostile("deep", &format!("{}{{}}{}", r#"{"not":"#.repeat(126), "}".repeat(126)), "1");
    hostile(
        "many failures",
        r#"{"items":{"anyOf":[{"type":"string"},{"type":"null"}]}}"#,
        &format!("[{}0]", "0,".repeat(300_000)),
    );
    hostile(
        "unique",
        r#"{"uniqueItems":true}"#,
        &format!("[{}0]", (1..200_000).map(|n| format!("{n},")).collect::<String>()),
    );
    hostile(
        "nested arrays",
        r##"{"items":{"$ref":"#"},"uniqueItems":true}"##,
        &format!("{}{}", "[".repeat(120), "]".repeat(120)),
    );
}
