//! What operators ask: hot keys, explanations, slow calls.

use std::time::Duration;

use context::Context;
use fastjson_proto::rustcache::v1 as pb;
use pb::explain_key_response::State;
use testkit::{Pair, PairConfig};

fn set(key: &str, value: String) -> pb::SetRequest {
    pb::SetRequest {
        key: key.to_owned(),
        value: Some(pb::Value { body: Some(pb::value::Body::Text(value)), content_type: String::new() }),
        ..Default::default()
    }
}

fn about(key: &str) -> pb::ExplainKeyRequest {
    pb::ExplainKeyRequest { namespace: String::new(), key: key.to_owned() }
}

#[tokio::test]
async fn a_key_that_went_to_make_room_says_so() {
    let mut config = PairConfig::default();
    config.cache.store.capacity_bytes = 64 << 10;
    config.cache.store.max_value_bytes = 4 << 10;
    let pair = Pair::start_with(config).await;
    let (client, context) = (pair.cache_client(), Context::background());
    for number in 0..100 {
        client.set(&context, set(&format!("k{number}"), "v".repeat(2_000))).await.unwrap();
    }
    let mut evicted = 0;
    for number in 60..100 {
        let told = client.explain_key(&context, about(&format!("k{number}"))).await.unwrap();
        match told.state.unwrap() {
            State::Present(there) => assert!(there.bytes > 2_000 && there.age.is_some()),
            State::Absent(_) => {
                let end = told.last_end.map(|last| last.end());
                assert!(end.is_none_or(|end| end == pb::KeyEnd::Evicted), "{end:?}");
                evicted += u32::from(end.is_some());
            }
        }
    }
    assert!(evicted > 0, "of those that went, some are remembered");
    pair.stop().await;
}

#[tokio::test]
async fn what_is_used_much_is_hot_and_counted() {
    let pair = Pair::start().await;
    let (client, context) = (pair.cache_client(), Context::background());
    for key in ["hot", "cold"] {
        client.set(&context, set(key, "v".to_owned())).await.unwrap();
    }
    let keys = vec!["hot".to_owned(); 1_000];
    let many = pb::GetManyRequest { keys, ..Default::default() };
    client.get_many(&context, many).await.unwrap();
    let hot = client.hot_keys(&context, pb::HotKeysRequest::default()).await.unwrap().keys;
    assert_eq!(hot[0].key, "hot");
    assert!((600..1_500).contains(&hot[0].uses) && hot[0].per_second > 0.0, "{hot:?}");
    let told = client.explain_key(&context, about("hot")).await.unwrap();
    let Some(State::Present(there)) = told.state else { panic!("{told:?}") };
    assert_eq!((there.frequency, there.uses), (Some(15), Some(hot[0].uses)));
    pair.stop().await;
}

#[tokio::test]
async fn a_slow_call_is_found_by_its_key_and_its_trace() {
    let mut config = PairConfig::default();
    config.cache.slow.threshold = Duration::ZERO;
    config.cache.slow.max_records = 3;
    let pair = Pair::start_with(config).await;
    let (client, context) = (pair.cache_client(), Context::background());
    for key in ["a", "b", "c", "secret"] {
        client.set(&context, set(key, "v".repeat(100))).await.unwrap();
    }
    let slow = client.slow_operations(&context, pb::SlowOperationsRequest::default()).await.unwrap();
    assert_eq!((slow.operations.len(), slow.total), (3, 4));
    let last = &slow.operations[0];
    let hash = client.explain_key(&context, about("secret")).await.unwrap().key_hash;
    assert_eq!((last.operation.as_str(), &last.key_hash), ("Set", &hash));
    assert_eq!(last.trace_id, format!("{:032x}", context.trace.trace_id));
    assert!(last.bytes > 100);
    pair.stop().await;
}

#[tokio::test]
async fn by_the_default_threshold_a_usual_call_is_not_slow_and_the_limits_tell_it() {
    let pair = Pair::start().await;
    let limits =
        pair.cache_client().get_limits(&Context::background(), pb::GetLimitsRequest {}).await.unwrap();
    let limit = |name: &str| limits.limits.iter().find(|limit| limit.name == name).map(|limit| limit.value);
    assert_eq!(
        (limit("slow.threshold"), limit("slow.max_records"), limit("hot_keys")),
        (Some(5), Some(1_000), Some(100))
    );
    assert!(limit("ends").is_some_and(|ends| ends > 10_000), "{:?}", limit("ends"));
    pair.stop().await;
}

#[tokio::test]
async fn what_a_value_took_to_make_is_known_to_an_eighth_until_it_is_written_anew() {
    let pair = Pair::start().await;
    let (client, context) = (pair.cache_client(), Context::background());
    let cost = Some(prost_types::Duration { seconds: 2, nanos: 0 });
    client.set(&context, pb::SetRequest { cost, ..set("dear", "v".to_owned()) }).await.unwrap();
    let told = client.explain_key(&context, about("dear")).await.unwrap();
    let Some(State::Present(there)) = told.state else { panic!("{told:?}") };
    let kept = Duration::try_from(there.cost.unwrap()).unwrap();
    assert!((Duration::from_millis(1_750)..=Duration::from_secs(2)).contains(&kept), "{kept:?}");
    client.set(&context, set("dear", "w".to_owned())).await.unwrap();
    let told = client.explain_key(&context, about("dear")).await.unwrap();
    let Some(State::Present(there)) = told.state else { panic!("{told:?}") };
    assert_eq!((there.cost, told.replaced), (None, 1));
    let negative = Some(prost_types::Duration { seconds: -1, nanos: 0 });
    let refused =
        client.set(&context, pb::SetRequest { cost: negative, ..set("dear", "v".to_owned()) }).await;
    assert_eq!(refused.unwrap_err().rejection().unwrap().reason, "COST_INVALID");
    pair.stop().await;
}
