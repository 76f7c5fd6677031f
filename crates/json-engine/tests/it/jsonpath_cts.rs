//! The JSONPath compliance test suite: values, normalized paths, and programs that must be refused.

use json_engine::query::{Language, Query};
use json_engine::{Error, ScanOptions};
use serde_json::Value;

use crate::budgets::budget;
use crate::shared::suite;

/// One of the expected lists, if there are several.
fn expected<'t>(test: &'t Value, one: &str, many: &str) -> Vec<&'t Value> {
    match test.get(one) {
        Some(only) => vec![only],
        None => test.get(many).and_then(Value::as_array).map(|all| all.iter().collect()).unwrap_or_default(),
    }
}

fn check(test: &Value) {
    let (name, selector) = (test["name"].as_str().unwrap(), test["selector"].as_str().unwrap());
    if test["invalid_selector"] == true {
        let refused = Query::compile(Language::JsonPath, selector);
        assert!(matches!(refused, Err(Error::Query { .. })), "{name}: {selector} must be refused");
        return;
    }
    let text = serde_json::to_vec(&test["document"]).unwrap();
    let query = Query::compile(Language::JsonPath, selector)
        .unwrap_or_else(|error| panic!("{name}: {selector}: {error}"));
    let answer = query.run(&text, &ScanOptions::default(), &budget()).unwrap();
    let values: Value = serde_json::from_slice(&answer.text).unwrap();
    let wanted = expected(test, "result", "results");
    assert!(wanted.contains(&&values), "{name}: {selector} gave {values}, expected {wanted:?}");
    let located = query.run_located(&text, &ScanOptions::default(), &budget()).unwrap();
    let found: Value =
        located.hits.iter().map(|hit| serde_json::from_slice::<Value>(&hit.text).unwrap()).collect();
    assert_eq!(found, values, "{name}: {selector}");
    let places: Value = located.hits.into_iter().map(|hit| Value::from(hit.path)).collect();
    let wanted = expected(test, "result_paths", "results_paths");
    assert!(wanted.contains(&&places), "{name}: {selector} at {places}, expected {wanted:?}");
}

#[test]
fn all_of_the_suite() {
    let Some(folder) = suite("jsonpath-cts") else { return };
    let suite: Value = serde_json::from_slice(&std::fs::read(folder.join("cts.json")).unwrap()).unwrap();
    let tests = suite["tests"].as_array().unwrap();
    tests.iter().for_each(check);
    assert_eq!(tests.len(), 703);
}
