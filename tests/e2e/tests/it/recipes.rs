//! Recipes by name: put, read, run.

use context::Context;
use fastjson_proto::fastjson::v1 as pb;
use testkit::Pair;

use crate::http1::send;
use crate::registry_stores::Stores;
use crate::schemas::{put as put_schema, text};

fn recipe(json: &str) -> pb::Recipe {
    client::json_mapping::decode("fastjson.v1.Recipe", json.as_bytes()).unwrap()
}

async fn put(pair: &Pair, name: &str, json: &str) -> Result<pb::PutRecipeResponse, client::Error> {
    let request =
        pb::PutRecipeRequest { name: name.to_owned(), recipe: Some(recipe(json)), ..Default::default() };
    pair.recipe_client().put(&Context::background(), request).await
}

/// Runs a recipe by name over REST; the status, and the answer or the reason.
async fn run(pair: &Pair, query: &str, document: &str) -> (u16, String) {
    let path = format!("/v1/run?{query}");
    let reply = send(pair.json.address, "POST", &path, &[], document.as_bytes()).await;
    let is_problem = reply.header("content-type") == Some("application/problem+json");
    let told = if is_problem {
        reply.json()["reason"].as_str().unwrap().to_owned()
    } else {
        reply.text().to_owned()
    };
    (reply.status, told)
}

const QUERY: &str =
    r#"{"steps":[{"query":{"language":"QUERY_LANGUAGE_JQ","query":".a + $x","args":{"x":"1","y":"2"}}}]}"#;

#[tokio::test]
async fn a_recipe_is_run_by_its_name() {
    for store in Stores::new() {
        let pair = store.start().await;
        let put_one = put(&pair, "etl/a", QUERY).await.unwrap();
        let version = put_one.version.unwrap();
        assert_eq!((put_one.created, version.version, version.steps), (true, 1, 1));
        assert!(!put(&pair, "etl/a", QUERY).await.unwrap().created, "the order of variables says nothing");
        put(&pair, "etl/a", r#"{"steps":[{"format":{"style":"FORMAT_STYLE_MINIFY"}}]}"#).await.unwrap();
        assert_eq!(run(&pair, "recipe=etl/a", "[ 1 ]").await, (200, "[1]".to_owned()));
        assert_eq!(run(&pair, "recipe=etl/a&version=1", r#"{"a":1}"#).await, (200, "[2]".to_owned()));
        assert_eq!(run(&pair, "recipe=etl/a&version=1&format=yaml", "a: 2").await, (200, "[3]".to_owned()));
        assert_eq!(run(&pair, "recipe=etl/a&version=9", "1").await, (404, "RECIPE_NOT_FOUND".to_owned()));
        assert_eq!(run(&pair, "recipe=none", "1").await, (404, "RECIPE_NOT_FOUND".to_owned()));
        assert_eq!(run(&pair, "recipe=a%20b", "1").await, (400, "NAME_INVALID".to_owned()));
        let get = pb::GetRecipeRequest { name: "etl/a".to_owned(), version: Some(1) };
        let found = pair.recipe_client().get(&Context::background(), get).await.unwrap();
        assert_eq!(found.recipe, Some(recipe(QUERY)));
        pair.stop().await;
    }
}

#[tokio::test]
async fn a_call_means_exactly_one_recipe() {
    for store in Stores::new() {
        let pair = store.start().await;
        put(&pair, "a", QUERY).await.unwrap();
        let steps = Some(recipe(QUERY));
        let named = |recipe: &Option<pb::Recipe>, name: &str, version| pb::RunRequest {
            input: text("1"),
            recipe: recipe.clone(),
            recipe_name: name.to_owned(),
            recipe_version: version,
            ..Default::default()
        };
        for request in [named(&None, "", None), named(&steps, "a", None), named(&steps, "", Some(1))] {
            let error = pair.json_client().run(&Context::background(), request).await.unwrap_err();
            assert_eq!(error.rejection().unwrap().reason, "RECIPE_INVALID");
        }
        pair.stop().await;
    }
}

#[tokio::test]
async fn a_step_checks_against_a_schema_by_name() {
    for store in Stores::new() {
        let pair = store.start().await;
        let named = r#"{"steps":[{"format":{}},{"checkSchema":{"schemaName":"n"}}]}"#;
        let error = put(&pair, "check", named).await.unwrap_err().rejection().unwrap();
        assert_eq!((error.reason.as_str(), error.metadata["step"].as_str()), ("SCHEMA_NOT_FOUND", "1"));
        put_schema(&pair.schema_client(), "n", r#"{"type":"integer"}"#).await;
        put(&pair, "check", named).await.unwrap();
        assert_eq!(run(&pair, "recipe=check", "1").await, (200, "1".to_owned()));
        assert_eq!(run(&pair, "recipe=check", "\"a\"").await, (422, "DOCUMENT_INVALID".to_owned()));
        put_schema(&pair.schema_client(), "n", r#"{"type":"string"}"#).await;
        assert_eq!(run(&pair, "recipe=check", "\"a\"").await, (200, "\"a\"".to_owned()), "the newest counts");
        let pinned = r#"{"steps":[{"checkSchema":{"schemaName":"n","schemaVersion":1}}]}"#;
        put(&pair, "pinned", pinned).await.unwrap();
        assert_eq!(run(&pair, "recipe=pinned", "1").await.0, 200);
        let inline = r#"{"steps":[{"checkSchema":{"schema":"{\"$ref\":\"n\"}"}}]}"#;
        put(&pair, "inline", inline).await.unwrap();
        assert_eq!(run(&pair, "recipe=inline", "1").await.1, "DOCUMENT_INVALID");
        for wrong in [
            r#"{"steps":[{"checkSchema":{}}]}"#,
            r#"{"steps":[{"checkSchema":{"schema":"{}","schemaVersion":1}}]}"#,
        ] {
            assert_eq!(
                put(&pair, "wrong", wrong).await.unwrap_err().rejection().unwrap().reason,
                "RECIPE_INVALID"
            );
        }
        pair.stop().await;
    }
}

#[tokio::test]
async fn a_recipe_that_does_not_compile_gets_no_name() {
    for store in Stores::new() {
        let pair = store.start().await;
        let broken = r#"{"steps":[{"query":{"language":"QUERY_LANGUAGE_JQ","query":".a |"}}]}"#;
        let reply = send(pair.json.address, "PUT", "/v1/recipes/a", &[], broken.as_bytes()).await;
        assert_eq!((reply.status, reply.json()["reason"].as_str()), (400, Some("QUERY_INVALID")));
        let unknown = send(pair.json.address, "PUT", "/v1/recipes/a", &[], br#"{"steps":[{"x":1}]}"#).await;
        assert_eq!((unknown.status, unknown.json()["reason"].as_str()), (400, Some("RECIPE_INVALID")));
        let none = send(pair.json.address, "GET", "/v1/recipes/a", &[], b"").await;
        assert_eq!((none.status, none.json()["reason"].as_str()), (404, Some("RECIPE_NOT_FOUND")));
        pair.stop().await;
    }
}

#[tokio::test]
async fn recipes_over_rest() {
    for store in Stores::new() {
        let pair = store.start().await;
        let send = async |method: &str, path: &str, headers: &[(&str, &str)], body: &str| {
            send(pair.json.address, method, path, headers, body.as_bytes()).await
        };
        let format = r#"{"steps":[{"format":{"style":"FORMAT_STYLE_MINIFY"}}]}"#;
        let created = send("PUT", "/v1/recipes/a", &[("if-none-match", "*")], format).await;
        assert_eq!((created.status, created.header("etag")), (201, Some("\"1\"")), "{}", created.text());
        assert_eq!(send("PUT", "/v1/recipes/a", &[], format).await.status, 200);
        let stale = send("PUT", "/v1/recipes/a", &[("if-match", "\"7\"")], QUERY).await;
        assert_eq!((stale.status, stale.json()["reason"].as_str()), (412, Some("VERSION_CONFLICT")));
        let got = send("GET", "/v1/recipes/a", &[], "").await;
        assert_eq!(recipe(got.text()), recipe(format));
        assert_eq!(send("GET", "/v1/recipes/a", &[("if-none-match", "\"1\"")], "").await.status, 304);
        let list = send("GET", "/v1/recipes?page_size=1", &[], "").await.json();
        assert_eq!((&list["recipes"][0]["steps"], &list["nextPageToken"]), (&1.into(), &"".into()), "{list}");
        let versions = send("GET", "/v1/recipes/a/versions", &[], "").await.json();
        assert_eq!(versions["recipes"][0]["version"], 1);
        assert_eq!(send("DELETE", "/v1/recipes/a", &[], "").await.json()["deleted"], 1);
        pair.stop().await;
    }
}

/// The second call finds what the first compiled; the metrics tell.
#[tokio::test]
async fn what_was_compiled_once_is_not_compiled_again() {
    let pair = Pair::start().await;
    put(&pair, "a", QUERY).await.unwrap();
    for _ in 0..3 {
        assert_eq!(run(&pair, "recipe=a", r#"{"a":1}"#).await.0, 200);
    }
    let metrics = send(pair.json.admin, "GET", "/metrics", &[], b"").await;
    let hits = metrics
        .text()
        .lines()
        .filter(|line| {
            line.starts_with("compiled_total") && line.contains("\"recipe\"") && line.contains("\"hit\"")
        })
        .filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok())
        .sum::<u64>();
    assert!(hits >= 3, "{hits} of {}", metrics.text());
    pair.stop().await;
}
