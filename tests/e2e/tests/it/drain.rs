//! A drain fails no call that is in flight.

use context::Context;
use fastjson_proto::rustcache::v1 as cache;
use testkit::Pair;

#[tokio::test]
async fn calls_that_are_answered_during_a_drain_succeed_or_were_never_begun() {
    let pair = Pair::start().await;
    let client = pair.cache_client();
    let mut calls = tokio::task::JoinSet::new();
    for index in 0..200 {
        let client = client.clone();
        calls.spawn(async move {
            let request = cache::GetRequest { namespace: String::new(), key: format!("key {index}") };
            client.get(&Context::background(), request).await
        });
    }
    // The first answer says that calls are in flight.
    calls.join_next().await.unwrap().unwrap().unwrap();
    pair.stop().await;
    for outcome in calls.join_all().await {
        // Refused before it began is fine; anything else is a call that the drain broke.
        if let Err(error) = outcome {
            assert!(matches!(error, client::Error::Unavailable { .. }), "{error:?}");
        }
    }
}
