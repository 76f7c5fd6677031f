//! One past each limit of the registry.

use context::Context;
use fastjson_api::config::Registry;
use fastjson_proto::fastjson::v1 as pb;
use testkit::{Pair, PairConfig};
use tonic::Code;

use crate::http1::send;
use crate::registry_stores::Stores;
use crate::schemas::{put, put_request, refused, text};

async fn start(registry: Registry) -> Pair {
    let mut config = PairConfig::default();
    config.json.registry = registry;
    Pair::start_with(config).await
}

#[tokio::test]
async fn names_versions_and_bytes_are_bounded() {
    let registry = Registry {
        max_names: 2,
        max_versions: 2,
        max_schema_bytes: 64,
        max_total_bytes: 4 * 512 + 64,
        ..Registry::default()
    };
    for store in Stores::new() {
        let pair = store.start_with(registry.clone()).await;
        let schemas = pair.schema_client();
        let full = (Code::FailedPrecondition, "REGISTRY_FULL");
        put(&schemas, "a", "{}").await;
        put(&schemas, "a", "true").await;
        let rejection = refused(&schemas, put_request("a", "false"), full).await;
        assert_eq!(rejection.metadata["limit"], "registry.max_versions");
        let largest = format!(r#"{{"title":"{}"}}"#, "x".repeat(64 - 12));
        let too_large = largest.replace('x', "xx");
        let rejection =
            refused(&schemas, put_request("b", &too_large), (Code::InvalidArgument, "SCHEMA_BYTES_LIMIT"))
                .await;
        assert_eq!(
            (rejection.metadata["allowed"].as_str(), rejection.metadata["actual"].as_str()),
            ("64", "116")
        );
        put(&schemas, "b", "{}").await;
        let rejection = refused(&schemas, put_request("c", "{}"), full).await;
        assert_eq!(rejection.metadata["limit"], "registry.max_names");
        let rejection = refused(&schemas, put_request("b", &largest), full).await;
        assert_eq!(rejection.metadata["limit"], "registry.max_total_bytes");
        let long = "a".repeat(129);
        refused(&schemas, put_request(&long, "{}"), (Code::InvalidArgument, "NAME_INVALID")).await;
        pair.stop().await;
    }
}

#[tokio::test]
async fn a_recipe_and_a_page_are_bounded() {
    let pair = start(Registry { max_recipe_bytes: 40, ..Registry::default() }).await;
    let recipe = |json: &str| client::json_mapping::decode("fastjson.v1.Recipe", json.as_bytes()).unwrap();
    let request = |json: &str| pb::PutRecipeRequest {
        name: "a".to_owned(),
        recipe: Some(recipe(json)),
        ..Default::default()
    };
    let recipes = pair.recipe_client();
    recipes.put(&Context::background(), request(r#"{"steps":[{"inferSchema":{}}]}"#)).await.unwrap();
    let two = request(r#"{"steps":[{"inferSchema":{}},{"inferSchema":{}}]}"#);
    let rejection = recipes.put(&Context::background(), two).await.unwrap_err().rejection().unwrap();
    assert_eq!(rejection.reason, "RECIPE_BYTES_LIMIT");
    for size in [0, 1_001] {
        let path = format!("/v1/recipes?page_size={size}");
        let reply = send(pair.json.address, "GET", &path, &[], b"").await;
        assert_eq!((reply.status, reply.json()["reason"].as_str()), (400, Some("OPTION_INVALID")));
    }
    let reply = send(pair.json.address, "GET", "/v1/recipes?page_token=a%20b", &[], b"").await;
    assert_eq!((reply.status, reply.json()["reason"].as_str()), (400, Some("OPTION_INVALID")));
    pair.stop().await;
}

/// Each schema refers to the next, so that the first reaches all.
#[tokio::test]
async fn a_schema_reaches_a_hundred_others_and_no_more() {
    let pair = start(Registry::default()).await;
    let schemas = pair.schema_client();
    put(&schemas, "s0", r#"{"type":"integer"}"#).await;
    for index in 1..=100 {
        put(&schemas, &format!("s{index}"), &format!(r#"{{"$ref":"s{}"}}"#, index - 1)).await;
    }
    let last = put_request("s101", r#"{"$ref":"s100"}"#);
    let rejection = refused(&schemas, last, (Code::InvalidArgument, "REGISTERED_SCHEMAS_LIMIT")).await;
    assert_eq!(rejection.metadata["allowed"], "100");
    let request =
        pb::CheckSchemaRequest { input: text("\"a\""), schema_name: "s100".to_owned(), ..Default::default() };
    assert!(!pair.json_client().check_schema(&Context::background(), request).await.unwrap().valid);
    pair.stop().await;
}

#[tokio::test]
async fn get_limits_lists_them() {
    let pair = start(Registry { max_names: 7, ..Registry::default() }).await;
    let limits = send(pair.json.address, "GET", "/v1/limits", &[], b"").await.json();
    let row = |name: &str| {
        let rows = limits["limits"].as_array().unwrap();
        rows.iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("{name} in {limits}")).clone()
    };
    assert_eq!(
        (&row("registry.max_names")["value"], &row("registry.max_names")["reason"]),
        (&7.into(), &"REGISTRY_FULL".into())
    );
    for name in [
        "registry.max_versions",
        "registry.max_schema_bytes",
        "registry.max_recipe_bytes",
        "registry.max_total_bytes",
    ] {
        assert_ne!(row(name)["reason"], "");
    }
    row("compiled.max_entries");
    row("compiled.max_bytes");
    pair.stop().await;
}
