//! With and without the memo an answer is the same, byte for byte, over random recipes and documents.

use fastjson_proto::fastjson::v1 as pb;
use serde_json::{Value, json};

use super::farm::{Farm, jq, patient, steps};

/// Steps of every kind; what comes behind a conversion fails now and then, which must be the same too.
fn all_steps() -> Vec<Value> {
    let jsonpath = json!({"query": {"language": "QUERY_LANGUAGE_JSONPATH", "query": "$..a"}});
    let pointer = json!({"query": {"language": "QUERY_LANGUAGE_POINTER", "query": "/a"}});
    let jmespath = json!({"query": {"language": "QUERY_LANGUAGE_JMESPATH", "query": "a"}});
    vec![
        json!({"validate": {}}),
        json!({"validate": {"profile": "PROFILE_I_JSON"}}),
        json!({"format": {}}),
        json!({"format": {"style": "FORMAT_STYLE_CANONICAL"}}),
        json!({"format": {"style": "FORMAT_STYLE_MINIFY", "numbers": "NUMBERS_DOUBLE"}}),
        jq("[.. | numbers]"),
        jq("."),
        jsonpath,
        pointer,
        jmespath,
        json!({"convert": {"to": "FORMAT_JSON", "indent": 1}}),
        json!({"convert": {"to": "FORMAT_YAML"}}),
        json!({"convert": {"to": "FORMAT_CBOR"}}),
        json!({"patch": {"patch": "[{\"op\":\"add\",\"path\":\"/b\",\"value\":1E2}]"}}),
        json!({"merge": {"patch": "{\"a\":{\"c\":1.50}}"}}),
        json!({"merge": {"threeWay": {"base": "{}", "theirs": "{\"a\":9}"}}}),
        json!({"diff": {"to": "{\"a\":1}"}}),
        json!({"diff": {"to": "{\"a\":1}", "output": "DIFF_OUTPUT_TEXT"}}),
        json!({"checkSchema": {"schema": "{\"type\":\"object\"}"}}),
        json!({"inferSchema": {}}),
    ]
}

const DOCUMENTS: [(&str, pb::Format); 6] = [
    (r#"{"a": [1.50, {"a": 12345678901234567890123}]}"#, pb::Format::Json),
    (r#"{"a": 1, "a": 2, "c": "x"}"#, pb::Format::Json),
    ("[1, 2, 3]", pb::Format::Json),
    (r#"{"a": "#, pb::Format::Json),
    ("a: [1, x]\nb: 2020-01-01\n", pb::Format::Yaml),
    ("{\"a\":1}\n{\"a\":2}\n", pb::Format::Ndjson),
];

/// What a caller sees, but for what steps cost.
async fn seen(farm: &Farm, request: pb::RunRequest) -> (Result<pb::RunResponse, String>, String) {
    match farm.json[0].client.run(&patient(), request).await {
        Ok(mut answer) => {
            let outcome = answer.memo.take().unwrap().outcome;
            answer.from_cache = 0;
            answer.steps.iter_mut().for_each(|step| step.micros = 0);
            (Ok(answer), outcome)
        }
        Err(error) => (Err(format!("{:?}", error.rejection().unwrap())), String::new()),
    }
}

#[tokio::test]
async fn answers_are_the_same_with_and_without() {
    let farm = Farm::start(&[""]).await;
    let mut random = fastrand::Rng::with_seed(20);
    let (all, mut kept) = (all_steps(), 0);
    for case in 0..150 {
        let chosen: Vec<Value> =
            (0..random.usize(1..=4)).map(|_| all[random.usize(..all.len())].clone()).collect();
        let (document, format) = DOCUMENTS[random.usize(..DOCUMENTS.len())];
        let source = Some(pb::input::Source::Data(document.into()));
        let input = Some(pb::Input { source, format: format.into() });
        let request = pb::RunRequest { input, ..farm.request(&steps(&chosen), "") };
        let off = pb::RunRequest { memo: pb::Memo::Off.into(), ..request.clone() };
        let (expected, _) = seen(&farm, off).await;
        for call in 0..4 {
            let (answer, outcome) = seen(&farm, request.clone()).await;
            assert_eq!(answer, expected, "case {case}, call {call}, {outcome}: {chosen:?} {document}");
            kept += usize::from(["hit", "shared", "prefix"].contains(&outcome.as_str()));
        }
    }
    assert!(kept > 20, "{kept} answers came from the cache");
    farm.stop().await;
}
