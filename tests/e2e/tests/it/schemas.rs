//! Schemas by name: put, read, refuse, refer, check.

use client::{Rejection, SchemaClient};
use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use prost::Message as _;
use serde_json::json;
use testkit::Pair;
use tonic::Code;

use crate::http1::{Reply, send};
use crate::registry_stores::Stores;

pub(crate) fn text(text: &str) -> Option<pb::Input> {
    Some(pb::Input { source: Some(pb::input::Source::Text(text.to_owned())), format: 0 })
}

pub(crate) fn put_request(name: &str, schema: &str) -> pb::PutSchemaRequest {
    pb::PutSchemaRequest { name: name.to_owned(), schema: text(schema), ..Default::default() }
}

/// Puts a schema and gives its version.
pub(crate) async fn put(schemas: &SchemaClient, name: &str, schema: &str) -> u64 {
    let put = schemas.put(&Context::background(), put_request(name, schema)).await.unwrap();
    put.version.unwrap().version
}

/// Puts a schema that is refused, and gives why.
pub(crate) async fn refused(
    schemas: &SchemaClient,
    request: pb::PutSchemaRequest,
    expected: (Code, &str),
) -> Rejection {
    let rejection = schemas.put(&Context::background(), request).await.unwrap_err().rejection().unwrap();
    assert_eq!((rejection.code, rejection.reason.as_str()), expected, "{}", rejection.message);
    rejection
}

/// One request over REST, whose status, entity tag and reason are compared; the tag of an answer that has none is empty.
async fn check(
    pair: &Pair,
    (method, path): (&str, &str),
    headers: &[(&str, &str)],
    body: &str,
    expected: (u16, &str, &str),
) -> Reply {
    let reply = send(pair.json.address, method, path, headers, body.as_bytes()).await;
    let is_problem = reply.header("content-type") == Some("application/problem+json");
    let reason = if is_problem { reply.json()["reason"].as_str().unwrap().to_owned() } else { String::new() };
    let etag = reply.header("etag").unwrap_or_default();
    let body = String::from_utf8_lossy(&reply.body);
    assert_eq!((reply.status, etag, reason.as_str()), expected, "{method} {path}: {body}");
    reply
}

#[tokio::test]
async fn a_schema_lives_under_its_name_over_rest() {
    for store in Stores::new() {
        let pair = store.start().await;
        let path = "/v1/schemas/team%2Forder";
        let (one, two) = (r#"{"type":"object"}"#, r#"{ "type" : "array" }"#);
        check(&pair, ("GET", path), &[], "", (404, "", "SCHEMA_NOT_FOUND")).await;
        let first =
            check(&pair, ("PUT", path), &[("if-none-match", "*")], one, (201, "\"1\"", "")).await.json();
        let about = &first["version"];
        assert_eq!((&first["created"], &about["name"]), (&json!(true), &json!("team/order")), "{first}");
        assert_eq!((&about["version"], &about["sizeBytes"]), (&json!(1), &json!(17)), "{first}");
        assert!(about["hash"].as_str().unwrap().len() == 64 && about["createdAt"].is_string(), "{first}");
        let again =
            check(&pair, ("PUT", path), &[], "{\"type\" :\"object\"}", (200, "\"1\"", "")).await.json();
        assert_eq!(again["created"], false, "the same document is no new version");
        check(&pair, ("PUT", path), &[("if-none-match", "*")], two, (412, "", "VERSION_CONFLICT")).await;
        check(&pair, ("PUT", path), &[("if-match", "\"1\"")], two, (201, "\"2\"", "")).await;
        check(&pair, ("PUT", path), &[("if-match", "\"1\"")], "{}", (412, "", "VERSION_CONFLICT")).await;
        let absent = "/v1/schemas/absent";
        check(&pair, ("PUT", absent), &[("if-match", "*")], "{}", (412, "", "VERSION_CONFLICT")).await;
        let newest = check(&pair, ("GET", path), &[], "", (200, "\"2\"", "")).await;
        assert_eq!((newest.text(), newest.header("content-type")), (two, Some("application/schema+json")));
        let pinned = check(&pair, ("GET", &format!("{path}?version=1")), &[], "", (200, "\"1\"", "")).await;
        assert_eq!(pinned.text(), one);
        check(&pair, ("GET", path), &[("if-none-match", "\"2\"")], "", (304, "\"2\"", "")).await;
        check(&pair, ("GET", &format!("{path}?version=3")), &[], "", (404, "", "SCHEMA_NOT_FOUND")).await;
        let versions =
            check(&pair, ("GET", &format!("{path}/versions")), &[], "", (200, "", "")).await.json();
        assert_eq!(versions["schemas"].as_array().unwrap().len(), 2, "{versions}");
        let list = check(&pair, ("GET", "/v1/schemas?prefix=team/"), &[], "", (200, "", "")).await.json();
        assert_eq!(list["schemas"][0]["version"], 2, "{list}");
        check(&pair, ("DELETE", path), &[("if-match", "\"2\"")], "", (400, "", "CONDITION_INVALID")).await;
        let deleted = check(&pair, ("DELETE", &format!("{path}?version=2")), &[], "", (200, "", "")).await;
        assert_eq!(deleted.json(), json!({"deleted": 1}));
        let deleted = check(&pair, ("DELETE", path), &[], "", (200, "", "")).await;
        assert_eq!(deleted.json(), json!({"deleted": 1}));
        assert_eq!(
            check(&pair, ("DELETE", path), &[], "", (200, "", "")).await.json(),
            json!({"deleted": 0})
        );
        check(&pair, ("PUT", path), &[], one, (201, "\"3\"", "")).await;
        check(&pair, ("PUT", "/v1/schemas/a%20b"), &[], one, (400, "", "NAME_INVALID")).await;
        check(&pair, ("PUT", "/v1/schemas/a"), &[], r#"{"type":"thing"}"#, (422, "", "DOCUMENT_INVALID"))
            .await;
        let yaml = "/v1/schemas/yaml?format=yaml&compatibility=full";
        check(&pair, ("PUT", yaml), &[], "type: object", (201, "\"1\"", "")).await;
        let stored = check(&pair, ("GET", "/v1/schemas/yaml"), &[], "", (200, "\"1\"", "")).await;
        assert_eq!(stored.text(), one, "it is kept as JSON");
        pair.stop().await;
    }
}

#[tokio::test]
async fn documents_are_checked_against_schemas_by_name() {
    for store in Stores::new() {
        let pair = store.start().await;
        let schemas = pair.schema_client();
        put(&schemas, "port", r#"{"type":"integer"}"#).await;
        put(&schemas, "server", r#"{"properties":{"port":{"$ref":"port"}}}"#).await;
        let verdict = async |path: &str, document: &str| {
            let reply = send(pair.json.address, "POST", path, &[], document.as_bytes()).await;
            assert_eq!(reply.status, 200, "{}", reply.text());
            reply.json()
        };
        let path = "/v1/schema/check?schema=server&format=yaml";
        assert_eq!(verdict(path, "port: 80").await["valid"], true);
        let failing = verdict(path, "name: a\nport: http").await;
        assert_eq!(failing["diagnostics"][0]["start"]["line"], 2, "{failing}");
        // A new version of what is referred to counts at once, compiled or not.
        put(&schemas, "port", r#"{"type":"string"}"#).await;
        assert_eq!(verdict(path, "port: http").await["valid"], true);
        assert_eq!(verdict("/v1/schema/check?schema=port&version=1", "80").await["valid"], true);
        assert_eq!(verdict("/v1/schema/check?schema=port", "80").await["valid"], false);
        let both = pb::CheckSchemaRequest {
            input: text("1"),
            schema: text("{}"),
            schema_name: "port".to_owned(),
            ..Default::default()
        };
        let error = pair.json_client().check_schema(&Context::background(), both).await.unwrap_err();
        assert_eq!(error.rejection().unwrap().reason, "OPTION_INVALID");
        let missing = send(pair.json.address, "POST", "/v1/schema/check?schema=none", &[], b"1").await;
        assert_eq!((missing.status, missing.json()["reason"].as_str()), (404, Some("SCHEMA_NOT_FOUND")));
        pair.stop().await;
    }
}

#[tokio::test]
async fn references_reach_registered_schemas_by_name_and_by_id() {
    for store in Stores::new() {
        let pair = store.start().await;
        let schemas = pair.schema_client();
        put(&schemas, "team/city", r#"{"type":"string"}"#).await;
        put(&schemas, "team/address", r#"{"properties":{"city":{"$ref":"city"}}}"#).await;
        put(&schemas, "money", r#"{"$id":"https://example.com/money","type":"number"}"#).await;
        let check = async |schema: &str, document: &str| {
            let request =
                pb::CheckSchemaRequest { input: text(document), schema: text(schema), ..Default::default() };
            pair.json_client().check_schema(&Context::background(), request).await
        };
        for (reference, bad) in [
            ("team/address", r#"{"city":1}"#),
            ("/team/address#/properties/city", "1"),
            ("https://example.com/money", r#""1""#),
            ("money", r#""1""#),
        ] {
            let schema = json!({"$ref": reference}).to_string();
            assert!(!check(&schema, bad).await.unwrap().valid, "{reference}");
        }
        let rooted = r#"{"$id":"https://example.com/order","properties":{"total":{"$ref":"money"}}}"#;
        assert!(!check(rooted, r#"{"total":"1"}"#).await.unwrap().valid, "relative to the $id");
        let rejection = check(r#"{"$ref":"nothing"}"#, "1").await.unwrap_err().rejection().unwrap();
        assert_eq!(rejection.diagnostics.diagnostics[0].code, "SCHEMA_INVALID");
        let taken = put_request("other", r#"{"$id":"https://example.com/money"}"#);
        let rejection = refused(&schemas, taken, (Code::FailedPrecondition, "SCHEMA_ID_TAKEN")).await;
        assert_eq!(rejection.metadata["name"], "money");
        put(&schemas, "tree", r#"{"properties":{"left":{"$ref":"tree"}},"required":["n"]}"#).await;
        assert!(
            !check(r#"{"$ref":"tree"}"#, r#"{"n":1,"left":{}}"#).await.unwrap().valid,
            "it refers to itself"
        );
        pair.stop().await;
    }
}

#[tokio::test]
async fn a_version_that_breaks_what_its_name_asks_for_is_refused() {
    for store in Stores::new() {
        let pair = store.start().await;
        let schemas = pair.schema_client();
        let old = r#"{"type":"object","properties":{"a":{"type":"integer"}}}"#;
        let new = r#"{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}"#;
        let asks = pb::Compatibility::Backward.into();
        let first = pb::PutSchemaRequest { compatibility: asks, ..put_request("order", old) };
        schemas.put(&Context::background(), first).await.unwrap();
        let expected = (Code::FailedPrecondition, "SCHEMA_INCOMPATIBLE");
        let rejection = refused(&schemas, put_request("order", new), expected).await;
        assert_eq!(rejection.metadata["compatibility"], "COMPATIBILITY_BACKWARD");
        let error = schemas.put(&Context::background(), put_request("order", new)).await.unwrap_err();
        let client::Error::Status(status) = error else { panic!("{error:?}") };
        assert!(status.details().len() <= 4_096);
        let rich = tonic_status(&status);
        let reason = &rich.reasons[0];
        assert_eq!(
            (reason.breaks, reason.keyword.as_str(), reason.example.as_str()),
            (true, "required", "{}")
        );
        let reply = send(pair.json.address, "PUT", "/v1/schemas/order", &[], new.as_bytes()).await;
        let problem = reply.json();
        assert_eq!(
            (reply.status, problem["reasons"][0]["keyword"].as_str()),
            (409, Some("required")),
            "{problem}"
        );
        let none = pb::PutSchemaRequest {
            compatibility: pb::Compatibility::None.into(),
            ..put_request("order", new)
        };
        let put = schemas.put(&Context::background(), none).await.unwrap().version.unwrap();
        assert_eq!(
            (put.version, put.compatibility()),
            (2, pb::Compatibility::None),
            "unless it asks no more"
        );
        pair.stop().await;
    }
}

fn tonic_status(status: &tonic::Status) -> pb::CheckCompatibilityResponse {
    let failure = chassis::Failure::from_status(status);
    let detail = failure.details.first().unwrap();
    assert!(detail.type_url.ends_with("fastjson.v1.CheckCompatibilityResponse"));
    pb::CheckCompatibilityResponse::decode(detail.value.as_slice()).unwrap()
}

#[tokio::test]
async fn schemas_are_compared_over_rest() {
    for store in Stores::new() {
        let pair = store.start().await;
        put(&pair.schema_client(), "n", r#"{"type":"integer"}"#).await;
        let compare = async |path: &str, body: &str| {
            let reply = send(pair.json.address, "POST", path, &[], body.as_bytes()).await;
            assert_eq!(reply.status, 200, "{}", reply.text());
            let verdict = reply.json();
            (verdict["compatible"] == true, verdict["compatibility"].as_str().unwrap().to_owned(), verdict)
        };
        let path = "/v1/schema/compatibility";
        let pair_of = r#"{"old": {"type":"integer"}, "new": {"type":"number"}}"#;
        let (compatible, asked, _) = compare(path, pair_of).await;
        assert_eq!((compatible, asked.as_str()), (true, "COMPATIBILITY_BACKWARD"));
        let (compatible, _, verdict) = compare(&format!("{path}?compatibility=full"), pair_of).await;
        assert!(!compatible && verdict["reasons"][0]["direction"] == "COMPATIBILITY_FORWARD", "{verdict}");
        assert!(compare(&format!("{path}?name=n&version=1"), r#"{"type":"number"}"#).await.0);
        assert!(!compare(&format!("{path}?name=n"), r#"{"type":"string"}"#).await.0);
        let neither = pb::CheckCompatibilityRequest { new_schema: text("{}"), ..Default::default() };
        let error =
            pair.schema_client().check_compatibility(&Context::background(), neither).await.unwrap_err();
        assert_eq!(error.rejection().unwrap().reason, "INPUT_MISSING");
        pair.stop().await;
    }
}

#[tokio::test]
async fn of_many_writers_that_expect_the_same_version_one_wins() {
    for store in Stores::new() {
        let pair = store.start().await;
        let schemas = pair.schema_client();
        assert_eq!(put(&schemas, "a", "{}").await, 1);
        let mut writers = tokio::task::JoinSet::new();
        for writer in 0..16 {
            let schemas = schemas.clone();
            let schema = json!({"maximum": writer}).to_string();
            let request = pb::PutSchemaRequest { expected_version: Some(1), ..put_request("a", &schema) };
            writers.spawn(async move { schemas.put(&Context::background(), request).await });
        }
        let outcomes = writers.join_all().await;
        let won = outcomes.iter().filter(|outcome| outcome.as_ref().is_ok_and(|put| put.created)).count();
        assert_eq!(won, 1);
        for lost in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
            let rejection = lost.rejection().unwrap();
            assert_eq!((rejection.code, rejection.reason.as_str()), (Code::Aborted, "VERSION_CONFLICT"));
            assert_eq!(rejection.metadata["version"], "2");
        }
        let new = pb::PutSchemaRequest { expected_version: Some(0), ..put_request("a", r#"{"minimum":1}"#) };
        refused(&schemas, new, (Code::Aborted, "VERSION_CONFLICT")).await;
        pair.stop().await;
    }
}

#[tokio::test]
async fn lists_come_by_pages() {
    for store in Stores::new() {
        let pair = store.start().await;
        let schemas = pair.schema_client();
        for name in ["b/2", "a", "b/1", "b/3"] {
            put(&schemas, name, "{}").await;
        }
        put(&schemas, "a", "true").await;
        let mut request = pb::ListSchemasRequest { page_size: Some(3), ..Default::default() };
        let mut seen = Vec::new();
        loop {
            let page = schemas.list(&Context::background(), request.clone()).await.unwrap();
            seen.push(page.schemas.iter().map(|row| (row.name.clone(), row.version)).collect::<Vec<_>>());
            if page.next_page_token.is_empty() {
                break;
            }
            request.page_token = page.next_page_token;
        }
        let row = |name: &str, version| (name.to_owned(), version);
        assert_eq!(seen, [vec![row("a", 2), row("b/1", 1), row("b/2", 1)], vec![row("b/3", 1)]]);
        let versions =
            pb::ListSchemasRequest { name: "a".to_owned(), page_size: Some(1), ..Default::default() };
        let first = schemas.list(&Context::background(), versions.clone()).await.unwrap();
        assert_eq!((first.schemas[0].version, first.next_page_token.as_str()), (1, "1"));
        let second = pb::ListSchemasRequest { page_token: first.next_page_token, ..versions };
        let second = schemas.list(&Context::background(), second).await.unwrap();
        assert_eq!((second.schemas[0].version, second.next_page_token.as_str()), (2, ""));
        pair.stop().await;
    }
}
