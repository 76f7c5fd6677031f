//! The same stories by hand: a shop's catalogue, a cache of answers that two replicas share, a config with sixteen writers; each
//! call is one of grpcurl, as the README tells people to use it.

use std::net::SocketAddr;

use serde_json::{Value, json};
use testkit::{Pair, PairConfig, bind, start_json};
use tokio::task::JoinSet;

use crate::grpcurl::{Output, grpcurl};
use crate::stories_catalogue::{PRODUCT, start};

/// `None` where there is no grpcurl.
async fn call(address: SocketAddr, name: &str, request: &Value) -> Option<Output> {
    grpcurl(address, Some(&request.to_string()), name).await
}

/// The answer to a call, of a grpcurl that is there.
async fn answer(address: SocketAddr, name: &str, request: &Value) -> Value {
    call(address, name, request).await.unwrap().answer()
}

/// A call that is refused, and the words that it says.
async fn refused(address: SocketAddr, name: &str, request: &Value, words: &[&str]) {
    let output = call(address, name, request).await.unwrap();
    assert_ne!(output.code, 0, "{}", output.out);
    for word in words {
        assert!(output.err.contains(word), "{word} in\n{}", output.err);
    }
}

#[tokio::test]
async fn a_shop_keeps_its_catalogue_by_hand() {
    let pair = start().await;
    let (json, cache) = (pair.json.address, pair.cache.address);
    let schema = json!({"name": "shop/product", "schema": {"text": PRODUCT}});
    if call(json, "fastjson.v1.SchemaService/PutSchema", &schema).await.is_none() {
        return;
    }
    let shop = json!({"namespace": {"name": "shop", "schema": "shop/product"}});
    answer(cache, "rustcache.v1.AdminService/CreateNamespace", &shop).await;
    let put = |text: &str| json!({"namespace": "shop", "key": "tea", "value": {"text": text}});
    let bad = put("{\"name\":\"tea\",\n \"price\":-4}");
    let words = ["InvalidArgument", "SCHEMA_VIOLATED", r#""line":"2""#, "/price"];
    refused(cache, "rustcache.v1.DocumentService/PutDocument", &bad, &words).await;
    refused(cache, "rustcache.v1.CacheService/Set", &bad, &["FailedPrecondition", "SCHEMA_DEMANDED"]).await;
    let good = put(r#"{"name":"tea","price":4}"#);
    answer(cache, "rustcache.v1.DocumentService/PutDocument", &good).await;

    let label = json!({
        "key": "label/tea",
        "recipe": {"steps": [{"query": {"language": "QUERY_LANGUAGE_JQ", "query": ".price"}}]},
        "input": {"ref": {"namespace": "shop", "key": "tea"}},
    });
    let shown = async || {
        let answer = answer(cache, "rustcache.v1.CacheService/GetOrCompute", &label).await;
        (answer["entry"]["value"]["text"].clone(), answer["source"].clone())
    };
    assert_eq!(shown().await, (json!("[4]"), json!("COMPUTE_SOURCE_COMPUTED")));
    assert_eq!(shown().await, (json!("[4]"), json!("COMPUTE_SOURCE_CACHE")));
    let patch = |text: &str| json!({"namespace": "shop", "key": "tea", "patch": {"text": text}});
    let breaks = patch(r#"[{"op":"remove","path":"/name"}]"#);
    refused(cache, "rustcache.v1.DocumentService/PatchDocument", &breaks, &["SCHEMA_VIOLATED"]).await;
    assert_eq!(shown().await.1, json!("COMPUTE_SOURCE_CACHE"), "nothing was written");
    let cheaper = patch(r#"[{"op":"replace","path":"/price","value":3.50}]"#);
    answer(cache, "rustcache.v1.DocumentService/PatchDocument", &cheaper).await;
    assert_eq!(shown().await, (json!("[3.50]"), json!("COMPUTE_SOURCE_COMPUTED")));
    pair.stop().await;
}

#[tokio::test]
async fn answers_are_shared_by_replicas_by_hand() {
    let mut config = PairConfig::default();
    config.json.memo.max_loss_percent = u32::MAX;
    config.json.memo.timeout = std::time::Duration::from_secs(20);
    let json_config = config.json.clone();
    let pair = Pair::start_with(config).await;
    let mut other = json_config;
    other.cache.address = format!("http://{}", pair.cache.address);
    let replica = start_json(other, bind());
    let request = |document: &str| {
        let step = json!({"query": {"language": "QUERY_LANGUAGE_JQ", "query": "map(. * 2)"}});
        json!({"input": {"text": document}, "recipe": {"steps": [step]}})
    };
    let run = "fastjson.v1.JsonService/Run";
    let Some(first) = call(pair.json.address, run, &request("[1.5]")).await else { return };
    assert_eq!(first.answer()["memo"]["outcome"], "learn");
    answer(replica.address, run, &request("[7]")).await;
    // What was computed is kept behind the caller's back.
    loop {
        let shared = answer(replica.address, run, &request("[1.5]")).await;
        assert_eq!(shared["output"]["text"], "[[3]]");
        if shared["fromCache"] == 1 {
            break;
        }
    }
    let query = json!({"language": "QUERY_LANGUAGE_JQ", "query": "map(. * 2)", "input": {"text": "[2]"}});
    let name = "fastjson.v1.JsonService/Query";
    loop {
        let answer = answer(pair.json.address, name, &query).await;
        assert_eq!((&answer["output"]["text"], &answer["hits"]), (&json!("[[4]]"), &json!("1")));
        if answer["fromCache"] == true {
            break;
        }
    }
    replica.stop().await;
    pair.stop().await;
}

#[tokio::test]
async fn sixteen_writers_change_one_config_by_hand_and_no_update_is_lost() {
    let pair = Pair::start().await;
    let cache = pair.cache.address;
    let put = json!({"key": "config", "value": {"text": "{\"writers\":{}}"}});
    let Some(made) = call(cache, "rustcache.v1.DocumentService/PutDocument", &put).await else { return };
    let first = made.answer()["stored"]["version"].as_str().unwrap().to_owned();
    let mut writers = JoinSet::new();
    for writer in 0..16 {
        let first = first.clone();
        writers.spawn(async move { (writer, write(cache, writer, &first).await) });
    }
    let outcomes = writers.join_all().await;
    assert_eq!(outcomes.iter().filter(|(_, outcome)| outcome.is_ok()).count(), 1, "{outcomes:?}");
    let told = |(writer, outcome): (usize, Result<String, String>)| Some((writer, outcome.err()?));
    let mut present = None;
    for (writer, version) in outcomes.into_iter().filter_map(told) {
        let version = present.unwrap_or(version);
        present = Some(write(cache, writer, &version).await.unwrap());
    }
    let read = answer(cache, "rustcache.v1.DocumentService/GetDocument", &json!({"key": "config"})).await;
    let config: Value = serde_json::from_str(read["found"]["value"]["text"].as_str().unwrap()).unwrap();
    assert_eq!(config["writers"].as_object().unwrap().len(), 16, "{config}");
    pair.stop().await;
}

/// Adds a member, on condition that nobody wrote since `version`: the version that this gives, or the one that is there.
async fn write(cache: SocketAddr, writer: usize, version: &str) -> Result<String, String> {
    let patch = format!(r#"[{{"op":"add","path":"/writers/w{writer}","value":{writer}}}]"#);
    let condition = json!({"ifVersion": version});
    let request = json!({"key": "config", "patch": {"text": patch}, "condition": condition});
    let answer = answer(cache, "rustcache.v1.DocumentService/PatchDocument", &request).await;
    match answer["changed"]["version"].as_str() {
        Some(changed) => Ok(changed.to_owned()),
        None => Err(answer["conflict"]["version"].as_str().unwrap().to_owned()),
    }
}
