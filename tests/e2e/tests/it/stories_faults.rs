//! Bad references and answers too long to keep: typed errors, and what is stored stays as it was.

use client::{Error, Rejection};
use context::{Context, Deadline};
use fastjson_proto::fastjson::v1 as json;
use fastjson_proto::rustcache::v1 as cache;
use serde_json::{Value, json};
use std::time::Duration;
use testkit::{Pair, PairConfig};

fn decode<M: prost::Message + Default>(name: &str, message: &Value) -> M {
    client::json_mapping::decode(name, message.to_string().as_bytes()).unwrap()
}

fn patient() -> Context {
    Context { deadline: Some(Deadline::after(Duration::from_secs(60))), ..Context::background() }
}

fn rejection<T: std::fmt::Debug>(answer: Result<T, Error>) -> Rejection {
    answer.unwrap_err().rejection().unwrap()
}

/// What each way of using a reference says: a program here, a part there, a change in place, a source of a view.
async fn reasons(pair: &Pair, reference: &Value) -> Vec<String> {
    let json = pair.json_client();
    let input = json!({"ref": reference});
    let query = async |language: &str, query: &str| {
        let request = json!({"input": input, "language": language, "query": query});
        rejection(json.query(&patient(), decode("fastjson.v1.QueryRequest", &request)).await).reason
    };
    let patch = json!({"input": input, "patch": {"text": "[]"}, "storeAs": {"target": reference}});
    let mut target = patch.clone();
    target["storeAs"]["target"].as_object_mut().unwrap().remove("version");
    let patch = rejection(json.patch(&patient(), decode("fastjson.v1.PatchRequest", &target)).await).reason;
    let recipe = json!({"steps": [{"format": {}}]});
    let view = json!({"key": "view", "recipe": recipe, "input": input});
    let view = decode("rustcache.v1.GetOrComputeRequest", &view);
    let view = rejection(pair.cache_client().get_or_compute(&patient(), view).await).reason;
    vec![query("QUERY_LANGUAGE_JQ", ".").await, query("QUERY_LANGUAGE_POINTER", "").await, patch, view]
}

async fn set(pair: &Pair, request: Value) -> u64 {
    let request = decode("rustcache.v1.SetRequest", &request);
    match pair.cache_client().set(&patient(), request).await.unwrap().outcome.unwrap() {
        cache::set_response::Outcome::Stored(stored) => stored.version,
        cache::set_response::Outcome::Conflict(conflict) => panic!("{conflict:?}"),
    }
}

async fn is_there(pair: &Pair, key: &str) -> bool {
    let request = cache::GetRequest { key: key.to_owned(), ..Default::default() };
    let outcome = pair.cache_client().get(&patient(), request).await.unwrap().outcome.unwrap();
    matches!(outcome, cache::get_response::Outcome::Found(_))
}

#[tokio::test]
async fn a_reference_to_what_has_expired_says_so_however_it_is_used() {
    let pair = Pair::start().await;
    set(&pair, json!({"key": "brief", "value": {"text": "[1]"}, "ttl": "0.001s"})).await;
    while is_there(&pair, "brief").await {
        tokio::task::yield_now().await;
    }
    assert_eq!(reasons(&pair, &json!({"key": "brief"})).await, ["REF_NOT_FOUND"; 4]);
    pair.stop().await;
}

#[tokio::test]
async fn a_reference_to_a_version_that_is_gone_says_so_however_it_is_used() {
    let pair = Pair::start().await;
    let gone = set(&pair, json!({"key": "k", "value": {"text": "[1]"}})).await;
    set(&pair, json!({"key": "k", "value": {"text": "[2]"}})).await;
    let reference = json!({"key": "k", "version": gone});
    assert_eq!(reasons(&pair, &reference).await, ["VERSION_GONE"; 4]);
    pair.stop().await;
}

/// A namespace that is not there, a key that none is, a value that is no JSON.
#[tokio::test]
async fn a_reference_to_what_is_none_says_so_however_it_is_used() {
    let pair = Pair::start().await;
    let nowhere = json!({"namespace": "nobody", "key": "k"});
    assert_eq!(reasons(&pair, &nowhere).await, ["NAMESPACE_NOT_FOUND"; 4]);
    let long = json!({"key": "k".repeat(1_025)});
    assert_eq!(reasons(&pair, &long).await, ["KEY_BYTES_LIMIT"; 4]);
    let version = set(&pair, json!({"key": "image", "value": {"data": "/9j/4A=="}})).await;
    assert_eq!(reasons(&pair, &json!({"key": "image"})).await, ["DOCUMENT_INVALID"; 4]);
    let request = cache::GetRequest { key: "image".to_owned(), ..Default::default() };
    let found = pair.cache_client().get(&patient(), request).await.unwrap().outcome.unwrap();
    let cache::get_response::Outcome::Found(found) = found else { panic!("it is gone") };
    assert_eq!(found.version, version, "nothing was written");
    pair.stop().await;
}

/// Writes white space, so that the answer is longer than the document.
fn run(elements: usize, to: &str) -> json::RunRequest {
    let document = format!("[{}1]", "1,".repeat(elements));
    let pretty = json!({"steps": [{"format": {"style": "FORMAT_STYLE_PRETTY", "indent": 16}}]});
    let request = json!({
        "input": {"text": document},
        "recipe": pretty,
        "storeAs": {"target": {"key": to}},
    });
    decode("fastjson.v1.RunRequest", &request)
}

/// What Run stored was once cut off at what an answer may hold.
#[tokio::test]
async fn what_a_recipe_stores_may_be_as_long_as_the_cache_takes() {
    let pair = Pair::start().await;
    let too_long = rejection(pair.json_client().run(&patient(), run(300_000, "long")).await);
    assert_eq!(
        (too_long.reason.as_str(), too_long.metadata["allowed"].as_str()),
        ("OUTPUT_TOO_LARGE", "4194304")
    );
    assert!(!is_there(&pair, "long").await);
    let plain = json::RunRequest { store_as: None, ..run(300_000, "") };
    assert_eq!(rejection(pair.json_client().run(&patient(), plain).await).reason, "OUTPUT_TOO_LARGE");
    pair.stop().await;

    let mut config = PairConfig::default();
    config.cache.store.max_value_bytes = 16 << 20;
    config.cache.server.limits.max_request_bytes = 16 << 20;
    let pair = Pair::start_with(config).await;
    let stored = pair.json_client().run(&patient(), run(300_000, "long")).await.unwrap().output.unwrap();
    assert!(stored.size_bytes > 5 << 20, "{}", stored.size_bytes);
    let request = json!({
        "input": {"ref": {"key": "long"}},
        "language": "QUERY_LANGUAGE_POINTER",
        "query": "/300000",
    });
    let part = pair.json_client().query(&patient(), decode("fastjson.v1.QueryRequest", &request)).await;
    assert_eq!(part.unwrap().output.unwrap().result, Some(json::output::Result::Text("1".to_owned())));
    pair.stop().await;
}
