//! Explain: what a recipe would do.

use serde_json::json;
use testkit::Pair;

use crate::http1::send;

async fn explain(pair: &Pair, body: &serde_json::Value) -> serde_json::Value {
    let reply = send(pair.json.address, "POST", "/v1/explain", &[], body.to_string().as_bytes()).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()
}

#[tokio::test]
async fn a_recipe_is_explained_step_by_step() {
    let pair = Pair::start().await;
    let recipe = json!({"steps": [
        {"validate": {}},
        {"query": {"language": "QUERY_LANGUAGE_JQ", "query": ".a"}},
        {"format": {"style": "FORMAT_STYLE_MINIFY"}}
    ]});
    let small = explain(&pair, &json!({"recipe": recipe, "inputBytes": 1024})).await;
    let of = |name: &str| -> Vec<serde_json::Value> {
        small["steps"].as_array().unwrap().iter().map(|step| step[name].clone()).collect()
    };
    assert_eq!(of("name"), ["validate", "query", "format"]);
    assert_eq!(of("conversion"), ["", "parse", ""]);
    let (text, document) = ("REPRESENTATION_TEXT", "REPRESENTATION_DOCUMENT");
    assert_eq!(of("takes"), [text, document, text]);
    assert_eq!(of("deterministic"), [true, true, true]);
    assert_eq!((&small["cacheable"], &small["notCacheableBecause"]), (&json!(true), &json!("")));
    assert_eq!(small["recipeHash"].as_str().unwrap().len(), 64);
    let large = explain(&pair, &json!({"recipe": recipe, "inputBytes": 1 << 20})).await;
    assert!(large["estimatedMicros"].as_u64() > small["estimatedMicros"].as_u64(), "{large} {small}");
    assert_eq!(large["recipeHash"], small["recipeHash"]);
    pair.stop().await;
}

#[tokio::test]
async fn a_step_that_gets_values_needs_no_parse() {
    let pair = Pair::start().await;
    let recipe = json!({"steps": [
        {"checkSchema": {"schema": "true"}},
        {"query": {"language": "QUERY_LANGUAGE_JQ", "query": ".a"}},
        {"validate": {}},
        {"convert": {"to": "FORMAT_NDJSON"}}
    ]});
    let explained = explain(&pair, &json!({"recipe": recipe})).await;
    let of = |name: &str| -> Vec<&serde_json::Value> {
        explained["steps"].as_array().unwrap().iter().map(|step| &step[name]).collect()
    };
    let (text, document) = ("REPRESENTATION_TEXT", "REPRESENTATION_DOCUMENT");
    assert_eq!(of("takes"), [document, document, text, document]);
    assert_eq!(of("gives"), [document, document, document, text]);
    assert_eq!(of("conversion"), ["parse", "", "", ""]);
    pair.stop().await;
}

#[tokio::test]
async fn one_check_or_one_plain_style_streams() {
    let pair = Pair::start().await;
    let check = async |steps: serde_json::Value, expected: bool| {
        let explained = explain(&pair, &json!({"recipe": {"steps": steps}})).await;
        assert_eq!(explained["streams"], json!(expected), "{steps}");
    };
    check(json!([{"validate": {"duplicateKeys": "DUPLICATE_KEYS_REJECT"}}]), true).await;
    check(json!([{"format": {"style": "FORMAT_STYLE_MINIFY"}}]), true).await;
    check(json!([{"format": {"style": "FORMAT_STYLE_PRETTY", "indent": 4}}]), true).await;
    check(json!([{"format": {"style": "FORMAT_STYLE_CANONICAL"}}]), false).await;
    check(json!([{"format": {"keyOrder": "KEY_ORDER_SORTED"}}]), false).await;
    check(json!([{"validate": {}}, {"format": {}}]), false).await;
    pair.stop().await;
}

#[tokio::test]
async fn a_recipe_that_does_not_compile_is_refused() {
    let pair = Pair::start().await;
    let recipe = json!({"steps": [{"query": {"language": "QUERY_LANGUAGE_JQ", "query": ".a |"}}]});
    let check = async |body: serde_json::Value, expected: &str| {
        let body = body.to_string();
        let reply = send(pair.json.address, "POST", "/v1/explain", &[], body.as_bytes()).await;
        assert_eq!((reply.status, reply.json()["reason"].as_str()), (400, Some(expected)));
    };
    check(json!({"recipe": recipe}), "QUERY_INVALID").await;
    check(json!({}), "RECIPE_INVALID").await;
    pair.stop().await;
}
