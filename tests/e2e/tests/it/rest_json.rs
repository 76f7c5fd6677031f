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
    check(&pair, "POST", "/v1/query?lang=jmespath&q=a.b%5B%3A2%5D", text, (200, JSON, "[10,2e1]")).await;
    check(&pair, "POST", "/v1/query?lang=jmespath&q=nothing", text, (200, JSON, "null")).await;
    pair.stop().await;
}

#[tokio::test]
async fn query_says_where_each_value_stands() {
    let pair = Pair::start().await;
    let answer = r#"{"hits":[{"path":"$['a'][1]","start":{"byteOffset":8,"line":1,"column":9,"columnUtf16":9,"jsonPointer":"/a/1","record":0},"end":{"byteOffset":11,"line":1,"column":12,"columnUtf16":12,"jsonPointer":"/a/1","record":0},"value":2e1}],"hitsTotal":1}"#;
    let path = "/v1/query?lang=jsonpath&q=%24.a%5B1%5D&places=with";
    check(&pair, "POST", path, r#"{"a":[1,2e1]}"#, (200, JSON, answer)).await;
    let path = "/v1/query?lang=pointer&q=/a/1&places=with";
    check(&pair, "POST", path, r#"{"a":[1,2e1]}"#, (200, JSON, answer)).await;
    check_problem(&pair, "/v1/query?lang=jq&q=.&places=with", b"1", (400, "OPTION_INVALID")).await;
    pair.stop().await;
}

/// As the program jq reads a file of several documents.
#[tokio::test]
async fn lines_are_the_inputs_of_a_jq_program() {
    let pair = Pair::start().await;
    let media = [("content-type", "application/x-ndjson")];
    let path = "/v1/query?lang=jq&q=%5B.,input%5D";
    let reply = send(pair.json.address, "POST", path, &media, b"1\n2\n3\n4\n").await;
    assert_eq!((reply.status, reply.text()), (200, "[[1,2],[3,4]]"));
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
async fn results_of_a_query_stand_on_a_line_each_where_that_is_accepted() {
    let pair = Pair::start().await;
    let accept = [("accept", "application/x-ndjson, application/json;q=0.5")];
    let path = "/v1/query?lang=jsonpath&q=%24.*";
    let reply = send(pair.json.address, "POST", path, &accept, br#"{"a": 1E2, "b": {"c": [ ]}}"#).await;
    assert_eq!((reply.status, reply.text()), (200, "1E2\n{\"c\":[]}\n"));
    assert_eq!(reply.header("content-type"), Some("application/x-ndjson"));
    pair.stop().await;
}

#[tokio::test]
async fn jq_programs_run_with_variables_and_within_their_budget() {
    let pair = Pair::start().await;
    let text = r#"{"a":[{"n":2},{"n":1.50}]}"#;
    check(&pair, "POST", "/v1/query?lang=jq&q=.a%7Cmap(.n)", text, (200, JSON, "[[2,1.50]]")).await;
    let media = [("content-type", "application/vnd.fastjson.query+json"), ("accept", "application/x-ndjson")];
    let body = br#"{"lang":"jq","query":".[] + $x","args":{"x":10},"document":[1,2]}"#;
    let reply = send(pair.json.address, "POST", "/v1/query", &media, body).await;
    assert_eq!((reply.status, reply.text()), (200, "11\n12\n"));
    let failed =
        check_problem(&pair, "/v1/query?lang=jq&q=error(%22no%22)", b"1", (422, "PROGRAM_FAILED")).await;
    assert_eq!(failed["detail"], "the program failed: no");
    check_problem(&pair, "/v1/query?lang=jq&q=.a%7C", b"1", (400, "QUERY_INVALID")).await;
    check_problem(&pair, "/v1/query?lang=jq&q=env", b"1", (400, "QUERY_INVALID")).await;
    let endless =
        check_problem(&pair, "/v1/query?lang=jq&q=last(repeat(1))", b"1", (422, "BUDGET_TIME")).await;
    assert_eq!((endless["allowed"].as_str(), endless["unit"].as_str()), (Some("100"), Some("milliseconds")));
    check(&pair, "POST", "/v1/format?style=minify", "[ 1 ]", (200, JSON, "[1]")).await;
    pair.stop().await;
}

/// With time enough to fill the stack on a slow machine.
#[tokio::test]
async fn a_jq_program_that_recurses_for_ever_is_stopped_by_its_stack() {
    let mut config = testkit::PairConfig::default();
    config.json.limits.program_time = std::time::Duration::from_secs(9);
    let pair = Pair::start_with(config).await;
    let deep = check_problem(&pair, "/v1/query?lang=jq&q=def%20f:1%2Bf;f", b"1", (422, "BUDGET_STACK")).await;
    assert_eq!(deep["unit"], "bytes");
    pair.stop().await;
}

#[tokio::test]
async fn documents_are_checked_against_schemas_and_schemas_inferred() {
    let pair = Pair::start().await;
    let body = br#"{"schema": {"type":"object","properties":{"n":{"type":"integer","maximum":9}}},
 "document": {"n": 9.5}}"#;
    let reply = send(pair.json.address, "POST", "/v1/schema/check", &[], body).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let verdict = reply.json();
    assert_eq!((&verdict["valid"], &verdict["diagnosticsTotal"]), (&false.into(), &2.into()), "{verdict}");
    let keywords: Vec<&str> = verdict["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["keyword"].as_str().unwrap())
        .collect();
    assert_eq!(keywords, ["type", "maximum"]);
    let first = &verdict["diagnostics"][0];
    assert_eq!(
        (&first["start"]["jsonPointer"], &first["schemaPointer"]),
        (&"/n".into(), &"/properties/n/type".into())
    );
    let broken = br#"{"schema": {"type":"thing"}, "document": 1}"#;
    let problem = check_problem(&pair, "/v1/schema/check", broken, (422, "DOCUMENT_INVALID")).await;
    assert_eq!(problem["part"], "schema");
    let remote = br#"{"schema": {"$ref":"http://127.0.0.1:1/x"}, "document": 1}"#;
    check_problem(&pair, "/v1/schema/check", remote, (422, "DOCUMENT_INVALID")).await;
    let samples = "{\"id\":1,\"at\":\"2026-01-01\"}\n{\"id\":2}\n";
    let reply =
        send(pair.json.address, "POST", "/v1/schema/infer?format=ndjson", &[], samples.as_bytes()).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    let schema = reply.json();
    assert_eq!(
        (&schema["type"], &schema["required"]),
        (&"object".into(), &serde_json::json!(["id"])),
        "{schema}"
    );
    pair.stop().await;
}

#[tokio::test]
async fn format_has_canonical_form_hash_and_sorted_keys() {
    let pair = Pair::start().await;
    let text = r#"{"b": 1E2, "a": "\u00e9"}"#;
    let canonical = r#"{"a":"é","b":100}"#;
    check(&pair, "POST", "/v1/format?style=canonical", text, (200, JSON, canonical)).await;
    let sorted = r#"{"a":"\u00e9","b":1E2}"#;
    check(&pair, "POST", "/v1/format?style=minify&key_order=sorted", text, (200, JSON, sorted)).await;
    let hash = send(pair.json.address, "POST", "/v1/format?style=hash", &[], text.as_bytes()).await;
    let same = send(pair.json.address, "POST", "/v1/format?style=hash", &[], canonical.as_bytes()).await;
    assert_eq!((hash.status, hash.text().len()), (200, 66));
    assert_eq!(hash.text(), same.text());
    let exact = "[12345678901234567890123]";
    let double = "/v1/format?style=minify&numbers=double";
    check(&pair, "POST", double, exact, (200, JSON, "[1.2345678901234568e+22]")).await;
    let safe = "/v1/format?style=minify&numbers=string_if_unsafe";
    check(&pair, "POST", safe, exact, (200, JSON, r#"["12345678901234567890123"]"#)).await;
    check(
        &pair,
        "POST",
        "/v1/format?style=minify&duplicate_keys=first",
        r#"{"a":1,"a":2}"#,
        (200, JSON, r#"{"a":1}"#),
    )
    .await;
    pair.stop().await;
}

#[tokio::test]
async fn convert_answers_in_the_media_type_of_its_format() {
    let pair = Pair::start().await;
    let json = r#"{"a":[1,"no"],"b":12345678901234567890123}"#;
    let yaml = "a:\n  - 1\n  - \"no\"\nb: 12345678901234567890123\n";
    check(&pair, "POST", "/v1/convert?to=yaml", json, (200, "application/yaml", yaml)).await;
    check(&pair, "POST", "/v1/convert?from=yaml&to=json", yaml, (200, JSON, json)).await;
    let toml = "[server]\nport = 80 # http\n";
    let reply = send(pair.json.address, "POST", "/v1/convert?to=json", &[], toml.as_bytes()).await;
    assert_eq!((reply.status, reply.text()), (200, r#"{"server":{"port":80}}"#));
    assert_eq!((reply.header("fastjson-from"), reply.header("fastjson-losses")), (Some("toml"), Some("1")));
    let csv = "id,name\r\n1,Ada\r\n";
    let rows = r#"[{"id":1,"name":"Ada"}]"#;
    check(&pair, "POST", "/v1/convert?from=csv&to=json&csv_cells=typed", csv, (200, JSON, rows)).await;
    let cbor = send(pair.json.address, "POST", "/v1/convert?to=cbor", &[], br#"{"a":[1,null]}"#).await;
    assert_eq!(cbor.header("content-type"), Some("application/cbor"));
    assert_eq!(&cbor.body[..], b"\xa1\x61a\x82\x01\xf6");
    pair.stop().await;
}

#[tokio::test]
async fn what_a_conversion_loses_fails_it_under_strict() {
    let pair = Pair::start().await;
    let strict = "/v1/convert?to=toml&fidelity=strict";
    let problem = check_problem(&pair, strict, b"{\n \"a\": null}", (422, "FIDELITY_LOSS")).await;
    assert_eq!(problem["diagnostics"][0]["code"], "NULL_DROPPED");
    assert_eq!(problem["diagnostics"][0]["start"]["line"], 2);
    let broken =
        check_problem(&pair, "/v1/convert?from=yaml&to=json", b"a: [1", (422, "DOCUMENT_INVALID")).await;
    assert_eq!(broken["diagnostics"][0]["code"], "YAML_SYNTAX");
    check_problem(&pair, "/v1/convert?to=xml", b"1", (400, "QUERY_INVALID")).await;
    check_problem(&pair, "/v1/convert?to=json5", b"1", (400, "OPTION_INVALID")).await;
    pair.stop().await;
}

#[tokio::test]
async fn patch_merge_and_diff() {
    let pair = Pair::start().await;
    let body = r#"{"document": {"a": 1.0, "b": [1,2]}, "patch": [{"op":"test","path":"/a","value":1},{"op":"remove","path":"/b/0"}]}"#;
    check(&pair, "POST", "/v1/patch", body, (200, JSON, r#"{"a":1.0,"b":[2]}"#)).await;
    let failing = br#"{"document": {"a": 1}, "patch": [{"op":"test","path":"/a","value":2}]}"#;
    let problem = check_problem(&pair, "/v1/patch", failing, (409, "PATCH_TEST_FAILED")).await;
    assert_eq!((problem["operation"].as_str(), problem["pointer"].as_str()), (Some("0"), Some("/a")));
    let missing = br#"{"document": {}, "patch": [{"op":"remove","path":"/a"}]}"#;
    check_problem(&pair, "/v1/patch", missing, (404, "PATCH_PATH_NOT_FOUND")).await;
    check_problem(
        &pair,
        "/v1/patch",
        br#"{"document": {}, "patch": [{"op":"eat"}]}"#,
        (400, "PATCH_INVALID"),
    )
    .await;
    let body = r#"{"document": {"a": 1, "b": 2}, "patch": {"a": null, "c": 3}}"#;
    check(&pair, "POST", "/v1/merge", body, (200, JSON, r#"{"b":2,"c":3}"#)).await;
    let body = r#"{"base": {"a": 1, "b": 1}, "document": {"a": 2, "b": 1}, "theirs": {"a": 1, "b": 3}}"#;
    check(&pair, "POST", "/v1/merge", body, (200, JSON, r#"{"a":2,"b":3}"#)).await;
    let conflicting = br#"{"base": {"a": 1}, "document": {"a": 2}, "theirs": {"a": 3}}"#;
    let problem = check_problem(&pair, "/v1/merge", conflicting, (409, "MERGE_CONFLICT")).await;
    assert_eq!(problem["conflicts"][0]["jsonPointer"], "/a");
    check_problem(&pair, "/v1/merge", br#"{"document": {}}"#, (400, "BODY_INVALID")).await;
    let body = r#"{"from": {"a": 1}, "to": {"a": 2, "b": 3}}"#;
    let patch = r#"[{"op":"replace","path":"/a","value":2},{"op":"add","path":"/b","value":3}]"#;
    check(&pair, "POST", "/v1/diff", body, (200, JSON, patch)).await;
    check(&pair, "POST", "/v1/diff?output=merge_patch", body, (200, JSON, r#"{"a":2,"b":3}"#)).await;
    let text = "~ /a: 1 -> 2\n+ /b: 3\n";
    check(&pair, "POST", "/v1/diff?output=text", body, (200, "text/plain; charset=utf-8", text)).await;
    let impossible = br#"{"from": {"a": 1}, "to": {"a": null}}"#;
    check_problem(&pair, "/v1/diff?output=merge_patch", impossible, (409, "DIFF_NOT_EXPRESSIBLE")).await;
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
    let fix = &problem["diagnostics"][0]["fix"];
    assert_eq!((&fix["start"], &fix["end"]), (&6.into(), &7.into()), "{problem}");
    check_problem(&pair, "/v1/format", b"\"\xff\"", (422, "DOCUMENT_INVALID")).await;
    check_problem(&pair, "/v1/format?indent=17", b"1", (400, "OPTION_INVALID")).await;
    check_problem(&pair, "/v1/format?style=loud", b"1", (400, "QUERY_INVALID")).await;
    check_problem(&pair, "/v1/query?lang=pointer&q=/b", b"{\"a\":1}", (404, "POINTER_NOT_FOUND")).await;
    check_problem(&pair, "/v1/query?lang=jsonpath&q=%24%5B", b"1", (400, "QUERY_INVALID")).await;
    check_problem(&pair, "/v1/query?lang=pointer", b"1", (400, "QUERY_INVALID")).await;
    let twice = br#"{"recipe":{"steps":[{"format":{"indent":1,"indent":2}}]},"document":1}"#;
    check_problem(&pair, "/v1/run", twice, (400, "RECIPE_INVALID")).await;
    check_problem(&pair, "/v1/run", br#"{"document":1}"#, (400, "BODY_INVALID")).await;
    for in_order in [r#"[{"a":1},[]]"#, " []", r#""text""#, "1"] {
        let problem = check_problem(&pair, "/v1/patch", in_order.as_bytes(), (400, "BODY_INVALID")).await;
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert!(detail.starts_with("the body is no object; allowed: "), "{in_order}: {detail}");
    }
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
