//! What the pair is for: documents by reference, answers stored, misses computed once.

use client::{CacheClient, JsonClient};
use context::Context;
use fastjson_proto::fastjson::v1 as json;
use fastjson_proto::rustcache::v1 as cache;
use testkit::Pair;

fn input_text(text: &str) -> Option<json::Input> {
    Some(json::Input { source: Some(json::input::Source::Text(text.to_owned())), format: 0 })
}

fn reference(key: &str) -> json::CacheRef {
    json::CacheRef { namespace: String::new(), key: key.to_owned(), version: None }
}

fn query_step(query: &str) -> json::Step {
    let language = json::QueryLanguage::Jsonpath.into();
    json::Step {
        step: Some(json::step::Step::Query(json::QueryStep {
            language,
            query: query.to_owned(),
            ..Default::default()
        })),
    }
}

async fn store(cache: &CacheClient, key: &str, bytes: Vec<u8>) {
    let value = cache::Value {
        body: Some(cache::value::Body::Data(bytes.into())),
        content_type: "application/json".into(),
    };
    let request = cache::SetRequest { key: key.to_owned(), value: Some(value), ..Default::default() };
    let response = cache.set(&Context::background(), request).await.unwrap();
    assert!(matches!(response.outcome, Some(cache::set_response::Outcome::Stored(_))), "{response:?}");
}

async fn read(cache: &CacheClient, key: &str) -> Vec<u8> {
    let request = cache::GetRequest { namespace: String::new(), key: key.to_owned() };
    match cache.get(&Context::background(), request).await.unwrap().outcome {
        Some(cache::get_response::Outcome::Found(entry)) => match entry.value.unwrap().body.unwrap() {
            cache::value::Body::Text(text) => text.into_bytes(),
            cache::value::Body::Data(bytes) => bytes.to_vec(),
        },
        other => panic!("{key}: {other:?}"),
    }
}

async fn query_into(json: &JsonClient, from: &str, query: &str, to: &str) -> json::QueryResponse {
    let request = json::QueryRequest {
        input: Some(json::Input { source: Some(json::input::Source::Ref(reference(from))), format: 0 }),
        language: json::QueryLanguage::Jsonpath.into(),
        query: query.to_owned(),
        store_as: Some(json::StoreAs { target: Some(reference(to)), ttl: None }),
        ..Default::default()
    };
    json.query(&Context::background(), request).await.unwrap()
}

#[tokio::test]
async fn twitter_is_queried_by_reference_and_the_answer_stored() {
    let Some(path) = testkit::shared("corpus/twitter.json") else {
        return testkit::missing("corpus/twitter.json");
    };
    let bytes = std::fs::read(path).unwrap();
    let names: Vec<serde_json::Value> = {
        let document: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        document["statuses"].as_array().unwrap().iter().map(|s| s["user"]["screen_name"].clone()).collect()
    };
    let pair = Pair::start().await;
    let (json, cache) = (pair.json_client(), pair.cache_client());
    store(&cache, "twitter", bytes).await;
    let response = query_into(&json, "twitter", "$.statuses[*].user.screen_name", "names").await;
    assert_eq!(response.hits, 100);
    let Some(json::output::Result::Ref(stored)) = response.output.unwrap().result else {
        panic!("not stored")
    };
    assert!(stored.version.is_some());
    let answer: Vec<serde_json::Value> = serde_json::from_slice(&read(&cache, "names").await).unwrap();
    assert_eq!(answer, names);
    pair.stop().await;
}

#[tokio::test]
async fn a_hundred_callers_on_a_cold_key_compute_once() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    let request = cache::GetOrComputeRequest {
        key: "derived".to_owned(),
        recipe: Some(json::Recipe { steps: vec![query_step("$.a[?@ > 1]")] }),
        input: input_text(r#"{"a":[1,2,3]}"#),
        ..Default::default()
    };
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let (cache, request) = (cache.clone(), request.clone());
        calls.spawn(async move { cache.get_or_compute(&Context::background(), request).await.unwrap() });
    }
    let answers = calls.join_all().await;
    let computed = answers.iter().filter(|answer| answer.source() == cache::ComputeSource::Computed).count();
    assert_eq!((answers.len(), computed), (100, 1));
    let versions: std::collections::BTreeSet<u64> =
        answers.iter().map(|a| a.entry.as_ref().unwrap().version).collect();
    assert_eq!(versions.len(), 1, "all got the same entry");
    assert_eq!(read(&cache, "derived").await, b"[2,3]");
    pair.stop().await;
}

#[tokio::test]
async fn a_miss_is_computed_from_another_entry() {
    let pair = Pair::start().await;
    let cache = pair.cache_client();
    store(&cache, "source", br#"{"price": 12345678901234567890123}"#.to_vec()).await;
    let request = cache::GetOrComputeRequest {
        key: "view".to_owned(),
        recipe: Some(json::Recipe { steps: vec![query_step("$.price")] }),
        input: Some(json::Input { source: Some(json::input::Source::Ref(reference("source"))), format: 0 }),
        ..Default::default()
    };
    let first = cache.get_or_compute(&Context::background(), request.clone()).await.unwrap();
    assert_eq!(first.source(), cache::ComputeSource::Computed);
    assert_eq!(
        read(&cache, "view").await,
        b"[12345678901234567890123]",
        "the number is exact over both services"
    );
    let second = cache.get_or_compute(&Context::background(), request).await.unwrap();
    assert_eq!(second.source(), cache::ComputeSource::Cache);
    pair.stop().await;
}
