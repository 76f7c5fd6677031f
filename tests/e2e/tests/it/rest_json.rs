//! REST of fastjson-api: status and body bytes of every route.

use testkit::Pair;

use crate::http1::send;

/// Sends to the JSON service and compares status, media type and body bytes.
async fn check(pair: &Pair, method: &str, path: &str, body: &str, expected: (u16, &str, &str)) {
    let reply = send(pair.json.address, method, path, &[], body.as_bytes()).await;
    assert_eq!((reply.status, reply.text()), (expected.0, expected.2), "{method} {path} {body}");
    assert_eq!(reply.header("content-type"), Some(expected.1), "{method} {path}");
}

const JSON: &str = "application/json";

#[tokio::test]
async fn format_keeps_numbers_and_strings_byte_exact() {
    let pair = Pair::start().await;
    let text = r#"{"n": [1E2, -0, 12345678901234567890123, 1.50], "s": "\u00e9\/é"}"#;
    let minified = r#"{"n":[1E2,-0,12345678901234567890123,1.50],"s":"\u00e9\/é"}"#;
    check(&pair, "POST", "/v1/format?style=minify", text, (200, JSON, minified)).await;
    check(
        &pair,
        "POST",
        "/v1/format",
        r#"{"a":[1,{}]}"#,
        (200, JSON, "{\n  \"a\": [\n    1,\n    {}\n  ]\n}"),
    )
    .await;
    check(&pair, "POST", "/v1/format?style=pretty&indent=4", "[1]", (200, JSON, "[\n    1\n]")).await;
    pair.stop().await;
}

#[tokio::test]
async fn query_answers_values() {
    let pair = Pair::start().await;
    let text = r#"{"a": {"b": [10, 2e1, "x"]}}"#;
    check(&pair, "POST", "/v1/query?lang=pointer&q=/a/b/1", text, (200, JSON, "2e1")).await;
    check(&pair, "POST", "/v1/query?lang=jsonpath&q=%24.a.b%5B*%5D", text, (200, JSON, r#"[10,2e1,"x"]"#))
        .await;
    check(&pair, "POST", "/v1/query?lang=jsonpath&q=%24.nothing", text, (200, JSON, "[]")).await;
    pair.stop().await;
}

/// A program that is too long for an address travels in the body, and the document keeps every byte.
#[tokio::test]
async fn query_takes_the_program_in_the_body() {
    let pair = Pair::start().await;
    let media = [("content-type", "application/vnd.fastjson.query+json; charset=utf-8")];
    let query =
        async |body: &str| send(pair.json.address, "POST", "/v1/query", &media, body.as_bytes()).await;
    let reply = query(r#"{"lang":"jsonpath","query":"$.a","document":{"a": 1E2}}"#).await;
    assert_eq!((reply.status, reply.text()), (200, "[1E2]"));
    let reply = query(r#"{"lang":"jsonpath","query":"$.a","document":{"a": 1},"x":1}"#).await;
    assert_eq!((reply.status, reply.json()["reason"].as_str()), (400, Some("BODY_INVALID")));
    let reply = query(r#"{"lang":"jsonpath","query":"$.a","document":{"a": 1,}}"#).await;
    assert_eq!((reply.status, reply.json()["reason"].as_str()), (422, Some("DOCUMENT_INVALID")));
    pair.stop().await;
}

#[tokio::test]
async fn run_takes_the_recipe_and_the_document_in_one_body() {
    let pair = Pair::start().await;
    let recipe = r#"{"steps":[{"validate":{}},{"query":{"language":"QUERY_LANGUAGE_POINTER","query":"/a"}},{"format":{"style":"FORMAT_STYLE_MINIFY"}}]}"#;
    let body = format!(r#"{{"recipe": {recipe}, "document": {{"a": [1E2,  2]}}}}"#);
    check(&pair, "POST", "/v1/run", &body, (200, JSON, "[1E2,2]")).await;
    pair.stop().await;
}

#[tokio::test]
async fn validate_answers_the_verdict() {
    let pair = Pair::start().await;
    let valid = send(pair.json.address, "POST", "/v1/validate", &[], br#"{"a":[1,2]}"#).await;
    assert_eq!(valid.status, 200);
    let verdict = valid.json();
    assert_eq!(verdict["valid"], true);
    assert_eq!(verdict["diagnostics"], serde_json::json!([]));
    assert_eq!(verdict["stats"]["nodes"], 4);

    let invalid = send(pair.json.address, "POST", "/v1/validate", &[], b"{\"a\":1,}").await;
    assert_eq!(invalid.status, 200, "an invalid document is an answer");
    let verdict = invalid.json();
    assert_eq!(verdict["valid"], false);
    let finding = &verdict["diagnostics"][0];
    assert_eq!(finding["code"], "TRAILING_COMMA");
    assert_eq!(finding["start"]["line"], 1);
    assert!(finding["snippet"].as_str().unwrap().contains('^'));

    let twice =
        send(pair.json.address, "POST", "/v1/validate?duplicate_keys=reject", &[], br#"{"a":1,"a":2}"#).await;
    assert_eq!(twice.json()["valid"], false);
    assert_eq!(twice.json()["diagnostics"][0]["code"], "DUPLICATE_KEY");
    pair.stop().await;
}

/// Sends bad input and compares status, media type and reason of the problem.
async fn check_problem(pair: &Pair, path: &str, body: &[u8], expected: (u16, &str)) -> serde_json::Value {
    let reply = send(pair.json.address, "POST", path, &[], body).await;
    assert_eq!(reply.status, expected.0, "{path}: {}", String::from_utf8_lossy(&reply.body));
    assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{path}");
    let problem = reply.json();
    assert_eq!(problem["reason"], expected.1, "{path}: {problem}");
    assert_eq!(problem["status"], expected.0);
    problem
}

#[tokio::test]
async fn every_failure_is_a_problem_with_its_reason() {
    let pair = Pair::start().await;
    let problem = check_problem(&pair, "/v1/format", b"{\"a\":1,}", (422, "DOCUMENT_INVALID")).await;
    assert_eq!(problem["diagnostics"][0]["code"], "TRAILING_COMMA");
    assert_eq!(problem["diagnostics"][0]["start"]["line"], 1);
    check_problem(&pair, "/v1/format", b"\"\xff\"", (422, "DOCUMENT_INVALID")).await;
    check_problem(&pair, "/v1/format?indent=17", b"1", (400, "OPTION_INVALID")).await;
    check_problem(&pair, "/v1/format?style=loud", b"1", (400, "QUERY_INVALID")).await;
    check_problem(&pair, "/v1/query?lang=pointer&q=/b", b"{\"a\":1}", (404, "POINTER_NOT_FOUND")).await;
    check_problem(&pair, "/v1/query?lang=jsonpath&q=%24%5B", b"1", (400, "QUERY_INVALID")).await;
    check_problem(&pair, "/v1/query?lang=pointer", b"1", (400, "QUERY_INVALID")).await;
    let twice = br#"{"recipe":{"steps":[{"format":{"indent":1,"indent":2}}]},"document":1}"#;
    check_problem(&pair, "/v1/run", twice, (400, "RECIPE_INVALID")).await;
    check_problem(&pair, "/v1/run", br#"{"document":1}"#, (400, "BODY_INVALID")).await;
    check_problem(
        &pair,
        "/v1/run",
        br#"{"recipe":{"steps":[{"explode":{}}]},"document":1}"#,
        (400, "RECIPE_INVALID"),
    )
    .await;
    check_problem(&pair, "/v1/run", br#"{"recipe":{"steps":[]},"document":1}"#, (400, "RECIPE_INVALID"))
        .await;
    let failing = br#"{"recipe":{"steps":[{"validate":{}},{"query":{"language":"QUERY_LANGUAGE_POINTER","query":"/x"}}]},"document":{}}"#;
    let problem = check_problem(&pair, "/v1/run", failing, (404, "POINTER_NOT_FOUND")).await;
    assert_eq!(problem["step"], "1");
    let deep = vec![b'['; 1_000_000];
    let problem = check_problem(&pair, "/v1/validate", &deep, (413, "DEPTH_LIMIT")).await;
    assert_eq!(problem["allowed"], "128");
    let large = vec![b' '; 5 << 20];
    check_problem(&pair, "/v1/validate", &large, (413, "INPUT_BYTES_LIMIT")).await;
    check_problem(&pair, "/v1/nothing", b"", (404, "PATH_UNKNOWN")).await;
    pair.stop().await;
}

#[tokio::test]
async fn an_expired_deadline_is_504() {
    let pair = Pair::start().await;
    let reply = send(pair.json.address, "POST", "/v1/validate", &[("x-request-timeout", "0s")], b"1").await;
    assert_eq!((reply.status, reply.json()["reason"].as_str()), (504, Some("DEADLINE")));
    pair.stop().await;
}
