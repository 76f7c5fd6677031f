//! A shop keeps its catalogue: products are documents in a namespace that demands their schema, a price list is derived from each,
//! and whoever watches that is told when to read it again. Through the client.

use client::{CacheClient, DocumentClient, Rejection};
use context::Context;
use fastjson_api::config::{Registry, RegistryStore};
use fastjson_proto::rustcache::v1 as cache;
use serde_json::json;
use testkit::{Pair, PairConfig};

use crate::schemas::put as put_schema;

/// The schema that the namespace `shop` demands.
pub(crate) const PRODUCT: &str =
    r#"{"type":"object","required":["name","price"],"properties":{"price":{"type":"number","minimum":0}}}"#;

/// Both services, with schemas in the cache service.
pub(crate) async fn start() -> Pair {
    let mut config = PairConfig::default();
    config.json.registry = Registry { store: RegistryStore::Cache, ..Registry::default() };
    Pair::start_with(config).await
}

fn decode<M: prost::Message + Default>(name: &str, message: &serde_json::Value) -> M {
    client::json_mapping::decode(name, message.to_string().as_bytes()).unwrap()
}

async fn open_shop(pair: &Pair) {
    put_schema(&pair.schema_client(), "shop/product", PRODUCT).await;
    let shop = json!({"namespace": {"name": "shop", "schema": "shop/product"}});
    let request = decode("rustcache.v1.CreateNamespaceRequest", &shop);
    let made = pair.cache_client().create_namespace(&Context::background(), request).await.unwrap();
    assert_eq!(made.namespace.unwrap().schema, "shop/product");
}

async fn put(documents: &DocumentClient, key: &str, text: &str) -> Result<u64, Rejection> {
    let request = json!({"namespace": "shop", "key": key, "value": {"text": text}});
    let request = decode("rustcache.v1.PutDocumentRequest", &request);
    let answer = documents.put(&Context::background(), request).await;
    match answer.map_err(|error| error.rejection().unwrap())?.outcome.unwrap() {
        cache::put_document_response::Outcome::Stored(stored) => Ok(stored.version),
        cache::put_document_response::Outcome::Conflict(conflict) => panic!("{conflict:?}"),
    }
}

async fn patch(documents: &DocumentClient, key: &str, patch: &str) -> Result<u64, Rejection> {
    let request = json!({"namespace": "shop", "key": key, "patch": {"text": patch}});
    let request = decode("rustcache.v1.PatchDocumentRequest", &request);
    let answer = documents.patch(&Context::background(), request).await;
    match answer.map_err(|error| error.rejection().unwrap())?.outcome.unwrap() {
        cache::patch_document_response::Outcome::Changed(changed) => Ok(changed.version),
        other => panic!("{other:?}"),
    }
}

/// The version of a product, and its text.
async fn read(documents: &DocumentClient, key: &str) -> (u64, String) {
    let request = decode("rustcache.v1.GetDocumentRequest", &json!({"namespace": "shop", "key": key}));
    match documents.get(&Context::background(), request).await.unwrap().outcome.unwrap() {
        cache::get_document_response::Outcome::Found(found) => match found.value.unwrap().body.unwrap() {
            cache::value::Body::Text(text) => (found.version, text),
            cache::value::Body::Data(bytes) => (found.version, String::from_utf8(bytes.to_vec()).unwrap()),
        },
        other => panic!("{other:?}"),
    }
}

/// What a customer sees of the tea, and whether it was there.
async fn label(cache: &CacheClient) -> (String, bool) {
    let program = r#""\(.name): \(.price)""#;
    let request = json!({
        "key": "label/tea",
        "recipe": {"steps": [{"query": {"language": "QUERY_LANGUAGE_JQ", "query": program}}]},
        "input": {"ref": {"namespace": "shop", "key": "tea"}},
    });
    let request = decode("rustcache.v1.GetOrComputeRequest", &request);
    let answer = cache.get_or_compute(&Context::background(), request).await.unwrap();
    let was_there = answer.source() == cache::ComputeSource::Cache;
    match answer.entry.unwrap().value.unwrap().body.unwrap() {
        cache::value::Body::Text(text) => (text, was_there),
        cache::value::Body::Data(bytes) => (String::from_utf8(bytes.to_vec()).unwrap(), was_there),
    }
}

#[tokio::test]
async fn products_are_checked_where_they_are_written_and_what_is_derived_follows_them() {
    let pair = start().await;
    open_shop(&pair).await;
    let (documents, cache) = (pair.document_client(), pair.cache_client());
    let first = put(&documents, "tea", r#"{"name":"tea","price":4}"#).await.unwrap();
    assert_eq!(label(&cache).await, (r#"["tea: 4"]"#.to_owned(), false));
    assert!(label(&cache).await.1, "it is kept");

    let keys = cache::WatchKeys { keys: vec!["label/tea".to_owned()] };
    let filter = Some(cache::watch_request::Filter::Keys(keys));
    let watch = cache::WatchRequest { filter, ..Default::default() };
    let mut events = cache.watch(&Context::background(), watch).await.unwrap();
    events.next().await.unwrap().unwrap();
    let cheaper = r#"[{"op":"replace","path":"/price","value":3.50}]"#;
    let second = patch(&documents, "tea", cheaper).await.unwrap();
    assert!(second > first);
    let event = events.next().await.unwrap().unwrap().events.remove(0);
    assert_eq!((event.kind(), event.key.as_str()), (cache::EventKind::Invalidated, "label/tea"));
    assert_eq!(label(&cache).await, (r#"["tea: 3.50"]"#.to_owned(), false));
    pair.stop().await;
}

#[tokio::test]
async fn what_breaks_the_schema_is_refused_with_its_place_and_changes_nothing() {
    let pair = start().await;
    open_shop(&pair).await;
    let (documents, cache) = (pair.document_client(), pair.cache_client());
    let refused = put(&documents, "mug", "{\"name\":\"mug\",\n \"price\":-1}").await.unwrap_err();
    assert_eq!(refused.reason, "SCHEMA_VIOLATED");
    let place = refused.diagnostics.diagnostics[0].start.clone().unwrap();
    assert_eq!((place.line, place.column, place.json_pointer.as_str()), (2, 10, "/price"));
    let kept = put(&documents, "tea", r#"{"name":"tea","price":4}"#).await.unwrap();
    let breaks = r#"[{"op":"replace","path":"/price","value":3},{"op":"remove","path":"/name"}]"#;
    assert_eq!(patch(&documents, "tea", breaks).await.unwrap_err().reason, "SCHEMA_VIOLATED");
    assert_eq!(read(&documents, "tea").await, (kept, r#"{"name":"tea","price":4}"#.to_owned()));
    let unchecked = json!({"namespace": "shop", "key": "tea", "value": {"text": "{}"}});
    let request: cache::SetRequest = decode("rustcache.v1.SetRequest", &unchecked);
    let refused = cache.set(&Context::background(), request).await.unwrap_err().rejection().unwrap();
    assert_eq!(refused.reason, "SCHEMA_DEMANDED");

    let stricter = PRODUCT.replace(r#""minimum":0"#, r#""minimum":5"#);
    put_schema(&pair.schema_client(), "shop/product", &stricter).await;
    assert_eq!(read(&documents, "tea").await.0, kept, "what is there stays");
    let renamed = r#"[{"op":"replace","path":"/name","value":"green tea"}]"#;
    assert_eq!(patch(&documents, "tea", renamed).await.unwrap_err().reason, "SCHEMA_VIOLATED");
    let dearer = r#"[{"op":"replace","path":"/price","value":5}]"#;
    assert!(patch(&documents, "tea", dearer).await.unwrap() > kept);
    pair.stop().await;
}

/// The demand is a setting like the others: checked when it is made, changed, dropped, and there after a restart.
#[tokio::test]
async fn a_demand_can_be_made_and_dropped_while_the_service_runs_and_outlives_it() {
    let scratch = crate::registry_stores::Scratch::new("demand");
    let mut config = PairConfig::default();
    config.json.registry = Registry { store: RegistryStore::Cache, ..Registry::default() };
    config.cache.snapshot.path = Some(scratch.0.join("snapshot"));
    let pair = Pair::start_with(config.clone()).await;
    let update = async |pair: &Pair, namespace: serde_json::Value, mask: &str| {
        let request = json!({"namespace": namespace, "updateMask": mask});
        let request = decode("rustcache.v1.UpdateNamespaceRequest", &request);
        let answer = pair.cache_client().update_namespace(&Context::background(), request).await;
        answer.map(|_| ()).map_err(|error| error.rejection().unwrap().reason)
    };
    let nobody = json!({"name": "default", "schema": "nobody"});
    assert_eq!(update(&pair, nobody, "").await, Err("SCHEMA_NOT_FOUND".to_owned()));
    open_shop(&pair).await;
    let documents = pair.document_client();
    assert_eq!(put(&documents, "tea", "{}").await.unwrap_err().reason, "SCHEMA_VIOLATED");
    pair.stop().await;

    let pair = Pair::start_with(config).await;
    let documents = pair.document_client();
    assert_eq!(put(&documents, "tea", "{}").await.unwrap_err().reason, "SCHEMA_VIOLATED");
    update(&pair, json!({"name": "shop"}), "schema").await.unwrap();
    put(&documents, "tea", "{}").await.unwrap();
    update(&pair, json!({"name": "shop", "schema": "shop/product"}), "").await.unwrap();
    assert_eq!(put(&documents, "tea", "{}").await.unwrap_err().reason, "SCHEMA_VIOLATED");
    assert_eq!(read(&documents, "tea").await.1, "{}");
    pair.stop().await;
}
