//! Schemas that are inferred from samples.

use json_engine::ScanOptions;
use json_engine::convert::Source;
use json_engine::schema::Inference;

use crate::budgets::budget;
use crate::schema::valid;

/// The schema of the samples, which each of them must satisfy.
fn inferred(samples: &[&str], expected: &str) {
    let learn = |samples: &[&str]| {
        let mut inference = Inference::default();
        for sample in samples {
            inference.add(sample.as_bytes(), Source::Auto, &ScanOptions::default(), &budget()).unwrap();
        }
        inference
    };
    let schema = String::from_utf8(learn(samples).schema()).unwrap();
    let dialect = r#""$schema":"https://json-schema.org/draft/2020-12/schema","#;
    assert_eq!(schema.replace(dialect, ""), expected);
    samples.iter().for_each(|sample| valid(&schema, sample, true));
    let (left, right) = samples.split_at(samples.len() / 2);
    let mut merged = learn(left);
    merged.merge(learn(right));
    assert_eq!(String::from_utf8(merged.schema()).unwrap(), schema);
}

#[test]
fn schemas_are_inferred() {
    inferred(&["1", "2.0", "-3"], r#"{"type":"integer","minimum":-3,"maximum":2.0}"#);
    inferred(&["null", "1.5"], r#"{"type":["null","number"],"minimum":1.5,"maximum":1.5}"#);
    inferred(
        &[r#"{"id":1,"at":"2020-01-31"}"#, r#"{"id":2,"x":[true,[]]}"#],
        concat!(
            r#"{"type":"object","properties":{"id":{"type":"integer","minimum":1,"maximum":2},"#,
            r#""at":{"type":"string","minLength":10,"maxLength":10,"format":"date"},"#,
            r#""x":{"type":"array","minItems":2,"maxItems":2,"items":{"type":["boolean","array"],"#,
            r#""minItems":0,"maxItems":0,"items":{}}}},"required":["id"]}"#
        ),
    );
    inferred(
        &[r#"["a","b","a","a","b","a"]"#],
        r#"{"type":"array","minItems":6,"maxItems":6,"items":{"type":"string","enum":["a","b"]}}"#,
    );
    inferred(
        &["\"a@example.com\"", "\"b@example.org\""],
        r#"{"type":"string","minLength":13,"maxLength":13,"format":"email"}"#,
    );
}

/// Names that are data, as those of a dictionary, are not listed; nobody could read them, and the next object has others.
#[test]
fn objects_of_many_names_are_dictionaries() {
    let object = |names: std::ops::Range<usize>| {
        let members: Vec<String> = names.map(|name| format!("\"n{name}\":{{\"v\":{name}}}")).collect();
        format!("{{{}}}", members.join(","))
    };
    let dictionary = |least: usize, most: usize| {
        let values =
            format!(r#""properties":{{"v":{{"type":"integer","minimum":{least},"maximum":{most}}}}}"#);
        format!(r#"{{"type":"object","additionalProperties":{{"type":"object",{values},"required":["v"]}}}}"#)
    };
    inferred(&[&object(0..257)], &dictionary(0, 256));
    inferred(&[&object(0..200), &object(100..257)], &dictionary(0, 256));
    inferred(&[&object(0..1_000), &object(0..3)], &dictionary(0, 999));
    inferred(&[&object(0..3), &object(0..1_000)], &dictionary(0, 999));
    let mut inference = Inference::default();
    let sample = object(0..256);
    inference.add(sample.as_bytes(), Source::Auto, &ScanOptions::default(), &budget()).unwrap();
    let schema = String::from_utf8(inference.schema()).unwrap();
    assert!(schema.contains("\"n255\"") && !schema.contains("additionalProperties"), "{schema}");
}
