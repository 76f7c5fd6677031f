//! A registry in the cache service: replicas, a cache that goes and comes back, restarts, what others write into it.

use std::path::Path;

use client::{CacheClient, SchemaClient};
use context::Context;
use fastjson_api::config::{Registry, RegistryStore};
use fastjson_proto::fastjson::v1 as pb;
use fastjson_proto::rustcache::v1 as cache;
use testkit::{Pair, PairConfig, Running, bind, start_cache, start_json};
use tonic::Code;

use crate::registry_stores::Scratch;
use crate::schemas::{put, put_request, refused, text};

fn registry() -> Registry {
    Registry { store: RegistryStore::Cache, ..Registry::default() }
}

async fn start(registry: Registry, snapshot: Option<&Path>) -> Pair {
    let mut config = PairConfig::default();
    config.json.registry = registry;
    config.cache.snapshot.path = snapshot.map(|path| path.join("snapshot"));
    Pair::start_with(config).await
}

/// Another replica of the JSON service.
fn replica(cache: &Running) -> (Running, SchemaClient) {
    let mut config = fastjson_api::Config { registry: registry(), ..Default::default() };
    config.cache.address = format!("http://{}", cache.address);
    let running = start_json(config, bind());
    let client = SchemaClient::new(client::Config::at(format!("http://{}", running.address))).unwrap();
    (running, client)
}

async fn newest(schemas: &SchemaClient, name: &str) -> Option<(u64, String)> {
    let request = pb::GetSchemaRequest { name: name.to_owned(), version: None };
    match schemas.get(&Context::background(), request).await {
        Ok(found) => Some((found.version.unwrap().version, found.schema)),
        Err(error) => {
            assert_eq!(error.rejection().unwrap().reason, "SCHEMA_NOT_FOUND");
            None
        }
    }
}

/// Asks until a replica was told of a version.
async fn until(schemas: &SchemaClient, name: &str, expected: Option<(u64, &str)>) {
    let expected = expected.map(|(version, schema)| (version, schema.to_owned()));
    while newest(schemas, name).await != expected {
        tokio::task::yield_now().await;
    }
}

async fn write(client: &CacheClient, key: &str, value: &str) {
    let body = Some(cache::value::Body::Text(value.to_owned()));
    let request = cache::SetRequest {
        namespace: "fastjson.registry".to_owned(),
        key: key.to_owned(),
        value: Some(cache::Value { body, content_type: String::new() }),
        ..Default::default()
    };
    client.set(&Context::background(), request).await.unwrap();
}

#[tokio::test]
async fn what_one_replica_puts_the_others_read() {
    let pair = start(registry(), None).await;
    let (running, other) = replica(&pair.cache);
    let first = pair.schema_client();
    put(&first, "n", r#"{"type":"integer"}"#).await;
    until(&other, "n", Some((1, r#"{"type":"integer"}"#))).await;
    let json = client::JsonClient::new(client::Config::at(format!("http://{}", running.address))).unwrap();
    let check = async |document: &str| {
        let request = pb::CheckSchemaRequest {
            input: text(document),
            schema_name: "n".to_owned(),
            ..Default::default()
        };
        json.check_schema(&Context::background(), request).await.unwrap().valid
    };
    assert!(check("1").await && !check("true").await);
    put(&first, "n", r#"{"type":"boolean"}"#).await;
    until(&other, "n", Some((2, r#"{"type":"boolean"}"#))).await;
    assert!(check("true").await, "what was compiled of the version before is not used");
    let delete = pb::DeleteSchemaRequest { name: "n".to_owned(), version: None };
    let deleted = other.delete(&Context::background(), delete).await.unwrap().deleted;
    assert_eq!(deleted, 2);
    until(&first, "n", None).await;
    assert_eq!(put(&first, "n", "{}").await, 3, "its numbers are not given again");
    running.stop().await;
    pair.stop().await;
}

#[tokio::test]
async fn of_the_writers_of_two_replicas_that_expect_the_same_version_one_wins() {
    let pair = start(registry(), None).await;
    let (running, other) = replica(&pair.cache);
    put(&pair.schema_client(), "a", "{}").await;
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..16 {
        let schemas = if writer % 2 == 0 { pair.schema_client() } else { other.clone() };
        let schema = format!(r#"{{"maximum":{writer}}}"#);
        let request = pb::PutSchemaRequest { expected_version: Some(1), ..put_request("a", &schema) };
        writers.spawn(async move { schemas.put(&Context::background(), request).await });
    }
    let outcomes = writers.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    for lost in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
        assert_eq!(lost.rejection().unwrap().reason, "VERSION_CONFLICT");
    }
    running.stop().await;
    pair.stop().await;
}

const WITH_ID: &str = r#"{"$id":"https://example.com/money","type":"integer"}"#;

/// Each replica judged the `$id` by what it had read, and both took it.
#[tokio::test]
async fn of_the_names_that_bring_one_id_at_the_same_moment_one_gets_it() {
    let pair = start(registry(), None).await;
    let (running, other) = replica(&pair.cache);
    let first = pair.schema_client();
    put(&first, "both/are", "{}").await;
    put(&other, "both/ready", "{}").await;
    for round in 0..8 {
        let mut writers = tokio::task::JoinSet::new();
        for (writer, schemas) in [&first, &other].into_iter().cloned().cycle().take(4).enumerate() {
            let schema = format!(r#"{{"$id":"https://example.com/{round}"}}"#);
            let request = put_request(&format!("{round}/{writer}"), &schema);
            writers.spawn(async move { schemas.put(&Context::background(), request).await });
        }
        let (won, lost): (Vec<_>, Vec<_>) = writers.join_all().await.into_iter().partition(Result::is_ok);
        assert_eq!(won.len(), 1, "{round}");
        for error in lost.into_iter().filter_map(Result::err) {
            assert_eq!(error.rejection().unwrap().reason, "SCHEMA_ID_TAKEN", "{round}");
        }
    }
    running.stop().await;
    pair.stop().await;
}

#[tokio::test]
async fn an_id_that_its_name_gave_up_or_never_put_can_be_taken() {
    let pair = start(registry(), None).await;
    let schemas = pair.schema_client();
    put(&schemas, "a", WITH_ID).await;
    refused(&schemas, put_request("b", WITH_ID), (Code::FailedPrecondition, "SCHEMA_ID_TAKEN")).await;
    let delete = pb::DeleteSchemaRequest { name: "a".to_owned(), version: None };
    schemas.delete(&Context::background(), delete).await.unwrap();
    assert_eq!(put(&schemas, "b", WITH_ID).await, 1);
    refused(&schemas, put_request("a", WITH_ID), (Code::FailedPrecondition, "SCHEMA_ID_TAKEN")).await;

    let (never_put, id) = (r#"{"$id":"x:y"}"#, blake3::hash(b"x:y").to_hex());
    for claimed_by in ["c", "not a name"] {
        write(&pair.cache_client(), &format!("schema-id:{id}"), claimed_by).await;
        let name = format!("d{}", claimed_by.len());
        assert_eq!(put(&schemas, &name, never_put).await, 1, "{claimed_by}");
        let delete = pb::DeleteSchemaRequest { name, version: None };
        schemas.delete(&Context::background(), delete).await.unwrap();
    }
    pair.stop().await;
}

#[tokio::test]
async fn a_restart_of_both_keeps_what_is_in_the_snapshot() {
    let scratch = Scratch::new("registry-snapshot");
    let pair = start(registry(), Some(&scratch.0)).await;
    let schemas = pair.schema_client();
    let asks = pb::Compatibility::Full.into();
    let first = pb::PutSchemaRequest { compatibility: asks, ..put_request("kept", "{}") };
    schemas.put(&Context::background(), first).await.unwrap();
    put(&schemas, "gone", "{}").await;
    let delete = pb::DeleteSchemaRequest { name: "gone".to_owned(), version: None };
    schemas.delete(&Context::background(), delete).await.unwrap();
    pair.stop().await;

    let pair = start(registry(), Some(&scratch.0)).await;
    let schemas = pair.schema_client();
    assert_eq!(newest(&schemas, "kept").await, Some((1, "{}".to_owned())));
    refused(
        &schemas,
        put_request("kept", r#"{"type":"null"}"#),
        (Code::FailedPrecondition, "SCHEMA_INCOMPATIBLE"),
    )
    .await;
    assert_eq!(put(&schemas, "gone", "{}").await, 2, "a number is not given twice");
    pair.stop().await;
}

#[tokio::test]
async fn reading_goes_on_while_the_cache_is_gone_and_what_it_lost_is_put_back() {
    let pair = start(registry(), None).await;
    let Pair { json, cache } = pair;
    let schemas = SchemaClient::new(client::Config::at(format!("http://{}", json.address))).unwrap();
    put(&schemas, "a", "{}").await;
    put(&schemas, "a", "true").await;
    let address = cache.address;
    cache.stop().await;
    assert_eq!(newest(&schemas, "a").await, Some((2, "true".to_owned())));
    refused(&schemas, put_request("a", "false"), (Code::Unavailable, "REGISTRY_UNAVAILABLE")).await;
    assert_eq!(newest(&schemas, "a").await, Some((2, "true".to_owned())), "nothing was put");

    let listener = chassis::listen(address).unwrap();
    let cache = start_cache(rust_cache_server::Config::default(), listener);
    let (running, other) = replica(&cache);
    until(&other, "a", Some((2, "true"))).await;
    assert_eq!(put(&other, "a", "false").await, 3);
    until(&schemas, "a", Some((3, "false"))).await;
    running.stop().await;
    json.stop().await;
    cache.stop().await;
}

#[tokio::test]
async fn json_starts_without_the_cache_and_does_what_needs_no_registry() {
    let mut config = fastjson_api::Config { registry: registry(), ..Default::default() };
    config.cache.address = format!("http://{}", bind().local_addr().unwrap());
    let running = start_json(config, bind());
    let at = client::Config::at(format!("http://{}", running.address));
    let json = client::JsonClient::new(at.clone()).unwrap();
    let check = pb::CheckSchemaRequest { input: text("1"), schema: text("{}"), ..Default::default() };
    assert!(json.check_schema(&Context::background(), check).await.unwrap().valid);
    let get = pb::GetSchemaRequest { name: "a".to_owned(), version: None };
    let schemas = SchemaClient::new(at).unwrap();
    let rejection = schemas.get(&Context::background(), get).await.unwrap_err().rejection().unwrap();
    assert_eq!((rejection.code, rejection.reason.as_str()), (Code::Unavailable, "REGISTRY_UNAVAILABLE"));
    running.stop().await;
}

#[tokio::test]
async fn what_is_no_record_does_not_keep_the_others_from_being_read() {
    let pair = start(registry(), None).await;
    let schemas = pair.schema_client();
    put(&schemas, "a", "{}").await;
    for key in ["schema:b", "schema:not a name", "other"] {
        write(&pair.cache_client(), key, "garbage").await;
    }
    let (running, other) = replica(&pair.cache);
    assert_eq!(newest(&other, "a").await, Some((1, "{}".to_owned())));
    assert_eq!(newest(&other, "b").await, None);
    refused(&other, put_request("b", "{}"), (Code::Unavailable, "REGISTRY_UNAVAILABLE")).await;
    running.stop().await;
    pair.stop().await;
}

#[tokio::test]
async fn one_past_what_the_cache_takes_is_refused() {
    let registry = Registry { max_record_bytes: 1_000, namespace_bytes: 4_000, ..registry() };
    let pair = start(registry, None).await;
    let schemas = pair.schema_client();
    let full = (Code::FailedPrecondition, "REGISTRY_FULL");
    let large = |bytes: usize| format!(r#"{{"title":"{}"}}"#, "x".repeat(bytes));
    put(&schemas, "a", &large(300)).await;
    put(&schemas, "a", &large(301)).await;
    let rejection = refused(&schemas, put_request("a", &large(302)), full).await;
    assert_eq!(rejection.metadata["limit"], "registry.max_record_bytes");
    put(&schemas, "b", &large(700)).await;
    let rejection = refused(&schemas, put_request("c", &large(700)), full).await;
    assert_eq!(rejection.metadata["limit"], "registry.namespace_bytes");
    assert_eq!(newest(&schemas, "c").await, None);
    pair.stop().await;
}

#[tokio::test]
async fn a_namespace_that_throws_entries_out_is_not_used() {
    let mut config = PairConfig::default();
    config.json.registry = registry();
    let namespace = rust_cache_server::config::Namespace {
        capacity_bytes: 1 << 20,
        max_entries: None,
        policy: rust_cache_server::config::Policy::Lru,
        default_ttl_seconds: None,
        max_bytes: None,
        max_value_bytes: None,
        schema: None,
    };
    config.cache.namespaces.insert("fastjson.registry".to_owned(), namespace);
    let pair = Pair::start_with(config).await;
    let get = pb::GetSchemaRequest { name: "a".to_owned(), version: None };
    let error = pair.schema_client().get(&Context::background(), get).await.unwrap_err();
    assert_eq!(error.rejection().unwrap().reason, "REGISTRY_UNAVAILABLE");
    pair.stop().await;
}
