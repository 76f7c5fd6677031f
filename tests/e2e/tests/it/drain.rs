//! A drain fails no call that is in flight.

use client::{CacheClient, Config, Error};
use context::Context;
use fastjson_proto::rustcache::v1 as cache;
use testkit::{Pair, PairConfig};
use tokio::task::JoinSet;

use crate::registry_stores::Scratch;

/// A pair whose cache keeps what it has when it ends, and a client that sends each call once.
async fn start(scratch: &Scratch) -> (Pair, CacheClient) {
    let mut config = PairConfig::default();
    config.cache.snapshot.path = Some(scratch.0.join("snapshot"));
    let pair = Pair::start_with(config).await;
    let config = Config { retries: 0, ..Config::at(format!("http://{}", pair.cache.address)) };
    (pair, CacheClient::new(config).unwrap())
}

fn set(key: &str) -> cache::SetRequest {
    let body = Some(cache::value::Body::Text("v".to_owned()));
    let value = Some(cache::Value { body, ..Default::default() });
    cache::SetRequest { key: key.to_owned(), value, ..Default::default() }
}

/// Whether it is there.
async fn holds(client: &CacheClient, key: &str) -> bool {
    let request = cache::GetRequest { namespace: String::new(), key: key.to_owned() };
    let outcome = client.get(&Context::background(), request).await.unwrap().outcome.unwrap();
    matches!(outcome, cache::get_response::Outcome::Found(_))
}

#[tokio::test]
async fn a_write_during_a_drain_was_done_and_answered_or_never_begun() {
    let scratch = Scratch::new("drain");
    let (pair, client) = start(&scratch).await;
    let mut calls = JoinSet::new();
    for index in 0..500 {
        let client = client.clone();
        calls.spawn(async move {
            let key = format!("key {index}");
            let outcome = client.set(&Context::background(), set(&key)).await;
            (key, outcome)
        });
    }
    // The first answer says that calls are in flight.
    let (first, outcome) = calls.join_next().await.unwrap().unwrap();
    outcome.unwrap();
    pair.stop().await;
    let ended = calls.join_all().await;

    let (pair, client) = start(&scratch).await;
    assert!(holds(&client, &first).await);
    for (key, outcome) in ended {
        match outcome {
            Ok(_) => assert!(holds(&client, &key).await, "{key} was acknowledged"),
            Err(Error::Unavailable { .. }) => assert!(!holds(&client, &key).await, "{key} was done unsaid"),
            Err(other) => panic!("{key}: {other:?}"),
        }
    }
    pair.stop().await;
}
